//! Reads a form and its fields.

use super::read::{id, text, texts, word};
use crate::derive::schema;
use crate::model::{
    Capture, CaptureKind, DataId, Delivery, DeliveryKind, Field, FieldType, Form, FormId, Limits, Localized, OptionItem, PurposeId,
    RecipientId,
};
use crate::yaml::{Fields, Node, Value, wrong_type};

/// The name of the form in a file: the file's own.
pub(super) fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".yaml").unwrap_or(file)
}

pub(super) fn read(name: &str, fields: &mut Fields<'_>) -> Form {
    let label = text(fields, "label").unwrap_or_else(|| Localized::everywhere(name));
    let submit = text(fields, "submit").unwrap_or_else(send);
    let (sent, next) = (text(fields, "sent"), texts(fields, "next"));
    let (data, purpose) = (id::<DataId>(fields, "data"), id::<PurposeId>(fields, "purpose"));
    let each = fields.each("fields", "the field", |name, fields| field(name, fields, data.as_ref(), purpose.as_ref()));
    within_the_whole(&each, fields);
    let captures = fields.list("captures", "what is noted", |fields| capture(fields, data.as_ref(), purpose.as_ref()));
    let deliver = fields.list("deliver", "a delivery", delivery);
    Form {
        id: FormId::from(name),
        label,
        submit,
        sent,
        next,
        fields: each,
        captures: captures.into_iter().flatten().collect(),
        deliver: deliver.into_iter().flatten().collect(),
    }
}

/// What a submission may have as a whole: names that are its own, and no more text than a request holds.
fn within_the_whole(each: &[Field], fields: &mut Fields<'_>) {
    let Some(node) = fields.take("fields") else { return };
    if let Some(field) = each.iter().find(|field| schema::TECHNICAL.iter().any(|(name, _)| *name == field.name)) {
        let wrong = wrong_type(&format!("`{}`", field.name), "another name", fields.file(), node.span);
        fields.diagnostics().push(wrong.help("every form sends a field of this name already, which nobody fills in by hand"));
    }
    let sum: u32 = each.iter().map(schema::most).fold(0, u32::saturating_add);
    if sum > schema::MOST {
        let expected = format!("fields of at most {} characters together", schema::MOST);
        let wrong = wrong_type("`fields`", &expected, fields.file(), node.span);
        fields
            .diagnostics()
            .push(wrong.help(format!("a request has 16 KB, and these take up to {sum} characters: lower their `max_length`")));
    }
}

fn capture(fields: &mut Fields<'_>, data: Option<&DataId>, purpose: Option<&PurposeId>) -> Option<Capture> {
    let kind = word(fields, "what", CaptureKind::NAMES, CaptureKind::parse);
    let (own_data, own_purpose) = (id(fields, "data"), id(fields, "purpose"));
    Some(Capture { kind: kind?, data: own_data.or_else(|| data.cloned()), purpose: own_purpose.or_else(|| purpose.cloned()) })
}

fn delivery(fields: &mut Fields<'_>) -> Option<Delivery> {
    let to = id::<RecipientId>(fields, "to");
    let kind = word(fields, "as", DeliveryKind::NAMES, DeliveryKind::parse);
    let names = fields.take("fields").is_some().then(|| fields.texts("fields").into_iter().map(|(name, _)| name).collect());
    Some(Delivery { to: to?, kind: kind?, fields: names })
}

fn send() -> Localized {
    let by_language = [("en", "Send"), ("fr", "Envoyer")].map(|(code, text)| (code.to_owned(), text.to_owned())).to_vec();
    Localized { default: "Send".to_owned(), by_language }
}

fn field(name: &str, fields: &mut Fields<'_>, data: Option<&DataId>, purpose: Option<&PurposeId>) -> Field {
    let types: Vec<&str> = FieldType::ALL.iter().map(|kind| kind.name()).collect();
    let parse = |text: &str| FieldType::ALL.into_iter().find(|kind| kind.name() == text);
    Field {
        name: name.to_owned(),
        label: text(fields, "label").unwrap_or_else(|| Localized::everywhere(name)),
        hint: text(fields, "hint"),
        kind: word(fields, "type", &types, parse).unwrap_or(FieldType::Text),
        required: fields.bool("required").unwrap_or(false),
        why: text(fields, "why"),
        limits: limits(fields),
        options: fields.typed("options", "a map of values to labels", options).unwrap_or_default(),
        autocomplete: fields.text("autocomplete"),
        data: id(fields, "data").or_else(|| data.cloned()),
        purpose: id(fields, "purpose").or_else(|| purpose.cloned()),
    }
}

fn limits(fields: &mut Fields<'_>) -> Limits {
    let length = |node: &Node| u32::try_from(node.as_int()?).ok().filter(|length| *length > 0);
    let expected = "a whole number above 0";
    let (min_length, max_length) = (fields.typed("min_length", expected, length), fields.typed("max_length", expected, length));
    if let (Some(min), Some(max), Some(node)) = (min_length, max_length, fields.take("min_length"))
        && min > max
    {
        let wrong = wrong_type("`min_length`", "no more than `max_length`", fields.file(), node.span);
        fields.diagnostics().push(wrong.help("no value is both so long and so short: make `max_length` greater, or take one of them out"));
    }
    if let Some(blank) = fields.blank("pattern") {
        let wrong = wrong_type("`pattern`", "a regular expression", fields.file(), blank.span);
        fields.diagnostics().push(wrong.help("write what the whole value must match, or take `pattern` out"));
    }
    let pattern = fields.text("pattern");
    if let (Some(text), Some(node)) = (&pattern, fields.take("pattern")) {
        let broken = || regex_lite::Regex::new(text).err().map(|error| error.to_string());
        if let Some(help) = schema::portable::remedy(text).or_else(broken) {
            let wrong =
                wrong_type("`pattern`", "a regular expression that means the same in the browser and behind it", fields.file(), node.span);
            fields.diagnostics().push(wrong.help(help));
        }
    }
    Limits { min_length, max_length, pattern }
}

fn options(node: &Node) -> Option<Vec<OptionItem>> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().map(|entry| Some(OptionItem { value: entry.key.clone(), label: super::localized(&entry.value)? })).collect()
}
