//! The pages that visitors are led to when they have sent a form: one for each form in each language, unless an author wrote a page at its address.

use std::sync::Arc;

use registry::derive::schema::thanks;

use super::{Address, Kind, Page, PageId, Site, names};
use crate::document::Outline;

/// The folder of the documents that become these pages. No author writes there: it begins with an underscore.
pub const FOLDER: &str = "content/_thanks/";

/// Makes the page of every document below [`FOLDER`] whose address is still free.
pub(super) fn plant(site: &mut Site, outlines: &[Arc<Outline>]) {
    for (document, outline) in outlines.iter().enumerate() {
        let Some(form) = form(outline) else { continue };
        let language = names::language(&site.config, &outline.path);
        let path = thanks(form, site.language(language), &site.config.languages, site.ending());
        let address = Address::of(site.config.urls, path.trim_matches('/'));
        if site.pages.iter().any(|page| *page.url == address.url) {
            continue;
        }
        let parent = site.homes[language];
        let page =
            Page { document: Some(document), outline: Some(outline.clone()), parent, ..Page::new(Kind::Thanks, language, "", &address) };
        site.add(page);
    }
}

/// Ties each of these pages to those of its form in the other languages.
pub(super) fn translate(site: &mut Site) {
    let made: Vec<PageId> = (0..site.pages.len()).filter(|&id| site.pages[id].kind == Kind::Thanks).collect();
    for &id in &made {
        let of = |id: PageId| site.pages[id].outline.as_deref().and_then(form);
        let mut group: Vec<PageId> = made.iter().copied().filter(|&other| of(other) == of(id)).collect();
        group.sort_by_key(|&id| site.pages[id].language);
        if group.len() > 1 {
            site.pages[id].translations = group.into();
        }
    }
}

/// The form whose page a document becomes.
fn form(outline: &Outline) -> Option<&str> {
    let file = outline.path.strip_prefix(FOLDER)?.strip_suffix(".md")?;
    file.rsplit_once('.').map(|(form, _)| form)
}
