//! The record of processing activities (GDPR Art. 30): a row for each purpose.
//!
//! Rows are values; whoever prints them chooses the form. What no purpose places gets a row of its own at the end.

use super::policy::{Answer, MeasuresView, Policy, RecipientView, RetentionView, policy};
use super::uses::{category, recipients, retention, safeguards, unused_data, unused_recipients, unused_retention};
use super::words::Words;
use crate::model::{DataCategory, DataId, Dpo, Purpose, Recipient, Registry, Role, Stated};

/// The record of processing activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The controller and how to reach it, each with its heading (Art. 30(1)(a)).
    pub controller: Vec<(String, String)>,
    /// The headings of the columns.
    pub headings: Vec<String>,
    /// The activities, as many texts in each as there are headings.
    pub rows: Vec<Vec<String>>,
}

/// The columns, by the key of their heading: what it is, on which basis, as what; then points (c), (d), (e), (f) and (g) of
/// Art. 30(1).
const COLUMNS: [&str; 10] =
    ["purpose", "basis", "capacity", "system", "people", "data", "recipients", "transfers", "retention", "security"];

/// The record of a registry, in the language of some words.
pub fn record(registry: &Registry, words: Words<'_>) -> Record {
    let recording = Recording { registry, words, policy: policy(registry, words) };
    let mut rows: Vec<Vec<String>> = registry.purposes.iter().map(|purpose| recording.purpose(purpose)).collect();
    rows.extend(recording.rest());
    let headings = COLUMNS.iter().map(|column| words.word_of("record", column)).collect();
    Record { controller: recording.controller(), headings, rows }
}

/// A registry as it is recorded.
struct Recording<'a> {
    registry: &'a Registry,
    words: Words<'a>,
    policy: Policy,
}

/// What a row tells, beside what it is and on which basis.
struct Activity<'r> {
    data: Vec<&'r DataCategory>,
    recipients: Vec<&'r Recipient>,
    retention: Vec<&'r RetentionView>,
    measures: Vec<&'r MeasuresView>,
}

impl Recording<'_> {
    fn controller(&self) -> Vec<(String, String)> {
        let told = &self.policy.controller;
        let officer = match &self.registry.dpo {
            Some(Stated::Known(Dpo::Contact(contact))) => contact.clone(),
            Some(Stated::Known(Dpo::None(reason))) => self.words.word("export_no_dpo").replace("{reason}", reason.get(self.words.language)),
            Some(Stated::Unknown(who)) => self.answer("", who.get(self.words.language)),
            None => self.answer("", ""),
        };
        let mut controller = vec![
            ("controller", self.answer(&told.name, "")),
            ("address", told.address.told(self.words)),
            ("email", told.email.told(self.words)),
            ("representative", told.representative.told(self.words)),
            ("dpo", officer),
        ];
        if told.eu_representative != Answer::default() {
            controller.push(("eu_representative", told.eu_representative.told(self.words)));
        }
        controller.into_iter().map(|(key, value)| (self.words.word_of("record", key), value)).collect()
    }

    fn answer(&self, text: &str, unknown: &str) -> String {
        Answer { text: text.to_owned(), unknown: unknown.to_owned() }.told(self.words)
    }

    fn purpose(&self, purpose: &Purpose) -> Vec<String> {
        let language = self.words.language;
        let basis = |used: &crate::model::BasisUse| {
            let said = [&used.when, &used.interest, &used.law].into_iter().flatten().map(|text| text.get(language));
            let name = format!("{} (GDPR 6(1)({}))", self.words.word_of("basis", used.basis.name()), used.basis.point());
            std::iter::once(name.as_str()).chain(said).collect::<Vec<_>>().join(", ")
        };
        let activity = Activity {
            data: purpose.data.iter().filter_map(|id| self.registry.data(id)).collect(),
            recipients: recipients(self.registry, purpose),
            retention: self.kept(&purpose.data),
            measures: self.policy.security.iter().filter(|measures| measures.system == purpose.system.name()).collect(),
        };
        let bases: Vec<String> = purpose.bases.iter().map(basis).collect();
        let system = self.words.word_of("system", purpose.system.name());
        self.row(purpose.label.get(language), &self.answer(&bases.join("; "), ""), &system, &activity)
    }

    /// What is declared and belongs to no purpose: neither data nor a recipient goes unrecorded.
    fn rest(&self) -> Option<Vec<String>> {
        let data = unused_data(self.registry);
        let ids: Vec<DataId> = data.iter().map(|data| data.id.clone()).collect();
        let mut kept = self.kept(&ids);
        kept.extend(unused_retention(self.registry).into_iter().map(|(at, _)| &self.policy.retention[at]));
        let activity = Activity { data, recipients: unused_recipients(self.registry), retention: kept, measures: Vec::new() };
        let any = !activity.data.is_empty() || !activity.recipients.is_empty() || !activity.retention.is_empty();
        let unstated = self.answer("", "");
        any.then(|| self.row(&unstated, &unstated, "", &activity))
    }

    fn kept(&self, data: &[DataId]) -> Vec<&RetentionView> {
        retention(self.registry, data).into_iter().map(|(at, _)| &self.policy.retention[at]).collect()
    }

    fn row(&self, purpose: &str, basis: &str, system: &str, activity: &Activity<'_>) -> Vec<String> {
        let language = self.words.language;
        let mut capacities: Vec<Role> = activity.data.iter().map(|data| data.role).collect();
        capacities.sort_unstable();
        capacities.dedup();
        let capacities: Vec<String> = capacities.iter().map(|role| self.words.word_of("role", role.name())).collect();
        let mut people: Vec<&str> = activity.data.iter().filter_map(|data| Some(data.people.as_ref()?.get(language))).collect();
        people.sort_unstable();
        people.dedup();
        let labels: Vec<String> = activity.data.iter().map(|data| category(self.registry, data, language)).collect();
        let named: Vec<String> = activity.recipients.iter().map(|recipient| self.recipient(recipient)).collect();
        let abroad = activity.recipients.iter().filter(|recipient| recipient.is_outside_eea() != Some(false));
        let transfers: Vec<String> = abroad.map(|recipient| self.transfer(recipient)).collect();
        let periods: Vec<String> = activity.retention.iter().map(|view| self.period(view)).collect();
        let measures: Vec<String> = activity.measures.iter().flat_map(|measures| measures.measures.clone()).collect();
        vec![
            purpose.to_owned(),
            basis.to_owned(),
            capacities.join("; "),
            system.to_owned(),
            self.answer(&people.join("; "), ""),
            self.answer(&labels.join("; "), ""),
            named.join("; "),
            transfers.join("; "),
            self.answer(&periods.join("; "), ""),
            self.answer(&measures.join("; "), ""),
        ]
    }

    fn recipient(&self, recipient: &Recipient) -> String {
        let role = if recipient.self_hosted { self.words.word("export_self_hosted") } else { self.view(recipient).role.told(self.words) };
        format!("{} ({role})", recipient.name)
    }

    fn transfer(&self, recipient: &Recipient) -> String {
        let view = self.view(recipient);
        let named = safeguards(recipient).iter().map(|safeguard| self.words.word_of("safeguard", safeguard.name()));
        let named = Answer { text: named.collect::<Vec<_>>().join(", "), unknown: view.safeguards.unknown.clone() };
        format!("{}: {}, {}", recipient.name, view.country.told(self.words), named.told(self.words))
    }

    fn view(&self, recipient: &Recipient) -> RecipientView {
        self.policy.recipients.iter().find(|view| view.id == recipient.id.0).cloned().unwrap_or_default()
    }

    fn period(&self, view: &RetentionView) -> String {
        let during = (!view.during.is_empty()).then(|| self.words.word("export_during").replace("{what}", &view.during));
        let keep = (view.during.is_empty() || view.keep != Answer::default()).then(|| view.keep.told(self.words));
        let from = (!view.from.is_empty()).then(|| self.words.word("export_from").replace("{what}", &view.from));
        let because = (!view.because.is_empty()).then(|| view.because.clone());
        let then = (!view.then.1.is_empty()).then(|| view.then.1.clone());
        let parts: Vec<String> = [during, keep, from, because, then].into_iter().flatten().collect();
        format!("{}: {}", view.label, parts.join(", "))
    }
}
