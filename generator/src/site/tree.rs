//! Folders and pages, with their addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{Name, Role, dated};
use super::{Address, Folder, Folders, Kind, LanguageId, Page, PageId, Site};
use crate::document::Outline;
use crate::document::slug::{humanised, path_part};

#[derive(Default)]
struct Plot<'a, 'n> {
    index: Option<&'a Name<'n>>,
    pages: Vec<&'a Name<'n>>,
    has_folders: bool,
}

/// Makes the page of every folder and every document.
pub(super) fn plant(site: &mut Site, names: &[Name<'_>], outlines: &[Arc<Outline>]) -> Folders {
    let mut folders = Folders::new();
    for ((language, path), plot) in plots(site, names) {
        let id = folder_page(site, language, path, &plot, outlines, &folders);
        let home = plot.index.map(|name| name.document).and_then(|d| outlines.get(d));
        let own = match path.rsplit_once('/') {
            _ if path.is_empty() => site.prefix(language).trim_end_matches('/').to_owned(),
            split => {
                let (above, name) = split.unwrap_or(("", path));
                let slug = home.and_then(|o| o.front.slug.as_ref()).map_or_else(|| slug_of(name), |(slug, _)| slug_of(slug));
                join(folders.get(&(language, above.to_owned())).map_or("", |f| &f.path), &slug)
            }
        };
        if path.is_empty() {
            site.homes[language] = Some(id);
        }
        for name in &plot.pages {
            page(site, name, &outlines[name.document], &own, id);
        }
        folders.insert((language, path.to_owned()), Folder { page: id, path: own });
    }
    not_found(site);
    folders
}

/// Hosts show `404.html` at every address where nothing is: a site has one, whether or not its author wrote it.
fn not_found(site: &mut Site) {
    let written = site.pages.iter().any(|page| page.kind == Kind::NotFound && page.language == 0);
    if !written && !site.pages.is_empty() {
        let address = Address { url: "/404.html".to_owned(), out: "404.html".to_owned() };
        site.add(Page::new(Kind::NotFound, 0, "", &address));
    }
}

/// What lies in each folder of each language; every folder's ancestors are there, and sort before it.
fn plots<'a, 'n>(site: &Site, names: &'a [Name<'n>]) -> BTreeMap<(LanguageId, &'n str), Plot<'a, 'n>> {
    let mut plots: BTreeMap<(LanguageId, &str), Plot<'_, '_>> = BTreeMap::new();
    for name in names {
        let key = (name.language, name.folder);
        if !plots.contains_key(&key) {
            let mut below = name.folder;
            while let Some((above, _)) = below.rsplit_once('/').or((!below.is_empty()).then_some(("", below))) {
                plots.entry((name.language, above)).or_default().has_folders = true;
                below = above;
            }
        }
        let plot = plots.entry(key).or_default();
        match (name.role, plot.index) {
            (Role::Index(_), None) => plot.index = Some(name),
            (Role::Index(_), Some(other)) if other.role < name.role => {
                plot.pages.push(other);
                plot.index = Some(name);
            }
            _ => plot.pages.push(name),
        }
    }
    if !names.is_empty() {
        plots.entry((0, "")).or_default();
    }
    debug_assert!(plots.keys().all(|(language, _)| *language < site.config.languages.len()));
    plots
}

fn folder_page(
    site: &mut Site,
    language: LanguageId,
    path: &str,
    plot: &Plot<'_, '_>,
    outlines: &[Arc<Outline>],
    folders: &Folders,
) -> PageId {
    let outline = plot.index.map(|name| outlines[name.document].clone());
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folders.get(&(language, above.to_owned())).filter(|_| !path.is_empty());
    let slug = outline.as_ref().and_then(|o| o.front.slug.as_ref()).map_or_else(|| slug_of(name), |(slug, _)| slug_of(slug));
    let address = match parent {
        Some(parent) => Address::of(site.config.urls, &join(&parent.path, &slug)),
        None => Address::of(site.config.urls, site.prefix(language).trim_end_matches('/')),
    };
    let fallback = match path {
        "" => {
            Some(site.config.title.get(site.language(language)).to_owned()).filter(|t| !t.is_empty()).unwrap_or_else(|| "Home".to_owned())
        }
        _ => humanised(name),
    };
    let title = outline.as_ref().and_then(|o| o.title.clone()).unwrap_or(fallback);
    let kind = match () {
        () if path.is_empty() => Kind::Home,
        () if plot.pages.is_empty() && !plot.has_folders => Kind::Page,
        () => Kind::Section,
    };
    let parent = parent.map(|p| p.page);
    let document = plot.index.map(|name| name.document);
    let id = site.add(Page { document, outline, parent, ..Page::new(kind, language, &title, &address) });
    if let Some(parent) = parent {
        match kind {
            Kind::Section => site.pages[parent].list.sections.push(id),
            _ => site.pages[parent].list.items.push(id),
        }
    }
    id
}

fn page(site: &mut Site, name: &Name<'_>, outline: &Arc<Outline>, folder: &str, parent: PageId) {
    let (_, rest) = dated(name.stem);
    let slug = outline.front.slug.as_ref().map_or_else(|| slug_of(rest), |(slug, _)| slug_of(slug));
    let not_found = name.role == Role::NotFound;
    let address = match not_found {
        true => {
            let out = format!("{}404.html", site.prefix(name.language));
            Address { url: format!("/{out}"), out }
        }
        false => Address::of(site.config.urls, &join(folder, &slug)),
    };
    let title = outline.title.clone().unwrap_or_else(|| humanised(rest));
    let kind = if not_found { Kind::NotFound } else { Kind::Page };
    let parent = (!not_found).then_some(parent);
    let page =
        Page { document: Some(name.document), outline: Some(outline.clone()), parent, ..Page::new(kind, name.language, &title, &address) };
    let id = site.add(page);
    if let Some(parent) = parent {
        site.pages[parent].list.items.push(id);
    }
}

/// A slug's parts in plain letters; a name of which nothing is left becomes `page`.
fn slug_of(slug: &str) -> String {
    let parts: Vec<String> = slug.split('/').map(path_part).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "page".to_owned() } else { parts.join("/") }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
