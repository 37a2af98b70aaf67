//! The rules of a form as JSON Schema: exactly as strict as the functions, so that what it lets through is accepted and nothing else is.

use serde_json::{Map, Value, json};

use super::{BLANK, Rule, Sense, TECHNICAL};
use crate::model::{FieldType, Form};

/// One line of text without controls, in which there is more than white space.
const LINE: &str = concat!(
    r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]*",
    r"[^\u0000-\u0020\u007f-\u009f\u2028\u2029]",
    r"[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]*$",
);

/// Several of them.
const LINES: &str =
    r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u009f][^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$";

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
    let mut property = Map::from_iter([("type".to_owned(), json!("string")), ("title".to_owned(), json!(title))]);
    match (rule.kind, rule.required) {
        (FieldType::Checkbox, true) => return json!({ "type": "boolean", "title": title, "const": true }),
        (FieldType::Checkbox, false) => return json!({ "type": "boolean", "title": title }),
        (FieldType::Select, true) => property.extend(filled(rule)),
        (_, true) => {
            property.insert("maxLength".to_owned(), json!(rule.most));
            property.extend(filled(rule));
        }
        // A blank value counts as none.
        (_, false) => {
            property.insert("maxLength".to_owned(), json!(rule.most));
            property.insert("anyOf".to_owned(), json!([{ "pattern": BLANK }, filled(rule)]));
        }
    }
    property.into()
}

/// What a value that is not blank must keep to.
///
/// It says what a value is made of, never what it must not hold: from this, testers make values that are right at once.
fn filled(rule: &Rule) -> Map<String, Value> {
    let mut schema = Map::new();
    if rule.kind == FieldType::Select {
        schema.insert("enum".to_owned(), json!(rule.options));
        return schema;
    }
    if rule.least > 1 {
        schema.insert("minLength".to_owned(), json!(rule.least));
    }
    let mut patterns: Vec<&str> =
        rule.checks.iter().filter(|check| check.sense == Sense::Must).map(|check| check.pattern.as_str()).collect();
    patterns.extend(match rule.kind {
        // Their own patterns leave room for nothing else.
        FieldType::Email | FieldType::Tel | FieldType::Url | FieldType::DatetimeLocal => None,
        FieldType::Textarea => Some(LINES),
        _ => Some(LINE),
    });
    let mut patterns = patterns.into_iter();
    schema.extend(patterns.next().map(|pattern| ("pattern".to_owned(), json!(pattern))));
    let more: Vec<Value> = patterns.map(|pattern| json!({ "pattern": pattern })).collect();
    if !more.is_empty() {
        schema.insert("allOf".to_owned(), more.into());
    }
    schema
}
