//! The check `choice-kept-too-long`: see its doc in `rules/choice-kept-too-long.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{From, Keep, Period, Registry, Service, Stated};

/// A choice, or what is measured without asking, is kept longer than it may be.
pub(super) static CHOICE_KEPT_TOO_LONG: Rule = Rule {
    name: "choice-kept-too-long",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/choice-kept-too-long.md"),
};

/// The months for which a choice is kept.
const CHOICE: u32 = 6;
/// The months for which a cookie of exempt measurement is kept.
const COOKIE: u32 = 13;
/// The months for which what it measured is kept.
const MEASURED: u32 = 25;

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut report = |path: &str, what: String, months: u32, why: &str| {
        diagnostics.push(
            judged
                .at(&CHOICE_KEPT_TOO_LONG, path, format!("{what} is kept longer than {months} months"))
                .why(why)
                .help(format!("write `keep: {months} months`, or less")),
        );
    };
    for service in &judged.registry.services {
        if remembers_choice(service) {
            for (path, name) in stored_longer(service, CHOICE) {
                let why = "visitors are asked again after 6 months (CNIL, deliberation 2020-092)";
                report(&path, format!("the choice in `{name}`"), CHOICE, why);
            }
        } else if service.exempt {
            for (path, name) in stored_longer(service, COOKIE) {
                let why = "measurement without consent may recognise a browser for 13 months (CNIL, deliberation 2020-092, Art. 5)";
                report(&path, format!("`{name}` of the exempt service `{}`", service.id), COOKIE, why);
            }
            for path in measured_longer(judged.registry, service) {
                let why = "what is measured without consent may be kept for 25 months (CNIL, deliberation 2020-092, Art. 5)";
                report(&path, format!("what the exempt service `{}` measures", service.id), MEASURED, why);
            }
        }
    }
}

/// Whether a service keeps the visitor's choice: an essential one that is called consent, or stores something of that name.
fn remembers_choice(service: &Service) -> bool {
    let stored = service.cookies.iter().map(|cookie| &cookie.name).chain(service.storage.iter().map(|stored| &stored.key));
    !service.needs_consent() && !service.exempt && stored.chain([&service.id.0]).any(|name| name.to_ascii_lowercase().contains("consent"))
}

/// What a service stores for longer than some months: the path of its period, and its name.
fn stored_longer(service: &Service, months: u32) -> Vec<(String, &str)> {
    let path = |kind: &str, n: usize| format!("services.{}.{kind}.{n}.keep", service.id);
    let cookies = service.cookies.iter().enumerate().map(|(n, cookie)| (path("cookies", n), cookie.name.as_str(), cookie.keep.as_ref()));
    let storage = service.storage.iter().enumerate().map(|(n, stored)| (path("storage", n), stored.key.as_str(), stored.keep.as_ref()));
    cookies.chain(storage).filter(|(_, _, keep)| is_longer(*keep, months)).map(|(path, name, _)| (path, name)).collect()
}

/// The periods of what a service measures that are longer than they may be.
fn measured_longer(registry: &Registry, service: &Service) -> Vec<String> {
    let origin = From::Service(service.id.clone());
    let measured: Vec<_> = registry.data.iter().filter(|data| data.from.as_ref() == Some(&origin)).map(|data| &data.id).collect();
    let rules = registry.retention.iter().filter(|rule| rule.data.iter().any(|id| measured.contains(&id)));
    rules.filter(|rule| is_longer(rule.keep.as_ref(), MEASURED)).map(|rule| format!("retention.{}.keep", rule.id)).collect()
}

/// Whether a stated period is longer than some months.
fn is_longer(keep: Option<&Stated<Keep>>, months: u32) -> bool {
    match keep.and_then(Stated::known) {
        Some(Keep::UntilDeleted) => true,
        Some(Keep::For(period)) => Period::of(months, "month").is_some_and(|limit| period.days() > limit.days()),
        Some(Keep::Session) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(text: &str) -> Vec<String> {
        found("choice-kept-too-long", text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    fn choice(keep: &str) -> Vec<String> {
        messages(&format!(
            "services: {{ consent: {{ label: Consent, category: essential, storage: [{{ key: choice, keep: {keep} }}] }} }}\n"
        ))
    }

    #[test]
    fn a_choice_is_kept_for_six_months() {
        for keep in ["6 months", "180 days", "session", "{ unknown: Acme }"] {
            assert!(choice(keep).is_empty(), "{keep}");
        }
        for keep in ["7 months", "1 year", "until deleted"] {
            assert_eq!(choice(keep), ["the choice in `choice` is kept longer than 6 months"], "{keep}");
        }
        let by_name = "services: { banner: { label: B, category: essential, cookies: [{ name: cookieConsent, keep: 1 year }] } }\n";
        assert_eq!(messages(by_name), ["the choice in `cookieConsent` is kept longer than 6 months"]);
    }

    #[test]
    fn other_services_keep_what_they_declare() {
        assert!(
            messages("services: { portal: { label: P, category: essential, storage: [{ key: code, keep: until deleted }] } }\n").is_empty()
        );
        assert!(messages("services: { it: { label: It, category: analytics, cookies: [{ name: _i, keep: 2 years }] } }\n").is_empty());
    }

    #[test]
    fn exempt_measurement_ends_after_13_and_25_months() {
        let of = |cookie: &str, data: &str| {
            messages(&format!(
                "services: {{ it: {{ label: It, category: analytics, exempt: true, cookies: [{{ name: _i, keep: {cookie} }}] }} }}\n\
                 data: {{ visits: {{ label: Visits, from: {{ service: it }} }} }}\nretention: {{ visits: {{ data: [visits], keep: {data} }} }}\n"
            ))
        };
        assert!(of("13 months", "25 months").is_empty());
        assert_eq!(of("14 months", "25 months"), ["`_i` of the exempt service `it` is kept longer than 13 months"]);
        assert_eq!(of("13 months", "3 years"), ["what the exempt service `it` measures is kept longer than 25 months"]);
    }
}
