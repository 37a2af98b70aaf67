//! An announcement: a version of a policy that is published and applies later, with what it changes, in each language.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

/// A version of a policy that people are told of before it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The policy's name, such as `privacy`.
    pub policy: String,
    /// The version, as its authors named it.
    pub version: String,
    /// The version's seal, which no other version of any policy has.
    pub seal: String,
    /// The day from which it applies.
    pub effective: Date,
    /// What is told of it, by language.
    pub texts: BTreeMap<String, Change>,
}

/// What a version changes, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The policy's title.
    pub title: String,
    /// The day from which it applies, as people write it: `1 September 2026`.
    pub day: String,
    /// The address of the whole version.
    pub whole: String,
    /// The address where every change is told word by word; none where there is no such page.
    pub word_by_word: Option<String>,
    /// What changed, in the order of the text; what is gone comes last. Empty where no word changed.
    pub sections: Vec<Section>,
}

/// A section with something that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading; none for what stands above the first one.
    pub heading: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// What changed in it, paragraph by paragraph.
    pub lines: Vec<Line>,
}

/// What became of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It was not there before.
    New,
    /// It is no longer there.
    Gone,
    /// Something in it is another.
    Changed,
}

/// A paragraph, an item or a row that is new, gone or another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it said; none for what is new.
    pub was: Option<String>,
    /// What it says; none for what is gone.
    pub becomes: Option<String>,
}
