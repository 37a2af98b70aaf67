//! The site's forms, as a template shows them and as their script judges them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{RetentionView, Telling};
use crate::derive::rights;
use crate::derive::schema::{self, Rule, calling};
use crate::derive::words::Words;
use crate::model::{DataId, Fault, Field, FieldType, Form, PurposeId, Registry};

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
    /// What happens after that, step by step.
    pub next: Vec<String>,
    /// Its fields, in order.
    pub fields: Vec<ControlView>,
    /// The name of the field that only machines fill in.
    pub honeypot: &'static str,
    /// The name of the field that says the page's language.
    pub language: &'static str,
    /// The calling codes, by the names of their countries, where a field takes a telephone number.
    pub codes: Vec<CodeView>,
    /// What is noted beside the fields, in words.
    pub captures: Vec<String>,
    /// What it is used for.
    pub purposes: Vec<String>,
    /// Who receives it.
    pub recipients: Vec<String>,
    /// How long it is kept.
    pub kept: Vec<RetentionView>,
    /// What its script goes by.
    pub script: ScriptView,
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
    /// The longest value in characters.
    pub max_length: u32,
    /// A regular expression for the whole value; may be empty.
    pub pattern: String,
    /// HTML's `autocomplete`; may be empty.
    pub autocomplete: String,
    /// The choices of a `select`: value and label.
    pub options: Vec<(String, String)>,
    /// What was typed, where the form is shown again; `yes` for a ticked box.
    pub value: String,
    /// What is wrong with that, in words.
    pub fault: String,
}

/// A country's calling code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeView {
    /// The country (ISO 3166-1).
    pub country: &'static str,
    /// Its name.
    pub name: String,
    /// The code, without the plus.
    pub code: &'static str,
    /// What stands before a number at home, and not behind the code; may be empty.
    pub trunk: &'static str,
}

/// What the script of a form goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptView {
    /// The rules of its fields.
    pub rules: Vec<Rule>,
    /// What it says, by the ends of the interface's keys.
    pub words: BTreeMap<String, String>,
    /// Whom to write to when nothing else works; may be empty.
    pub email: String,
}

/// What the script says beside the faults, as the ends of the interface's keys.
const SAYS: [&str; 13] =
    ["again", "busy", "failed", "offline", "prepare", "problem", "problems", "restored", "retry", "sending", "too_many", "write", "zone"];

/// The form that has an address of its own.
const CONTACT: &str = "contact";

/// Where a form is sent, by its name.
pub fn action(form: &str) -> String {
    match form {
        CONTACT => "/api/contact".to_owned(),
        rights::FORM => rights::ACTION.to_owned(),
        form => format!("/api/forms/{form}"),
    }
}

/// A form as a page shows it, in the language of some words.
pub fn form(registry: &Registry, form: &Form, words: Words<'_>) -> FormView {
    Telling { registry, words }.form(form)
}

/// What is wrong with a field, in words.
pub fn fault(fault: Fault, rule: Option<&Rule>, words: Words<'_>) -> String {
    let text = words.word_of("form_fault", fault.name());
    match rule {
        Some(rule) => text.replace("{least}", &rule.least.to_string()).replace("{most}", &rule.most.to_string()),
        None => text,
    }
}

impl Telling<'_> {
    pub(super) fn form(&self, form: &Form) -> FormView {
        let registry = self.registry;
        let of_fields = form.fields.iter().map(|field| (&field.data, &field.purpose));
        let used: Vec<_> = of_fields.chain(form.captures.iter().map(|capture| (&capture.data, &capture.purpose))).collect();
        let has_data = |id: &DataId| used.iter().any(|(data, _)| data.as_ref() == Some(id));
        let serves = |id: &PurposeId| used.iter().any(|(_, purpose)| purpose.as_ref() == Some(id));
        let purposes: Vec<_> = registry.purposes.iter().filter(|purpose| serves(&purpose.id)).collect();
        let receives = |id| purposes.iter().any(|purpose| purpose.recipients.contains(id));
        let recipients = registry.recipients.iter().filter(|recipient| receives(&recipient.id));
        FormView {
            id: form.id.0.clone(),
            label: self.text(&form.label),
            action: action(form.id.as_str()),
            submit: self.text(&form.submit),
            sent: self.optional(form.sent.as_ref()),
            next: self.texts(&form.next),
            fields: form.fields.iter().map(|field| self.control(field)).collect(),
            honeypot: schema::HONEYPOT,
            language: schema::LANGUAGE,
            codes: if form.fields.iter().any(|field| field.kind == FieldType::Tel) { self.codes() } else { Vec::new() },
            captures: form.captures.iter().map(|capture| self.words.word_of("form_capture", capture.kind.name())).collect(),
            purposes: purposes.iter().map(|purpose| self.text(&purpose.label)).collect(),
            recipients: recipients.map(|recipient| recipient.name.clone()).collect(),
            kept: registry.retention.iter().filter(|rule| rule.data.iter().any(has_data)).map(|rule| self.retention(rule)).collect(),
            script: self.script(form),
        }
    }

    fn control(&self, field: &Field) -> ControlView {
        let rule = Rule::of(field);
        // HTML anchors its patterns by itself.
        let anchored = |check: &schema::Check| check.pattern.trim_start_matches('^').trim_end_matches('$').to_owned();
        let shown = |fault| rule.checks.iter().find(|check| check.fault == fault).map(anchored);
        let token = match field.kind {
            FieldType::Email | FieldType::Tel | FieldType::Url => field.kind.name(),
            _ => "",
        };
        ControlView {
            name: field.name.clone(),
            label: self.text(&field.label),
            hint: self.optional(field.hint.as_ref()),
            kind: field.kind.name(),
            required: field.required,
            why: self.optional(field.why.as_ref()),
            min_length: rule.least,
            max_length: rule.most,
            pattern: shown(Fault::WrongPattern).or_else(|| shown(Fault::NotAPhone)).unwrap_or_default(),
            autocomplete: field.autocomplete.clone().unwrap_or_else(|| token.to_owned()),
            options: field.options.iter().map(|option| (option.value.clone(), self.text(&option.label))).collect(),
            value: String::new(),
            fault: String::new(),
        }
    }

    /// The calling codes, sorted as their countries' names are read.
    fn codes(&self) -> Vec<CodeView> {
        let name = |country: &str| self.words.word(&format!("country_{country}"));
        let view = |calling: calling::Calling| CodeView {
            country: calling.country,
            name: name(calling.country),
            code: calling.code,
            trunk: calling.trunk,
        };
        let mut codes: Vec<CodeView> = calling::codes().map(view).collect();
        // Accents come behind every letter otherwise.
        let key = |code: &CodeView| code.name.replace(['É', 'È', 'Ê'], "E").replace('Î', "I").replace('Å', "A").replace('Ö', "O");
        codes.sort_by_cached_key(key);
        codes
    }

    fn script(&self, form: &Form) -> ScriptView {
        let said = SAYS.map(|key| (key.to_owned(), self.words.word(&format!("form_{key}"))));
        let faults = Fault::ALL.iter().map(|fault| (fault.name().to_owned(), self.words.word_of("form_fault", fault.name())));
        let controller = self.registry.controller.as_ref();
        ScriptView {
            rules: schema::rules(form),
            words: said.into_iter().chain(faults).collect(),
            email: self.plain(controller.and_then(|controller| controller.email.as_ref())).text,
        }
    }
}
