//! What the site declares about personal data, as it was read and judged last.

use std::sync::Arc;

use jiff::civil::Date;
use registry::check;
use registry::diagnostic::Diagnostic;
use registry::model::{self, FORMS};
use registry::resolve::{self, Declared};

use super::inputs::Inputs;
use crate::digest::{Digest, Hasher};

/// What the site declares about personal data, as it was read and judged last.
#[derive(Debug, Default)]
pub(super) struct DeclarationsMemory {
    key: Option<Digest>,
    declared: Arc<Declared>,
    diagnostics: Vec<Diagnostic>,
}

impl DeclarationsMemory {
    /// Reads the registry and the forms again where any of them changed.
    pub(super) fn refresh(&mut self, inputs: &Inputs, languages: &[String], today: Date) -> Arc<Declared> {
        let mut unreadable = Vec::new();
        let privacy = inputs.text(model::FILE, &mut unreadable);
        let mut forms = Vec::new();
        for path in inputs.kept_below(FORMS).into_keys().filter(|path| path.ends_with(".yaml")) {
            forms.extend(inputs.text(&path, &mut unreadable));
        }
        let mut hasher = Hasher::default();
        hasher.add(today.to_string()).add(languages.join(" ")).add(format!("{unreadable:?}"));
        for (path, text) in privacy.iter().chain(&forms) {
            hasher.add(path.as_bytes()).add(text);
        }
        let key = Some(hasher.finish());
        if self.key != key {
            self.key = key;
            self.diagnostics = unreadable;
            let forms: Vec<_> = forms.iter().map(|(path, text)| (path, text.as_str())).collect();
            let read = resolve::registry(privacy.as_ref().map(|(path, text)| (path, text.as_str())), &forms);
            self.declared = Arc::new(read.into_value(&mut self.diagnostics));
            self.diagnostics.extend(check::registry(&self.declared, &today.to_string()));
            self.diagnostics.extend(check::untranslated_text::check(&self.declared.places, languages));
        }
        self.declared.clone()
    }

    /// The digest of all that the registry is made from.
    pub(super) fn key(&self) -> Digest {
        self.key.unwrap_or_default()
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}
