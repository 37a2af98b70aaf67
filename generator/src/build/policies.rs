//! The policy pages of a site: those that its registry calls for and its author has not written, and what all of them must
//! show.

use std::sync::Arc;

use jiff::civil::Date;
use registry::derive::policy::promises;
use registry::diagnostic::Diagnostic;
use registry::model::Registry;
use registry::resolve::Declared;

use super::pages::PagesMemory;
use super::versions::VersionsMemory;
use super::{Build, Builder};
use crate::check::promise_not_shown;
use crate::digest::Digest;
use crate::document::version::{Text, Version};
use crate::document::{self, Document};
use crate::output::Finish;
use crate::render::context::Shared;
use crate::render::page::{self, Look};
use crate::render::theme::{PREFIX, Theme};
use crate::render::view;
use crate::site::config::Config;
use crate::site::{self, Page, Site};

/// The language of the built-in pages where a site's own is not among them.
const OTHERWISE: &str = "en";

/// Adds the documents of published versions, and the policy pages that the registry calls for and nobody has written: a privacy
/// policy, and a legal notice where a host is declared. The documents stay sorted by path.
pub(super) fn complete(config: &Config, registry: &Registry, versions: &VersionsMemory, documents: &mut Vec<Arc<Document>>) {
    let wanted = [("privacy", registry.has_policy()), ("legal", registry.host.is_some())];
    let mut added = versions.documents.clone();
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
                added.extend(built_in(name, language, &path, registry));
            }
        }
    }
    if !added.is_empty() {
        documents.extend(added);
        documents.sort_by(|a, b| a.outline.path.cmp(&b.outline.path));
    }
}

/// Why a policy cannot be published, with what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Unpublishable {
    #[error("no page says `policy: {0}`\nhelp: put it into the front matter of the policy, in each language")]
    NoPage(String),
    #[error("`{0}` has no `{1}:`\nhelp: add it to its front matter")]
    Missing(String, &'static str),
    #[error("`{0}` and `{1}` do not have the same `version:` and `effective:`\nhelp: all languages of a policy are published together")]
    Unequal(String, String),
    #[error("version {0} is published already\nhelp: what changes a policy is a new version: raise `version:`, and set `effective:`")]
    Published(String),
    #[error("version {0} applies from {1}, and this one would apply before it\nhelp: set a later `effective:`")]
    Early(String, Date),
    #[error("the version `{0}` is no name for a file\nhelp: use letters, digits, dots and hyphens, such as `2` or `2.1`")]
    Name(String),
}

impl Builder {
    /// The version of a policy as it stands in a build of this builder's, ready to be kept.
    ///
    /// # Errors
    /// What keeps it from being published.
    pub fn version(&self, build: &Build, name: &str) -> Result<Version, Unpublishable> {
        let site = &build.site;
        let mut found: Option<(String, Version)> = None;
        for (id, page) in site.pages.iter().enumerate() {
            let Some(outline) = page.outline.as_ref().filter(|o| o.front.policy.as_ref().is_some_and(|(policy, _)| policy == name)) else {
                continue;
            };
            let path = outline.path.to_string();
            let Some((version, _)) = &outline.front.version else { return Err(Unpublishable::Missing(path, "version")) };
            let Some(effective) = outline.front.effective else { return Err(Unpublishable::Missing(path, "effective")) };
            if !version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) || version.starts_with('.') {
                return Err(Unpublishable::Name(version.clone()));
            }
            let (first, kept) = found.get_or_insert_with(|| {
                let version = Version {
                    policy: name.to_owned(),
                    version: version.clone(),
                    published: self.today,
                    effective,
                    texts: Default::default(),
                    registry: build.declared.registry.clone(),
                    previous: String::new(),
                    seal: String::new(),
                };
                (path.clone(), version)
            });
            if kept.version != *version || kept.effective != effective {
                return Err(Unpublishable::Unequal(first.clone(), path));
            }
            let text = Text { title: page.title.to_string(), html: self.content(build, id) };
            kept.texts.insert(site.language(page.language).to_owned(), text);
        }
        let Some((_, version)) = found else { return Err(Unpublishable::NoPage(name.to_owned())) };
        let known: Vec<&Version> = self.versions.versions.iter().filter(|known| known.policy == name).collect();
        if known.iter().any(|known| known.version == version.version) {
            return Err(Unpublishable::Published(version.version));
        }
        // They are sorted by the day from which they apply, and each is sealed behind the one before.
        let last = known.last().copied();
        match last.filter(|last| last.effective > version.effective) {
            Some(last) => Err(Unpublishable::Early(last.version.clone(), last.effective)),
            None => Ok(version.sealed(last)),
        }
    }

    /// A page's content as its template got it.
    fn content(&self, build: &Build, id: usize) -> String {
        let Some((_, shared)) = &self.shared else { return String::new() };
        let look = Look { theme: &self.look.theme, templates: &self.look.templates, shared, finish: Finish::Keep };
        let mut documents = self.inputs.documents();
        complete(&build.site.config, &build.declared.registry, &self.versions, &mut documents);
        super::thanks::complete(&build.site.config, &build.declared.registry, &mut documents);
        let page = &build.site.pages[id];
        let document = page.document.map(|document| documents[document].clone());
        let view =
            view::view(&build.site, id, document.as_deref(), &|key| shared.word(page.language, key), &|day| shared.day(page.language, day));
        document.as_deref().map(|document| page::content(&view, document, look)).unwrap_or_default()
    }
}

/// A built-in page, without the sections that would be empty.
fn built_in(name: &str, language: &str, path: &Arc<str>, registry: &Registry) -> Option<Arc<Document>> {
    let text = |language: &str| Theme::built_in_text(&format!("{PREFIX}policies/{name}.{language}.md"));
    let text = text(language).or_else(|| text(OTHERWISE))?;
    let protects = !registry.security.is_empty() || !registry.extensions.is_empty() || !registry.attributions.is_empty();
    let is_empty = |section: &&str| {
        (section.contains("{{ security() }}") && !protects) || (section.contains("{{ changes() }}") && registry.changes.is_none())
    };
    let kept: Vec<&str> = text.split("\n## ").filter(|section| !is_empty(section)).collect();
    let text = kept.join("\n## ");
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
