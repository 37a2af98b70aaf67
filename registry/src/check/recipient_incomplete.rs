//! The check `recipient-incomplete`: see its doc in `rules/recipient-incomplete.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::Recipient;

/// Something that people must know of a recipient is missing.
pub(super) static RECIPIENT_INCOMPLETE: Rule = Rule {
    name: "recipient-incomplete",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/recipient-incomplete.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for recipient in &judged.registry.recipients {
        let path = format!("recipients.{}", recipient.id);
        // A company of the catalogue may well be called what it is declared as.
        let written = ["name", "use"].iter().any(|key| judged.places.has(&format!("{path}.{key}")));
        let named = recipient.name != recipient.id.as_str() || written;
        let missing = missing(recipient, named);
        if !missing.is_empty() {
            let keys: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
            let message = format!("the recipient `{}` has no {}", recipient.id, keys.join(", no "));
            diagnostics.push(
                judged
                    .at(&RECIPIENT_INCOMPLETE, &path, message)
                    .why("people must be told who receives their data and whether it leaves the EEA (GDPR Art. 13(1)(e) and (f))")
                    .help(format!(
                        "add {}; for a role or a country that nobody can tell yet, `{{ unknown: who must supply it }}`",
                        keys.join(", ")
                    )),
            );
        }
    }
}

/// The keys that a recipient lacks. What runs on the controller's own machines sends its maker nothing: it has no role, and its
/// country does not matter.
fn missing(recipient: &Recipient, named: bool) -> Vec<&'static str> {
    let apart = !recipient.self_hosted;
    let keys = [
        ("name", !named),
        ("role", apart && recipient.role.is_none()),
        ("does", recipient.does.is_none()),
        ("country", apart && recipient.country.is_none()),
    ];
    keys.into_iter().filter_map(|(key, missing)| missing.then_some(key)).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(recipient: &str) -> Vec<String> {
        let found = found("recipient-incomplete", &format!("recipients: {{ crm: {{ {recipient} }} }}\n"));
        found.into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_whole_recipient_is_clean() {
        assert!(messages("name: Crm, role: processor, does: stores leads, country: US").is_empty());
        assert!(messages("use: notion, role: processor, does: stores leads").is_empty());
        assert!(messages("name: Crm, role: { unknown: Acme }, does: stores leads, country: { unknown: Acme }").is_empty());
    }

    #[test]
    fn what_runs_on_ones_own_machines_has_no_role_and_no_country() {
        assert!(messages("name: Auth, does: signs people in, self_hosted: true").is_empty());
        assert_eq!(messages("name: Auth, self_hosted: true"), ["the recipient `crm` has no `does`"]);
    }

    #[test]
    fn everything_missing_is_told_at_once() {
        assert_eq!(found("recipient-incomplete", "recipients: { o2switch: { use: o2switch, role: processor, does: sends mail } }\n"), []);
        assert_eq!(messages("calls: [crm.example]"), ["the recipient `crm` has no `name`, no `role`, no `does`, no `country`"]);
        assert_eq!(messages("use: notion"), ["the recipient `crm` has no `role`, no `does`"]);
    }
}
