//! Where links lead: from paths as authors write them to addresses. Copied files, translations, redirects, menus.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::config::{self, MenuTarget};
use super::names::Name;
use super::{File, Folders, LanguageId, Menu, MenuItem, PageId, Redirect, Site};
use crate::document::Outline;
use crate::document::links::is_relative;

/// What stays as it is in a path's part.
const PATH_PART: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// Percent-encodes a path, its slashes left.
pub fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, &PATH_PART).to_string()
}

/// The address of a copied file.
pub fn file_address(out: &str) -> String {
    format!("/{}", encode_path(out))
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page, and what follows its address: `?…` and `#…`.
    Page(PageId, String),
    /// A copied file's address, with what follows it.
    File(String),
}

impl Target {
    /// Its address.
    pub fn url(&self, site: &Site) -> String {
        match self {
            Self::Page(id, rest) => format!("{}{rest}", site.pages[*id].url),
            Self::File(url) => url.clone(),
        }
    }
}

/// Finds pages and files by the paths that authors write.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) pages: HashMap<Arc<str>, PageId>,
    pub(super) tags: HashMap<(LanguageId, String), PageId>,
    files: HashMap<Arc<str>, Arc<str>>,
    folders: Folders,
}

impl Index {
    pub(super) fn target(&self, site: &Site, from: &str, language: LanguageId, link: &str) -> Option<Target> {
        let path_end = link.find(['?', '#']).unwrap_or(link.len());
        let (path, rest) = link.split_at(path_end);
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        let (base, path) = match decoded.strip_prefix("@/") {
            Some(path) => ("content", path),
            None => (from.rsplit_once('/').map_or("", |(folder, _)| folder), decoded.as_ref()),
        };
        let path = joined(base, path)?;
        let page = self.pages.get(path.as_str()).or_else(|| self.pages.get(format!("{path}.md").as_str())).copied().or_else(|| {
            let folder = path.strip_prefix("content").map(|p| p.trim_matches('/'))?;
            let folder = |language| self.folders.get(&(language, folder.to_owned())).map(|f| f.page);
            folder(language).or_else(|| folder(0))
        });
        match page {
            Some(page) => Some(Target::Page(in_language(site, page, language), rest.to_owned())),
            None => self.files.get(path.as_str()).map(|out| Target::File(format!("{}{rest}", file_address(out)))),
        }
    }
}

/// The translation of a page of the default language, where there is one.
fn in_language(site: &Site, page: PageId, language: LanguageId) -> PageId {
    let found = &site.pages[page];
    let own = found.translations.iter().find(|t| site.pages[**t].language == language);
    if found.language == 0 { own.copied().unwrap_or(page) } else { page }
}

/// A path seen from a folder; `None` where it leads out of the root.
fn joined(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a file of `content/` is copied: neither a page nor a declaration nor data.
fn is_copied(path: &str) -> bool {
    let Some(below) = path.strip_prefix("content/") else { return false };
    let declaration = path == config::PATH || below == "privacy.yaml" || below.starts_with("forms/");
    !declaration && !path.ends_with(".md") && !below.split('/').any(|part| part.starts_with('_'))
}

/// Gives every copied file its place beside its folder's page.
pub(super) fn copy_files(site: &mut Site, files: &[Arc<str>], folders: &Folders) {
    for source in files.iter().filter(|path| is_copied(path)) {
        let below = &source["content/".len()..];
        let (folder, name) = below.rsplit_once('/').unwrap_or(("", below));
        // The nearest folder that has a page; the rest of the path stays as the author wrote it.
        let mut above = folder;
        let place = loop {
            let language = (0..site.config.languages.len()).find(|l| folders.contains_key(&(*l, above.to_owned())));
            match language.and_then(|l| folders.get(&(l, above.to_owned()))) {
                Some(place) => break place.path.clone(),
                None if above.is_empty() => break String::new(),
                None => above = above.rsplit_once('/').map_or("", |(a, _)| a),
            }
        };
        let rest = folder[above.len()..].trim_matches('/');
        let out = [place.as_str(), rest, name].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
        site.files.push(File { source: source.clone(), out: out.into() });
    }
}

pub(super) fn index(site: &mut Site, outlines: &[Arc<Outline>], folders: Folders) {
    site.index.pages = HashMap::with_capacity(outlines.len());
    for (id, page) in site.pages.iter().enumerate() {
        if let Some(outline) = &page.outline {
            site.index.pages.insert(outline.path.clone(), id);
        }
    }
    site.index.files = site.files.iter().map(|f| (f.source.clone(), f.out.clone())).collect();
    site.index.folders = folders;
}

/// Ties the translations of each page together.
pub(super) fn translate(site: &mut Site, names: &[Name<'_>]) {
    if site.config.languages.len() < 2 {
        return;
    }
    let ids: HashMap<usize, PageId> = site.pages.iter().enumerate().filter_map(|(id, p)| Some((p.document?, id))).collect();
    let mut groups: BTreeMap<(&str, &str), Vec<PageId>> = BTreeMap::new();
    for name in names {
        if let Some(id) = ids.get(&name.document) {
            let stem = if matches!(name.role, super::names::Role::Index(_)) { "index" } else { name.stem };
            groups.entry((name.folder, stem)).or_default().push(*id);
        }
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let mut group = group;
        group.sort_by_key(|id| site.pages[*id].language);
        group.dedup_by_key(|id| site.pages[*id].language);
        let group: Arc<[PageId]> = group.into();
        for id in group.iter() {
            site.pages[*id].translations = group.clone();
        }
    }
}

pub(super) fn redirects(site: &mut Site) {
    let redirects = site.pages.iter().enumerate().flat_map(|(to, page)| {
        let aliases = page.outline.iter().flat_map(|o| o.front.aliases.iter());
        aliases.map(move |(from, span)| Redirect { from: format!("/{}", from.trim_start_matches('/')), to, span: *span })
    });
    site.redirects = redirects.collect();
}

pub(super) fn menus(site: &mut Site) {
    let of_language = |language: LanguageId| {
        let code = site.language(language);
        let menus = site.config.menus.iter().map(|(name, entries)| {
            let entries = entries.iter().map(|entry| {
                let (url, title) = match &entry.to {
                    MenuTarget::Url(url) if is_relative(url) => (format!("/{url}"), ""),
                    MenuTarget::Url(url) => (url.clone(), ""),
                    MenuTarget::Page(path) => {
                        let target = site.target("content/site.yaml", language, path)?;
                        let Target::Page(page, _) = &target else { return None };
                        (target.url(site), site.pages[*page].title.as_ref())
                    }
                };
                let label = entry.label.as_ref().map_or(title, |label| label.get(code)).to_owned();
                Some(MenuItem { label, url })
            });
            Menu { name: name.clone(), entries: entries.collect() }
        });
        menus.collect()
    };
    let menus = (0..site.config.languages.len()).map(of_language).collect();
    site.menus = menus;
}
