//! The documents of the pages that visitors are led to when they have sent a form. Their words are the interface's and the registry's.

use std::sync::Arc;

use registry::model::Registry;

use crate::digest::Digest;
use crate::document::{self, Document};
use crate::site::config::Config;
use crate::site::thanks::FOLDER;

/// Adds a document for each form in each language; they stay sorted by path.
pub(super) fn complete(config: &Config, registry: &Registry, documents: &mut Vec<Arc<Document>>) {
    if registry.forms.is_empty() {
        return;
    }
    for form in &registry.forms {
        let text = format!("{{{{ thanks(form=\"{}\") }}}}\n", form.id);
        let read = |language: &String| {
            let path = format!("{FOLDER}{}.{language}.md", form.id).into();
            document::parse(&path, text.as_bytes(), Digest::of(text.as_bytes())).value.map(Arc::new)
        };
        documents.extend(config.languages.iter().filter_map(read));
    }
    documents.sort_by(|a, b| a.outline.path.cmp(&b.outline.path));
}
