//! The policy pages of a site: those that its registry calls for and its author has not written, and what all of them must
//! show.

use std::sync::Arc;

use registry::derive::policy::promises;
use registry::diagnostic::Diagnostic;
use registry::model::Registry;
use registry::resolve::Declared;

use super::pages::PagesMemory;
use crate::check::promise_not_shown;
use crate::digest::Digest;
use crate::document::{self, Document};
use crate::render::context::Shared;
use crate::render::theme::{PREFIX, Theme};
use crate::site::config::Config;
use crate::site::{self, Page, Site};

/// The language of the built-in pages where a site's own is not among them.
const OTHERWISE: &str = "en";

/// Adds the policy pages that the registry calls for and nobody has written: a privacy policy, and a legal notice where a host is
/// declared. The documents stay sorted by path.
pub(super) fn complete(config: &Config, registry: &Registry, documents: &mut Vec<Arc<Document>>) {
    let wanted = [("privacy", registry.has_policy()), ("legal", registry.host.is_some())];
    let mut added = Vec::new();
    for (name, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
        for (id, language) in config.languages.iter().enumerate() {
            let ending = if id == 0 { String::new() } else { format!(".{language}") };
            let path: Arc<str> = format!("content/{name}{ending}.md").into();
            let written = |document: &Arc<Document>| {
                let outline = &document.outline;
                let is_it = outline.front.policy.as_ref().is_some_and(|(policy, _)| policy == name);
                outline.path == path || (is_it && site::language(config, &outline.path) == id)
            };
            if !documents.iter().any(written) {
                added.extend(built_in(name, language, &path));
            }
        }
    }
    if !added.is_empty() {
        documents.extend(added);
        documents.sort_by(|a, b| a.outline.path.cmp(&b.outline.path));
    }
}

fn built_in(name: &str, language: &str, path: &Arc<str>) -> Option<Arc<Document>> {
    let text = |language: &str| Theme::built_in_text(&format!("{PREFIX}policies/{name}.{language}.md"));
    let text = text(language).or_else(|| text(OTHERWISE))?;
    document::parse(path, text.as_bytes(), Digest::of(text.as_bytes())).value.map(Arc::new)
}

/// Judges what the policy pages show, one language at a time.
pub(super) fn check(site: &Site, declared: &Declared, shared: &Shared, pages: &PagesMemory) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if !declared.registry.has_policy() {
        return diagnostics;
    }
    for (id, language) in site.config.languages.iter().enumerate() {
        let is_policy = |page: &Page| page.language == id && page.outline.as_ref().is_some_and(|outline| outline.front.policy.is_some());
        let shown: Vec<String> =
            site.pages.iter().enumerate().filter(|(_, page)| is_policy(page)).map(|(page, _)| pages.html(page)).collect();
        diagnostics.extend(promise_not_shown::check(language, &shown, &promises(shared.policy(id)), &declared.places));
    }
    diagnostics
}
