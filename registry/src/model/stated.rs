//! Texts in several languages, and values that are stated or known to be unknown.

use serde::{Deserialize, Serialize};

/// A text in one language for all, or in several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localized {
    /// The text where there is none in the language asked for.
    pub default: String,
    /// The texts by language code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_language: Vec<(String, String)>,
}

impl Localized {
    /// The same text in every language.
    pub fn everywhere(text: impl Into<String>) -> Self {
        Self { default: text.into(), by_language: Vec::new() }
    }

    /// The text in a language.
    pub fn get(&self, language: &str) -> &str {
        self.by_language.iter().find(|(code, _)| code == language).map_or(&self.default, |(_, text)| text)
    }
}

/// A value that its author states, or says to be unknown and whom to ask.
///
/// What is unknown is reported in every build; it is never guessed, and never passed off as "none".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stated<T> {
    /// The value.
    Known(T),
    /// Nobody has stated it yet; the text says who must.
    Unknown(Localized),
}

impl<T> Stated<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Who must supply it, where it is unknown.
    pub fn who_must_supply(&self) -> Option<&Localized> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(who) => Some(who),
        }
    }
}
