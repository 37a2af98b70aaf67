//! What is stored in the browser, by category of consent.

use serde::Serialize;

use super::{Answer, FactsView, Telling};
use crate::model::{Category, Service, System};

/// A category of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryView {
    /// Its key.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// Whether any of its services waits for consent.
    pub needs_consent: bool,
    /// Its services.
    pub services: Vec<ServiceView>,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// Its key.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What it is for.
    pub does: String,
    /// Whether it waits for consent.
    pub needs_consent: bool,
    /// The purpose that it serves.
    pub purpose: String,
    /// Which part of the work it belongs to, in words, where not all services belong to the site.
    pub part: String,
    /// The name of who gets what it collects.
    pub recipient: String,
    /// What they receive.
    pub receives: String,
    /// What has to be loosened for it.
    pub loosens: String,
    /// Its cookies.
    pub cookies: Vec<CookieView>,
    /// What else it stores.
    pub storage: Vec<StorageView>,
    /// Where the facts come from.
    pub facts: Option<FactsView>,
}

/// A cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CookieView {
    /// Its name.
    pub name: String,
    /// How long it is kept, in words.
    pub keep: Answer,
    /// On whose domain it is set, in words.
    pub party: String,
    /// What it is for.
    pub does: String,
}

/// Something stored that is no cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StorageView {
    /// Where, in words.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// How long it is kept, in words.
    pub keep: Answer,
    /// What it is for.
    pub does: String,
}

impl Telling<'_> {
    pub(super) fn categories(&self) -> Vec<CategoryView> {
        let of = |category: &Category| {
            let services: Vec<&Service> = self.registry.services.iter().filter(|service| service.category == *category).collect();
            (!services.is_empty()).then(|| CategoryView {
                id: category.name(),
                name: self.words.word_of("category", category.name()),
                about: self.words.word(&format!("category_{}_about", category.name())),
                needs_consent: services.iter().any(|service| service.needs_consent()),
                services: services.into_iter().map(|service| self.service(service)).collect(),
            })
        };
        Category::ALL.iter().filter_map(of).collect()
    }

    fn service(&self, service: &Service) -> ServiceView {
        let recipient = service.recipient.as_ref().and_then(|id| self.registry.recipient(id));
        let cookies = service.cookies.iter().map(|cookie| CookieView {
            name: cookie.name.clone(),
            keep: self.answer(cookie.keep.as_ref(), |keep| self.words.keep(*keep)),
            party: self.words.word_of("party", cookie.party.name()),
            does: self.optional(cookie.does.as_ref()),
        });
        let storage = service.storage.iter().map(|storage| StorageView {
            kind: self.words.word_of("storage", storage.kind.name()),
            key: storage.key.clone(),
            keep: self.answer(storage.keep.as_ref(), |keep| self.words.keep(*keep)),
            does: self.optional(storage.does.as_ref()),
        });
        let purpose = service.purpose.as_ref().and_then(|id| self.registry.purpose(id));
        let elsewhere = self.registry.services.iter().any(|other| other.system != System::Site);
        ServiceView {
            id: service.id.0.clone(),
            label: self.text(&service.label),
            does: self.text(&service.does),
            needs_consent: service.needs_consent(),
            purpose: purpose.map(|purpose| self.text(&purpose.label)).unwrap_or_default(),
            part: if elsewhere { self.words.word_of("system", service.system.name()) } else { String::new() },
            recipient: recipient.map(|recipient| recipient.name.clone()).unwrap_or_default(),
            receives: self.optional(service.receives.as_ref()),
            loosens: self.optional(service.loosens.as_ref()),
            cookies: cookies.collect(),
            storage: storage.collect(),
            facts: service.facts.as_ref().map(FactsView::from),
        }
    }
}
