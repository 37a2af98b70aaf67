//! The columns of the data source of leads: one table, from which pages are written and read, and by which operators set Notion up.

use registry::derive::deliveries::{self, Carried};
use registry::model::{CaptureKind, Delivery, Field, FieldType, Form, Registry};
use serde_json::Value;

/// A column of the data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its name, which is what Notion knows it by.
    pub name: String,
    /// Its type.
    pub kind: ColumnType,
    pub(super) holds: Holds<'a>,
}

impl Column<'_> {
    /// The options that a form's own choices make in it. Notion adds what is missing when a page is written.
    pub fn options(&self) -> Vec<&str> {
        match self.holds {
            Holds::Field(field) if self.kind == ColumnType::Select => {
                field.options.iter().map(|option| option.label.default.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What Notion is to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// One of the places that leads are delivered to.
    Sink,
    /// The place where leads are kept, with the state of their deliveries.
    Store,
}

/// The types of columns that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as Notion names it")]
pub enum ColumnType {
    Title,
    RichText,
    Email,
    PhoneNumber,
    Url,
    Select,
    Date,
    Checkbox,
    Number,
    Relation,
}

impl ColumnType {
    /// Notion's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::RichText => "rich_text",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Url => "url",
            Self::Select => "select",
            Self::Date => "date",
            Self::Checkbox => "checkbox",
            Self::Number => "number",
            Self::Relation => "relation",
        }
    }

    /// The type that takes every value of a field: one that takes shorter ones only would refuse a lead.
    fn of(field: &Field) -> Self {
        let most = field.limits.max_length.unwrap_or(u32::MAX);
        match field.kind {
            FieldType::Email if most <= 200 => Self::Email,
            // A number has 26 characters at most, whatever its author says.
            FieldType::Tel => Self::PhoneNumber,
            FieldType::Url if most <= 2000 => Self::Url,
            // Notion makes options of what is written, and refuses commas in them.
            FieldType::Select if field.options.iter().all(|option| is_option(&option.label.default)) => Self::Select,
            FieldType::DatetimeLocal => Self::Date,
            FieldType::Checkbox => Self::Checkbox,
            _ => Self::RichText,
        }
    }
}

fn is_option(label: &str) -> bool {
    !label.is_empty() && !label.contains(',') && label.encode_utf16().count() <= 100
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds<'a> {
    Field(&'a Field),
    Capture(CaptureKind),
    Lead,
    Form,
    Language,
    Received,
    Delivery,
    Key,
    Next,
}

/// The columns that a delivery of a form writes.
pub fn columns<'a>(registry: &Registry, form: &'a Form, delivery: &Delivery, of: Use) -> Vec<Column<'a>> {
    self::of(form, &deliveries::declared(registry, form, delivery), of)
}

/// The columns of a form, with what may be sent of it.
pub(super) fn of<'a>(form: &Form, carried: &Carried<'a>, of: Use) -> Vec<Column<'a>> {
    let names = title(carried);
    let mut columns: Vec<Column<'a>> = Vec::new();
    let mut add = |name: &str, kind: ColumnType, holds: Holds<'a>| {
        // Two fields with one label are told apart by the name under which the second one is sent.
        let name = match holds {
            Holds::Field(field) if OURS.contains(&name) || columns.iter().any(|column| column.name == name) => {
                format!("{name} ({})", field.name)
            }
            _ => name.to_owned(),
        };
        columns.push(Column { name, kind, holds });
    };
    for &field in &carried.fields {
        let kind = if names == Some(field) { ColumnType::Title } else { ColumnType::of(field) };
        add(&field.label.default, kind, Holds::Field(field));
    }
    for capture in &carried.captures {
        let name = match capture.kind {
            CaptureKind::IpAddress => "IP address",
            CaptureKind::Utm => "Campaign",
            CaptureKind::Referrer => "Referrer",
        };
        add(name, ColumnType::RichText, Holds::Capture(capture.kind));
    }
    // Every data source has one title: without a text that names a lead, its id does.
    let id = if names.is_some() { ColumnType::RichText } else { ColumnType::Title };
    let form_kind = if is_option(form.id.as_str()) { ColumnType::Select } else { ColumnType::RichText };
    add("Lead id", id, Holds::Lead);
    add("Form", form_kind, Holds::Form);
    add("Language", ColumnType::Select, Holds::Language);
    add("Received", ColumnType::Date, Holds::Received);
    if of == Use::Store {
        add("Delivery", ColumnType::RichText, Holds::Delivery);
        add("Idempotency key", ColumnType::RichText, Holds::Key);
        add("Next attempt", ColumnType::Date, Holds::Next);
    }
    columns
}

/// The names of our own columns, which no field takes.
const OURS: [&str; 10] =
    ["Lead id", "Form", "Language", "Received", "Delivery", "Idempotency key", "Next attempt", "IP address", "Campaign", "Referrer"];

/// The field that names a lead: the one with a person's name, or else the first line of text.
fn title<'a>(carried: &Carried<'a>) -> Option<&'a Field> {
    let texts = || carried.fields.iter().copied().filter(|field| field.kind == FieldType::Text);
    texts().find(|field| field.autocomplete.as_deref() == Some("name")).or_else(|| texts().next())
}

/// The names of columns with their types.
pub fn typed<'a>(columns: &'a [Column<'_>]) -> impl Iterator<Item = (&'a str, ColumnType)> {
    columns.iter().map(|column| (column.name.as_str(), column.kind))
}

/// What a data source lacks, or has with another type, one sentence each. Further columns are its owner's business.
pub fn differences<'a>(columns: impl IntoIterator<Item = (&'a str, ColumnType)>, data_source: &Value) -> Vec<String> {
    let difference = |(name, kind): (&str, ColumnType)| {
        let kind = kind.name();
        match data_source["properties"][name]["type"].as_str() {
            None => Some(format!("the column `{name}` is missing: add it with the type `{kind}`")),
            Some(other) if other != kind => Some(format!("the column `{name}` has the type `{other}`, and needs `{kind}`")),
            Some(_) => None,
        }
    };
    columns.into_iter().filter_map(difference).collect()
}
