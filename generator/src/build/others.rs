//! Everything but pages, as it was made last: assets, copied files, feeds, sitemap, manifest, what is under `/.well-known/`, the
//! pages at old addresses.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::Diagnostic;
use registry::model::Registry;

use super::inputs::Inputs;
use crate::check::facts::{self, Facts};
use crate::check::uses::{self, FileUses};
use crate::digest::{Digest, Hasher};
use crate::output::{Artifact, Finish, Output};
use crate::render::assets::Assets;
use crate::render::consent::Banner;
use crate::render::page::Look;
use crate::render::{feed, redirects, sitemap, webmanifest, well_known};
use crate::site::Site;

/// Everything but pages, as it was made last.
#[derive(Debug, Default)]
pub(super) struct OthersMemory {
    key: Option<Digest>,
    pub(super) output: Arc<Output>,
    /// The pages at old addresses.
    pub(super) redirects: Vec<Arc<Facts>>,
    /// What of the rest makes browsers do something.
    pub(super) files: Vec<Arc<FileUses>>,
    diagnostics: Vec<Diagnostic>,
}

/// What everything but pages tells of: the site, what it declares and asks, on which day.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) site: &'a Site,
    pub(super) banner: Option<&'a Banner>,
    pub(super) registry: &'a Registry,
    pub(super) today: Date,
}

impl OthersMemory {
    /// Makes everything anew if anything changed that it is made from: the site, what its pages share, the copied
    /// files, what is under `/.well-known/` today.
    pub(super) fn refresh(&mut self, site_key: Digest, subject: Subject<'_>, inputs: &Inputs, assets: &Assets, look: Look<'_>) {
        let well_known = well_known::files(subject.site, subject.registry, subject.today);
        let mut hasher = Hasher::default();
        hasher
            .add_digest(site_key)
            .add_digest(look.shared.digest)
            .add_digest(inputs.copied_contents())
            .add(format!("{:?} {well_known:?}", look.finish));
        let key = Some(hasher.finish());
        if self.key == key {
            return;
        }
        self.key = key;
        self.diagnostics.clear();
        self.output = Arc::new(make(subject, well_known, inputs, assets, look, &mut self.diagnostics));
        let site = subject.site;
        let base = site.config.base_url.as_deref();
        // Two pages may claim one old address, which is a fault of theirs; what is there is one page all the same.
        let redirects: BTreeSet<Arc<str>> = site.redirects.iter().map(|redirect| redirects::out(&redirect.from).into()).collect();
        let facts = |out: Arc<str>| {
            let bytes = self.output.get(&out)?.bytes()?;
            Some(Arc::new(facts::of(&out, None, std::str::from_utf8(&bytes).ok()?, base)))
        };
        self.redirects = redirects.into_iter().filter_map(facts).collect();
        let sources = assets.iter().filter_map(|(name, asset)| uses::of_file(&asset.path, &look.theme.files.get(name)?.bytes));
        let copies = site.files.iter().filter_map(|file| inputs.copy_uses(&file.source));
        self.files = sources.chain(copies).collect();
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}

fn make(
    Subject { site, registry, banner, .. }: Subject<'_>,
    well_known: Vec<(&str, String)>,
    inputs: &Inputs,
    assets: &Assets,
    look: Look<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Output {
    let mut output = Output::new();
    let mut made = |path: String, text: String| output.insert(path.into(), Arc::new(Artifact::made(text.into_bytes(), Finish::Keep, None)));
    if !site.pages.is_empty() {
        made("robots.txt".to_owned(), sitemap::robots(site));
        made("site.webmanifest".to_owned(), webmanifest::make(site, assets, diagnostics));
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
    for (path, text) in well_known {
        made(path.to_owned(), text);
    }
    for &policy in site.beside.keys() {
        if let Some((path, xml)) = feed::changes(site, policy, author) {
            made(path, xml);
        }
    }
    for asset in assets.iter().map(|(_, asset)| asset).chain(banner.into_iter().flat_map(Banner::files)) {
        let artifact = Artifact::made(asset.bytes.to_vec(), Finish::Keep, Some(asset.path.clone()));
        output.insert(asset.out.as_str().into(), Arc::new(artifact));
    }
    for redirect in &site.redirects {
        if let Some(artifact) = redirects::render(site, redirect, look).into_value(diagnostics) {
            output.insert(redirects::out(&redirect.from).into(), Arc::new(artifact));
        }
    }
    // An author's own file takes the place of a made one.
    for file in &site.files {
        if let Some(digest) = inputs.copy(&file.source) {
            output.insert(file.out.clone(), Arc::new(Artifact::copied(file.source.clone(), digest)));
        }
    }
    output
}
