//! What people can ask for. TILT has no place for restriction and objection: they are told with rectification and erasure.

use serde_json::{Map, Value, json};

use super::{Tilt, email};
use crate::derive::edition::Edition;
use crate::derive::rights;
use crate::model::{Channel, Right};

impl Tilt<'_> {
    pub(super) fn access_and_portability(&self, edition: &Edition<'_>) -> Value {
        let mut told = self.right(&[Right::Access, Right::Portability], &[], edition);
        // The schema demands a yes or a no here, and a right that nobody offers is not there to be used.
        told.entry("available").or_insert(false.into());
        told.into()
    }

    pub(super) fn right_to_information(&self, edition: &Edition<'_>) -> Value {
        self.right(&[Right::Access], &[], edition).into()
    }

    pub(super) fn right_to_rectification_or_deletion(&self, edition: &Edition<'_>) -> Value {
        self.right(&[Right::Rectification, Right::Erasure], &[Right::Restriction, Right::Objection], edition).into()
    }

    pub(super) fn right_to_portability(&self, edition: &Edition<'_>) -> Value {
        self.right(&[Right::Portability], &[], edition).into()
    }

    pub(super) fn right_to_withdraw(&self, edition: &Edition<'_>) -> Value {
        self.right(&[Right::Withdrawal], &[], edition).into()
    }

    pub(super) fn right_to_complain(&self) -> Value {
        let offered = self.registry.rights.offer.contains(&Right::Complaint);
        let mut told = Map::new();
        let description = if offered { self.named(Right::Complaint) } else { self.not_stated() };
        if offered {
            told.insert("available".into(), true.into());
        }
        told.insert("description".into(), description.into());
        match self.authority() {
            Some(known) => {
                told.insert("url".into(), known.url.into());
                told.insert("supervisoryAuthority".into(), json!({ "name": known.full_name, "country": known.country }));
            }
            None => _ = told.insert("supervisoryAuthority".into(), json!({ "name": self.not_stated() })),
        }
        told.into()
    }

    /// Rights that share an object, and others that are told with them. That a right is not available is said only where it does
    /// not apply; where it applies and is not offered, the registry has not stated it.
    fn right(&self, own: &[Right], beside: &[Right], edition: &Edition<'_>) -> Map<String, Value> {
        let offer = &self.registry.rights.offer;
        let offered: Vec<Right> = own.iter().chain(beside).filter(|right| offer.contains(right)).copied().collect();
        let mut told = Map::new();
        if own.iter().any(|right| offer.contains(right)) {
            told.insert("available".into(), true.into());
        } else if !own.iter().any(|right| rights::applicable(self.registry).contains(right)) {
            told.insert("available".into(), false.into());
        }
        let named: Vec<String> = offered.iter().map(|right| self.named(*right)).collect();
        if named.is_empty() {
            told.insert("description".into(), self.not_stated().into());
            return told;
        }
        let (channels, how) = if own == [Right::Withdrawal] {
            (&self.registry.rights.withdraw, self.by(&self.policy.rights.withdraw))
        } else {
            let told = &self.policy.rights;
            let answer = self.words.word("export_answer").replace("{period}", &told.answer_within.told(self.words));
            (&self.registry.rights.channel, format!("{}; {answer}", self.by(&told.channel)))
        };
        told.insert("description".into(), format!("{}. {how}", named.join("; ")).into());
        if !edition.url.is_empty() {
            told.insert("url".into(), edition.url.into());
        }
        if channels.contains(&Channel::Email) {
            told.insert("email".into(), email(&self.policy.controller.email.text).into());
        }
        told
    }

    /// A right's name, its article, and a word on it.
    fn named(&self, right: Right) -> String {
        let notes = &self.registry.rights.notes;
        let note = notes.iter().find(|(of, _)| *of == right).map(|(_, note)| format!(": {}", note.get(self.words.language)));
        format!("{} (GDPR-{}){}", self.words.word_of("right", right.name()), reference(right), note.unwrap_or_default())
    }

    /// By what a right is exercised.
    fn by(&self, channels: &[String]) -> String {
        let channels = if channels.is_empty() { self.not_stated() } else { channels.join(", ") };
        self.words.word("export_exercise").replace("{channels}", &channels)
    }
}

/// An article in TILT's form: `7-3` for Art. 7(3).
fn reference(right: Right) -> String {
    right.article().replace('(', "-").replace(')', "")
}
