//! What Notion refuses, and how it searches.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use super::desk::{Call, Reply};
use crate::adapters::notion::ColumnType;

/// The columns of a data source.
pub(super) type Schema = BTreeMap<String, ColumnType>;

/// An error as Notion words it.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn invalid(message: &str) -> Self {
        Self { status: 400, code: "validation_error".to_owned(), message: message.to_owned() }
    }

    pub(super) fn missing(what: &str) -> Self {
        Self { status: 404, code: "object_not_found".to_owned(), message: format!("Could not find {what}.") }
    }

    pub(super) fn reply(&self) -> Reply {
        Reply::json(
            self.status,
            json!({ "object": "error", "status": self.status, "code": self.code, "message": self.message, "request_id": "stand-in" }),
        )
    }
}

/// The token, which is one of these, the version, the size.
pub(super) fn check_call(call: &Call, tokens: &[&str]) -> Result<(), Refusal> {
    if !call.bearer().is_some_and(|token| tokens.contains(&token)) {
        return Err(Refusal { status: 401, code: "unauthorized".to_owned(), message: "API token is invalid.".to_owned() });
    }
    match call.header("notion-version") {
        None => {
            return Err(Refusal { status: 400, code: "missing_version".to_owned(), message: "Notion-Version header failed".to_owned() });
        }
        Some("2025-09-03") => {}
        Some(_) => return Err(Refusal::invalid("this stand-in knows no shapes but those of 2025-09-03")),
    }
    if call.bytes > 500_000 {
        return Err(Refusal::invalid("body should be at most 500 KB"));
    }
    if call.method != "GET" && call.header("content-type") != Some("application/json") {
        let code = "invalid_json".to_owned();
        return Err(Refusal { status: 400, code, message: "Error parsing JSON body.".to_owned() });
    }
    Ok(())
}

/// Nothing but these keys.
pub(super) fn check_keys(body: &Value, known: &[&str]) -> Result<(), Refusal> {
    let Some(map) = body.as_object() else { return Err(Refusal::invalid("body should be an object")) };
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::invalid(&format!("body.{key} should be not present"))),
        None => Ok(()),
    }
}

/// The data source that a page is to be made in.
pub(super) fn parent(parent: &Value) -> Result<&str, Refusal> {
    let id = parent["data_source_id"].as_str().filter(|_| parent["type"] == "data_source_id");
    id.ok_or_else(|| Refusal::invalid("body.parent.data_source_id should be defined"))
}

/// The properties of a request as they are kept.
pub(super) fn properties(given: &Value, schema: &Schema) -> Result<BTreeMap<String, Value>, Refusal> {
    let Some(given) = given.as_object() else { return Err(Refusal::invalid("body.properties should be an object")) };
    let property = |(name, value): (&String, &Value)| {
        let kind = schema.get(name).ok_or_else(|| Refusal::invalid(&format!("{name} is not a property that exists.")))?;
        let inner = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get(kind.name()));
        let inner = inner.ok_or_else(|| Refusal::invalid(&format!("{name} is expected to be {}.", kind.name())))?;
        let value =
            value_of(*kind, inner).ok_or_else(|| Refusal::invalid(&format!("body.properties.{name}.{} is invalid", kind.name())))?;
        Ok((name.clone(), value))
    };
    given.iter().map(property).collect()
}

fn value_of(kind: ColumnType, value: &Value) -> Option<Value> {
    let within = |text: &Value, most: usize| {
        text.as_str().is_some_and(|text| !text.is_empty() && text.encode_utf16().count() <= most).then(|| text.clone())
    };
    match kind {
        ColumnType::Title | ColumnType::RichText => pieces(value.as_array()?),
        ColumnType::Checkbox => value.is_boolean().then(|| value.clone()),
        ColumnType::Relation => related(value.as_array()?),
        _ if value.is_null() => Some(Value::Null),
        ColumnType::Email => within(value, 200).filter(|value| value.as_str().is_some_and(|text| text.contains('@'))),
        ColumnType::PhoneNumber => within(value, 200),
        ColumnType::Url => within(value, 2000),
        ColumnType::Number => value.is_number().then(|| value.clone()),
        ColumnType::Select => {
            let name = within(&value["name"], 100).filter(|name| !name.as_str().unwrap_or_default().contains(','))?;
            Some(json!({ "id": name, "name": name, "color": "default" }))
        }
        ColumnType::Date => Some(json!({ "start": moment(value["start"].as_str()?)?, "end": null, "time_zone": null })),
    }
}

/// The pages that a property relates to: their ids, and nothing else.
fn related(pages: &[Value]) -> Option<Value> {
    let is_page =
        |page: &Value| page.as_object().is_some_and(|page| page.len() == 1) && page["id"].as_str().is_some_and(|id| id.len() == 36);
    (pages.len() <= 100 && pages.iter().all(is_page)).then(|| Value::from(pages))
}

fn pieces(pieces: &[Value]) -> Option<Value> {
    if pieces.len() > 100 {
        return None;
    }
    let piece = |piece: &Value| {
        let content = piece["text"]["content"].as_str().filter(|text| text.encode_utf16().count() <= 2000)?;
        (piece["type"] == "text").then(|| json!({ "type": "text", "text": { "content": content, "link": null }, "plain_text": content }))
    };
    pieces.iter().map(piece).collect::<Option<Vec<Value>>>().map(Value::Array)
}

/// A moment as Notion gives it back: with milliseconds and a zone. A day stays one.
fn moment(text: &str) -> Option<String> {
    if text.len() == "2026-01-01".len() {
        return text.parse::<Date>().is_ok().then(|| text.to_owned());
    }
    let time: Timestamp = match text.parse() {
        Ok(time) => time,
        Err(_) => text.parse::<DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
    };
    Some(format!("{time:.3}").replace('Z', "+00:00"))
}

/// A filter on one property: its name and type, the operator, and what is compared.
type Condition = (String, ColumnType, String, String);

/// A search.
pub(super) struct Query {
    /// All of them are met by what is found.
    filter: Vec<Condition>,
    /// The columns to sort by, and whether downwards.
    sorts: Vec<(String, bool)>,
    pub(super) start: usize,
    pub(super) size: usize,
}

impl Query {
    pub(super) fn of(body: &Value, schema: &Schema) -> Result<Self, Refusal> {
        check_keys(body, &["filter", "sorts", "page_size", "start_cursor"])?;
        let filter = match &body["filter"] {
            Value::Null => Vec::new(),
            filter if filter["and"].is_array() => {
                check_keys(filter, &["and"])?;
                filter["and"].as_array().into_iter().flatten().map(|filter| condition(filter, schema)).collect::<Result<_, _>>()?
            }
            filter => vec![condition(filter, schema)?],
        };
        let sort = |sort: &Value| {
            let name = sort["property"].as_str().filter(|name| schema.contains_key(*name));
            match (name, sort["direction"].as_str()) {
                (Some(name), Some(direction @ ("ascending" | "descending"))) => Ok((name.to_owned(), direction == "descending")),
                _ => Err(Refusal::invalid("body.sorts is invalid")),
            }
        };
        let sorts = body["sorts"].as_array().into_iter().flatten().map(sort).collect::<Result<_, _>>()?;
        let size = body.get("page_size").map_or(Some(100), Value::as_u64).filter(|size| (1..=100).contains(size));
        let size = size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| Refusal::invalid("body.page_size should be ≤ `100`"))?;
        let start = match &body["start_cursor"] {
            Value::Null => Some(0),
            cursor => cursor.as_str().and_then(|cursor| cursor.parse().ok()),
        };
        let start = start.ok_or_else(|| Refusal::invalid("body.start_cursor is invalid"))?;
        Ok(Self { filter, sorts, start, size })
    }

    pub(super) fn matches(&self, properties: &BTreeMap<String, Value>) -> bool {
        self.filter.iter().all(|(name, kind, operator, wanted)| {
            let Some(text) = properties.get(name).and_then(|value| shown(*kind, value)) else { return false };
            match operator.as_str() {
                "on_or_before" => time(&text) <= time(wanted),
                "on_or_after" => time(&text) >= time(wanted),
                "is_not_empty" => !text.is_empty(),
                "contains" => text.contains(wanted),
                "does_not_contain" => !text.contains(wanted),
                _ => text == *wanted,
            }
        })
    }

    pub(super) fn sort<T>(&self, found: &mut [T], properties: impl Fn(&T) -> &BTreeMap<String, Value>) {
        for (name, is_down) in self.sorts.iter().rev() {
            let key = |it: &T| properties(it).get(name).and_then(|value| shown(ColumnType::Date, value));
            found.sort_by(|a, b| if *is_down { key(b).cmp(&key(a)) } else { key(a).cmp(&key(b)) });
        }
    }
}

/// A filter on one property.
fn condition(filter: &Value, schema: &Schema) -> Result<Condition, Refusal> {
    check_keys(filter, &["property", "title", "rich_text", "date", "relation", "select"])?;
    let name = filter["property"].as_str().unwrap_or_default();
    let kind = *schema.get(name).ok_or_else(|| Refusal::invalid(&format!("Could not find property with name or id: {name}")))?;
    let inner = filter[kind.name()].as_object().filter(|inner| inner.len() == 1);
    let Some((operator, wanted)) = inner.and_then(|inner| inner.iter().next()) else {
        return Err(Refusal::invalid(&format!("database property {} does not match filter", kind.name())));
    };
    let is_known = match kind {
        ColumnType::RichText if operator == "is_not_empty" => {
            return match wanted == true {
                true => Ok((name.to_owned(), kind, operator.clone(), String::new())),
                false => Err(Refusal::invalid("body.filter.rich_text.is_not_empty should be `true`")),
            };
        }
        ColumnType::RichText => matches!(operator.as_str(), "equals" | "contains" | "does_not_contain"),
        ColumnType::Title => matches!(operator.as_str(), "equals" | "contains"),
        ColumnType::Select => operator == "equals",
        ColumnType::Relation => operator == "contains",
        ColumnType::Date => matches!(operator.as_str(), "on_or_before" | "on_or_after"),
        _ => false,
    };
    let wanted = wanted.as_str().filter(|wanted| is_known && (kind != ColumnType::Date || time(wanted).is_some()));
    let wanted = wanted.ok_or_else(|| Refusal::invalid("body.filter is invalid"))?;
    Ok((name.to_owned(), kind, operator.clone(), wanted.to_owned()))
}

fn shown(kind: ColumnType, value: &Value) -> Option<String> {
    match kind {
        ColumnType::Date => Some(value["start"].as_str()?.to_owned()),
        ColumnType::Relation => Some(value.as_array()?.iter().filter_map(|page| page["id"].as_str()).collect::<Vec<_>>().join(" ")),
        ColumnType::Select => Some(value["name"].as_str()?.to_owned()),
        _ => Some(value.as_array()?.iter().filter_map(|piece| piece["plain_text"].as_str()).collect()),
    }
}

/// A moment, or the begin of a day.
fn time(text: &str) -> Option<Timestamp> {
    let of_day = || text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| of_day().map(|day| day.timestamp()))
}
