//! The registry's model: who processes personal data, as typed values.

/// Everything that a site declares in `privacy.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// Who decides why and how personal data is processed (GDPR Art. 4(7)).
    pub controller: Option<Controller>,
}

/// The controller: the organisation that the site belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// Its legal name.
    pub name: String,
    /// The person who represents it.
    pub representative: Option<String>,
    /// Its postal address, on one line.
    pub address: Option<String>,
    /// The address for questions and for exercising rights.
    pub email: Option<String>,
}

/// A text in one language for all, or in several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized {
    /// The text where there is none in the language asked for.
    pub default: String,
    /// The texts by language code.
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
