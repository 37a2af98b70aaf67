//! The pipeline: from a site's files to its output. One function serves the command line, the dev server and the tests.
//!
//! Only this module remembers anything between builds, and what it remembers is keyed by digests of all that it was made
//! from. The law: any series of edits rebuilt here equals a build from nothing.

mod inputs;
mod look;
mod order;
mod pages;

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, has_errors};
use registry::model::Registry;

use crate::check::{self, silence};
use crate::digest::{Digest, Hasher};
use crate::document::Outline;
use crate::output::{Artifact, Finish, Output};
use crate::render::context::Shared;
use crate::render::page::Look;
use crate::render::templates::Theme;
use crate::render::{data, feed, redirects, sitemap, webmanifest};
use crate::site::config::{self, Config, Minify};
use crate::site::{Drafts, Site, assemble};
use crate::source::Source;
use inputs::Inputs;
use look::LookMemory;
use pages::PagesMemory;

/// Where the registry lies.
const REGISTRY: &str = "content/privacy.yaml";

/// Which files to look at again.
#[derive(Clone, Copy, Debug)]
pub enum Changes<'a> {
    /// All of them.
    Everything,
    /// These paths below the site's root, and whatever lies in them.
    Paths(&'a [String]),
}

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Build {
    /// What to write; none where an error was found.
    pub output: Option<Arc<Output>>,
    /// What is wrong, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The silenced checks: rule, reason, and how many diagnostics each hides.
    pub silenced: Vec<(String, String, usize)>,
    /// The site.
    pub site: Arc<Site>,
    /// The addresses of its style sheets, by name.
    pub styles: BTreeMap<String, String>,
}

/// Builds a site, again and again.
#[derive(Debug, Default)]
pub struct Builder {
    drafts: Drafts,
    inputs: Inputs,
    look: LookMemory,
    site: Option<(Digest, Arc<Site>)>,
    shared: Option<(Digest, Arc<Shared>)>,
    pages: PagesMemory,
}

impl Builder {
    /// A builder that remembers nothing yet.
    pub fn new(drafts: Drafts) -> Self {
        Self { drafts, ..Self::default() }
    }

    /// A builder for a single build, which remembers nothing.
    pub fn once(drafts: Drafts) -> Self {
        Self { drafts, pages: PagesMemory::once(), ..Self::default() }
    }

    /// Builds a site.
    pub fn build(&mut self, source: &dyn Source, changes: Changes<'_>) -> Build {
        self.inputs.refresh(source, changes);
        let mut diagnostics = self.inputs.diagnostics();
        let (config, registry) = self.declarations(&mut diagnostics);
        let (site_key, site) = self.site(&config);
        diagnostics.extend(check::site(&site));
        self.look.refresh(&self.inputs, &config);
        diagnostics.extend(self.look.diagnostics());
        let shared = self.shared(site_key, &site, &registry, &mut diagnostics);
        let finish = if config.minify == Minify::Full { Finish::MinifyHtml } else { Finish::Keep };
        let look = Look { theme: &self.look.theme, templates: &self.look.templates, shared: &shared, finish };
        let documents = self.inputs.documents();
        diagnostics.extend(self.pages.render(&site, site_key, &documents, look));
        let others = self.others(&site, &registry, look, finish, &mut diagnostics);
        if !diagnostics.iter().any(silence::ends_judging) {
            let text = |path: &str| {
                let built_in = Theme::built_in_text(path).map(str::to_owned);
                built_in.or_else(|| source.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()))
            };
            diagnostics.extend(self.pages.check(&site, &self.look.theme, &others, &text));
        }
        let mut diagnostics = order::sorted(diagnostics);
        let silenced = silence::apply(&config, &mut diagnostics);
        let silenced = silenced.into_iter().map(|(s, count)| (s.rule.clone(), s.reason.clone(), count)).collect();
        let output = (!has_errors(&diagnostics)).then(|| Arc::new(self.pages.output(&site, others)));
        let styles = self.look.assets.iter().filter(|(name, _)| name.ends_with(".css"));
        let styles = styles.map(|(name, asset)| (name.to_owned(), asset.url.clone())).collect();
        Build { output, diagnostics, silenced, site, styles }
    }

    fn declarations(&self, diagnostics: &mut Vec<Diagnostic>) -> (Arc<Config>, Registry) {
        let config = match self.inputs.text(config::PATH, diagnostics) {
            Some((path, text)) => config::read(&path, &text).into_value(diagnostics),
            None => Config::default(),
        };
        let registry = match self.inputs.text(REGISTRY, diagnostics) {
            Some((path, text)) => registry::resolve::registry(&path, &text).into_value(diagnostics),
            None => Registry::default(),
        };
        (Arc::new(config), registry)
    }

    /// The site's structure; the same one as long as nothing that it is made from changed.
    fn site(&mut self, config: &Arc<Config>) -> (Digest, Arc<Site>) {
        let documents = self.inputs.documents();
        let mut hasher = Hasher::default();
        hasher.add(format!("{config:?} {:?}", self.drafts)).add_digest(self.inputs.copies_digest());
        for document in &documents {
            hasher.add_digest(document.outline.digest);
        }
        let key = hasher.finish();
        if let Some((known, site)) = &self.site
            && *known == key
        {
            return (key, site.clone());
        }
        let outlines: Vec<Arc<Outline>> = documents.iter().map(|d| d.outline.clone()).collect();
        let files: Vec<Arc<str>> = self.inputs.copies().map(|(path, _)| path.clone()).collect();
        let site = Arc::new(assemble(config.clone(), &outlines, &files, self.drafts));
        self.site = Some((key, site.clone()));
        (key, site)
    }

    fn shared(&mut self, site_key: Digest, site: &Site, registry: &Registry, diagnostics: &mut Vec<Diagnostic>) -> Arc<Shared> {
        let files = self.inputs.kept_below(data::FOLDER);
        let data = data::read(&files, diagnostics);
        let mut hasher = Hasher::default();
        let key = hasher.add_digest(site_key).add_digest(self.look.key()).add(data.to_string()).add(format!("{registry:?}")).finish();
        if let Some((known, shared)) = &self.shared
            && *known == key
        {
            return shared.clone();
        }
        let shared = Arc::new(Shared::new(site, registry, self.look.words.clone(), &data, self.look.key()));
        self.shared = Some((key, shared.clone()));
        shared
    }

    /// Everything but pages: assets, copied files, feeds, sitemap, manifest, the pages at old addresses.
    fn others(&self, site: &Site, registry: &Registry, look: Look<'_>, finish: Finish, diagnostics: &mut Vec<Diagnostic>) -> Output {
        let mut output = Output::new();
        let mut made =
            |path: String, text: String| output.insert(path.into(), Arc::new(Artifact::made(text.into_bytes(), Finish::Keep, None)));
        if !site.pages.is_empty() {
            made("robots.txt".to_owned(), sitemap::robots(site));
            made("site.webmanifest".to_owned(), webmanifest::make(site, &self.look.assets, diagnostics));
        }
        if let Some(xml) = sitemap::xml(site) {
            made("sitemap.xml".to_owned(), xml);
        }
        let author = registry.controller.as_ref().map_or("", |c| c.name.as_str());
        for language in 0..site.config.languages.len() {
            if let Some((path, xml)) = feed::atom(site, language, author) {
                made(path, xml);
            }
        }
        for (_, asset) in self.look.assets.iter() {
            let artifact = Artifact::made(asset.bytes.to_vec(), Finish::Keep, Some(asset.path.clone()));
            output.insert(asset.out.as_str().into(), Arc::new(artifact));
        }
        for redirect in &site.redirects {
            if let Some(artifact) = redirects::render(site, redirect, Look { finish, ..look }).into_value(diagnostics) {
                output.insert(redirects::out(&redirect.from).into(), Arc::new(artifact));
            }
        }
        // An author's own file takes the place of a made one.
        for file in &site.files {
            if let Some(digest) = self.inputs.copy(&file.source) {
                output.insert(file.out.clone(), Arc::new(Artifact::copied(file.source.clone(), digest)));
            }
        }
        output
    }
}

#[cfg(test)]
mod judging;
#[cfg(test)]
mod tests;
