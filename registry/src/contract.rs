//! The contract: the registry as the functions load it, versioned and sealed with its digest.
//!
//! The functions derive their own rules from it, with the functions of `derive` that the build uses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest;
use crate::model::Registry;

/// The version of the contract's shape. A reader refuses any other.
pub const VERSION: u32 = 4;

/// The folders of templates that the functions use, below a look: e-mails, and the pages that answer a form without a script.
pub const TEMPLATES: [&str; 2] = ["emails/", "answers/"];

/// The folder of the archived banners, a file each: `DIGEST.json`.
pub const BANNERS: &str = "content/_banners/";

/// What the functions know of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The shape's version.
    pub version: u32,
    /// What there is beside the registry.
    pub site: Site,
    /// What is declared.
    pub registry: Registry,
    /// The SHA-256 of the registry's JSON, in hexadecimal digits.
    pub digest: String,
}

/// What the functions need of a site that is no declaration about data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its address, without a slash at the end; empty where none is declared.
    pub base_url: String,
    /// Its languages, the default one first.
    pub languages: Vec<String>,
    /// Whether its pages' addresses end with a slash.
    pub folders: bool,
    /// The words of the interface, by language and key.
    pub words: BTreeMap<String, Map<String, Value>>,
    /// The digests of the archived banners, sorted: choices made in answer to these can be proven.
    pub banners: Vec<String>,
    /// The site's own templates in place of the functions' by name, such as `emails/confirmation.html`.
    pub templates: BTreeMap<String, String>,
}

impl Site {
    /// A word of the interface in a language. Countries have a map of their own: `country_FR` is `countries.FR`.
    pub fn word(&self, language: &str, key: &str) -> Option<String> {
        let words = self.words.get(language)?;
        let found = match key.strip_prefix("country_") {
            Some(code) => words.get("countries")?.get(code),
            None => words.get(key),
        };
        found?.as_str().map(str::to_owned)
    }

    /// The language of the site that was asked for, else its first one.
    pub fn language<'a>(&'a self, asked: Option<&str>) -> &'a str {
        let known = self.languages.iter().find(|language| Some(language.as_str()) == asked);
        known.or(self.languages.first()).map_or("en", String::as_str)
    }
}

/// Why a contract cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// It is not the JSON of a contract.
    #[error("the contract cannot be read: {0}")]
    Invalid(#[from] serde_json::Error),
    /// It was made for another version of the functions.
    #[error("the contract has version {0}, and this program reads version {VERSION}; build the site anew")]
    Version(u32),
    /// It was changed after it was made.
    #[error("the contract's digest does not fit its contents; build the site anew")]
    Digest,
}

impl Contract {
    /// The contract of a site.
    pub fn of(registry: &Registry, site: Site) -> Self {
        Self { version: VERSION, site, digest: digest::of(registry), registry: registry.clone() }
    }

    /// Its JSON, with a line break at the end.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a registry is plain data, which is always JSON");
        format!("{text}\n")
    }

    /// Reads a contract.
    ///
    /// # Errors
    /// What is no contract, has another version, or was changed.
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text)?;
        if version != VERSION {
            return Err(ContractError::Version(version));
        }
        let contract: Self = serde_json::from_str(text)?;
        if contract.digest != digest::of(&contract.registry) {
            return Err(ContractError::Digest);
        }
        Ok(contract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Controller;

    fn contract() -> Contract {
        let controller = Controller { name: "Acme".into(), ..Controller::default() };
        let site = Site { base_url: "https://acme.example".into(), languages: vec!["en".into()], ..Site::default() };
        Contract::of(&Registry { controller: Some(controller), ..Registry::default() }, site)
    }

    #[test]
    fn what_is_written_reads_the_same() {
        assert_eq!(Contract::from_json(&contract().to_json()).unwrap(), contract());
    }

    #[test]
    fn another_version_or_a_change_is_refused() {
        let text = contract().to_json();
        let error = |text: &str| Contract::from_json(text).unwrap_err().to_string();
        assert!(error(&text.replace("Acme", "Ecma")).contains("digest"));
        assert!(error(&text.replace("\"version\": 4", "\"version\": 1")).contains("has version 1"));
        assert!(error("{}").contains("cannot be read"));
    }
}
