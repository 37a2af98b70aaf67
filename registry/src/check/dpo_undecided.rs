//! The check `dpo-undecided`: see its doc in `rules/dpo-undecided.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// Nobody has said whether there is a data protection officer.
pub(super) static DPO_UNDECIDED: Rule =
    Rule { name: "dpo-undecided", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/dpo-undecided.md") };

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if judged.registry.dpo.is_none() && judged.handles_data() {
        diagnostics.push(
            judged
                .at(&DPO_UNDECIDED, "dpo", "nothing says whether there is a data protection officer")
                .why("people must be told how to reach the officer where there is one (GDPR Art. 13(1)(b), 37)")
                .help("add `dpo: { contact: dpo@acme.example }`, or `dpo: { none: why none is needed }`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::{found, with_form};

    const RULE: &str = "dpo-undecided";

    #[test]
    fn a_contact_a_reason_or_somebody_to_ask_is_an_answer() {
        for dpo in ["{ contact: dpo@acme.example }", "{ none: we are three people }", "{ unknown: the lawyer }"] {
            assert_eq!(found(RULE, &format!("dpo: {dpo}\ndata: {{ lead: {{ label: Leads }} }}\n")), []);
        }
    }

    #[test]
    fn no_answer_is_reported_once_data_is_handled() {
        assert_eq!(found(RULE, "data: { lead: { label: Leads } }\n").len(), 1);
        assert_eq!(found(RULE, "services: { video: { label: Video, category: media } }\n").len(), 1);
        assert_eq!(with_form(RULE, "controller: { name: Acme }\n", Some("fields: { email: { type: email } }\n")).len(), 1);
    }

    #[test]
    fn a_site_that_handles_no_data_needs_none() {
        assert_eq!(found(RULE, "controller: { name: Acme }\n"), []);
        assert_eq!(found(RULE, "services: { theme: { label: Theme, category: essential } }\n"), []);
    }
}
