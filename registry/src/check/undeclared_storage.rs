//! The check `undeclared-storage`: see its doc in `rules/undeclared-storage.md`.

use super::Judged;
use crate::derive::notices;
use crate::derive::rights::FORM;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{From, Holding, Service, StorageKind, covers};

/// The key below which the banner's script keeps what has not arrived yet.
const RECEIPTS: &str = "plainsite-receipts";

/// The functions or a script of ours keep something that is not declared.
pub(super) static UNDECLARED_STORAGE: Rule = Rule {
    name: "undeclared-storage",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/undeclared-storage.md"),
};

/// What stands behind a form, and behind the portal: what is kept, and what that is in words.
const DELIVERIES: (Holding, &str) =
    (Holding::Deliveries, "what was tried to deliver a submission, and the key under which a browser repeats it");
const PROTECTION: (Holding, &str) =
    (Holding::Protection, "counts by a keyed hash of shortened addresses, and proofs of work that were used");
const PROJECTS: (Holding, &str) = (Holding::Projects, "what clients see of their projects");
const NOTICES: (Holding, &str) = (Holding::Notices, "keyed hashes of the addresses that were told of a change of the policy, and when");
const CODES: (Holding, &str) = (Holding::Codes, "keyed hashes of project codes, and when each was made and revoked");

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    receipts(judged, diagnostics);
    let registry = judged.registry;
    let form = registry.forms.first().map(|form| (format!("forms.{}.fields", form.id), "a form", vec![DELIVERIES, PROTECTION]));
    let requests = registry.requests().map(|data| (format!("data.{}", data.id), "the form for privacy requests", vec![PROTECTION]));
    let portal = registry.portal().map(|service| (format!("services.{}", service.id), "the portal", vec![PROJECTS, CODES, PROTECTION]));
    let notices = (notices::promised(registry).is_some() && registry.forms.iter().any(|form| notices::reach(registry, form).is_some()))
        .then(|| ("changes.notice".to_owned(), "the promised notice of changes", vec![NOTICES]));
    let mut told = Vec::new();
    for (path, behind, kept) in form.into_iter().chain(portal).chain(requests).chain(notices) {
        for (holding, what) in kept {
            let name = holding.name();
            let declared = registry.data.iter().any(|data| data.from == Some(From::Functions(holding)));
            if declared || told.contains(&holding) {
                continue;
            }
            told.push(holding);
            diagnostics.push(
                judged
                    .at(&UNDECLARED_STORAGE, &path, format!("behind {behind}, `{name}` are kept and not declared"))
                    .why(format!("the functions keep {what}; people are told of all that is kept (GDPR Art. 5(1)(a))"))
                    .help(format!(
                        "add `{name}: {{ label: …, people: …, from: {{ functions: {name} }}, items: [{what}] }}` below `data`, with a purpose and a retention rule"
                    )),
            );
        }
    }
    let declared = registry.forms.iter().map(|form| (form.id.as_str(), format!("forms.{}.fields", form.id)));
    for (form, path) in declared.chain(registry.requests().map(|data| (FORM, format!("data.{}", data.id)))) {
        let key = format!("plainsite-draft-{form}");
        let stored = registry.services.iter().flat_map(|service| &service.storage);
        if !stored.filter(|stored| stored.kind == StorageKind::Session).any(|stored| covers(&stored.key, &key)) {
            diagnostics.push(
                judged
                    .at(&UNDECLARED_STORAGE, &path, format!("the draft of the form `{form}` is kept and not declared"))
                    .why(format!("its script keeps what is typed in the tab's session storage, as `{key}`, until it is received (Directive 2002/58/EC Art. 5(3))"))
                    .help("add `forms: { use: plainsite-forms }` below `services`"),
            );
        }
    }
}

/// What the banner's script keeps until a proof of a choice has arrived, where proofs are kept; and nothing that says so where none are.
fn receipts(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let registry = judged.registry;
    let waits =
        |service: &&Service| service.storage.iter().any(|stored| stored.kind == StorageKind::Local && covers(&stored.key, RECEIPTS));
    let declared = registry.data.iter().find(|data| data.from == Some(From::Functions(Holding::Receipts)));
    match (registry.keeps_receipts(), registry.services.iter().find(waits)) {
        (true, None) => {
            let path = declared.map_or_else(String::new, |data| format!("data.{}", data.id));
            diagnostics.push(
                judged
                    .at(&UNDECLARED_STORAGE, &path, "proofs of choices wait in the browser, which is not declared")
                    .why(format!("the banner keeps each in local storage, as `{RECEIPTS}`, until it is received (Directive 2002/58/EC Art. 5(3))"))
                    .help("write `consent: { use: plainsite-consent-receipts }` below `services`"),
            );
        }
        (false, Some(service)) => diagnostics.push(
            judged
                .at(&UNDECLARED_STORAGE, &format!("services.{}", service.id), format!("`{}` says that choices are recorded, and no data does", service.id))
                .why("the functions keep a proof of a choice only where it is declared with a purpose and a period (GDPR Art. 5(1)(a) and (e))")
                .help(
                    "add `receipts: { label: …, people: …, from: { functions: receipts }, items: […] }` below `data`, with a purpose and a \
                     retention rule; or write `use: plainsite-consent`",
                ),
        ),
        (true, Some(_)) | (false, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::{found, with_form};

    const DATA: &str = "\
data:
  attempts: { label: Attempts, from: { functions: deliveries } }
  limits: { label: Limits, from: { functions: protection } }
";

    fn messages(privacy: &str) -> Vec<String> {
        with_form("undeclared-storage", privacy, Some("fields: { name: {} }\n")).into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn a_site_without_a_form_keeps_nothing() {
        assert!(found("undeclared-storage", "data: { lead: { label: Leads } }\n").is_empty());
    }

    #[test]
    fn proofs_are_declared_where_they_are_kept_and_where_they_wait() {
        let messages = |data: &str, service: &str| -> Vec<String> {
            let text = format!("{data}services:\n  film: {{ label: Film, category: media }}\n  consent: {{ use: {service} }}\n");
            found("undeclared-storage", &text).into_iter().map(|found| found.message).collect()
        };
        let kept = "data: { proofs: { label: Proofs, from: { functions: receipts } } }\n";
        assert!(messages(kept, "plainsite-consent-receipts").is_empty() && messages("", "plainsite-consent").is_empty());
        assert_eq!(messages(kept, "plainsite-consent"), ["proofs of choices wait in the browser, which is not declared"]);
        assert_eq!(messages("", "plainsite-consent-receipts"), ["`consent` says that choices are recorded, and no data does"]);
    }

    #[test]
    fn all_that_is_kept_behind_a_form_is_declared() {
        assert_eq!(messages("data: {}\n").len(), 3);
        assert_eq!(messages(DATA), ["the draft of the form `contact` is kept and not declared"]);
        let stored =
            |key: &str| messages(&format!("{DATA}services: {{ forms: {{ label: Forms, storage: [{{ kind: session, key: {key} }}] }} }}\n"));
        assert!(stored("plainsite-draft-*").is_empty());
        assert!(stored("plainsite-draft-contact").is_empty());
        assert_eq!(stored("plainsite-draft-other").len(), 1);
        assert!(messages(&format!("{DATA}services: {{ forms: {{ use: plainsite-forms }} }}\n")).is_empty());
    }

    #[test]
    fn all_that_is_kept_behind_the_form_for_requests_is_declared() {
        let text = "data: { requests: { label: Requests, from: { functions: requests } } }\n";
        let messages = |text: &str| found("undeclared-storage", text).into_iter().map(|found| found.message).collect::<Vec<_>>();
        assert_eq!(
            messages(text),
            [
                "behind the form for privacy requests, `protection` are kept and not declared",
                "the draft of the form `privacy-request` is kept and not declared"
            ]
        );
    }

    #[test]
    fn who_was_told_of_a_change_is_declared_where_that_is_promised_by_email() {
        let form = "data: lead\npurpose: answer\nfields: { email: { type: email } }\n";
        let messages = |changes: &str, data: &str| {
            let text = format!(
                "recipients: {{ post: {{ name: Post }} }}\n{DATA}  lead: {{ label: Leads }}\n{data}\
                 purposes: {{ answer: {{ label: answer, data: [lead], recipients: [post] }} }}\n\
                 services: {{ forms: {{ use: plainsite-forms }} }}\nchanges: {changes}\n"
            );
            with_form("undeclared-storage", &text, Some(form)).into_iter().map(|found| found.message).collect::<Vec<_>>()
        };
        let email = "{ notice: 30 days, by: email }";
        assert_eq!(messages(email, ""), ["behind the promised notice of changes, `notices` are kept and not declared"]);
        assert!(messages(email, "  told: { label: Notices, from: { functions: notices } }\n").is_empty());
        assert!(messages("{ effective: on publication }", "").is_empty());
    }

    #[test]
    fn all_that_is_kept_behind_the_portal_is_declared() {
        let messages = |data: &str| {
            let text = format!(
                "data:\n  limits: {{ label: Limits, from: {{ functions: protection }} }}\n{data}services: {{ portal: {{ use: plainsite-portal }} }}\n"
            );
            found("undeclared-storage", &text).into_iter().map(|found| found.message).collect::<Vec<_>>()
        };
        let kept = |name: &str| format!("behind the portal, `{name}` are kept and not declared");
        assert_eq!(messages(""), [kept("codes"), kept("projects")]);
        assert_eq!(messages("  codes: { label: Codes, from: { functions: codes } }\n"), [kept("projects")]);
        assert!(
            messages(
                "  codes: { label: Codes, from: { functions: codes } }\n  projects: { label: Projects, from: { functions: projects } }\n"
            )
            .is_empty()
        );
    }
}
