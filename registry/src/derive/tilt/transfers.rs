//! Transfers out of the EEA: an entry for each recipient, since safeguards hold for a company and not for its country.

use serde_json::{Map, Value, json};

use super::Tilt;
use crate::derive::policy::RecipientView;
use crate::derive::uses::safeguards;
use crate::model::{Recipient, Safeguard, Stated};

impl Tilt<'_> {
    pub(super) fn transfers(&self) -> Vec<Value> {
        let both = self.registry.recipients.iter().zip(&self.policy.recipients);
        both.filter(|(recipient, _)| recipient.is_outside_eea() != Some(false))
            .map(|(recipient, view)| self.transfer(recipient, view))
            .collect()
    }

    /// A recipient whose country or safeguards are not stated is listed too, without a claim that any exist.
    fn transfer(&self, recipient: &Recipient, view: &RecipientView) -> Value {
        let mut transfer = Map::new();
        if let Some(country) = recipient.country.as_ref().and_then(Stated::known) {
            transfer.insert("country".into(), country.code().into());
        }
        let safeguards = safeguards(recipient);
        for (key, of) in [
            ("adequacyDecision", &[Safeguard::Adequacy, Safeguard::Dpf][..]),
            ("appropriateGuarantees", &[Safeguard::Bcr]),
            ("standardDataProtectionClause", &[Safeguard::Scc]),
        ] {
            let named = safeguards.iter().filter(|safeguard| of.contains(safeguard));
            let named: Vec<String> = named.map(|safeguard| self.words.word_of("safeguard", safeguard.name())).collect();
            if !named.is_empty() {
                let copy = recipient.copy.as_ref().map(|copy| format!(" ({copy})")).unwrap_or_default();
                let description = format!("{}: {}{copy}", recipient.name, named.join(", "));
                transfer.insert(key.into(), json!({ "available": true, "description": description }));
            }
        }
        if safeguards.is_empty() {
            let description = format!("{}: {}", recipient.name, view.safeguards.told(self.words));
            transfer.insert("appropriateGuarantees".into(), json!({ "description": description }));
        }
        Value::Object(transfer)
    }
}
