//! The order of pages in their sections, the pages of long lists, tags, feeds.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::names::dated;
use super::{Address, Folders, Kind, List, Page, PageId, Pager, Site};
use crate::document::front_matter::SortBy;
use crate::document::slug::path_part;

/// Sorts what sections list, links neighbours, makes the pages of tags and of long lists.
pub(super) fn fill(site: &mut Site, folders: &Folders) {
    let mut sections: Vec<PageId> = folders.values().map(|folder| folder.page).collect();
    sections.sort_unstable();
    for section in sections.iter().copied() {
        let mut list = std::mem::take(&mut site.pages[section].list);
        sort(site, &mut list.items, site.sorting(section));
        sort(site, &mut list.sections, site.sorting(section));
        if site.pages[section].kind == Kind::Section {
            for pair in list.items.windows(2) {
                site.pages[pair[0]].next = Some(pair[1]);
                site.pages[pair[1]].previous = Some(pair[0]);
            }
        }
        site.pages[section].list = list;
    }
    feeds(site);
    if site.config.tags {
        tags(site);
    }
    for section in sections {
        let by = site.pages[section].outline.as_ref().and_then(|o| o.front.paginate_by).or(site.config.paginate_by);
        paginate(site, section, by);
    }
}

/// A page's date: of its front matter, else of its file's name.
pub fn date(site: &Site, page: PageId) -> Option<Date> {
    let outline = site.pages[page].outline.as_ref()?;
    outline.front.date.or_else(|| {
        let file = outline.path.rsplit('/').next().unwrap_or(&outline.path);
        dated(file.split('.').next().unwrap_or(file)).0
    })
}

fn sort(site: &Site, pages: &mut [PageId], by: Option<SortBy>) {
    struct Keyed<'a> {
        weight: i64,
        date: Option<Date>,
        title: &'a str,
        page: PageId,
    }
    let mut keyed: Vec<Keyed<'_>> = pages
        .iter()
        .map(|&page| Keyed {
            weight: site.pages[page].outline.as_ref().and_then(|o| o.front.weight).unwrap_or(i64::MAX),
            date: date(site, page),
            title: &site.pages[page].title,
            page,
        })
        .collect();
    let newest_first = |a: &Keyed<'_>, b: &Keyed<'_>| match (a.date, b.date) {
        (Some(a), Some(b)) => b.cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    keyed.sort_by(|a, b| {
        let first = match by {
            Some(SortBy::Title) => Ordering::Equal,
            Some(SortBy::Date) => newest_first(a, b),
            Some(SortBy::Weight) => a.weight.cmp(&b.weight),
            // Without a word from the author: weights first, then the news, then the alphabet.
            None => a.weight.cmp(&b.weight).then_with(|| newest_first(a, b)),
        };
        first.then_with(|| a.title.cmp(b.title)).then_with(|| a.page.cmp(&b.page))
    });
    for (slot, sorted) in pages.iter_mut().zip(keyed) {
        *slot = sorted.page;
    }
}

/// Cuts a long list into pages: the first stays, the others are made.
fn paginate(site: &mut Site, first: PageId, by: Option<usize>) {
    let Some(by) = by else { return };
    let total = site.pages[first].list.items.len().div_ceil(by);
    if total < 2 {
        return;
    }
    let items = std::mem::take(&mut site.pages[first].list.items);
    let base = site.pages[first].url.trim_matches('/').to_owned();
    let mut ids = vec![first];
    for number in 2..=total {
        let path = [base.as_str(), "page", &number.to_string()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
        let page = &site.pages[first];
        let address = Address::of(site.config.urls, &path);
        let made = Page { parent: page.parent, ..Page::new(page.kind, page.language, &page.title.clone(), &address) };
        ids.push(site.add(made));
    }
    for (at, chunk) in items.chunks(by).enumerate() {
        let list = &mut site.pages[ids[at]].list;
        list.items = chunk.to_vec();
        let previous = at.checked_sub(1).map(|i| ids[i]);
        list.pager = Some(Pager { number: at + 1, total, previous, next: ids.get(at + 1).copied() });
    }
}

fn tags(site: &mut Site) {
    for language in 0..site.config.languages.len() {
        let mut tagged: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
        for (id, page) in site.pages.iter().enumerate() {
            if let Some(outline) = page.outline.as_ref().filter(|_| page.language == language) {
                for tag in &outline.front.tags {
                    tagged.entry(tag.clone()).or_default().push(id);
                }
            }
        }
        if tagged.is_empty() {
            continue;
        }
        let root = format!("{}tags", site.prefix(language));
        let address = Address::of(site.config.urls, &root);
        let home = site.homes[language];
        let all = site.add(Page { parent: home, ..Page::new(Kind::Tags, language, "", &address) });
        let mut terms = Vec::new();
        for (tag, mut pages) in tagged {
            pages.dedup();
            sort(site, &mut pages, Some(SortBy::Date));
            let count = pages.len();
            let slug = Some(path_part(&tag)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "tag".to_owned());
            let address = Address::of(site.config.urls, &format!("{root}/{slug}"));
            let list = List { items: pages, ..List::default() };
            let id = site.add(Page { parent: Some(all), list, ..Page::new(Kind::Tag, language, &tag, &address) });
            site.index.tags.insert((language, tag), id);
            terms.push((id, count));
            paginate(site, id, site.config.paginate_by);
        }
        site.pages[all].list.terms = terms;
    }
}

/// The newest dated pages of each language.
fn feeds(site: &mut Site) {
    for language in 0..site.config.languages.len() {
        let mut pages: Vec<(Date, PageId)> = (0..site.pages.len())
            .filter(|&id| site.pages[id].language == language && site.pages[id].kind == Kind::Page)
            .filter_map(|id| Some((date(site, id)?, id)))
            .collect();
        pages.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| site.pages[a.1].url.cmp(&site.pages[b.1].url)));
        pages.truncate(site.config.feed);
        site.feeds[language] = pages.into_iter().map(|(_, id)| id).collect();
    }
}
