//! What people can ask for, how the policy changes, what protects the data, and what else is told.

use serde::Serialize;

use super::{Answer, Telling, owned};
use crate::model::{Attribution, Channel, Effective, Extension, Right, System};

/// What people can ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RightsView {
    /// The rights that are offered, but for withdrawal and complaint, which have their own place.
    pub offer: Vec<RightView>,
    /// Whether people can complain to an authority.
    pub complaint: bool,
    /// Whether consent can be withdrawn.
    pub withdrawal: bool,
    /// By what they are exercised, in words.
    pub channel: Vec<String>,
    /// By when an answer is due, in words.
    pub answer_within: Answer,
    /// By what consent is withdrawn, in words.
    pub withdraw: Vec<String>,
    /// A law beside the GDPR.
    pub law: String,
}

/// A right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RightView {
    /// Its key.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// What it gives, in a clause.
    pub about: String,
    /// The article of the GDPR.
    pub article: &'static str,
    /// A word on it.
    pub note: String,
}

/// How the policy changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangesView {
    /// Whether a change takes effect when it is published.
    pub on_publication: bool,
    /// So long after it was announced otherwise, in words.
    pub notice: String,
    /// By what people are told, in words.
    pub by: String,
}

/// What residents of California can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaliforniaView {
    /// The rights.
    pub rights: Vec<CaliforniaRightView>,
    /// By when an answer is due, in words.
    pub answer_within: String,
    /// Whether who asks must show who they are.
    pub verify_identity: bool,
    /// The day when it was last reviewed.
    pub reviewed: String,
}

/// A right of residents of California.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaliforniaRightView {
    /// Its key.
    pub id: &'static str,
    /// What it gives.
    pub name: String,
    /// Who must say whether it is offered; empty where it is.
    pub unknown: String,
}

/// What protects the data in a part of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasuresView {
    /// The part's key.
    pub system: &'static str,
    /// The part, in words.
    pub name: String,
    /// The measures.
    pub measures: Vec<String>,
}

/// Open data that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model, in words")]
pub struct AttributionView {
    pub label: String,
    pub publisher: String,
    pub url: String,
    pub licence: String,
    pub licence_url: String,
    pub owner: String,
}

/// A browser extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model, in words")]
pub struct ExtensionView {
    pub id: String,
    pub name: String,
    pub browser: String,
    pub does: String,
    pub reads: Vec<String>,
    pub stores: Vec<String>,
    pub never: Vec<String>,
    pub revoke: Vec<String>,
    pub deleted_within: String,
}

impl Telling<'_> {
    fn channels(&self, channels: &[Channel]) -> Vec<String> {
        channels.iter().map(|channel| self.words.word_of("channel", channel.name())).collect()
    }

    pub(super) fn rights(&self) -> RightsView {
        let rights = &self.registry.rights;
        let apart = [Right::Withdrawal, Right::Complaint];
        let offer = Right::ALL.iter().filter(|right| rights.offer.contains(right) && !apart.contains(right)).map(|right| RightView {
            id: right.name(),
            name: self.words.word_of("right", right.name()),
            about: self.words.word(&format!("right_{}_about", right.name())),
            article: right.article(),
            note: self.optional(rights.notes.iter().find(|(of, _)| of == right).map(|(_, note)| note)),
        });
        RightsView {
            offer: offer.collect(),
            complaint: rights.offer.contains(&Right::Complaint),
            withdrawal: rights.offer.contains(&Right::Withdrawal),
            channel: self.channels(&rights.channel),
            answer_within: self.answer(rights.answer_within.as_ref(), |period| self.words.period(*period)),
            withdraw: self.channels(&rights.withdraw),
            law: self.optional(rights.law.as_ref()),
        }
    }

    pub(super) fn changes(&self) -> Option<ChangesView> {
        let changes = self.registry.changes.as_ref()?;
        let (on_publication, notice) = match changes.effective {
            Effective::OnPublication => (true, String::new()),
            Effective::After(period) => (false, self.words.period(period)),
        };
        let by = changes.by.map(|channel| self.words.word_of("channel", channel.name())).unwrap_or_default();
        Some(ChangesView { on_publication, notice, by })
    }

    pub(super) fn california(&self) -> Option<CaliforniaView> {
        let california = self.registry.california.as_ref()?;
        let rights = california.rights.iter().map(|(right, stated)| CaliforniaRightView {
            id: right.name(),
            name: self.words.word_of("california", right.name()),
            unknown: self.optional(stated.who_must_supply()),
        });
        Some(CaliforniaView {
            rights: rights.collect(),
            answer_within: california.answer_within.map(|period| self.words.period(period)).unwrap_or_default(),
            verify_identity: california.verify_identity.unwrap_or(false),
            reviewed: owned(california.reviewed.as_ref()),
        })
    }

    pub(super) fn security(&self) -> Vec<MeasuresView> {
        let of = |system: &System| {
            let measures: Vec<String> = self
                .registry
                .security
                .iter()
                .filter(|measure| measure.system == *system)
                .map(|measure| self.text(&measure.label))
                .collect();
            let name = self.words.word_of("system", system.name());
            (!measures.is_empty()).then_some(MeasuresView { system: system.name(), name, measures })
        };
        System::ALL.iter().filter_map(of).collect()
    }

    pub(super) fn attribution(&self, attribution: &Attribution) -> AttributionView {
        AttributionView {
            label: self.text(&attribution.label),
            publisher: owned(attribution.publisher.as_ref()),
            url: owned(attribution.url.as_ref()),
            licence: attribution.licence.clone(),
            licence_url: owned(attribution.licence_url.as_ref()),
            owner: self.optional(attribution.owner.as_ref()),
        }
    }

    pub(super) fn extension(&self, extension: &Extension) -> ExtensionView {
        ExtensionView {
            id: extension.id.clone(),
            name: extension.name.clone(),
            browser: owned(extension.browser.as_ref()),
            does: self.text(&extension.does),
            reads: self.texts(&extension.reads),
            stores: self.texts(&extension.stores),
            never: self.texts(&extension.never),
            revoke: self.texts(&extension.revoke),
            deleted_within: extension.deleted_within.map(|period| self.words.period(period)).unwrap_or_default(),
        }
    }
}
