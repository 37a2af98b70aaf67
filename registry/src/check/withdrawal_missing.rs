//! The check `withdrawal-missing`: see its doc in `rules/withdrawal-missing.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Basis, Channel};

/// Consent is asked for, and there is no way back that is as easy as the way in.
pub(super) static WITHDRAWAL_MISSING: Rule = Rule {
    name: "withdrawal-missing",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/withdrawal-missing.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let (registry, withdraw) = (judged.registry, &judged.registry.rights.withdraw);
    let asked = registry.asks_for_consent();
    let ways = withdraw.iter().filter(|channel| asked || **channel != Channel::Banner).count();
    let fault = if asked && !withdraw.contains(&Channel::Banner) {
        Some(("the banner asks for consent, and consent is not withdrawn by it", "add `banner` to `rights.withdraw`"))
    } else if registry.rests_on(Basis::Consent) && withdraw.is_empty() {
        Some((
            "a purpose rests on consent, and nothing says how it is withdrawn",
            "add `withdraw:` below `rights`, such as `withdraw: [email]`",
        ))
    } else if registry.rests_on(Basis::Consent) && ways == 0 {
        Some((
            "consent is withdrawn by the banner, and no service asks for consent, so that there is no banner",
            "add another way to `rights.withdraw`, such as `email`",
        ))
    } else {
        None
    };
    if let Some((message, help)) = fault {
        diagnostics.push(
            judged
                .at(&WITHDRAWAL_MISSING, "rights.withdraw", message)
                .why("to withdraw consent must be as easy as to give it (GDPR Art. 7(3), 13(2)(c))")
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const NEWS: &str = "purposes: { news: { label: Send news, basis: consent } }\n";
    const VIDEO: &str = "services: { video: { label: Video, category: media } }\n";

    fn messages(declared: &str, withdraw: &str) -> Vec<String> {
        let text = format!("{declared}rights: {{ withdraw: [{withdraw}] }}\n");
        found("withdrawal-missing", &text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_way_back_as_easy_as_the_way_in_is_clean() {
        assert!(messages(NEWS, "email").is_empty());
        assert!(messages(VIDEO, "banner").is_empty());
        assert!(messages(&format!("{NEWS}{VIDEO}"), "email, banner").is_empty());
    }

    #[test]
    fn without_consent_nothing_is_withdrawn() {
        let exempt = "services: { figures: { label: Figures, category: analytics, exempt: true } }\n";
        assert!(messages(exempt, "").is_empty());
        assert!(messages("purposes: { answer: { label: Answer, basis: contract } }\n", "").is_empty());
    }

    // Promises: cluently/consent-withdrawn-any-time, cluently/withdrawal-as-easy
    #[test]
    fn consent_without_a_way_back_is_reported() {
        assert_eq!(messages(NEWS, ""), ["a purpose rests on consent, and nothing says how it is withdrawn"]);
        for declared in [VIDEO.to_owned(), format!("{NEWS}{VIDEO}")] {
            assert_eq!(messages(&declared, "email"), ["the banner asks for consent, and consent is not withdrawn by it"]);
        }
    }

    #[test]
    fn a_banner_that_is_never_shown_is_no_way_back() {
        assert_eq!(messages(NEWS, "banner").len(), 1);
        assert!(messages(NEWS, "banner, account").is_empty());
    }
}
