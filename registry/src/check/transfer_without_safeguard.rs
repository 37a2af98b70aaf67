//! The check `transfer-without-safeguard`: see its doc in `rules/transfer-without-safeguard.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Country, Recipient, Safeguard};

/// Data leaves the EEA without a safeguard, or under one that does not fit.
pub(super) static TRANSFER_WITHOUT_SAFEGUARD: Rule = Rule {
    name: "transfer-without-safeguard",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/transfer-without-safeguard.md"),
};

/// The country whose companies can be certified under the Data Privacy Framework.
const FRAMEWORK: &str = "US";

/// A country that the European Commission has found adequate as far as its companies are bound by its federal law.
const ADEQUATE_IN_PART: &str = "CA";

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for recipient in &judged.registry.recipients {
        for (message, why, help) in faults(recipient) {
            let path = format!("recipients.{}.safeguards", recipient.id);
            diagnostics.push(judged.at(&TRANSFER_WITHOUT_SAFEGUARD, &path, message).why(why).help(help));
        }
    }
}

/// What is wrong with a recipient's safeguards, why, and what to do. Nothing is said of what is unknown.
fn faults(recipient: &Recipient) -> Vec<(String, &'static str, String)> {
    let country = recipient.country.as_ref().and_then(|country| country.known().copied());
    let claimed = match &recipient.safeguards {
        None => &[][..],
        Some(safeguards) => match safeguards.known() {
            Some(claimed) => claimed,
            None => return Vec::new(),
        },
    };
    match (recipient.is_outside_eea(), country) {
        (Some(true), Some(country)) if claimed.is_empty() => vec![unsafe_transfer(recipient, country)],
        (Some(true), Some(country)) => claimed.iter().filter_map(|safeguard| misfit(recipient, country, *safeguard)).collect(),
        (Some(false), _) if !claimed.is_empty() && recipient.region.is_none() => vec![needless(recipient)],
        _ => Vec::new(),
    }
}

fn unsafe_transfer(recipient: &Recipient, country: Country) -> (String, &'static str, String) {
    let help = match country.code() {
        _ if country.is_adequate() => "add `safeguards: [adequacy]`",
        FRAMEWORK => "add `safeguards:` with what was agreed: `dpf` where the company is certified, `scc` or `bcr`",
        _ => "add `safeguards:` with what was agreed: `scc` or `bcr`",
    };
    (
        format!("`{}` is in {country}, outside the EEA, and no safeguard is declared", recipient.id),
        "data may leave the EEA only under a safeguard, and people must be told which (GDPR Art. 44, 13(1)(f))",
        format!("{help}; or `safeguards: {{ unknown: who must supply it }}`"),
    )
}

/// Why a safeguard cannot be one for a country.
fn misfit(recipient: &Recipient, country: Country, safeguard: Safeguard) -> Option<(String, &'static str, String)> {
    let (why, help) = match safeguard {
        Safeguard::Adequacy if country.is_adequate() || country.code() == ADEQUATE_IN_PART => return None,
        Safeguard::Adequacy => (
            "the European Commission has not found that country adequate as a whole (GDPR Art. 45)",
            if country.code() == FRAMEWORK {
                "write `dpf` where the company is certified, or `scc`"
            } else {
                "write `scc` or `bcr`, as agreed"
            },
        ),
        Safeguard::Dpf if country.code() == FRAMEWORK => return None,
        Safeguard::Dpf => (
            "the Data Privacy Framework is for companies in the United States (Decision (EU) 2023/1795)",
            if country.is_adequate() { "write `adequacy`" } else { "write `scc` or `bcr`, as agreed" },
        ),
        Safeguard::Scc | Safeguard::Bcr => return None,
    };
    Some((format!("`{}` is in {country}, for which there is no `{}`", recipient.id, safeguard.name()), why, help.to_owned()))
}

fn needless(recipient: &Recipient) -> (String, &'static str, String) {
    let stays = if recipient.self_hosted { "runs on the controller’s own machines" } else { "is in the EEA" };
    (
        format!("`{}` {stays}, and safeguards for a transfer are declared", recipient.id),
        "people would be told that their data leaves, where it does not (GDPR Art. 5(1)(a), 13(1)(f))",
        "write `safeguards: []`, or say in `region:` where else the data is processed".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(recipient: &str) -> Vec<String> {
        let found = found("transfer-without-safeguard", &format!("recipients: {{ crm: {{ name: Crm, {recipient} }} }}\n"));
        found.into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_safeguard_that_fits_or_no_transfer_is_clean() {
        for fits in [
            "country: US, safeguards: [dpf, scc]",
            "country: IN, safeguards: [scc]",
            "country: GB, safeguards: [adequacy]",
            "country: CA, safeguards: [adequacy]",
            "country: FR",
            "country: FR, safeguards: []",
            "country: IE, region: India, safeguards: [scc]",
            "country: US, self_hosted: true",
        ] {
            assert!(messages(fits).is_empty(), "{fits}");
        }
    }

    #[test]
    fn what_is_unknown_is_not_missing() {
        assert!(messages("country: US, safeguards: { unknown: Acme }").is_empty());
        assert!(messages("country: { unknown: Acme }, safeguards: [scc]").is_empty());
        assert!(messages("country: { unknown: Acme }").is_empty());
    }

    // Promises: cresco/notion-safeguards, cresco/stripe-country, cresco/vercel-transfer, qualify-crm/lemonsqueezy-safeguards
    // Promises: cluently/stripe-safeguards, cluently/anthropic-safeguards, cluently/openai-safeguards, cluently/resend-safeguards
    // Promises: cluently/cloudflare-safeguards, cluently/transfers-on-clauses
    #[test]
    fn a_transfer_without_safeguards_is_reported() {
        for none in ["", ", safeguards: []"] {
            assert_eq!(messages(&format!("country: US{none}")), ["`crm` is in US, outside the EEA, and no safeguard is declared"]);
        }
        assert_eq!(messages("country: JP").len(), 1, "adequacy has to be told too");
    }

    // Promises: cresco/notion-safeguards, cresco/stripe-country, cresco/vercel-transfer, qualify-crm/lemonsqueezy-safeguards
    // Promises: cluently/stripe-safeguards, cluently/anthropic-safeguards, cluently/openai-safeguards, cluently/resend-safeguards
    // Promises: cluently/cloudflare-safeguards, cluently/transfers-on-clauses
    #[test]
    fn a_safeguard_that_does_not_fit_the_country_is_reported() {
        assert_eq!(messages("country: US, safeguards: [adequacy, scc]"), ["`crm` is in US, for which there is no `adequacy`"]);
        assert_eq!(messages("country: IN, safeguards: [adequacy, dpf]").len(), 2);
    }

    #[test]
    fn safeguards_where_nothing_leaves_are_reported() {
        assert_eq!(messages("country: FR, safeguards: [scc]"), ["`crm` is in the EEA, and safeguards for a transfer are declared"]);
        assert_eq!(messages("country: US, self_hosted: true, safeguards: [dpf]").len(), 1);
    }
}
