//! Reads who is responsible, who supervises, and the answers that are yes, no or unknown.

use super::read::{self, localized, stated_country, stated_text, unknown};
use crate::derive::authority;
use crate::model::{AutomatedDecisions, Controller, Dpo, Sale, Stated};
use crate::yaml::{Fields, Node, Value};

pub(super) fn read(fields: &mut Fields<'_>) -> Controller {
    Controller {
        name: fields.text("name").unwrap_or_default(),
        product: fields.text("product"),
        representative: stated_text(fields, "representative"),
        representative_title: read::text(fields, "representative_title"),
        address: stated_text(fields, "address"),
        country: stated_country(fields, "country"),
        email: stated_text(fields, "email"),
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
    read::stated(fields, "dpo", "`contact:` with an address, or `none:` with the reason", |node| match only(node)? {
        ("contact", value) => value.as_text().map(|text| Dpo::Contact(text.to_owned())),
        ("none", value) => localized(value).map(Dpo::None),
        _ => None,
    })
}

pub(super) fn automated_decisions(fields: &mut Fields<'_>) -> Option<Stated<AutomatedDecisions>> {
    read::stated(fields, "automated_decisions", "`none`, or a map with `logic` and `consequences`", |node| match &node.value {
        Value::Map(entries) => {
            let of = |key: &str| entries.iter().find(|entry| entry.key == key).and_then(|entry| localized(&entry.value));
            Some(AutomatedDecisions::Made { logic: of("logic")?, consequences: of("consequences")? })
        }
        _ => (node.as_text()? == "none").then_some(AutomatedDecisions::None),
    })
}

pub(super) fn sale(fields: &mut Fields<'_>) -> Option<Stated<Sale>> {
    read::stated(fields, "sale", "`none`, or a text that says what is sold to whom", |node| match node.as_text() {
        Some("none") => Some(Sale::None),
        _ => localized(node).filter(|_| unknown(node).is_none()).map(Sale::Sold),
    })
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
