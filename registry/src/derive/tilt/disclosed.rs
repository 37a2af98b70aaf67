//! What data is processed: an entry for each category and purpose, with its bases, recipients and periods.
//!
//! The registry is written purpose by purpose and TILT is read by category. What is declared without the other half still gets an
//! entry, in which that half is not stated.

use serde_json::{Map, Value, json};

use super::Tilt;
use crate::derive::policy::RetentionView;
use crate::derive::uses::{category, fields, recipients, retention, unused_data, unused_recipients, unused_retention};
use crate::model::{Basis, DataCategory, Field, From, Keep, Purpose, Recipient, Retention, Stated};

impl Tilt<'_> {
    pub(super) fn disclosed(&self) -> Vec<Value> {
        let registry = self.registry;
        let unused = unused_data(registry);
        let mut entries = Vec::new();
        for data in &registry.data {
            let uses = registry.purposes.iter().filter(|purpose| purpose.data.contains(&data.id));
            entries.extend(uses.map(|purpose| self.entry(Some(data), Some(purpose))));
            if unused.contains(&data) {
                entries.push(self.entry(Some(data), None));
            }
        }
        let without_data = registry.purposes.iter().filter(|purpose| !purpose.data.iter().any(|id| registry.data(id).is_some()));
        entries.extend(without_data.map(|purpose| self.entry(None, Some(purpose))));
        let (others, periods) = (unused_recipients(registry), unused_retention(registry));
        if !others.is_empty() || !periods.is_empty() {
            let mut entry = self.entry(None, None);
            entry["recipients"] = others.into_iter().map(|recipient| self.recipient(recipient)).collect();
            entry["storage"] = periods.into_iter().map(|(at, rule)| self.storage(rule, &self.policy.retention[at])).collect();
            entries.push(entry);
        }
        entries
    }

    fn entry(&self, data: Option<&DataCategory>, purpose: Option<&Purpose>) -> Value {
        let id: Vec<&str> = data.map(|data| data.id.as_str()).into_iter().chain(purpose.map(|purpose| purpose.id.as_str())).collect();
        let receiving = purpose.map(|purpose| recipients(self.registry, purpose)).unwrap_or_default();
        let kept = data.map(|data| retention(self.registry, std::slice::from_ref(&data.id))).unwrap_or_default();
        json!({
            "_id": if id.is_empty() { "unassigned".to_owned() } else { id.join(".") },
            "category": data.map_or_else(|| self.not_stated(), |data| category(self.registry, data, self.words.language)),
            "purposes": purpose.map(|purpose| self.purpose(purpose)).into_iter().collect::<Vec<_>>(),
            "legalBases": purpose.map(|purpose| self.bases(purpose)).unwrap_or_default(),
            "legitimateInterests": purpose.map(|purpose| self.interests(purpose)).unwrap_or_default(),
            "recipients": receiving.into_iter().map(|recipient| self.recipient(recipient)).collect::<Vec<_>>(),
            "storage": kept.into_iter().map(|(at, rule)| self.storage(rule, &self.policy.retention[at])).collect::<Vec<_>>(),
            "nonDisclosure": self.non_disclosure(data, purpose),
        })
    }

    /// The registry has one text for a purpose; its services tell how it is pursued.
    fn purpose(&self, purpose: &Purpose) -> Value {
        let language = self.words.language;
        let label = purpose.label.get(language);
        let services = self.registry.services.iter().filter(|service| service.purpose.as_ref() == Some(&purpose.id));
        let services = services.map(|service| format!("{}: {}", service.label.get(language), service.does.get(language)));
        let description: Vec<String> = std::iter::once(label.to_owned()).chain(services).collect();
        json!({ "purpose": label, "description": description.join("; ") })
    }

    fn bases(&self, purpose: &Purpose) -> Vec<Value> {
        let language = self.words.language;
        let basis = |used: &crate::model::BasisUse| {
            let mut parts = vec![self.words.word_of("basis", used.basis.name())];
            parts.extend([&used.when, &used.law].into_iter().flatten().map(|text| text.get(language).to_owned()));
            json!({ "reference": format!("GDPR-6-1-{}", used.basis.point()), "description": parts.join("; ") })
        };
        purpose.bases.iter().map(basis).collect()
    }

    fn interests(&self, purpose: &Purpose) -> Vec<Value> {
        let resting = purpose.bases.iter().filter(|used| used.basis == Basis::LegitimateInterest);
        let reasoning = resting
            .map(|used| used.interest.as_ref().map_or_else(|| self.not_stated(), |interest| interest.get(self.words.language).to_owned()));
        reasoning.map(|reasoning| json!({ "exists": true, "reasoning": reasoning })).collect()
    }

    /// What runs on the controller's own machines has no country: in TILT a country would mean a transfer.
    fn recipient(&self, recipient: &Recipient) -> Value {
        let view = self.policy.recipients.iter().find(|view| view.id == recipient.id.0);
        let mut told = Map::new();
        told.insert("name".into(), recipient.legal_name.as_ref().unwrap_or(&recipient.name).as_str().into());
        if let Some(address) = &recipient.address {
            told.insert("address".into(), address.as_str().into());
        }
        if let Some(country) = recipient.country.as_ref().and_then(Stated::known).filter(|_| !recipient.self_hosted) {
            told.insert("country".into(), country.code().into());
        }
        let role = view.map(|view| view.role.told(self.words)).unwrap_or_default();
        let mut parts = vec![if recipient.self_hosted { self.words.word("export_self_hosted") } else { role }];
        parts.extend([&recipient.does, &recipient.region].into_iter().flatten().map(|text| text.get(self.words.language).to_owned()));
        told.insert("category".into(), parts.join("; ").into());
        Value::Object(told)
    }

    /// A period that begins when something ends is added to it; of several, the longest would hold.
    fn storage(&self, rule: &Retention, view: &RetentionView) -> Value {
        let mut storage = Map::new();
        let mut conditions: Vec<String> = Vec::new();
        if !view.during.is_empty() {
            conditions.push(format!("{}: {}", view.label, self.words.word("export_during").replace("{what}", &view.during)));
        }
        let mut aggregation = "max";
        match &rule.keep {
            Some(Stated::Known(Keep::For(period))) => {
                if !view.during.is_empty() {
                    aggregation = "sum";
                }
                let temporal = json!([{ "description": self.period(view), "ttl": period.without_weeks().to_string() }]);
                storage.insert("temporal".into(), temporal);
            }
            None if !view.during.is_empty() => {}
            _ => conditions.push(format!("{}: {}", view.label, view.keep.told(self.words))),
        }
        if !conditions.is_empty() {
            storage.insert("purposeConditional".into(), conditions.into());
        }
        storage.insert("aggregationFunction".into(), aggregation.into());
        Value::Object(storage)
    }

    /// What is kept, from when on, why, what becomes of it then and by whom.
    fn period(&self, view: &RetentionView) -> String {
        let mut parts = vec![view.label.clone()];
        if !view.from.is_empty() {
            parts.push(self.words.word("export_from").replace("{what}", &view.from));
        }
        parts.extend([&view.because, &view.then.1, &view.by.told(self.words)].into_iter().filter(|text| !text.is_empty()).cloned());
        parts.join("; ")
    }

    /// Whether people must supply it. Only a form says so; where the data comes from elsewhere, nobody has stated what follows.
    fn non_disclosure(&self, data: Option<&DataCategory>, purpose: Option<&Purpose>) -> Value {
        let rests = |basis| purpose.is_some_and(|purpose| purpose.bases.iter().any(|used| used.basis == basis));
        let serves = |field: &&Field| field.purpose.as_ref().zip(purpose).is_none_or(|(id, purpose)| *id == purpose.id);
        let asked: Vec<&Field> = data.into_iter().flat_map(|data| fields(self.registry, data)).filter(serves).collect();
        let required: Vec<&&Field> = asked.iter().filter(|field| field.required).collect();
        let why = |field: &&&Field| {
            let why = field.why.as_ref().map_or_else(|| self.not_stated(), |why| why.get(self.words.language).to_owned());
            format!("{}: {why}", field.label.get(self.words.language))
        };
        let by_form = matches!(data.and_then(|data| data.from.as_ref()), Some(From::Form(_)));
        let consequences: Vec<String> = required.iter().map(why).collect();
        let consequences = match (consequences.is_empty(), by_form && !asked.is_empty()) {
            (false, _) => consequences.join("; "),
            (true, true) => self.words.word("export_nothing_required"),
            (true, false) => self.not_stated(),
        };
        json!({
            "legalRequirement": rests(Basis::LegalObligation),
            "contractualRegulation": rests(Basis::Contract),
            "obligationToProvide": !required.is_empty(),
            "consequences": consequences,
        })
    }
}
