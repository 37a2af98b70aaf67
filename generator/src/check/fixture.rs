//! Sites written in one text, and what the checks say of them. Puts together what a build does, less its memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::Diagnostic;
use registry::model::{self, Registry};
use registry::resolve;
use serde_json::Value as Json;

use super::facts::{self, Facts, Routes};
use super::{Built, output, uses};
use crate::digest::Digest;
use crate::document::{self, Document, Outline};
use crate::output::Finish;
use crate::render::assets::Assets;
use crate::render::consent::{Banner, Basis};
use crate::render::context::Shared;
use crate::render::interface;
use crate::render::page::{self, Look};
use crate::render::templates::{Templates, WhiteSpace};
use crate::render::theme::{Theme, is_template};
use crate::render::view;
use crate::site::config::{self, Config};
use crate::site::{Drafts, Site, assemble};
use crate::source::{Memory, Source};

/// A site's files, documents and structure.
pub(super) struct Fixture {
    files: Memory,
    documents: Vec<Document>,
    pub(super) site: Site,
}

/// Reads a site from one text, as [`Memory::parse`] does.
pub(super) fn read(text: &str) -> Fixture {
    let files = Memory::parse(text);
    let text = |path: &str| files.read(path).ok().map(|bytes| String::from_utf8(bytes).unwrap());
    let config = text(config::PATH).map_or_else(Config::default, |text| config::read(&Arc::from(config::PATH), &text).value);
    let pages = files.0.iter().filter(|(path, _)| path.ends_with(".md"));
    let documents: Vec<Document> = pages.filter_map(|(path, bytes)| document::parse(path, bytes, Digest::of(bytes)).value).collect();
    let outlines: Vec<Arc<Outline>> = documents.iter().map(|document| document.outline.clone()).collect();
    let paths: Vec<Arc<str>> = files.0.keys().cloned().collect();
    let site = assemble(Arc::new(config), &outlines, &paths, Drafts::Left, jiff::civil::date(2026, 6, 1));
    Fixture { files, documents, site }
}

/// What a site declares about personal data.
fn declared(files: &Memory) -> Registry {
    let texts = files.0.iter().filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)));
    let (privacy, others): (Vec<_>, Vec<_>) = texts.partition(|(path, _)| path.as_ref() == model::FILE);
    let forms: Vec<_> = others.into_iter().filter(|(path, _)| path.starts_with(model::FORMS)).collect();
    resolve::registry(privacy.first().copied(), &forms).value.registry
}

/// What the checks say of a site's structure.
pub(super) fn structure(text: &str) -> Vec<Diagnostic> {
    super::site(&read(text).site)
}

/// What the checks say of a site's pages and files, sorted.
pub(super) fn pages(text: &str) -> Vec<Diagnostic> {
    let Fixture { files, documents, site } = read(text);
    let registry = declared(&files);
    let own = files.0.iter().map(|(path, bytes)| (path.clone(), Arc::from(bytes.as_slice())));
    let theme = Theme::new(own);
    let assets = Arc::new(Assets::make(&theme, false).value);
    let templates = Templates::parse(&theme, WhiteSpace::Kept, &assets).value;
    let words: Vec<Json> = site.config.languages.iter().map(|language| interface::words(&theme, language, &mut Vec::new())).collect();
    let basis = Basis { site: &site, registry: &registry, words: &words, theme: &theme, minify: false };
    let banner = Banner::make(basis, &mut Vec::new());
    let shared = Shared::new(&site, &registry, banner.as_ref(), words, &Json::Null, Digest::default());
    let look = Look { theme: &theme, templates: &templates, shared: &shared, finish: Finish::Keep };
    let mut built: BTreeMap<Arc<str>, (String, Arc<Facts>)> = BTreeMap::new();
    for (id, page) in site.pages.iter().enumerate() {
        let document = page.document.map(|document| &documents[document]);
        let view = view::view(&site, id, document, &|key| shared.word(page.language, key), &|day| shared.day(page.language, day));
        let mut html = Vec::new();
        let rendered = page::render(&view, document, look, &mut html);
        assert_eq!(rendered.diagnostics, [], "the page is whole");
        let html = String::from_utf8(html).unwrap();
        let facts = facts::of(&page.out, site.path(id), &html, site.config.base_url.as_deref());
        built.insert(page.out.clone(), (html, Arc::new(facts)));
    }
    let made = assets.iter().map(|(_, asset)| asset).chain(banner.iter().flat_map(Banner::files));
    let others = made.map(|asset| (asset.out.as_str(), None)).chain([("site.webmanifest", None)]);
    let routes = Routes::of(built.iter().map(|(out, (_, facts))| (out.as_ref(), Some(facts.clone()))).chain(others));
    let html = |out: &str| built.get(out).map(|(html, _)| html.clone()).unwrap_or_default();
    let text = |path: &str| files.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let judged: Vec<Arc<Facts>> = built.values().map(|(_, facts)| facts.clone()).collect();
    let of_files = files.0.iter().filter(|(path, _)| !(path.starts_with("templates/") && is_template(path)));
    let of_files: Vec<_> = of_files.filter_map(|(path, bytes)| uses::of_file(path, bytes)).collect();
    let built = Built { site: &site, registry: &registry, theme: &theme, routes: &routes, html: &html, text: &text };
    let verdicts: Vec<_> = super::pages(built, &judged).into_iter().flatten().collect();
    let mut found = output(built, verdicts.iter(), &of_files);
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found
}
