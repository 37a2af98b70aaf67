//! The rules of a form as JSON Schema: exactly as strict as the functions, so that what it lets through is accepted and nothing else is.

use serde_json::{Map, Value, json};

use super::{BLANK, Check, Rule, Sense, TECHNICAL};
use crate::model::{FieldType, Form};

/// Any character that is not white space.
const FILLED: &str = r"[^ \t\n\f\r]";

/// The schema of a form's submission, in JSON Schema 2020-12. Unknown fields are refused.
///
/// It has no `format`: what validators make of one differs, and the patterns say all of it.
pub fn json_schema(form: &Form) -> Value {
    let rules = form.fields.iter().map(|field| (field, Rule::of(field)));
    let mut properties: Map<String, Value> =
        rules.map(|(field, rule)| (field.name.clone(), property(&rule, &field.label.default))).collect();
    properties.extend(TECHNICAL.map(|(name, most)| (name.to_owned(), json!({ "type": "string", "maxLength": most }))));
    let required: Vec<&str> = form.fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.label.default,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(rule: &Rule, title: &str) -> Value {
    match (rule.kind, rule.required) {
        (FieldType::Checkbox, true) => json!({ "type": "boolean", "title": title, "const": true }),
        (FieldType::Checkbox, false) => json!({ "type": "boolean", "title": title }),
        // A blank value counts as none.
        (_, true) => {
            let mut all = vec![json!({ "pattern": FILLED })];
            all.extend(filled(rule));
            json!({ "type": "string", "title": title, "maxLength": rule.most, "allOf": all })
        }
        (_, false) => {
            let any = [json!({ "pattern": BLANK }), json!({ "allOf": filled(rule) })];
            json!({ "type": "string", "title": title, "maxLength": rule.most, "anyOf": any })
        }
    }
}

/// What a value that is not blank must keep to.
fn filled(rule: &Rule) -> Vec<Value> {
    let mut all = vec![json!({ "minLength": rule.least })];
    if rule.kind == FieldType::Select {
        all.push(json!({ "enum": rule.options }));
    }
    all.extend(rule.checks.iter().map(|Check { pattern, sense, .. }| match sense {
        Sense::Must => json!({ "pattern": pattern }),
        Sense::MustNot => json!({ "not": { "pattern": pattern } }),
    }));
    all
}
