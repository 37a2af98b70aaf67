//! A form's fields as JSON Schema: what the functions accept, and what the API's document shows.

use serde_json::{Map, Value, json};

use crate::model::{Field, FieldType, Form};

/// A telephone number with its country code (E.164).
pub const PHONE: &str = r"^\+[1-9][0-9 ().-]{5,24}$";

/// One line: what `<input>` gives, and what may stand in the header of a message.
const LINE: &str = r"^[^\r\n]*$";

/// A day and a time, without a zone, as HTML's `datetime-local` writes them.
const MOMENT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?$";

/// The schema of a form's submission, in JSON Schema 2020-12. Unknown fields are refused.
pub fn json_schema(form: &Form) -> Value {
    let properties: Map<String, Value> = form.fields.iter().map(|field| (field.name.clone(), property(field))).collect();
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

fn property(field: &Field) -> Value {
    let mut property = Map::new();
    let kind = if field.kind == FieldType::Checkbox { "boolean" } else { "string" };
    property.insert("type".into(), json!(kind));
    property.insert("title".into(), json!(field.label.default));
    match field.kind {
        FieldType::Email => _ = property.insert("format".into(), json!("email")),
        FieldType::Url => _ = property.insert("format".into(), json!("uri")),
        FieldType::Text => _ = property.insert("pattern".into(), json!(LINE)),
        FieldType::DatetimeLocal => _ = property.insert("pattern".into(), json!(MOMENT)),
        FieldType::Tel => _ = property.insert("pattern".into(), json!(PHONE)),
        FieldType::Select => {
            let values: Vec<&str> = field.options.iter().map(|option| option.value.as_str()).collect();
            property.insert("enum".into(), json!(values));
        }
        _ => {}
    }
    let limits = &field.limits;
    for (key, value) in [("minLength", limits.min_length), ("maxLength", limits.max_length)] {
        if let Some(value) = value {
            property.insert(key.into(), json!(value));
        }
    }
    if let Some(pattern) = &limits.pattern {
        property.insert("pattern".into(), json!(pattern));
    }
    Value::Object(property)
}
