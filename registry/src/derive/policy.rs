//! What a policy tells, in one language: every name resolved, every word spoken, ready for templates.
//!
//! The same value is what the check `promise-not-shown` looks for in the built pages.

mod browser;
mod forms;
mod people;
mod promises;
mod uses;
mod who;

use serde::Serialize;

use super::rights;
use super::words::Words;
use crate::model::{Localized, Registry, Retention, Stated};
pub use browser::{CategoryView, CookieView, ServiceView, StorageView};
pub use forms::{CodeView, ControlView, FormView, ScriptView, action, fault, form};
pub use people::{AttributionView, CaliforniaRightView, CaliforniaView, ChangesView, ExtensionView, MeasuresView, RightView, RightsView};
pub use promises::{Promise, promises};
pub use uses::{BasesView, BasisView, DataView, FieldView, PurposeView, RetentionView, UnderBasis};
pub use who::{AuthorityView, AutomatedView, ControllerView, DpoView, FactsView, RecipientView, SaleView};

/// What a policy tells, in one language. `docs/templates.md` describes it where the authors of templates look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Whether there is more to tell than who the controller is.
    pub declared: bool,
    /// Who is responsible.
    pub controller: ControllerView,
    /// Who supervises.
    pub authority: Option<AuthorityView>,
    /// The data protection officer.
    pub dpo: Option<DpoView>,
    /// Decisions made by machines alone.
    pub automated_decisions: Option<AutomatedView>,
    /// Whether data is sold.
    pub sale: Option<SaleView>,
    /// What data there is.
    pub data: Vec<DataView>,
    /// What it is used for.
    pub purposes: Vec<PurposeView>,
    /// The legal bases with what rests on each.
    pub bases: Vec<BasesView>,
    /// Who receives it.
    pub recipients: Vec<RecipientView>,
    /// Those of them to whom it leaves the EEA.
    pub transfers: Vec<RecipientView>,
    /// Those of them whose country is not known.
    pub unplaced: Vec<RecipientView>,
    /// How long it is kept.
    pub retention: Vec<RetentionView>,
    /// What is stored in the browser, by category.
    pub categories: Vec<CategoryView>,
    /// Whether visitors are asked for consent.
    pub asks_for_consent: bool,
    /// What people can ask for.
    pub rights: RightsView,
    /// How the policy changes.
    pub changes: Option<ChangesView>,
    /// What residents of California can ask for.
    pub california: Option<CaliforniaView>,
    /// What protects the data, by part of the work.
    pub security: Vec<MeasuresView>,
    /// Open data that is used.
    pub attributions: Vec<AttributionView>,
    /// Browser extensions.
    pub extensions: Vec<ExtensionView>,
    /// Who hosts the site.
    pub host: Option<RecipientView>,
    /// The site's forms.
    pub forms: Vec<FormView>,
}

/// A value that is known, or who must supply it: one of the two is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The value in words; empty where it is unknown.
    pub text: String,
    /// Who must supply it; empty where it is known.
    pub unknown: String,
}

impl Answer {
    /// The value in words, or that nobody has stated it, and who must: for documents in which every place must be filled.
    pub fn told(&self, words: Words<'_>) -> String {
        match (self.text.as_str(), self.unknown.as_str()) {
            ("", "") => words.word("export_not_stated"),
            ("", who) => words.word("export_unknown").replace("{who}", who),
            (text, _) => text.to_owned(),
        }
    }
}

/// The policy of a registry, in the language of some words.
pub fn policy(registry: &Registry, words: Words<'_>) -> Policy {
    let telling = Telling { registry, words };
    Policy {
        declared: registry.has_policy(),
        controller: telling.controller(),
        authority: telling.authority(),
        dpo: telling.dpo(),
        automated_decisions: telling.automated_decisions(),
        sale: telling.sale(),
        data: registry.data.iter().map(|data| telling.data(data)).collect(),
        purposes: registry.purposes.iter().map(|purpose| telling.purpose(purpose)).collect(),
        bases: telling.bases(),
        recipients: registry.recipients.iter().map(|recipient| telling.recipient(recipient)).collect(),
        transfers: registry.recipients.iter().filter(|r| r.is_outside_eea() == Some(true)).map(|r| telling.recipient(r)).collect(),
        unplaced: registry.recipients.iter().filter(|r| r.is_outside_eea().is_none()).map(|r| telling.recipient(r)).collect(),
        retention: registry.retention.iter().map(|rule| telling.retention(rule)).collect(),
        categories: telling.categories(),
        asks_for_consent: registry.asks_for_consent(),
        rights: telling.rights(),
        changes: telling.changes(),
        california: telling.california(),
        security: telling.security(),
        attributions: registry.attributions.iter().map(|attribution| telling.attribution(attribution)).collect(),
        extensions: registry.extensions.iter().map(|extension| telling.extension(extension)).collect(),
        host: registry.host.as_ref().and_then(|id| registry.recipient(id)).map(|recipient| telling.recipient(recipient)),
        forms: registry.forms.iter().chain(&rights::form(registry, &[words])).map(|form| telling.form(form)).collect(),
    }
}

/// How long something is kept, in the language of some words.
pub fn retention(registry: &Registry, rule: &Retention, words: Words<'_>) -> RetentionView {
    Telling { registry, words }.retention(rule)
}

/// A registry as it is told in a language.
#[derive(Clone, Copy)]
struct Telling<'a> {
    registry: &'a Registry,
    words: Words<'a>,
}

impl Telling<'_> {
    fn text(&self, text: &Localized) -> String {
        text.get(self.words.language).to_owned()
    }

    fn texts(&self, texts: &[Localized]) -> Vec<String> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// A text that may be missing; empty then.
    fn optional(&self, text: Option<&Localized>) -> String {
        text.map(|text| self.text(text)).unwrap_or_default()
    }

    fn answer<T>(&self, value: Option<&Stated<T>>, speak: impl Fn(&T) -> String) -> Answer {
        match value {
            Some(Stated::Known(value)) => Answer { text: speak(value), unknown: String::new() },
            Some(Stated::Unknown(who)) => Answer { text: String::new(), unknown: self.text(who) },
            None => Answer::default(),
        }
    }

    fn plain(&self, value: Option<&Stated<String>>) -> Answer {
        self.answer(value, Clone::clone)
    }
}

/// A plain text that may be missing; empty then.
fn owned(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}
