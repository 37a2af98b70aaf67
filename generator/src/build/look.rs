//! The look as it was made last: theme, assets, templates, words. Made again when a file of it or the way of making changes.

use std::sync::Arc;

use registry::diagnostic::Diagnostic;
use serde_json::Value as Json;

use super::inputs::Inputs;
use crate::digest::{Digest, Hasher};
use crate::render::assets::Assets;
use crate::render::interface;
use crate::render::templates::{Templates, WhiteSpace};
use crate::render::theme::Theme;
use crate::site::config::{Config, Minify};

/// Where a site's own look is.
const FOLDER: &str = "templates/";

/// The look as it was made last.
#[derive(Debug)]
pub(super) struct LookMemory {
    key: Option<Digest>,
    pub(super) theme: Arc<Theme>,
    pub(super) assets: Arc<Assets>,
    pub(super) templates: Arc<Templates>,
    /// The interface of each language.
    pub(super) words: Vec<Json>,
    diagnostics: Vec<Diagnostic>,
}

impl Default for LookMemory {
    fn default() -> Self {
        let theme = Arc::new(Theme::default());
        let assets = Arc::new(Assets::default());
        let templates = Arc::new(Templates::parse(&theme, WhiteSpace::Kept, &assets).value);
        Self { key: None, theme, assets, templates, words: Vec::new(), diagnostics: Vec::new() }
    }
}

impl LookMemory {
    pub(super) fn refresh(&mut self, inputs: &Inputs, config: &Config) {
        let mut hasher = Hasher::default();
        let declared = format!("{:?} {:?}", config.minify, config.languages);
        let key = Some(hasher.add(declared).add_digest(inputs.digest_below(FOLDER)).finish());
        if self.key == key {
            return;
        }
        self.key = key;
        self.diagnostics.clear();
        let minify = config.minify != Minify::Off;
        self.theme = Arc::new(Theme::new(inputs.kept_below(FOLDER)));
        self.assets = Arc::new(Assets::make(&self.theme, minify).into_value(&mut self.diagnostics));
        let white_space = if minify { WhiteSpace::Collapsed } else { WhiteSpace::Kept };
        self.templates = Arc::new(Templates::parse(&self.theme, white_space, &self.assets).into_value(&mut self.diagnostics));
        let words = config.languages.iter().map(|language| interface::words(&self.theme, language, &mut self.diagnostics));
        self.words = words.collect();
    }

    /// The digest of all that the look is made from.
    pub(super) fn key(&self) -> Digest {
        self.key.unwrap_or_default()
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}
