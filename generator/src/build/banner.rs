//! The consent banner's files as they were made last. Made again when what is declared, the look or an address that they name changes.

use registry::diagnostic::Diagnostic;
use registry::model::Registry;

use super::look::LookMemory;
use crate::digest::{Digest, Hasher};
use crate::document::shown::Shown;
use crate::render::consent::{Banner, Basis};
use crate::render::context::choices;
use crate::site::Site;
use crate::site::config::Minify;

/// The banner's files as they were made last.
#[derive(Debug, Default)]
pub(super) struct BannerMemory {
    key: Option<Digest>,
    pub(super) banner: Option<Banner>,
    diagnostics: Vec<Diagnostic>,
}

impl BannerMemory {
    /// Makes the files, where visitors are asked for consent and anything changed. `declared` is the digest of what is declared.
    pub(super) fn refresh(&mut self, declared: Digest, site: &Site, registry: &Registry, look: &LookMemory) {
        let mut hasher = Hasher::default();
        hasher.add_digest(declared).add_digest(look.key());
        for language in 0..site.config.languages.len() {
            hasher.add(choices(site, language)).add(site.config.title.get(site.language(language)));
        }
        let key = Some(hasher.finish());
        if self.key == key {
            return;
        }
        self.key = key;
        self.diagnostics.clear();
        let minify = site.config.minify != Minify::Off;
        let basis = Basis { site, registry, words: &look.words, theme: &look.theme, minify };
        self.banner = Banner::make(basis, &mut self.diagnostics);
    }

    /// What visitors see, in each language; nothing where no proof of choices is kept.
    pub(super) fn shown(&self) -> &[Shown] {
        self.banner.as_ref().map_or(&[], |banner| banner.shown.as_slice())
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}
