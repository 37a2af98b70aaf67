//! A published version of a policy: its text in every language as people could read it, and what was declared at the time.
//!
//! One JSON file a version, `content/_policies/NAME/VERSION.json`, written by `plainsite policy publish` and never changed after.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Registry;
use serde::{Deserialize, Serialize};

/// A file of a published version cannot be read.
pub static INVALID_VERSION: Rule = Rule {
    name: "invalid-version",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/invalid-version.md"),
};

/// The folder of the published versions.
pub const FOLDER: &str = "content/_policies/";

/// A published version of a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The policy's name, such as `privacy`.
    pub policy: String,
    /// The version, as the front matter said.
    pub version: String,
    /// The day when it was published.
    pub published: Date,
    /// The day from which it applies.
    pub effective: Date,
    /// What it said, by language.
    pub texts: BTreeMap<String, Text>,
    /// What was declared.
    pub registry: Registry,
    /// The seal of the version published before it; empty for the first one.
    pub previous: String,
    /// The SHA-256 of all of the above, in hexadecimal digits.
    pub seal: String,
}

/// What a version said in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The page's title.
    pub title: String,
    /// The page's content, as HTML.
    pub html: String,
}

impl Version {
    /// Where a version of a policy lies.
    pub fn path(policy: &str, version: &str) -> String {
        format!("{FOLDER}{policy}/{version}.json")
    }

    /// Reads a version from its file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn parse(path: &Arc<str>, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let wrong = |what: String| {
            Box::new(
                Diagnostic::new(&INVALID_VERSION, what)
                    .in_file(path)
                    .why("published versions are kept as they were; `plainsite policy publish` writes these files")
                    .help("restore the file from the site’s history"),
            )
        };
        let version: Self = serde_json::from_slice(bytes).map_err(|error| wrong(format!("this is no published version: {error}")))?;
        if Self::path(&version.policy, &version.version) != **path {
            return Err(wrong(format!("this is version {} of `{}`, which lies elsewhere", version.version, version.policy)));
        }
        match version.made_seal() == version.seal {
            true => Ok(version),
            false => Err(wrong(format!("version {} of `{}` was changed after it was published", version.version, version.policy))),
        }
    }

    /// Seals it, behind the version published before.
    #[must_use]
    pub fn sealed(mut self, previous: Option<&Self>) -> Self {
        self.previous = previous.map(|version| version.seal.clone()).unwrap_or_default();
        self.seal = self.made_seal();
        self
    }

    fn made_seal(&self) -> String {
        registry::digest::of(&Self { seal: String::new(), ..self.clone() })
    }

    /// A version of a policy whose predecessor is gone, or which two follow.
    pub fn gap(versions: &[Self]) -> Option<Box<Diagnostic>> {
        let broken = versions.iter().find(|version| {
            let others = versions.iter().filter(|other| other.policy == version.policy);
            let has_previous = version.previous.is_empty() || others.clone().any(|other| other.seal == version.previous);
            !has_previous || others.filter(|other| other.previous == version.previous).count() > 1
        })?;
        Some(Box::new(
            Diagnostic::new(&INVALID_VERSION, format!("the version before version {} of `{}` is missing", broken.version, broken.policy))
                .in_file(&Arc::from(Self::path(&broken.policy, &broken.version)))
                .why("every version that people could read stays readable")
                .help("restore its file from the site’s history"),
        ))
    }

    /// Its file's text.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a version is plain data, which is always JSON");
        format!("{text}\n")
    }
}
