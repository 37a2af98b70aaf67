//! A banner as visitors saw it in one language, so that the proof of a choice can be put beside what was asked.
//!
//! One JSON file a banner, `content/_banners/DIGEST.json`, written by `plainsite receipts archive` and never changed after.

use registry::contract::BANNERS;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A banner as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The SHA-256 of all of the below, in hexadecimal digits.
    pub digest: String,
    /// Its language.
    pub language: String,
    /// The revision of all that it asks.
    pub revision: String,
    /// What it says and asks, as its script has it: `words`, `categories`, `services`, the address of the `policy`.
    pub says: Json,
    /// Its style sheet.
    pub style: String,
    /// The SHA-256 of its script, which is the same for all languages.
    pub script: String,
}

impl Shown {
    /// Where a banner lies.
    pub fn path(digest: &str) -> String {
        format!("{BANNERS}{digest}.json")
    }

    /// Seals it with its digest.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = self.made_digest();
        self
    }

    fn made_digest(&self) -> String {
        registry::digest::of(&Self { digest: String::new(), ..self.clone() })
    }

    /// Reads a banner from its file.
    ///
    /// # Errors
    /// What is wrong with the file, in a clause.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, String> {
        let shown: Self = serde_json::from_slice(bytes).map_err(|error| format!("this is no archived banner: {error}"))?;
        if Self::path(&shown.digest) != path {
            return Err(format!("this is the banner `{}`, which lies elsewhere", shown.digest));
        }
        if shown.made_digest() == shown.digest { Ok(shown) } else { Err("this banner was changed after it was archived".to_owned()) }
    }

    /// Its file's text.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a banner is plain data, which is always JSON");
        format!("{text}\n")
    }

    /// Its text as visitors read it, a line for each part: what is asked, the answers, and what the choices tell of every service.
    pub fn text(&self) -> String {
        let word = |key: &str| self.says["words"][key].as_str().unwrap_or_default();
        let services = |category: &str| {
            let all = self.says["services"].as_object().into_iter().flatten();
            all.filter(|(_, service)| service["category"] == category).map(|(_, service)| service).collect::<Vec<_>>()
        };
        let label = |service: &Json| service["label"].as_str().unwrap_or_default().to_owned();
        let (mut named, mut told) = (Vec::new(), String::new());
        for (category, name) in self.says["categories"].as_object().into_iter().flatten() {
            let (name, services) = (name.as_str().unwrap_or_default(), services(category));
            named.push(format!("{name} ({})", services.iter().map(|service| label(service)).collect::<Vec<_>>().join(", ")));
            told.push_str(&format!("{name}\n"));
            for service in services {
                told.push_str(&format!("  {}: {}\n", label(service), service["does"].as_str().unwrap_or_default()));
            }
        }
        let answers = ["refuse", "accept", "choose"].map(|key| format!("[{}]", word(key))).join(" ");
        format!("{}\n\n{}\n{}\n{answers}\n\n{told}", word("title"), word("ask").replace("{services}", &named.join(", ")), word("until"))
    }
}
