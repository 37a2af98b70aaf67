//! What nobody has stated yet, and who must: every `unknown:` of a registry.
//!
//! The report and the documents about a site list them; nothing is ever guessed in their place.

use serde::Serialize;

use crate::model::{Controller, Localized, Registry, Stated};

/// A value that nobody has stated yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// Its path of keys, such as `recipients.notion.country`; items of lists by their number from 0.
    pub path: String,
    /// Who must supply it.
    pub who: Localized,
}

/// Every value that is unknown, in the order of the model.
pub fn all(registry: &Registry) -> Vec<Unknown> {
    let mut unknowns = Unknowns(Vec::new());
    if let Some(controller) = &registry.controller {
        unknowns.controller(controller);
    }
    unknowns.note("dpo", &registry.dpo);
    unknowns.note("automated_decisions", &registry.automated_decisions);
    unknowns.note("sale", &registry.sale);
    for recipient in &registry.recipients {
        let path = |key: &str| format!("recipients.{}.{key}", recipient.id);
        unknowns.note(path("role"), &recipient.role);
        unknowns.note(path("country"), &recipient.country);
        unknowns.note(path("safeguards"), &recipient.safeguards);
    }
    for rule in &registry.retention {
        unknowns.note(format!("retention.{}.keep", rule.id), &rule.keep);
        unknowns.note(format!("retention.{}.by", rule.id), &rule.by);
    }
    for service in &registry.services {
        for (n, cookie) in service.cookies.iter().enumerate() {
            unknowns.note(format!("services.{}.cookies.{n}.keep", service.id), &cookie.keep);
        }
        for (n, stored) in service.storage.iter().enumerate() {
            unknowns.note(format!("services.{}.storage.{n}.keep", service.id), &stored.keep);
        }
    }
    unknowns.note("rights.answer_within", &registry.rights.answer_within);
    for (right, offered) in registry.california.iter().flat_map(|california| &california.rights) {
        unknowns.add(format!("california.rights.{}", right.name()), offered);
    }
    unknowns.0
}

/// Those found so far.
struct Unknowns(Vec<Unknown>);

impl Unknowns {
    fn controller(&mut self, controller: &Controller) {
        self.note("controller.representative", &controller.representative);
        self.note("controller.address", &controller.address);
        self.note("controller.country", &controller.country);
        self.note("controller.email", &controller.email);
        self.note("controller.phone", &controller.phone);
        self.note("controller.legal_form", &controller.legal_form);
        self.note("controller.capital", &controller.capital);
        self.note("controller.registration", &controller.registration);
        self.note("controller.vat", &controller.vat);
        self.note("controller.publication_director", &controller.publication_director);
        self.note("controller.eu_representative", &controller.eu_representative);
    }

    fn note<T>(&mut self, path: impl Into<String>, value: &Option<Stated<T>>) {
        if let Some(value) = value {
            self.add(path, value);
        }
    }

    fn add<T>(&mut self, path: impl Into<String>, value: &Stated<T>) {
        if let Some(who) = value.who_must_supply() {
            self.0.push(Unknown { path: path.into(), who: who.clone() });
        }
    }
}
