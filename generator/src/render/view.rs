//! Everything that a template can see of one page, as a value. What is not in a [`PageView`], no page can depend on.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;

use crate::digest::{Digest, Hasher};
use crate::document::shortcode::Argument;
use crate::document::{Document, Fill, Heading};
use crate::site::{Kind, PageId, Site, Told, date};

/// What a page's template sees, apart from what all pages of a language share.
#[derive(Serialize)]
pub struct PageView<'a> {
    /// The template's name.
    pub template: &'a str,
    /// The page's language, by index.
    pub language: usize,
    /// The page itself.
    pub page: PageFields<'a>,
    /// The pages that it lists.
    pub items: Vec<Item<'a>>,
    /// The sections below.
    pub sections: Vec<Item<'a>>,
    /// The place of a long list's page.
    pub pager: Option<PagerFields<'a>>,
    /// The tags.
    pub terms: Vec<Term<'a>>,
    /// The addresses that belong in the content's slots, in order.
    pub addresses: Vec<Option<String>>,
    /// The path below the output folder.
    pub out: &'a str,
}

/// The variable `page`.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct PageFields<'a> {
    pub kind: &'static str,
    pub title: Cow<'a, str>,
    pub description: Cow<'a, str>,
    pub url: &'a str,
    pub permalink: String,
    pub heading_in_content: bool,
    pub date: String,
    pub updated: String,
    pub draft: bool,
    pub portal: bool,
    pub policy: &'a str,
    pub version: &'a str,
    pub effective: String,
    pub upcoming: bool,
    pub superseded: bool,
    pub versions: Vec<VersionFields<'a>>,
    pub changes: &'a str,
    pub tags: Vec<Link<'a>>,
    pub toc: &'a [Heading],
    pub breadcrumbs: Vec<Crumb<'a>>,
    pub previous: Option<Crumb<'a>>,
    pub next: Option<Crumb<'a>>,
    pub translations: Vec<Translation<'a>>,
    pub alternates: Vec<Translation<'a>>,
    pub extra: Cow<'a, Json>,
}

/// A page in a list.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct Item<'a> {
    pub title: &'a str,
    pub url: &'a str,
    pub description: &'a str,
    pub date: String,
    pub tags: Vec<Link<'a>>,
    pub extra: Cow<'a, Json>,
}

/// A name and an address, which may be empty.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct Link<'a> {
    pub name: &'a str,
    pub url: &'a str,
}

/// A title and an address.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct Crumb<'a> {
    pub title: Cow<'a, str>,
    pub url: &'a str,
}

/// A page in another language.
#[derive(Serialize, Clone)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct Translation<'a> {
    pub lang: &'a str,
    pub name: &'a str,
    pub title: &'a str,
    pub url: &'a str,
    pub permalink: String,
    pub current: bool,
}

/// The variable `pager`.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct PagerFields<'a> {
    pub number: usize,
    pub total: usize,
    pub previous: &'a str,
    pub next: &'a str,
}

/// A tag with its pages' number.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct Term<'a> {
    pub name: &'a str,
    pub url: &'a str,
    pub count: usize,
}

impl PageView<'_> {
    /// The digest of all that the page may read: its view, its document, and what all pages share.
    pub fn key(&self, document: Option<&Document>, shared: Digest, scratch: &mut Vec<u8>) -> Digest {
        scratch.clear();
        serde_json::to_writer(&mut *scratch, self).expect("a view is plain data, which is always JSON");
        let mut hasher = Hasher::default();
        hasher.add(&scratch).add_digest(document.map(|d| d.digest).unwrap_or_default()).add_digest(shared);
        hasher.finish()
    }
}

/// The view of a page. `words` has the interface's words in its language, `day` says a day in it: pages that nobody wrote are told by them.
pub fn view<'a>(
    site: &'a Site,
    id: PageId,
    document: Option<&'a Document>,
    words: Words<'_, 'a>,
    day: &dyn Fn(Date) -> String,
) -> PageView<'a> {
    let page = &site.pages[id];
    let template = page.outline.as_ref().and_then(|o| o.front.template.as_ref()).map_or(page.kind.template(), |(name, _)| name);
    let list = &page.list;
    PageView {
        template,
        language: page.language,
        page: fields(site, id, document, words, day),
        items: list.items.iter().map(|&item| self::item(site, item)).collect(),
        sections: list.sections.iter().map(|&section| item(site, section)).collect(),
        pager: list.pager.as_ref().map(|pager| PagerFields {
            number: pager.number,
            total: pager.total,
            previous: pager.previous.map_or("", |p| &site.pages[p].url),
            next: pager.next.map_or("", |p| &site.pages[p].url),
        }),
        terms: list.terms.iter().map(|&(term, count)| Term { name: &site.pages[term].title, url: &site.pages[term].url, count }).collect(),
        addresses: document.map(|d| addresses(site, id, d)).unwrap_or_default(),
        out: &page.out,
    }
}

fn fields<'a>(
    site: &'a Site,
    id: PageId,
    document: Option<&'a Document>,
    words: Words<'_, 'a>,
    day: &dyn Fn(Date) -> String,
) -> PageFields<'a> {
    let page = &site.pages[id];
    let front = page.outline.as_ref().map(|o| &o.front);
    let crumb = |id: PageId| Crumb { title: title(site, id, words), url: &site.pages[id].url };
    let mut breadcrumbs = Vec::new();
    let mut above = page.parent;
    while let Some(parent) = above {
        breadcrumbs.push(crumb(parent));
        above = site.pages[parent].parent;
    }
    breadcrumbs.reverse();
    let translations: Vec<Translation<'_>> = page.translations.iter().map(|&other| translation(site, other, other == id)).collect();
    let alternates =
        translations.iter().cloned().chain(translations.first().map(|first| Translation { lang: "x-default", ..first.clone() })).collect();
    PageFields {
        kind: page.kind.name(),
        title: title(site, id, words),
        description: description(site, id, words, day),
        url: &page.url,
        permalink: permalink(site, id),
        heading_in_content: document.is_some_and(|d| d.heading_in_content),
        date: date(site, id).map(|d| d.to_string()).unwrap_or_default(),
        updated: front.and_then(|f| f.updated).map(|d| d.to_string()).unwrap_or_default(),
        draft: front.is_some_and(|f| f.draft),
        portal: page.has_portal(),
        policy: front.and_then(|f| f.policy.as_ref()).map_or("", |(name, _)| name),
        version: front.and_then(|f| f.version.as_ref()).map_or("", |(version, _)| version),
        effective: front.and_then(|f| f.effective).map(|d| d.to_string()).unwrap_or_default(),
        upcoming: front.and_then(|f| f.effective).is_some_and(|day| day > site.today),
        superseded: until(site, id).is_some_and(|day| day <= site.today),
        versions: versions(site, id),
        changes: site.beside.get(&id).and_then(|beside| beside.changes).map_or("", |changes| &site.pages[changes].url),
        tags: tags(site, id),
        toc: document.map_or(&[], |d| d.toc.as_slice()),
        breadcrumbs,
        previous: page.previous.map(crumb),
        next: page.next.map(crumb),
        translations,
        alternates,
        extra: extra(site, id),
    }
}

/// A published version of a policy.
#[derive(Serialize)]
#[expect(missing_docs, reason = "docs/templates.md describes every field where the authors of templates look")]
pub struct VersionFields<'a> {
    pub version: &'a str,
    pub url: &'a str,
    pub effective: String,
    pub in_force: bool,
    pub upcoming: bool,
}

/// The day from which a published version no longer applies, where there is a later one.
fn until(site: &Site, id: PageId) -> Option<Date> {
    site.pages[id].outline.as_ref()?.front.extra.get("until")?.as_str()?.parse().ok()
}

/// The published versions of a policy, the newest first.
fn versions(site: &Site, policy: PageId) -> Vec<VersionFields<'_>> {
    let in_force = site.in_force(policy, site.today);
    let fields = |id: &PageId| {
        let page = &site.pages[*id];
        let front = &page.outline.as_ref()?.front;
        Some(VersionFields {
            version: front.version.as_ref().map_or("", |(version, _)| version),
            url: &page.url,
            effective: front.effective.map(|day| day.to_string()).unwrap_or_default(),
            in_force: in_force == Some(*id),
            upcoming: front.effective.is_some_and(|day| day > site.today),
        })
    };
    site.beside.get(&policy).into_iter().flat_map(|beside| &beside.versions).filter_map(fields).collect()
}

/// The words of an interface, by key.
pub type Words<'f, 'a> = &'f dyn Fn(&str) -> &'a str;

fn title<'a>(site: &'a Site, id: PageId, words: Words<'_, 'a>) -> Cow<'a, str> {
    let page = &site.pages[id];
    let front = page.outline.as_ref().map(|outline| &outline.front);
    match page.kind {
        Kind::Tags => words("tags").into(),
        Kind::Thanks => words("form_thanks_title").into(),
        Kind::NotFound if page.title.is_empty() => words("not_found_title").into(),
        _ => match site.beside(id) {
            Some(Told::Version) => {
                let version = front.and_then(|front| front.version.as_ref()).map_or("", |(version, _)| version);
                format!("{}, {} {version}", page.title, words("version").to_lowercase()).into()
            }
            Some(Told::Changes) => format!("{}{}{}", page.title, words("colon"), words("changes_title").to_lowercase()).into(),
            None => page.title.as_ref().into(),
        },
    }
}

/// A page's description. A page beside a policy is told by what it is: which version from when, or what changed.
fn description<'a>(site: &'a Site, id: PageId, words: Words<'_, 'a>, day: &dyn Fn(Date) -> String) -> Cow<'a, str> {
    let Some(told) = site.beside(id) else { return site.description(id).into() };
    let title = title(site, id, words);
    let effective = site.pages[id].outline.as_ref().and_then(|outline| outline.front.effective);
    match (told, effective) {
        (Told::Version, Some(effective)) => format!("{title}. {}", words("in_force_from").replace("{day}", &day(effective))).into(),
        (Told::Version, None) => title,
        (Told::Changes, _) => format!("{title}. {}", words("changes_intro")).into(),
    }
}

fn item(site: &Site, id: PageId) -> Item<'_> {
    Item {
        title: &site.pages[id].title,
        url: &site.pages[id].url,
        description: site.description(id),
        date: date(site, id).map(|d| d.to_string()).unwrap_or_default(),
        tags: tags(site, id),
        extra: extra(site, id),
    }
}

fn tags(site: &Site, id: PageId) -> Vec<Link<'_>> {
    let page = &site.pages[id];
    let tags = page.outline.iter().flat_map(|o| &o.front.tags);
    tags.map(|tag| Link { name: tag, url: site.tag_page(page.language, tag).map_or("", |t| &site.pages[t].url) }).collect()
}

fn translation(site: &Site, id: PageId, current: bool) -> Translation<'_> {
    let page = &site.pages[id];
    let lang = site.language(page.language);
    Translation { lang, name: language_name(lang), title: &page.title, url: &page.url, permalink: permalink(site, id), current }
}

/// A page's whole address; empty where the site's own is not known.
pub fn permalink(site: &Site, id: PageId) -> String {
    site.config.base_url.as_ref().map(|base| format!("{base}{}", site.pages[id].url)).unwrap_or_default()
}

/// The front matter's `extra`, its `@/…` led to pages.
fn extra(site: &Site, id: PageId) -> Cow<'_, Json> {
    static NOTHING: std::sync::LazyLock<Json> = std::sync::LazyLock::new(|| Json::Object(serde_json::Map::new()));
    let page = &site.pages[id];
    match page.outline.as_ref().filter(|o| !o.front.extra.is_null()) {
        None => Cow::Borrowed(&NOTHING),
        Some(outline) if !has_link(&outline.front.extra) => Cow::Borrowed(&outline.front.extra),
        Some(outline) => {
            let mut extra = outline.front.extra.clone();
            resolve(&mut extra, &|link| site.target(&outline.path, page.language, link).map(|t| t.url(site)));
            Cow::Owned(extra)
        }
    }
}

fn has_link(value: &Json) -> bool {
    match value {
        Json::String(text) => text.starts_with("@/"),
        Json::Array(items) => items.iter().any(has_link),
        Json::Object(map) => map.values().any(has_link),
        _ => false,
    }
}

fn resolve(value: &mut Json, target: &impl Fn(&str) -> Option<String>) {
    match value {
        Json::String(text) if text.starts_with("@/") => {
            if let Some(url) = target(text) {
                *text = url;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| resolve(item, target)),
        Json::Object(map) => map.values_mut().for_each(|item| resolve(item, target)),
        _ => {}
    }
}

/// The addresses of a document's slots; none for what leads nowhere and stays as written, for the check of the output to
/// find.
fn addresses(site: &Site, id: PageId, document: &Document) -> Vec<Option<String>> {
    let language = site.pages[id].language;
    let url = |link: &str| site.target(&document.outline.path, language, link).map(|t| t.url(site));
    let mut addresses = Vec::new();
    for slot in &document.slots {
        match &slot.fill {
            Fill::Address(link) | Fill::RawAddress { link, .. } => addresses.push(url(link)),
            Fill::Shortcode(call) => addresses.extend(call.arguments.iter().filter_map(|(_, value)| match value {
                Argument::Text(text) if text.starts_with("@/") => Some(url(text)),
                _ => None,
            })),
            Fill::Day(_) | Fill::Word(_) => {}
        }
    }
    addresses
}

/// A language's own name for itself; its code where we do not know it.
pub fn language_name(code: &str) -> &str {
    match code {
        "bg" => "Български",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "et" => "Eesti",
        "fi" => "Suomi",
        "fr" => "Français",
        "ga" => "Gaeilge",
        "hr" => "Hrvatski",
        "hu" => "Magyar",
        "it" => "Italiano",
        "lt" => "Lietuvių",
        "lv" => "Latviešu",
        "mt" => "Malti",
        "nl" => "Nederlands",
        "no" => "Norsk",
        "pl" => "Polski",
        "pt" => "Português",
        "ro" => "Română",
        "sk" => "Slovenčina",
        "sl" => "Slovenščina",
        "sv" => "Svenska",
        "tr" => "Türkçe",
        "uk" => "Українська",
        other => other,
    }
}
