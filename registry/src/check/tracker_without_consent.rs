//! The check `tracker-without-consent`: see its doc in `rules/tracker-without-consent.md`.
//!
//! Judges how services are declared; [`known`] tells which of them the catalogue knows as trackers.

mod known;

use std::collections::BTreeSet;

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Basis, Category, From, Party, Purpose, PurposeId, Registry, Role, Service};

/// Something that is not strictly necessary is stored or read without consent.
pub(super) static TRACKER_WITHOUT_CONSENT: Rule = Rule {
    name: "tracker-without-consent",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/tracker-without-consent.md"),
};

/// Why, for a service.
const WHY: &str = "whatever is not strictly necessary for what a visitor asked for waits for consent (Directive 2002/58/EC Art. 5(3))";

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for service in &judged.registry.services {
        let path = format!("services.{}", service.id);
        if service.exempt {
            if let Some(reason) = not_exempt(judged.registry, service) {
                let message = format!("the service `{}` is declared `exempt`, and {reason}", service.id);
                let help = "remove `exempt`, so that visitors are asked first";
                let exemption =
                    "only measurement for the site alone, which follows nobody, does without consent (CNIL, deliberation 2020-091, Art. 5)";
                diagnostics.push(judged.at(&TRACKER_WITHOUT_CONSENT, &format!("{path}.exempt"), message).why(exemption).help(help));
            }
        } else if service.category == Category::Essential
            && let Some(category) = known::tracker(service)
        {
            let message = format!("the service `{}` is declared `essential`, and is known as `{}`", service.id, category.name());
            let help = format!("write `category: {}`", category.name());
            diagnostics.push(judged.at(&TRACKER_WITHOUT_CONSENT, &format!("{path}.category"), message).why(WHY).help(help));
        }
        if service.needs_consent() {
            for purpose in purposes(judged.registry, service).filter(|purpose| rests_elsewhere(purpose)) {
                let message =
                    format!("`{}` rests on no consent, and the service `{}` that feeds it waits for consent", purpose.id, service.id);
                diagnostics.push(
                    judged
                        .at(&TRACKER_WITHOUT_CONSENT, &format!("purposes.{}.basis", purpose.id), message)
                        .why("what consent let a site collect is used on the basis of that consent (EDPB, Guidelines 05/2020, 121 to 123)")
                        .help("write `basis: consent`, or add it to `bases`"),
                );
            }
        }
    }
}

/// Why a service is not audience measurement that does without consent, as far as its declaration shows.
fn not_exempt(registry: &Registry, service: &Service) -> Option<String> {
    let role = service.recipient.as_ref().and_then(|id| registry.recipient(id)?.role.as_ref()?.known());
    if service.category != Category::Analytics {
        return Some(format!("its category is `{}`", service.category.name()));
    }
    if service.consent_mode {
        return Some("it passes signals on for advertising (`consent_mode`)".to_owned());
    }
    if let Some(cookie) = service.cookies.iter().find(|cookie| cookie.party == Party::Third) {
        return Some(format!("its cookie `{}` follows visitors from site to site", cookie.name));
    }
    if let (Some(id), Some(Role::Controller | Role::JointController)) = (&service.recipient, role) {
        return Some(format!("`{id}` uses what it receives for itself"));
    }
    known::tracker(service)
        .filter(|category| *category != Category::Analytics)
        .map(|category| format!("it is known as `{}`", category.name()))
}

/// The purposes that a service feeds: its own, and those that use what it collects; each once.
fn purposes<'a>(registry: &'a Registry, service: &'a Service) -> impl Iterator<Item = &'a Purpose> {
    let origin = From::Service(service.id.clone());
    let collected = registry.data.iter().filter(|data| data.from.as_ref() == Some(&origin));
    let users = collected.flat_map(|data| registry.purposes.iter().filter(|purpose| purpose.data.contains(&data.id)));
    let ids: BTreeSet<&PurposeId> = users.map(|purpose| &purpose.id).chain(&service.purpose).collect();
    ids.into_iter().filter_map(|id| registry.purpose(id))
}

/// Whether a purpose has a basis, and consent is none of them. `purpose-without-basis` tells of those without any.
fn rests_elsewhere(purpose: &Purpose) -> bool {
    !purpose.bases.is_empty() && !purpose.bases.iter().any(|used| used.basis == Basis::Consent)
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(text: &str) -> Vec<String> {
        found("tracker-without-consent", text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    fn service(declared: &str) -> Vec<String> {
        messages(&format!("services: {{ it: {{ label: It, {declared} }} }}\n"))
    }

    /// A service of the catalogue, with its company.
    fn of_company(company: &str, declared: &str) -> Vec<String> {
        messages(&format!("recipients: {{ {company}: {{ use: {company}, role: processor }} }}\nservices: {{ it: {{ {declared} }} }}\n"))
    }

    #[test]
    fn what_waits_for_consent_or_is_necessary_is_clean() {
        assert!(of_company("vercel", "use: vercel-analytics").is_empty());
        assert!(of_company("stripe", "use: stripe-js").is_empty());
        assert!(service("category: essential, cookies: [{ name: session, keep: session }]").is_empty());
        assert!(of_company("calendly", "use: calendly-embed, category: essential").is_empty(), "a visitor may have asked for it");
    }

    // Promises: cresco/analytics-after-consent, qualify-crm/only-necessary-cookies, qualify-crm/no-advertising-cookies
    // Promises: qualify-crm/no-consent-needed, cluently/no-advertising-cookies
    #[test]
    fn a_known_tracker_is_never_essential() {
        let known = |category: &str| vec![format!("the service `it` is declared `essential`, and is known as `{category}`")];
        assert_eq!(of_company("vercel", "use: vercel-analytics, category: essential"), known("analytics"));
        assert_eq!(service("category: essential, origins: { script: [https://connect.facebook.net] }"), known("marketing"));
        assert_eq!(service("category: essential, origins: { script: [https://www.googletagmanager.com/gtag/js] }"), known("analytics"));
        assert_eq!(service("category: essential, cookies: [{ name: _ga_X1, keep: 1 year }]"), known("analytics"));
    }

    #[test]
    fn exempt_measurement_serves_the_site_alone() {
        assert!(of_company("matomo", "use: matomo-cloud, exempt: true").is_empty());
        assert_eq!(service("category: media, exempt: true"), ["the service `it` is declared `exempt`, and its category is `media`"]);
        let third = service("category: analytics, exempt: true, cookies: [{ name: _x, party: third }]");
        assert_eq!(third, ["the service `it` is declared `exempt`, and its cookie `_x` follows visitors from site to site"]);
        let google = of_company("google", "use: google-analytics, exempt: true");
        assert_eq!(google, ["the service `it` is declared `exempt`, and it passes signals on for advertising (`consent_mode`)"]);
        let recipient = "recipients: { ads: { name: Ads, role: controller } }\n";
        let own = messages(&format!("{recipient}services: {{ it: {{ label: It, category: analytics, exempt: true, recipient: ads }} }}\n"));
        assert_eq!(own, ["the service `it` is declared `exempt`, and `ads` uses what it receives for itself"]);
        let renamed = of_company("meta", "use: meta-pixel, category: analytics, cookies: [], exempt: true");
        assert_eq!(renamed, ["the service `it` is declared `exempt`, and it is known as `marketing`"]);
    }

    // Promises: cresco/basis-analytics, cluently/analytics-consent
    #[test]
    fn what_consent_let_in_is_used_on_that_consent() {
        let of = |basis: &str, service: &str, from: &str| {
            messages(&format!(
                "purposes: {{ count: {{ label: Count, basis: {basis}, data: [visits] }} }}\ndata: {{ visits: {{ label: Visits{from} }} }}\n\
                 services: {{ it: {{ label: It, category: analytics{service} }} }}\n"
            ))
        };
        let wrong = ["`count` rests on no consent, and the service `it` that feeds it waits for consent"];
        let from = ", from: { service: it }";
        assert_eq!(of("contract", ", purpose: count", ""), wrong);
        assert_eq!(of("contract", "", from), wrong);
        assert_eq!(of("contract", ", purpose: count", from), wrong, "it is told once");
        assert!(of("consent", ", purpose: count", from).is_empty());
        assert!(of("contract", ", purpose: count, exempt: true", from).is_empty());
    }
}
