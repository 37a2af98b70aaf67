//! Reads what loads or stores something in the browser.

use std::collections::BTreeMap;

use super::read::{id, stated_keep, text, word};
use super::{address, recipients, system};
use crate::model::{Category, Cookie, Directive, Localized, Origins, Party, Service, ServiceId, Storage, StorageKind};
use crate::yaml::Fields;

pub(super) fn read(key: &str, fields: &mut Fields<'_>) -> Service {
    let label = text(fields, "label").unwrap_or_else(|| Localized::everywhere(key));
    let loosens = text(fields, "loosens");
    Service {
        id: ServiceId::from(key),
        does: text(fields, "does").unwrap_or_default(),
        label,
        category: word(fields, "category", Category::NAMES, Category::parse).unwrap_or(Category::Marketing),
        exempt: fields.bool("exempt").unwrap_or(false),
        purpose: id(fields, "purpose"),
        recipient: id(fields, "recipient"),
        receives: text(fields, "receives"),
        origins: fields.map("origins", "`origins`", |fields| origins(fields, loosens.is_some())).unwrap_or_default(),
        cookies: fields.list("cookies", "a cookie", cookie),
        storage: fields.list("storage", "a stored value", storage),
        consent_mode: fields.bool("consent_mode").unwrap_or(false),
        loosens,
        system: system(fields),
        facts: recipients::facts(fields),
    }
}

fn origins(fields: &mut Fields<'_>, loosens: bool) -> Origins {
    let mut origins = BTreeMap::new();
    for directive in Directive::ALL {
        let list = address::origins(fields, directive.name(), loosens);
        if !list.is_empty() {
            origins.insert(*directive, list);
        }
    }
    origins
}

fn cookie(fields: &mut Fields<'_>) -> Cookie {
    Cookie {
        name: fields.text("name").unwrap_or_default(),
        keep: stated_keep(fields, "keep"),
        party: word(fields, "party", Party::NAMES, Party::parse).unwrap_or(Party::First),
        does: text(fields, "does"),
    }
}

fn storage(fields: &mut Fields<'_>) -> Storage {
    Storage {
        kind: word(fields, "kind", StorageKind::NAMES, StorageKind::parse).unwrap_or(StorageKind::Local),
        key: fields.text("key").unwrap_or_default(),
        keep: stated_keep(fields, "keep"),
        does: text(fields, "does"),
    }
}
