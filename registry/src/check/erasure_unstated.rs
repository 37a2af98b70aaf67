//! The check `erasure-unstated`: see its doc in `rules/erasure-unstated.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{DeliveryKind, Erasure, Recipient, Registry};

/// Requests for erasure are taken, and nothing says how they reach a recipient.
pub(super) static ERASURE_UNSTATED: Rule = Rule {
    name: "erasure-unstated",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/erasure-unstated.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let registry = judged.registry;
    if registry.requests().is_none() {
        return;
    }
    for recipient in &registry.recipients {
        let (path, message, help) = match recipient.erasure.as_ref().map(|stated| stated.known()) {
            None if !recipient.self_hosted => (
                format!("recipients.{}", recipient.id),
                format!("nothing says how an erasure reaches `{}`", recipient.id),
                "add `erasure: manual` where a person sees to it, `erasure: { expires: 30 days }` where it goes by itself, or `erasure: api` \
                 where a form delivers pages to it",
            ),
            Some(Some(Erasure::Api)) if !has_pages(registry, recipient) => (
                format!("recipients.{}.erasure", recipient.id),
                format!("the functions cannot erase anything at `{}`: no form delivers pages to it", recipient.id),
                "write `erasure: manual`, or `erasure: { expires: 30 days }` where it goes by itself",
            ),
            _ => continue,
        };
        diagnostics.push(
            judged
                .at(&ERASURE_UNSTATED, &path, message)
                .why("an erasure is passed on to everybody who received the data, and who asks is told where it remains (GDPR Art. 17, 19)")
                .help(help),
        );
    }
}

/// Whether the functions write pages there, which is what they can erase.
fn has_pages(registry: &Registry, recipient: &Recipient) -> bool {
    let mut deliveries = registry.forms.iter().flat_map(|form| &form.deliver);
    deliveries.any(|delivery| delivery.to == recipient.id && delivery.kind == DeliveryKind::Page)
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::with_form;

    const REQUESTS: &str = "data: { requests: { label: Requests, from: { functions: requests } } }\n";

    fn messages(data: &str, recipient: &str) -> Vec<String> {
        let text = format!("{data}recipients: {{ crm: {{ name: Crm{recipient} }} }}\n");
        let form = "fields: { email: { type: email } }\ndeliver: [{ to: crm, as: page }]\n";
        with_form("erasure-unstated", &text, Some(form)).into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn each_recipient_says_how_an_erasure_reaches_it() {
        for stated in ["manual", "api", "{ expires: 30 days }", "{ unknown: Acme }"] {
            assert!(messages(REQUESTS, &format!(", erasure: {stated}")).is_empty(), "{stated}");
        }
        assert_eq!(messages(REQUESTS, ""), ["nothing says how an erasure reaches `crm`"]);
        assert!(messages(REQUESTS, ", self_hosted: true").is_empty());
        assert!(messages("", "").is_empty(), "a site that takes no requests");
    }

    #[test]
    fn the_functions_erase_pages_and_nothing_else() {
        let text = format!("{REQUESTS}recipients: {{ mail: {{ name: Mail, erasure: api }} }}\n");
        let found = with_form("erasure-unstated", &text, None).remove(0);
        assert_eq!(found.message, "the functions cannot erase anything at `mail`: no form delivers pages to it");
    }
}
