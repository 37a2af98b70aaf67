//! The pages as they were rendered and judged last.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use registry::diagnostic::Diagnostic;

use crate::check::facts::{self, Facts, Routes};
use crate::check::{self, Built};
use crate::digest::Digest;
use crate::document::Document;
use crate::output::{Artifact, Output};
use crate::render::page::{self, Look};
use crate::render::templates::Theme;
use crate::render::view;
use crate::site::{Page, Site};

/// The pages as they were rendered and judged last.
#[derive(Debug, Default)]
pub(super) struct PagesMemory {
    /// By the site's key and the shared part's digest: while both are the same, only documents make a difference.
    key: Option<(Digest, Digest)>,
    rendered: Vec<Rendered>,
    outs: Vec<Arc<str>>,
    /// The pages rendered since the last check.
    fresh: Vec<usize>,
    /// What the last check found, and what it was based on.
    checked: Option<Checked>,
}

#[derive(Debug)]
struct Checked {
    routes: Routes,
    /// The digest of the output paths that are no pages.
    others: Vec<Arc<str>>,
    clean: bool,
}

#[derive(Clone, Debug)]
struct Rendered {
    key: Digest,
    document: Digest,
    page: Option<(Arc<Artifact>, Arc<Facts>)>,
    diagnostics: Vec<Diagnostic>,
}

impl PagesMemory {
    /// Renders every page that may have changed, and tells what is wrong with any.
    pub(super) fn render(&mut self, site: &Site, site_key: Digest, documents: &[Arc<Document>], look: Look<'_>) -> Vec<Diagnostic> {
        let key = Some((site_key, look.shared.digest));
        let document = |page: &Page| page.document.map(|d| documents[d].as_ref());
        let digest = |page: &Page| document(page).map(|d| d.digest).unwrap_or_default();
        if self.key == key {
            let changed: Vec<usize> = (0..site.pages.len()).filter(|&id| self.rendered[id].document != digest(&site.pages[id])).collect();
            let rendered: Vec<Rendered> =
                changed.par_iter().map(|&id| render_one(site, id, document(&site.pages[id]), look, None)).collect();
            for (id, rendered) in changed.into_iter().zip(rendered) {
                self.note_anchors(id, &rendered);
                self.rendered[id] = rendered;
                self.fresh.push(id);
            }
        } else {
            let known: HashMap<Arc<str>, Rendered> = self.outs.drain(..).zip(self.rendered.drain(..)).collect();
            let rendered =
                site.pages.par_iter().enumerate().map(|(id, page)| render_one(site, id, document(page), look, known.get(&page.out)));
            self.rendered = rendered.collect();
            self.outs = site.pages.iter().map(|page| page.out.clone()).collect();
            self.checked = None;
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
        site: &Site,
        theme: &Theme,
        others: &Output,
        text: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Vec<Diagnostic> {
        let facts = |rendered: &Rendered| rendered.page.as_ref().map(|(_, facts)| facts.clone());
        let names: Vec<Arc<str>> = others.keys().cloned().collect();
        let fresh = std::mem::take(&mut self.fresh);
        let (mut routes, partial) = match self.checked.take().filter(|checked| checked.clean && checked.others == names) {
            Some(checked) => (checked.routes, true),
            None => {
                let pages = self.outs.iter().zip(&self.rendered).map(|(out, rendered)| (out.as_ref(), facts(rendered)));
                (Routes::of(pages.chain(names.iter().map(|name| (name.as_ref(), None)))), false)
            }
        };
        for &id in fresh.iter().filter(|_| partial) {
            if let Some(facts) = facts(&self.rendered[id]) {
                routes.set(id, facts);
            }
        }
        let built = Built { site, theme, routes: &routes, text };
        let all = |rendered: &'_ Rendered| rendered.page.as_ref().map(|(_, facts)| facts.clone());
        let judged: Vec<Arc<Facts>> = match partial {
            true => fresh.iter().filter_map(|&id| all(&self.rendered[id])).collect(),
            false => self.rendered.iter().filter_map(all).collect(),
        };
        let diagnostics = check::output(built, judged.iter().map(AsRef::as_ref));
        self.checked = Some(Checked { routes, others: names, clean: diagnostics.is_empty() });
        diagnostics
    }

    /// The whole output. An author's file at a page's place is a duplicate that the checks have refused already.
    pub(super) fn output(&self, site: &Site, mut others: Output) -> Output {
        let pages = site.pages.iter().zip(&self.rendered);
        let mut pages: Vec<_> = pages.filter_map(|(page, rendered)| Some((page.out.clone(), rendered.page.as_ref()?.0.clone()))).collect();
        pages.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut output: Output = pages.into_iter().collect();
        output.append(&mut others);
        output
    }
}

/// Renders a page, or takes the `known` rendering of one that looked the same to its template.
fn render_one(site: &Site, id: usize, document: Option<&Document>, look: Look<'_>, known: Option<&Rendered>) -> Rendered {
    let page = &site.pages[id];
    let view = view::view(site, id, document, &|key| look.shared.word(page.language, key));
    let key = view.key(document, look.shared.digest, &mut Vec::with_capacity(1024));
    if let Some(known) = known.filter(|known| known.key == key) {
        return known.clone();
    }
    let rendered = page::render(&view, document, look);
    let base = site.config.base_url.as_deref();
    let page = rendered.value.map(|artifact| {
        let html = artifact.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
        let facts = facts::of(&page.out, artifact.origin.as_ref(), html, base);
        (Arc::new(artifact), Arc::new(facts))
    });
    Rendered { key, document: document.map(|d| d.digest).unwrap_or_default(), page, diagnostics: rendered.diagnostics }
}
