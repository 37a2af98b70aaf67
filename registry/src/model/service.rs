//! What loads or stores something in a visitor's browser.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Category, Directive, Facts, Keep, Localized, Party, PurposeId, RecipientId, ServiceId, Stated, StorageKind, System};

/// Something that loads or stores something in a visitor's browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its key.
    pub id: ServiceId,
    /// Its name for visitors.
    pub label: Localized,
    /// What it is for, in a clause.
    pub does: Localized,
    /// Whether consent is asked for it, and together with what.
    pub category: Category,
    /// Whether it is audience measurement that needs no consent, as the CNIL describes it.
    pub exempt: bool,
    /// The purpose that it serves.
    pub purpose: Option<PurposeId>,
    /// Who gets what it collects; none for what stays on the site.
    pub recipient: Option<RecipientId>,
    /// What the recipient receives when it loads.
    pub receives: Option<Localized>,
    /// What may be loaded from where.
    pub origins: Origins,
    /// The cookies that it sets.
    pub cookies: Vec<Cookie>,
    /// What else it stores in the browser.
    pub storage: Vec<Storage>,
    /// Whether it asks for the signals of Google Consent Mode.
    pub consent_mode: bool,
    /// What has to be loosened in the browser's protections for it.
    pub loosens: Option<Localized>,
    /// Which part of the work it belongs to.
    pub system: System,
    /// Where the facts come from, where they come from the catalogue.
    pub facts: Option<Facts>,
}

impl Service {
    /// Whether visitors must have agreed before it loads or stores anything (Directive 2002/58/EC Art. 5(3)).
    pub fn needs_consent(&self) -> bool {
        self.category != Category::Essential && !self.exempt
    }

    /// Whether it turns text into HTML or script, so that it runs only where Trusted Types are off.
    pub fn writes_html(&self) -> bool {
        self.origins.get(&Directive::Script).is_some_and(|origins| origins.iter().any(|origin| origin.starts_with("'unsafe-")))
    }
}

/// The origins of a service by what is loaded from them, such as `https://cdn.example` or `'self'`.
pub type Origins = BTreeMap<Directive, Vec<String>>;

/// A cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name; `*` stands for any letters.
    pub name: String,
    /// How long it is kept.
    pub keep: Option<Stated<Keep>>,
    /// On whose domain it is set.
    pub party: Party,
    /// What it is for.
    pub does: Option<Localized>,
}

/// Something stored in the browser that is no cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Where.
    pub kind: StorageKind,
    /// Its key; `*` stands for any letters.
    pub key: String,
    /// How long it is kept.
    pub keep: Option<Stated<Keep>>,
    /// What it is for.
    pub does: Option<Localized>,
}

/// Whether the name of a cookie or of a key, in which `*` stands for any letters, covers a name, which may be such a pattern itself.
pub fn covers(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or("");
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name) in
            [("_ga", "_ga"), ("_ga_*", "_ga_ABC"), ("_ga_*", "_ga_*"), ("ph_*_posthog", "ph_x_posthog"), ("a*b*c", "a1b2c"), ("*", "")]
        {
            assert!(covers(pattern, name), "{pattern} and {name}");
        }
        for (pattern, name) in [("_ga", "_gat"), ("_ga_*", "_ga"), ("ab*ba", "aba"), ("a*b*c", "acb"), ("a*bc*c", "abc")] {
            assert!(!covers(pattern, name), "{pattern} and {name}");
        }
    }
}
