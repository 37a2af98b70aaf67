//! The check `retention-missing`: see its doc in `rules/retention-missing.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Service, StorageKind};

/// Nobody has said how long something is kept.
pub(super) static RETENTION_MISSING: Rule = Rule {
    name: "retention-missing",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/retention-missing.md"),
};

/// Why, for every message of this check but that on browsers.
const WHY: &str = "data may be kept only as long as it is needed, and people must be told how long (GDPR Art. 5(1)(e), 13(2)(a))";

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let registry = judged.registry;
    for data in &registry.data {
        if !registry.retention.iter().any(|rule| rule.data.contains(&data.id)) {
            diagnostics.push(
                judged
                    .at(&RETENTION_MISSING, &format!("data.{}", data.id), format!("nothing says how long `{}` is kept", data.id))
                    .why(WHY)
                    .help(format!("add a rule below `retention`, such as `{{ data: [{}], keep: 1 year, from: …, by: … }}`", data.id)),
            );
        }
    }
    for rule in &registry.retention {
        if rule.keep.is_none() && rule.during.is_none() {
            diagnostics.push(
                judged
                    .at(&RETENTION_MISSING, &format!("retention.{}", rule.id), format!("the retention rule `{}` has no period", rule.id))
                    .why(WHY)
                    .help("add `keep:` with a length of time, `during:` with what it lasts as long as, or `keep: { unknown: who must supply it }`"),
            );
        }
    }
    for service in &registry.services {
        for (path, name) in endless(service) {
            diagnostics.push(
                judged
                    .at(&RETENTION_MISSING, &path, format!("nothing says how long `{name}` of the service `{}` is kept", service.id))
                    .why("visitors must be told how long what is stored in their browser works (Directive 2002/58/EC Art. 5(3); CJEU C-673/17)")
                    .help("add `keep:` with `session`, `until deleted` or a length of time"),
            );
        }
    }
}

/// What a service stores without a period: the path, and the name. What belongs to a tab goes with it.
fn endless(service: &Service) -> Vec<(String, &str)> {
    let at = |kind: &str, n: usize| format!("services.{}.{kind}.{n}", service.id);
    let cookies = service.cookies.iter().enumerate().filter(|(_, cookie)| cookie.keep.is_none());
    let stored = service.storage.iter().enumerate().filter(|(_, stored)| stored.keep.is_none() && stored.kind != StorageKind::Session);
    let cookies = cookies.map(|(n, cookie)| (at("cookies", n), cookie.name.as_str()));
    cookies.chain(stored.map(|(n, stored)| (at("storage", n), stored.key.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(text: &str) -> Vec<String> {
        found("retention-missing", text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_period_a_duration_or_somebody_to_ask_is_clean() {
        for keep in ["keep: 2 years", "keep: session", "during: the contract lasts", "keep: { unknown: Acme }"] {
            let text = format!("data: {{ lead: {{ label: Leads }} }}\nretention: {{ leads: {{ data: [lead], {keep} }} }}\n");
            assert!(messages(&text).is_empty(), "{keep}");
        }
    }

    // Promises: cresco/keep-leads, cresco/keep-projects
    #[test]
    fn data_without_a_rule_and_a_rule_without_a_period_are_reported() {
        let text = "data: { lead: { label: Leads }, bill: { label: Bills } }\nretention: { leads: { data: [lead] } }\n";
        assert_eq!(messages(text), ["nothing says how long `bill` is kept", "the retention rule `leads` has no period"]);
    }

    #[test]
    fn what_a_service_stores_needs_a_period() {
        let of = |stored: &str| messages(&format!("services: {{ chat: {{ label: Chat, {stored} }} }}\n"));
        assert!(
            of("cookies: [{ name: _c, keep: 1 year }], storage: [{ kind: session, key: s }, { key: l, keep: until deleted }]").is_empty()
        );
        assert_eq!(
            of("cookies: [{ name: _c }], storage: [{ key: l }]"),
            ["nothing says how long `_c` of the service `chat` is kept", "nothing says how long `l` of the service `chat` is kept"]
        );
    }
}
