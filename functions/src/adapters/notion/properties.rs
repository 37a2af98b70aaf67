//! A lead as the properties of a page, and back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use registry::model::{CaptureKind, Field, FieldType, Form};
use serde_json::{Value, json};

use super::columns::{Column, ColumnType, Holds};
use super::state::State;
use crate::lead::{Lead, Values};
use crate::personal::Personal;

/// The most UTF-16 units of one piece of text.
const PIECE: usize = 2000;

/// The properties of a lead's page; `state` where Notion is the store. What was left empty is left out.
pub(super) fn write(columns: &[Column<'_>], lead: &Lead, state: Option<&State>) -> Value {
    let values = columns.iter().filter_map(|column| Some((column.name.clone(), property(column.kind, &value(column, lead, state)?))));
    Value::Object(values.collect())
}

/// The properties that hold the state alone.
pub(super) fn write_state(columns: &[Column<'_>], state: &State) -> Value {
    let write = |column: &Column<'_>| match column.holds {
        Holds::Delivery => Some(property(column.kind, &json!(state.to_json()))),
        Holds::Next => Some(state.next().map_or(json!({ "date": null }), |next| property(column.kind, &json!(moment(next))))),
        _ => None,
    };
    Value::Object(columns.iter().filter_map(|column| Some((column.name.clone(), write(column)?))).collect())
}

/// Every property blank, for a page that is about to go.
pub(super) fn all_blank<'a>(columns: impl Iterator<Item = (&'a str, ColumnType)>) -> Value {
    Value::Object(columns.map(|(name, kind)| (name.to_owned(), blank(kind))).collect())
}

/// A blank property.
pub(super) fn blank(kind: ColumnType) -> Value {
    match kind {
        ColumnType::Title | ColumnType::RichText | ColumnType::Relation => json!({ kind.name(): [] }),
        ColumnType::Checkbox => json!({ kind.name(): false }),
        _ => json!({ kind.name(): null }),
    }
}

fn value(column: &Column<'_>, lead: &Lead, state: Option<&State>) -> Option<Value> {
    Some(match column.holds {
        Holds::Field(field) => match lead.values.reveal().get(&field.name) {
            Some(Value::String(text)) => json!(written(field, text)),
            Some(value) => value.clone(),
            None if column.kind == ColumnType::Title => json!(lead.id),
            None => return None,
        },
        Holds::Capture(kind) => json!(lead.captured.reveal().get(&kind)?),
        Holds::Lead => json!(lead.id),
        Holds::Form => json!(lead.form),
        Holds::Language => json!(lead.language),
        Holds::Received => json!(moment(lead.received)),
        Holds::Delivery => json!(state?.to_json()),
        Holds::Key => json!(state?.key),
        Holds::Next => json!(moment(state?.next()?)),
    })
}

/// A text as Notion shows it: options by what they are called, moments with their seconds.
fn written(field: &Field, text: &str) -> String {
    match field.kind {
        FieldType::DatetimeLocal if text.len() == "2026-01-01T00:00".len() => format!("{text}:00"),
        _ => field.option(text).map_or(text, |option| option.label.default.as_str()).to_owned(),
    }
}

/// A time as Notion writes it: to the millisecond.
pub(super) fn moment(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// A value as a property.
pub(super) fn property(kind: ColumnType, value: &Value) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        ColumnType::Title | ColumnType::RichText => json!({ kind.name(): pieces(&text) }),
        ColumnType::Email | ColumnType::PhoneNumber | ColumnType::Url => json!({ kind.name(): text }),
        ColumnType::Select => json!({ "select": { "name": text } }),
        ColumnType::Date => json!({ "date": { "start": text } }),
        ColumnType::Checkbox => json!({ "checkbox": value == &json!(true) }),
        ColumnType::Number => json!({ "number": value }),
        ColumnType::Relation => json!({ "relation": [{ "id": text }] }),
    }
}

/// A text in pieces that Notion takes.
fn pieces(text: &str) -> Vec<Value> {
    let mut pieces = Vec::new();
    let (mut start, mut units) = (0, 0);
    for (at, c) in text.char_indices() {
        if units + c.len_utf16() > PIECE {
            pieces.push(&text[start..at]);
            (start, units) = (at, 0);
        }
        units += c.len_utf16();
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces.into_iter().map(piece).collect()
}

/// A piece of text: at most [`PIECE`] units.
pub(super) fn piece(text: &str) -> Value {
    json!({ "type": "text", "text": { "content": text } })
}

/// A lead from its page; none where that is no page of ours.
pub(super) fn read(columns: &[Column<'_>], form: &Form, page: &Value, state: &State) -> Option<Lead> {
    let text = |holds: Holds<'_>| {
        let column = columns.iter().find(|column| column.holds == holds)?;
        text(column.kind, &page["properties"][&column.name])
    };
    let mut lead = Lead {
        id: text(Holds::Lead)?.parse().ok()?,
        form: form.id.clone(),
        language: text(Holds::Language)?,
        received: state.received,
        contacted: state.contacted,
        values: Personal::default(),
        captured: Personal::default(),
        held: state.held.clone(),
    };
    let fields = columns.iter().filter_map(|column| {
        let Holds::Field(field) = column.holds else { return None };
        Some((field.name.clone(), field_value(column, field, page)?))
    });
    let mut values: Values = fields.collect();
    // A blank name was filled in with the lead's id.
    values.retain(|_, value| value.as_str() != Some(&lead.id.to_string()));
    let captured: BTreeMap<CaptureKind, String> = columns
        .iter()
        .filter_map(|column| match column.holds {
            Holds::Capture(kind) => Some((kind, text(column.holds)?)),
            _ => None,
        })
        .collect();
    lead.values = Personal::new(values);
    lead.captured = Personal::new(captured);
    Some(lead)
}

fn field_value(column: &Column<'_>, field: &Field, page: &Value) -> Option<Value> {
    let property = &page["properties"][&column.name];
    if field.kind == FieldType::Checkbox {
        return property["checkbox"].as_bool().filter(|ticked| *ticked).map(Value::Bool);
    }
    let text = text(column.kind, property)?;
    Some(Value::String(match field.kind {
        FieldType::Select => field.options.iter().find(|option| option.label.default == text).map_or(text, |option| option.value.clone()),
        // Notion gives a moment without a zone back with seconds and a zone.
        FieldType::DatetimeLocal => text.chars().take(16).collect(),
        _ => text,
    }))
}

/// The text of a property; none where it is blank.
pub(super) fn text(kind: ColumnType, property: &Value) -> Option<String> {
    let text = match kind {
        ColumnType::Title | ColumnType::RichText => {
            property[kind.name()].as_array()?.iter().filter_map(|piece| piece["text"]["content"].as_str()).collect()
        }
        ColumnType::Select => property["select"]["name"].as_str()?.to_owned(),
        ColumnType::Date => property["date"]["start"].as_str()?.to_owned(),
        ColumnType::Email | ColumnType::PhoneNumber | ColumnType::Url => property[kind.name()].as_str()?.to_owned(),
        ColumnType::Relation => property["relation"][0]["id"].as_str()?.to_owned(),
        ColumnType::Checkbox | ColumnType::Number => return None,
    };
    Some(text).filter(|text: &String| !text.is_empty())
}
