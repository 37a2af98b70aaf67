//! Registries written in one text, and what a check says of them.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::resolve;

/// The day of the fixtures.
pub(super) const TODAY: &str = "2026-06-01";

/// What the rule of a name says of a registry, sorted. The text must be readable.
pub(super) fn found(rule: &str, text: &str) -> Vec<Diagnostic> {
    with_form(rule, text, None)
}

/// The same, with a form named `contact`.
pub(super) fn with_form(rule: &str, text: &str, form: Option<&str>) -> Vec<Diagnostic> {
    let (file, form_file) = (Arc::from(crate::model::FILE), Arc::from("content/forms/contact.yaml"));
    let forms: Vec<_> = form.map(|form| (&form_file, form)).into_iter().collect();
    let read = resolve::registry(Some((&file, text)), &forms);
    assert_eq!(read.diagnostics, [], "the fixture can be read");
    let mut found = super::registry(&read.value, TODAY);
    found.retain(|diagnostic| diagnostic.rule.name == rule);
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found
}
