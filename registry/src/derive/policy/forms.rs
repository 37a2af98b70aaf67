//! The site's forms, as a template shows them.

use serde::Serialize;

use super::Telling;
use crate::derive::schema::PHONE;
use crate::model::{Field, FieldType, Form};

/// A form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormView {
    /// Its name.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Where it is sent.
    pub action: String,
    /// What its button says.
    pub submit: String,
    /// What is said when it has been sent.
    pub sent: String,
    /// Its fields, in order.
    pub fields: Vec<ControlView>,
}

/// A field as it is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControlView {
    /// The name under which it is sent.
    pub name: String,
    /// What visitors read beside it.
    pub label: String,
    /// A word of help.
    pub hint: String,
    /// HTML's name of what it takes; `textarea` and `select` too.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
    /// Why it is asked for.
    pub why: String,
    /// The shortest value in characters; 0 for no limit.
    pub min_length: u32,
    /// The longest value in characters; 0 for no limit.
    pub max_length: u32,
    /// A regular expression for the whole value; may be empty.
    pub pattern: String,
    /// HTML's `autocomplete`; may be empty.
    pub autocomplete: String,
    /// The choices of a `select`: value and label.
    pub options: Vec<(String, String)>,
}

/// Where a form is sent, by its name.
pub fn action(form: &str) -> String {
    format!("/api/forms/{form}")
}

impl Telling<'_> {
    pub(super) fn form(&self, form: &Form) -> FormView {
        FormView {
            id: form.id.0.clone(),
            label: self.text(&form.label),
            action: action(form.id.as_str()),
            submit: self.text(&form.submit),
            sent: self.optional(form.sent.as_ref()),
            fields: form.fields.iter().map(|field| self.control(field)).collect(),
        }
    }

    fn control(&self, field: &Field) -> ControlView {
        // HTML anchors its patterns by itself.
        let phone = || PHONE.trim_start_matches('^').trim_end_matches('$').to_owned();
        let pattern = field.limits.pattern.clone().or_else(|| (field.kind == FieldType::Tel).then(phone));
        ControlView {
            name: field.name.clone(),
            label: self.text(&field.label),
            hint: self.optional(field.hint.as_ref()),
            kind: field.kind.name(),
            required: field.required,
            why: self.optional(field.why.as_ref()),
            min_length: field.limits.min_length.unwrap_or(0),
            max_length: field.limits.max_length.unwrap_or(0),
            pattern: pattern.unwrap_or_default(),
            autocomplete: field.autocomplete.clone().unwrap_or_default(),
            options: field.options.iter().map(|option| (option.value.clone(), self.text(&option.label))).collect(),
        }
    }
}
