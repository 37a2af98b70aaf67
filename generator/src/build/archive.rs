//! The archived banners as they were read last.

use registry::contract::BANNERS;
use registry::diagnostic::Diagnostic;

use super::inputs::Inputs;
use crate::check::banner_not_archived::spoilt;
use crate::digest::Digest;
use crate::document::shown::Shown;

/// The archived banners as they were read last.
#[derive(Debug, Default)]
pub(super) struct ArchiveMemory {
    key: Option<Digest>,
    /// Sorted by digest.
    pub(super) archived: Vec<Shown>,
    diagnostics: Vec<Diagnostic>,
}

impl ArchiveMemory {
    /// Reads the banners again where any of them changed.
    pub(super) fn refresh(&mut self, inputs: &Inputs) {
        let key = Some(inputs.digest_below(BANNERS));
        if self.key == key {
            return;
        }
        self.key = key;
        self.diagnostics.clear();
        self.archived.clear();
        for (path, bytes) in &inputs.kept_below(BANNERS) {
            match Shown::parse(path, bytes) {
                Ok(shown) => self.archived.push(shown),
                Err(what) => self.diagnostics.push(spoilt(path, what)),
            }
        }
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}
