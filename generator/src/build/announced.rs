//! A version of a policy that is published and does not apply yet, with the one before it and the pages that tell of both.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Build, Builder};
use crate::document::version::Version;

/// A version that is announced.
#[derive(Clone, Debug)]
pub struct Announced<'b> {
    /// The version.
    pub version: &'b Version,
    /// The one that it follows.
    pub before: &'b Version,
    /// Where both are told of, by language.
    pub pages: BTreeMap<String, Pages>,
}

/// The pages of a version in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The whole version: its address, with the site's.
    pub whole: String,
    /// What changed, word by word.
    pub changes: Option<String>,
    /// The day from which the version applies, as people write it.
    pub day: String,
}

/// Why there is nothing to announce, with what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Unannounced {
    #[error("no version of `{0}` is published\nhelp: `plainsite policy publish` keeps what its pages say")]
    Unpublished(String),
    #[error("`{0}` has no version {1}\nhelp: {2} published")]
    Unknown(String, String, String),
    #[error(
        "no version of `{0}` is to come: version {1} has applied since {2}\nhelp: raise `version:`, set a later `effective:`, and run `plainsite policy publish`"
    )]
    NoneToCome(String, String, Date),
    #[error("version {0} has applied since {1}: what is told now is no advance notice")]
    Applies(String, Date),
    #[error("several versions are to come: {0}\nhelp: say which one, with `--version`")]
    Several(String),
    #[error("version {0} is the first one: it changes nothing that anybody was told before")]
    First(String),
    #[error("the pages of version {0} have no address\nhelp: set `base_url` in `content/site.yaml`")]
    NoAddress(String),
}

impl Builder {
    /// The version of a policy that is announced in a build of this builder's: the one of a name, or the only one that is to come.
    ///
    /// # Errors
    /// Why there is none.
    pub fn announced(&self, build: &Build, policy: &str, name: Option<&str>) -> Result<Announced<'_>, Unannounced> {
        let known: Vec<&Version> = self.versions.versions.iter().filter(|version| version.policy == policy).collect();
        let Some(last) = known.last() else { return Err(Unannounced::Unpublished(policy.to_owned())) };
        let version = match name {
            Some(name) => known.iter().copied().find(|version| version.version == name).ok_or_else(|| {
                let names: Vec<&str> = known.iter().map(|version| version.version.as_str()).collect();
                let are = if names.len() == 1 { "is" } else { "are" };
                Unannounced::Unknown(policy.to_owned(), name.to_owned(), format!("{} {are}", names.join(", ")))
            })?,
            None => match known.iter().copied().filter(|version| version.effective > self.today).collect::<Vec<_>>()[..] {
                [] => return Err(Unannounced::NoneToCome(policy.to_owned(), last.version.clone(), last.effective)),
                [version] => version,
                ref several => {
                    let names: Vec<&str> = several.iter().map(|version| version.version.as_str()).collect();
                    return Err(Unannounced::Several(names.join(", ")));
                }
            },
        };
        if version.effective <= self.today {
            return Err(Unannounced::Applies(version.version.clone(), version.effective));
        }
        let before = known.iter().copied().find(|known| known.seal == version.previous);
        let before = before.ok_or_else(|| Unannounced::First(version.version.clone()))?;
        let pages = build.pages_of(version).ok_or_else(|| Unannounced::NoAddress(version.version.clone()))?;
        Ok(Announced { version, before, pages })
    }
}

impl Build {
    /// The pages of a version, by language; none where the site has no address.
    fn pages_of(&self, version: &Version) -> Option<BTreeMap<String, Pages>> {
        let site = &self.site;
        let base = site.config.base_url.as_deref()?;
        let is_it = |policy: &str, name: &str| policy == version.policy && name == version.version;
        let pages = site.beside.iter().filter_map(|(policy, beside)| {
            let (name, _) = site.pages[*policy].outline.as_ref()?.front.policy.as_ref()?;
            let said = |id: usize| Some(site.pages[id].outline.as_ref()?.front.version.as_ref()?.0.as_str());
            let whole = beside.versions.iter().copied().find(|id| said(*id).is_some_and(|said| is_it(name, said)))?;
            let language = site.pages[whole].language;
            let address = |id: usize| format!("{base}{}", site.pages[id].url);
            let day = self.shared.day(language, version.effective);
            Some((site.language(language).to_owned(), Pages { whole: address(whole), changes: beside.changes.map(address), day }))
        });
        Some(pages.collect())
    }
}
