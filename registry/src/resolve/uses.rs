//! Reads what data there is, what it is used for, and how long it is kept.

use super::read::{self, ids, localized, stated_keep, stated_or, text, texts, unknown};
use super::{role, system};
use crate::model::{
    Basis, BasisUse, CaptureKind, DataCategory, DataId, Enforcer, FormId, From, Holding, Localized, Purpose, PurposeId, RecipientId,
    Retention, RetentionId, Role, ServiceId, Since, Start, Stated, Then,
};
use crate::yaml::{Fields, Node, Value};

pub(super) fn data(key: &str, fields: &mut Fields<'_>) -> DataCategory {
    DataCategory {
        id: DataId::from(key),
        label: text(fields, "label").unwrap_or_else(|| Localized::everywhere(key)),
        people: text(fields, "people"),
        items: texts(fields, "items"),
        from: fields.typed(
            "from",
            "`{ form: … }`, `{ service: … }`, `{ recipient: … }`, `{ functions: … }` with `deliveries`, `protection`, `projects` or `codes`, or a text",
            from,
        ),
        role: role(fields, Role::Controller),
        note: text(fields, "note"),
        system: system(fields),
    }
}

fn from(node: &Node) -> Option<From> {
    if let Value::Map(entries) = &node.value
        && let [entry] = entries.as_slice()
        && let Some(name) = entry.value.as_text()
    {
        match entry.key.as_str() {
            "form" => return Some(From::Form(FormId::from(name))),
            "service" => return Some(From::Service(ServiceId::from(name))),
            "recipient" => return Some(From::Recipient(RecipientId::from(name))),
            "functions" => return Holding::parse(name).map(From::Functions),
            _ => {}
        }
    }
    localized(node).map(From::Other)
}

pub(super) fn purpose(key: &str, fields: &mut Fields<'_>) -> Purpose {
    let own = basis(fields);
    let mut bases: Vec<BasisUse> = fields.list("bases", "a basis", basis).into_iter().flatten().collect();
    bases.extend(own);
    Purpose {
        id: PurposeId::from(key),
        label: text(fields, "label").unwrap_or_else(|| Localized::everywhere(key)),
        bases,
        data: ids(fields, "data"),
        recipients: ids(fields, "recipients"),
        system: system(fields),
    }
}

fn basis(fields: &mut Fields<'_>) -> Option<BasisUse> {
    let basis = read::word(fields, "basis", Basis::NAMES, Basis::parse);
    let (when, interest, law) = (text(fields, "when"), text(fields, "interest"), text(fields, "law"));
    basis.map(|basis| BasisUse { basis, when, interest, law })
}

pub(super) fn retention(key: &str, fields: &mut Fields<'_>) -> Retention {
    Retention {
        id: RetentionId::from(key),
        data: ids(fields, "data"),
        label: text(fields, "label"),
        only: read::words(fields, "only", CaptureKind::NAMES, CaptureKind::parse),
        during: text(fields, "during"),
        keep: stated_keep(fields, "keep"),
        from: fields.typed("from", "`received`, `last-contact`, `close` or a text", start),
        then: read::word(fields, "then", Then::NAMES, Then::parse),
        because: text(fields, "because"),
        by: enforcer(fields),
    }
}

/// A word for a time that the functions note; every other text is what people read.
fn start(node: &Node) -> Option<Start> {
    match node.as_text().and_then(Since::parse) {
        Some(since) => Some(Start::Noted(since)),
        None => localized(node).map(Start::Other),
    }
}

fn enforcer(fields: &mut Fields<'_>) -> Option<Stated<Enforcer>> {
    let expected = "`job`, `browser`, `product`, `{ recipient: … }` or `{ manual: who }`";
    let read = |node: &Node| {
        if let Value::Map(entries) = &node.value
            && let [entry] = entries.as_slice()
            && unknown(node).is_none()
        {
            return match entry.key.as_str() {
                "manual" => localized(&entry.value).map(Enforcer::Manual),
                "recipient" => entry.value.as_text().map(|name| Enforcer::Recipient(RecipientId::from(name))),
                _ => None,
            };
        }
        match node.as_text()? {
            "job" => Some(Enforcer::Job),
            "browser" => Some(Enforcer::Browser),
            "product" => Some(Enforcer::Product),
            _ => None,
        }
    };
    stated_or(fields, "by", expected, read, |node| read::near(node, &["job", "browser", "product"]))
}
