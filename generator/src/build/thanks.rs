//! The documents of the pages that visitors are led to when they have sent a form. Their words are the interface's and the registry's.

use std::sync::Arc;

use registry::derive::rights;
use registry::model::Registry;

use crate::digest::Digest;
use crate::document::{self, Document};
use crate::site::config::Config;
use crate::site::thanks::FOLDER;

/// Adds a document for each form in each language; they stay sorted by path.
pub(super) fn complete(config: &Config, registry: &Registry, documents: &mut Vec<Arc<Document>>) {
    let requests = registry.requests().map(|_| rights::FORM);
    for form in registry.forms.iter().map(|form| form.id.as_str()).chain(requests) {
        // The link of the e-mail leads to the page of the form, where its code confirms the request.
        let confirm = if form == rights::FORM { "{{ privacy_confirm() }}\n\n" } else { "" };
        let text = format!("{confirm}{{{{ thanks(form=\"{form}\") }}}}\n");
        let read = |language: &String| {
            let path = format!("{FOLDER}{form}.{language}.md").into();
            document::parse(&path, text.as_bytes(), Digest::of(text.as_bytes())).value.map(Arc::new)
        };
        documents.extend(config.languages.iter().filter_map(read));
    }
    documents.sort_by(|a, b| a.outline.path.cmp(&b.outline.path));
}
