//! What is declared, as prose can be held against it: every text of the registry, and its periods.

use std::cell::OnceCell;

use registry::model::{AutomatedDecisions, Changes, Country, Effective, Keep, Period, Registry, Sale, Stated};
use serde_json::Value as Json;

use super::amounts::Amount;
use super::named::Rules;
use super::words::folded;

/// What is declared.
pub(in super::super) struct Declarations<'a> {
    pub(super) registry: &'a Registry,
    /// Every text, whatever it says.
    pub(super) texts: Vec<String>,
    /// All of them in small plain letters, words apart by one space.
    pub(super) folded: String,
    /// The periods, by what declares them.
    pub(super) periods: Vec<(String, Period)>,
    /// Every amount of time that a text names, once it is asked for.
    pub(super) amounts: OnceCell<Vec<Amount>>,
    /// The rules of retention by what they are about, once they are asked for.
    pub(super) rules: OnceCell<Rules>,
}

impl<'a> Declarations<'a> {
    /// Gathers what a registry declares.
    pub(in super::super) fn of(registry: &'a Registry) -> Self {
        let mut texts = Vec::new();
        gather(&serde_json::to_value(registry).unwrap_or_default(), &mut texts);
        let mut folded = String::from(" ");
        for text in &texts {
            folded.push_str(&spaced(text));
            folded.push_str("\n ");
        }
        Self { registry, texts, folded, periods: periods(registry), amounts: OnceCell::new(), rules: OnceCell::new() }
    }

    /// Whether any text has some words, as whole words.
    pub(super) fn names(&self, words: &str) -> bool {
        self.folded.contains(&format!(" {} ", spaced(words).trim()))
    }

    /// Every country that a declaration names by its code.
    pub(super) fn countries(&self) -> impl Iterator<Item = Country> {
        self.texts.iter().filter_map(|text| Country::parse(text))
    }

    /// Whether data is sold, where that is known.
    pub(super) fn sold(&self) -> Option<bool> {
        let sale = self.registry.sale.as_ref().and_then(Stated::known)?;
        Some(matches!(sale, Sale::Sold(_)))
    }

    /// Whether machines decide alone, where that is known.
    pub(super) fn automated(&self) -> Option<bool> {
        let decisions = self.registry.automated_decisions.as_ref().and_then(Stated::known)?;
        Some(matches!(decisions, AutomatedDecisions::Made { .. }))
    }
}

/// A text in small plain letters, its words apart by one space, with one behind the last.
fn spaced(text: &str) -> String {
    let mut spaced = String::new();
    for word in folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

pub(super) fn gather(value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Json::Object(fields) => fields.values().for_each(|field| gather(field, texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The periods that a remedy can name.
fn periods(registry: &Registry) -> Vec<(String, Period)> {
    let known = |keep: Option<&Stated<Keep>>| match keep.and_then(Stated::known) {
        Some(Keep::For(period)) => Some(*period),
        _ => None,
    };
    let mut periods = Vec::new();
    let mut add = |path: String, period: Option<Period>| periods.extend(period.map(|period| (path, period)));
    for rule in &registry.retention {
        add(format!("retention.{}", rule.id), known(rule.keep.as_ref()));
    }
    for service in &registry.services {
        for cookie in &service.cookies {
            add(format!("services.{}", service.id), known(cookie.keep.as_ref()));
        }
        for storage in &service.storage {
            add(format!("services.{}", service.id), known(storage.keep.as_ref()));
        }
    }
    add("rights.answer_within".to_owned(), registry.rights.answer_within.as_ref().and_then(Stated::known).copied());
    add("california.answer_within".to_owned(), registry.california.as_ref().and_then(|california| california.answer_within));
    if let Some(Changes { effective: Effective::After(period), .. }) = registry.changes {
        add("changes.notice".to_owned(), Some(period));
    }
    for extension in &registry.extensions {
        add(format!("extensions.{}", extension.id), extension.deleted_within);
    }
    periods
}
