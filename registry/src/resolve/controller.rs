//! Reads who is responsible, who supervises, and the answers that are yes, no or unknown.

use super::address;
use super::read::{self, localized, stated_country, stated_text};
use crate::derive::authority;
use crate::model::{AutomatedDecisions, Controller, Dpo, Localized, Sale, Stated};
use crate::yaml::{Fields, Node, Value};

/// Words with which an answer denies.
const DENIALS: [&str; 12] = ["no", "none", "never", "not", "nothing", "nobody", "false", "non", "aucun", "aucune", "jamais", "rien"];

pub(super) fn read(fields: &mut Fields<'_>) -> Controller {
    Controller {
        name: fields.text("name").unwrap_or_default(),
        product: fields.text("product"),
        representative: stated_text(fields, "representative"),
        representative_title: read::text(fields, "representative_title"),
        address: stated_text(fields, "address"),
        country: stated_country(fields, "country"),
        email: address::stated_email(fields, "email"),
        phone: stated_text(fields, "phone"),
        legal_form: stated_text(fields, "legal_form"),
        capital: stated_text(fields, "capital"),
        registration: stated_text(fields, "registration"),
        vat: stated_text(fields, "vat"),
        publication_director: stated_text(fields, "publication_director"),
        eu_representative: stated_text(fields, "eu_representative"),
    }
}

pub(super) fn authority(fields: &mut Fields<'_>) -> Option<String> {
    let names: Vec<&str> = authority::KNOWN.iter().map(|known| known.id).collect();
    let at = read::word(fields, "authority", &names, |text| names.iter().position(|name| *name == text))?;
    Some(names[at].to_owned())
}

pub(super) fn dpo(fields: &mut Fields<'_>) -> Option<Stated<Dpo>> {
    if let Some(node) = fields.take("dpo") {
        address::contact(fields, node);
    }
    read::stated(fields, "dpo", "`contact:` with an address, or `none:` with the reason", |node| match only(node)? {
        ("contact", value) => value.as_text().map(|text| Dpo::Contact(text.to_owned())),
        ("none", value) => localized(value).map(Dpo::None),
        _ => None,
    })
}

pub(super) fn automated_decisions(fields: &mut Fields<'_>) -> Option<Stated<AutomatedDecisions>> {
    let read = |node: &Node| match &node.value {
        Value::Map(entries) => {
            if entries.iter().any(|entry| !["logic", "consequences"].contains(&entry.key.as_str())) {
                return None;
            }
            let of = |key: &str| entries.iter().find(|entry| entry.key == key).and_then(|entry| localized(&entry.value));
            Some(AutomatedDecisions::Made { logic: of("logic")?, consequences: of("consequences")? })
        }
        _ => (node.as_text()? == "none").then_some(AutomatedDecisions::None),
    };
    read::stated_or(fields, "automated_decisions", "`none`, or a map with `logic` and `consequences`", read, none_meant)
}

pub(super) fn sale(fields: &mut Fields<'_>) -> Option<Stated<Sale>> {
    let read = |node: &Node| match node.as_text() {
        Some("none") => Some(Sale::None),
        _ => localized(node).filter(says_something).map(Sale::Sold),
    };
    read::stated_or(fields, "sale", "`none`, or a text that says what is sold to whom", read, none_meant)
}

/// Whether a text is a clause in every language, and none that denies: `sale: no` must not tell people that data is sold.
fn says_something(text: &Localized) -> bool {
    let texts = std::iter::once(&text.default).chain(text.by_language.iter().map(|(_, text)| text));
    texts.into_iter().all(|text| text.split_whitespace().count() > 1 && !denies(text))
}

/// Whether a text begins with a word that denies.
fn denies(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("").to_lowercase();
    DENIALS.contains(&first.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// The remedy where "none" may be meant by another word. Who says yes, or says more, is not led to deny it.
fn none_meant(node: &Node) -> Option<String> {
    let meant = match &node.value {
        Value::Scalar(scalar) => {
            let affirms = ["yes", "true", "oui", "1"].contains(&scalar.text.to_lowercase().as_str());
            denies(&scalar.text) || !affirms && scalar.text.split_whitespace().count() == 1
        }
        Value::Map(entries) => entries.iter().any(|entry| denies(&entry.key)),
        Value::List(items) => items.is_empty(),
    };
    meant.then(|| "did you mean `none`?".to_owned())
}

/// The key and value of a map that has just one.
fn only(node: &Node) -> Option<(&str, &Node)> {
    match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [entry] => Some((&entry.key, &entry.value)),
            _ => None,
        },
        _ => None,
    }
}
