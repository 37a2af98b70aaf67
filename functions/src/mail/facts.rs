//! What letters tell of a form: its values, how long they are kept, what its sender can ask for.

use std::collections::BTreeSet;

use registry::derive::deliveries::Carried;
use registry::derive::words::Words;
use registry::model::{Field, FieldType, Form, Registry, Right, Stated};
use serde_json::{Map, Value, json};

use super::word;
use crate::lead::Lead;

type Own<'w> = Option<&'w Map<String, Value>>;

/// How long each kind of data is kept that a form asks for, as the policy tells it.
pub(super) fn kept(registry: &Registry, form: &Form, language: &str, words: Own<'_>) -> Vec<Value> {
    let get = |key: &str| Some(words?.get(key)?.as_str()?.to_owned());
    let spoken = Words { language, get: &get };
    let asked: BTreeSet<_> = form.fields.iter().filter_map(|field| field.data.as_ref()).collect();
    let rules = registry.retention.iter().filter(|rule| rule.data.iter().any(|data| asked.contains(data)));
    let row = |rule: &registry::model::Retention| {
        let Some(Stated::Known(keep)) = rule.keep else { return None };
        let data = rule.data.iter().find(|data| asked.contains(data)).and_then(|id| registry.data(id));
        let what = rule.label.as_ref().or(data.map(|data| &data.label))?.get(language);
        let keep = spoken.keep(keep);
        let how_long = match &rule.from {
            Some(from) => spoken.word("retention_from").replace("{keep}", &keep).replace("{from}", &spoken.start(from)),
            None => keep,
        };
        Some(json!({ "what": what, "how_long": how_long }))
    };
    rules.filter_map(row).collect()
}

/// The rights that are offered and asked of us, in one line; complaints go to an authority, and consent is withdrawn where it was given.
pub(super) fn rights(registry: &Registry, words: Own<'_>) -> String {
    let offered = registry.rights.offer.iter().filter(|right| !matches!(right, Right::Complaint | Right::Withdrawal));
    offered.map(|right| word(words, &format!("right_{}", right.name())).to_lowercase()).collect::<Vec<_>>().join(", ")
}

/// What a notification lists: labels with values.
pub(super) fn rows(carried: &Carried<'_>, lead: &Lead, language: &str, words: Own<'_>) -> Vec<Value> {
    let values = lead.values.reveal();
    let fields = carried.fields.iter().filter_map(|field| {
        let value = shown(field, values.get(&field.name)?, language, words);
        Some(json!({ "label": field.label.get(language), "value": value }))
    });
    let captures = carried.captures.iter().filter_map(|capture| {
        let label = format!("mail_capture_{}", capture.kind.name().replace('-', "_"));
        Some(json!({ "label": word(words, &label), "value": lead.captured.reveal().get(&capture.kind)? }))
    });
    let received = lead.received.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let ours = [("mail_received", received), ("mail_language", lead.language.clone())];
    let ours = ours.into_iter().map(|(key, value)| json!({ "label": word(words, key), "value": value }));
    fields.chain(captures).chain(ours).collect()
}

/// A value as people read it.
fn shown(field: &Field, value: &Value, language: &str, words: Own<'_>) -> String {
    match (field.kind, value) {
        (FieldType::Select, Value::String(text)) => {
            field.option(text).map_or(text.as_str(), |option| option.label.get(language)).to_owned()
        }
        (FieldType::DatetimeLocal, Value::String(text)) => text.replace('T', " "),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(ticked)) => word(words, if *ticked { "yes" } else { "no" }).to_owned(),
        (_, other) => other.to_string(),
    }
}
