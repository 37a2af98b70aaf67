//! The pages as they were rendered and judged last.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use registry::diagnostic::Diagnostic;
use registry::model::Registry;

use super::others::OthersMemory;

use crate::check::facts::{self, Facts, Routes};
use crate::check::{self, Built, Verdict};
use crate::digest::Digest;
use crate::document::Document;
use crate::output::{Artifact, Output};
use crate::render::page::{self, Look};
use crate::render::theme::Theme;
use crate::render::view;
use crate::site::{Page, Site};

/// The pages as they were rendered and judged last.
#[derive(Debug, Default)]
pub(super) struct PagesMemory {
    /// Whether there is only one build to come, so that nothing need be found again.
    once: bool,
    /// The site's key and the shared part's digest: while both are the same, only documents make a difference.
    key: Option<(Digest, Digest)>,
    rendered: Vec<Rendered>,
    outs: Vec<Arc<str>>,
    /// The pages rendered since the last check.
    fresh: Vec<usize>,
    checked: Option<Checked>,
    /// The last whole output, what else was in it, and the pages rendered since.
    output: Option<(Arc<Output>, Arc<Output>)>,
    unwritten: Vec<usize>,
}

/// What the last check was based on, and what it found.
#[derive(Debug)]
struct Checked {
    routes: Routes,
    /// The output paths that are no pages.
    others: Vec<Arc<str>>,
    /// The digest of what the registry is made from.
    registry: Digest,
    /// The verdicts on pages with a fault, by their place in the site.
    verdicts: BTreeMap<usize, Verdict>,
}

/// What pages are judged by, beside each other.
#[derive(Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) site: &'a Site,
    pub(super) registry: &'a Registry,
    /// The digest of what the registry is made from.
    pub(super) registry_key: Digest,
    pub(super) theme: &'a Theme,
}

#[derive(Clone, Debug)]
struct Rendered {
    key: Digest,
    document: Digest,
    page: Option<(Arc<Artifact>, Arc<Facts>)>,
    diagnostics: Vec<Diagnostic>,
}

impl PagesMemory {
    /// A memory for a single build.
    pub(super) fn once() -> Self {
        Self { once: true, ..Self::default() }
    }

    /// Renders every page that may have changed, and tells what is wrong with any.
    pub(super) fn render(&mut self, site: &Site, site_key: Digest, documents: &[Arc<Document>], look: Look<'_>) -> Vec<Diagnostic> {
        let key = Some((site_key, look.shared.digest));
        let document = |page: &Page| page.document.map(|d| &documents[d]);
        let digest = |page: &Page| document(page).map(|d| d.digest).unwrap_or_default();
        let renderer = Renderer { site, look, once: self.once };
        if self.key == key {
            let changed: Vec<usize> = (0..site.pages.len()).filter(|&id| self.rendered[id].document != digest(&site.pages[id])).collect();
            let render = |scratch: &mut Scratch, id: &usize| renderer.render(*id, document(&site.pages[*id]), None, scratch);
            let rendered: Vec<Rendered> = changed.par_iter().map_init(Scratch::default, render).collect();
            for (id, rendered) in changed.into_iter().zip(rendered) {
                self.note_anchors(id, &rendered);
                self.rendered[id] = rendered;
                self.fresh.push(id);
                self.unwritten.push(id);
            }
        } else {
            let known: HashMap<Arc<str>, Rendered> = self.outs.drain(..).zip(self.rendered.drain(..)).collect();
            let render =
                |scratch: &mut Scratch, (id, page): (usize, &Page)| renderer.render(id, document(page), known.get(&page.out), scratch);
            self.rendered = site.pages.par_iter().enumerate().map_init(Scratch::default, render).collect();
            self.outs = site.pages.iter().map(|page| page.out.clone()).collect();
            self.checked = None;
            self.output = None;
            self.key = key;
        }
        self.rendered.iter().flat_map(|rendered| &rendered.diagnostics).cloned().collect()
    }

    /// A page that gains or loses anchors can break links of any other.
    fn note_anchors(&mut self, id: usize, new: &Rendered) {
        let anchors = |rendered: &Rendered| rendered.page.as_ref().map(|(_, facts)| facts.anchors.clone());
        if anchors(&self.rendered[id]) != anchors(new) {
            self.checked = None;
        }
    }

    /// Judges the pages: those rendered since the last time, or all where that cannot be enough.
    pub(super) fn check(
        &mut self,
        basis: Basis<'_>,
        others: &OthersMemory,
        text: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Vec<Diagnostic> {
        let facts = |rendered: &Rendered| rendered.page.as_ref().map(|(_, facts)| facts.clone());
        let Basis { site, registry, registry_key, theme } = basis;
        let names: Vec<Arc<str>> = others.output.keys().cloned().collect();
        let fresh = std::mem::take(&mut self.fresh);
        let known = self.checked.take().filter(|checked| checked.others == names && checked.registry == registry_key);
        let (routes, mut verdicts, fresh) = match known {
            Some(Checked { mut routes, mut verdicts, .. }) => {
                for &id in &fresh {
                    verdicts.remove(&id);
                    if let Some(facts) = facts(&self.rendered[id]) {
                        routes.set(id, facts);
                    }
                }
                (routes, verdicts, fresh)
            }
            None => {
                let pages = self.outs.iter().zip(&self.rendered).map(|(out, rendered)| (out.as_ref(), facts(rendered)));
                let routes = Routes::of(pages.chain(names.iter().map(|name| (name.as_ref(), None))));
                (routes, BTreeMap::new(), (0..self.rendered.len()).collect())
            }
        };
        let pages: OnceLock<HashMap<&str, &Rendered>> = OnceLock::new();
        let html = |out: &str| {
            let pages = pages.get_or_init(|| self.outs.iter().map(AsRef::as_ref).zip(&self.rendered).collect());
            let artifact = pages.get(out).and_then(|rendered| rendered.page.as_ref());
            let artifact = artifact.map(|(artifact, _)| artifact).or_else(|| others.output.get(out));
            artifact.and_then(|artifact| String::from_utf8(artifact.bytes()?.into_owned()).ok()).unwrap_or_default()
        };
        let built = Built { site, registry, theme, routes: &routes, html: &html, text };
        let (ids, judged): (Vec<usize>, Vec<_>) = fresh.into_iter().filter_map(|id| Some((id, facts(&self.rendered[id])?))).unzip();
        let found = ids.into_iter().zip(check::pages(built, &judged));
        verdicts.extend(found.filter_map(|(id, verdict)| Some((id, verdict?))));
        let redirects: Vec<Verdict> = check::pages(built, &others.redirects).into_iter().flatten().collect();
        let diagnostics = check::output(built, verdicts.values().chain(&redirects), &others.files);
        self.checked = Some(Checked { routes, others: names, registry: registry_key, verdicts });
        diagnostics
    }

    /// The HTML of a page, by its place in the site; empty where it could not be rendered.
    pub(super) fn html(&self, id: usize) -> String {
        let artifact = self.rendered.get(id).and_then(|rendered| rendered.page.as_ref());
        artifact.and_then(|(artifact, _)| String::from_utf8(artifact.bytes()?.into_owned()).ok()).unwrap_or_default()
    }

    /// The whole output: the pages, and the `others` beside them.
    pub(super) fn output(&mut self, site: &Site, others: &Arc<Output>) -> Arc<Output> {
        let artifact = |id: &usize| Some((site.pages[*id].out.clone(), self.rendered[*id].page.as_ref()?.0.clone()));
        let output = match self.output.take().filter(|(_, known)| Arc::ptr_eq(known, others)) {
            Some((last, _)) => {
                let mut output = Arc::unwrap_or_clone(last);
                output.extend(self.unwritten.iter().filter_map(artifact));
                output
            }
            None => {
                let mut pages: Vec<_> = (0..site.pages.len()).filter_map(|id| artifact(&id)).collect();
                pages.sort_unstable_by(|a, b| a.0.cmp(&b.0));
                let mut output: Output = pages.into_iter().collect();
                output.extend(others.iter().map(|(path, artifact)| (path.clone(), artifact.clone())));
                output
            }
        };
        self.unwritten.clear();
        let output = Arc::new(output);
        if !self.once {
            self.output = Some((output.clone(), others.clone()));
        }
        output
    }
}

/// What a thread uses again and again.
#[derive(Default)]
struct Scratch {
    html: Vec<u8>,
    view: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Renderer<'a> {
    site: &'a Site,
    look: Look<'a>,
    once: bool,
}

impl Renderer<'_> {
    /// Renders a page, or takes the `known` rendering of one that looked the same to its template.
    fn render(self, id: usize, document: Option<&Arc<Document>>, known: Option<&Rendered>, scratch: &mut Scratch) -> Rendered {
        let page = &self.site.pages[id];
        let seen = document.map(AsRef::as_ref);
        let shared = self.look.shared;
        let view = view::view(self.site, id, seen, &|key| shared.word(page.language, key), &|day| shared.day(page.language, day));
        let key = if self.once { Digest::default() } else { view.key(seen, shared.digest, &mut scratch.view) };
        if let Some(known) = known.filter(|known| known.key == key) {
            return known.clone();
        }
        let rendered = page::render(&view, seen, self.look, &mut scratch.html);
        let page = rendered.value.then(|| {
            let artifact = Artifact::page(&scratch.html, document, self.look.finish);
            let html = std::str::from_utf8(&scratch.html).unwrap_or("");
            let facts = facts::of(&page.out, artifact.origin.as_ref(), html, self.site.config.base_url.as_deref());
            (Arc::new(artifact), Arc::new(facts))
        });
        Rendered { key, document: seen.map(|d| d.digest).unwrap_or_default(), page, diagnostics: rendered.diagnostics }
    }
}
