//! The check `recipient-unused`: see its doc in `rules/recipient-unused.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Enforcer, From, RecipientId, Registry, Stated};

/// A recipient is declared, and nothing says what it gets.
pub(super) static RECIPIENT_UNUSED: Rule = Rule {
    name: "recipient-unused",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/recipient-unused.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for recipient in &judged.registry.recipients {
        if !is_used(judged.registry, &recipient.id) {
            diagnostics.push(
                judged
                    .at(
                        &RECIPIENT_UNUSED,
                        &format!("recipients.{}", recipient.id),
                        format!("nothing uses the recipient `{}`", recipient.id),
                    )
                    .why("people are told that it receives their data, and neither for what nor which (GDPR Art. 5(1)(a), 13(1)(e))")
                    .help("name it in the `recipients` of a purpose, as the `recipient` of a service or as `host`; or remove it"),
            );
        }
    }
}

fn is_used(registry: &Registry, id: &RecipientId) -> bool {
    registry.host.as_ref() == Some(id)
        || registry.purposes.iter().any(|purpose| purpose.recipients.contains(id))
        || registry.services.iter().any(|service| service.recipient.as_ref() == Some(id))
        || registry.data.iter().any(|data| matches!(&data.from, Some(From::Recipient(from)) if from == id))
        || registry.retention.iter().any(|rule| matches!(&rule.by, Some(Stated::Known(Enforcer::Recipient(by))) if by == id))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    #[test]
    fn whatever_names_a_recipient_uses_it() {
        for user in [
            "host: crm",
            "purposes: { answer: { label: Answer, recipients: [crm] } }",
            "services: { chat: { label: Chat, recipient: crm } }",
            "data: { lead: { label: Leads, from: { recipient: crm } } }",
            "retention: { leads: { keep: 1 year, by: { recipient: crm } } }",
        ] {
            assert_eq!(found("recipient-unused", &format!("recipients: {{ crm: {{ name: Crm }} }}\n{user}\n")), [], "{user}");
        }
    }

    #[test]
    fn a_recipient_that_nothing_names_is_reported() {
        let found = found("recipient-unused", "recipients: { crm: { name: Crm }, host: { name: Host } }\nhost: host\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "nothing uses the recipient `crm`");
    }
}
