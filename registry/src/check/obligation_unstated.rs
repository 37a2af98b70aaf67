//! The check `obligation-unstated`: see its doc in `rules/obligation-unstated.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::FieldType;

/// A field must be filled in, and nobody says why.
pub(super) static OBLIGATION_UNSTATED: Rule = Rule {
    name: "obligation-unstated",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/obligation-unstated.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for form in &judged.registry.forms {
        for field in &form.fields {
            // Nobody fills in what nobody sees.
            if field.required && field.kind != FieldType::Hidden && field.why.is_none() {
                let path = format!("forms.{}.fields.{}.required", form.id, field.name);
                diagnostics.push(
                    judged
                        .at(&OBLIGATION_UNSTATED, &path, format!("the field `{}` is required, and nothing says why", field.name))
                        .why("people must be told whether they have to give data, and what happens if they do not (GDPR Art. 13(2)(e))")
                        .help("add `why:`, such as `why: without it we cannot answer`, or drop `required`"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::with_form;

    fn found(field: &str) -> usize {
        with_form("obligation-unstated", "", Some(&format!("fields: {{ email: {{ {field} }} }}\n"))).len()
    }

    #[test]
    fn a_reason_or_no_obligation_is_clean() {
        assert_eq!(found("type: email, required: true, why: without it we cannot answer"), 0);
        assert_eq!(found("type: email"), 0);
        assert_eq!(found("type: hidden, required: true"), 0);
    }

    #[test]
    fn a_required_field_without_a_reason_is_reported() {
        assert_eq!(found("type: email, required: true"), 1);
        assert_eq!(found("type: checkbox, required: true, why: ' '"), 1);
    }
}
