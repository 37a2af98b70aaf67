//! Reads who receives data.

use super::read::{self, stated, stated_country, stated_or};
use super::{Declared, address};
use crate::model::{Erasure, Facts, Period, Recipient, RecipientId, Role, Safeguard, Stated};
use crate::yaml::{Fields, Node, Value};

pub(super) fn read(id: &str, fields: &mut Fields<'_>) -> Recipient {
    address::web(fields, "website");
    Recipient {
        id: RecipientId::from(id),
        name: fields.text("name").unwrap_or_else(|| id.to_owned()),
        legal_name: fields.text("legal_name"),
        role: role(fields),
        does: read::text(fields, "does"),
        country: stated_country(fields, "country"),
        region: read::text(fields, "region"),
        self_hosted: fields.bool("self_hosted").unwrap_or(false),
        address: fields.text("address"),
        safeguards: stated_or(fields, "safeguards", "a list of `adequacy`, `dpf`, `scc` or `bcr`", safeguards, safeguards_help),
        copy: address::web(fields, "copy"),
        privacy: address::web(fields, "privacy"),
        certifications: fields.texts("certifications").into_iter().map(|(text, _)| text).collect(),
        calls: address::hosts(fields, "calls"),
        erasure: stated(fields, "erasure", "`api`, `manual`, or `expires:` and a length of time", erasure),
        facts: facts(fields),
    }
}

/// `api`, `manual`, `{ expires: 30 days }`.
fn erasure(node: &Node) -> Option<Erasure> {
    match &node.value {
        Value::Map(entries) => match &entries[..] {
            [entry] if entry.key == "expires" => Period::parse(entry.value.as_text()?).map(Erasure::Expires),
            _ => None,
        },
        _ => match node.as_text()? {
            "api" => Some(Erasure::Api),
            "manual" => Some(Erasure::Manual),
            _ => None,
        },
    }
}

/// Notes what each recipient's facts say that its author did not write.
pub(super) fn attribute(declared: &mut Declared) {
    for recipient in &mut declared.registry.recipients {
        let known = [
            ("country", recipient.country.is_some()),
            ("region", recipient.region.is_some()),
            ("safeguards", recipient.safeguards.is_some()),
            ("certifications", !recipient.certifications.is_empty()),
            ("erasure", recipient.erasure.is_some()),
        ];
        let taken = |key: &str| !declared.places.has(&format!("recipients.{}.{key}", recipient.id));
        let of = known.into_iter().filter(|(key, known)| *known && taken(key)).map(|(key, _)| key.to_owned()).collect();
        if let Some(facts) = &mut recipient.facts {
            facts.of = of;
        }
    }
}

fn safeguards(node: &Node) -> Option<Vec<Safeguard>> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| Safeguard::parse(item.as_text()?)).collect(),
        _ => Some(vec![Safeguard::parse(node.as_text()?)?]),
    }
}

/// The remedy for the first item that is no safeguard.
fn safeguards_help(node: &Node) -> Option<String> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    let wrong = items.iter().find(|item| item.as_text().and_then(Safeguard::parse).is_none())?;
    read::near(wrong, Safeguard::NAMES)
}

fn role(fields: &mut Fields<'_>) -> Option<Stated<Role>> {
    let read = |node: &Node| Role::parse(node.as_text()?);
    stated_or(fields, "role", "`processor`, `joint-controller` or `controller`", read, |node| read::near(node, Role::NAMES))
}

/// Where facts were read, and when.
pub(super) fn facts(fields: &mut Fields<'_>) -> Option<Facts> {
    let (source, read) = (address::web(fields, "source"), fields.text("read"));
    fields.text("unread");
    source.map(|source| Facts { source, read, of: Vec::new() })
}
