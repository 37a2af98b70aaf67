//! From the outlines of all pages to a [`Site`]: sections, languages, addresses, lists, menus. Bodies play no part.

pub mod config;
mod lists;
mod names;
mod policies;
mod targets;
pub mod thanks;
mod tree;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use registry::derive::schema::Ending;

use crate::document::Outline;
use crate::document::front_matter::SortBy;
pub use config::Config;
pub use lists::date;
pub use names::language;
pub use policies::{Beside, Told};
pub use targets::{Target, encode_path, file_address};

/// The index of a page in [`Site::pages`].
pub type PageId = usize;

/// The index of a language in [`Config::languages`].
pub type LanguageId = usize;

/// A site's structure.
#[derive(Clone, Debug)]
pub struct Site {
    /// What `site.yaml` says.
    pub config: Arc<Config>,
    /// Every page, the made ones too: lists, their further pages, tags.
    pub pages: Vec<Page>,
    /// Files that are copied: everything in `content/` that is no page and no declaration.
    pub files: Vec<File>,
    /// Addresses that pages had before.
    pub redirects: Vec<Redirect>,
    /// The menus of each language, in the order of the languages.
    pub menus: Vec<Vec<Menu>>,
    /// The home page of each language that has pages.
    pub homes: Vec<Option<PageId>>,
    /// For each language the pages of its feed, the newest first.
    pub feeds: Vec<Vec<PageId>>,
    /// The pages beside each policy that has published versions.
    pub beside: BTreeMap<PageId, Beside>,
    /// The day of the build.
    pub today: Date,
    index: targets::Index,
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The folder page of `content/`.
    Home,
    /// A folder's page that lists others.
    Section,
    /// Every other page that an author wrote.
    Page,
    /// The list of all tags.
    Tags,
    /// The pages of one tag.
    Tag,
    /// What visitors see when they have sent a form.
    Thanks,
    /// What visitors see at an address that does not exist.
    NotFound,
}

impl Kind {
    /// Its name in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Section => "section",
            Self::Page => "page",
            Self::Tags => "tags",
            Self::Tag => "tag",
            Self::Thanks => "thanks",
            Self::NotFound => "not-found",
        }
    }

    /// The template that renders it, where the front matter names none.
    pub fn template(self) -> &'static str {
        match self {
            Self::Home => "home.html",
            Self::Section => "section.html",
            Self::Page | Self::Thanks => "page.html",
            Self::Tags => "tags.html",
            Self::Tag => "tag.html",
            Self::NotFound => "404.html",
        }
    }
}

/// A page's place in the site.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is.
    pub kind: Kind,
    /// The index of its document, where an author wrote one.
    pub document: Option<usize>,
    /// Its outline, likewise.
    pub outline: Option<Arc<Outline>>,
    /// Its language.
    pub language: LanguageId,
    /// Its title.
    pub title: Arc<str>,
    /// Its address on its host, percent-encoded.
    pub url: Arc<str>,
    /// Its path below the output folder.
    pub out: Arc<str>,
    /// The section that it belongs to.
    pub parent: Option<PageId>,
    /// Its neighbours in the section.
    pub previous: Option<PageId>,
    /// The neighbour behind it.
    pub next: Option<PageId>,
    /// Itself and its translations in the order of the languages; empty where there are none.
    pub translations: Arc<[PageId]>,
    /// What it lists.
    pub list: List,
}

/// What a page lists.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Pages, in order.
    pub items: Vec<PageId>,
    /// The sections below.
    pub sections: Vec<PageId>,
    /// The tags, with their pages' number.
    pub terms: Vec<(PageId, usize)>,
    /// Its place among the pages of a long list.
    pub pager: Option<Pager>,
}

/// A place among the pages of a long list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    /// From 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The page before.
    pub previous: Option<PageId>,
    /// The page behind.
    pub next: Option<PageId>,
}

/// A file that is copied.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path below the site's root.
    pub source: Arc<str>,
    /// Its path below the output folder.
    pub out: Arc<str>,
}

/// An address that a page had before.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The old address.
    pub from: String,
    /// The page.
    pub to: PageId,
    /// Where the author says so, in the page's file.
    pub span: registry::diagnostic::Span,
}

/// A menu in one language.
#[derive(Clone, Debug)]
pub struct Menu {
    /// Its name.
    pub name: String,
    /// Its entries; `None` where an entry names a page that does not exist.
    pub entries: Vec<Option<MenuItem>>,
}

/// An entry of a menu in one language.
#[derive(Clone, Debug, serde::Serialize)]
pub struct MenuItem {
    /// Its words.
    pub label: String,
    /// Its address.
    pub url: String,
}

/// Which pages belong to a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Drafts {
    /// Published ones only.
    #[default]
    Left,
    /// Drafts too.
    Shown,
}

/// Puts a site together. `outlines` and `files` are sorted by path; a page's document has its outline's index.
pub fn assemble(config: Arc<Config>, outlines: &[Arc<Outline>], files: &[Arc<str>], drafts: Drafts, today: Date) -> Site {
    let mut site = Site {
        homes: vec![None; config.languages.len()],
        feeds: vec![Vec::new(); config.languages.len()],
        config,
        pages: Vec::with_capacity(outlines.len() + outlines.len() / 8),
        files: Vec::new(),
        redirects: Vec::new(),
        menus: Vec::new(),
        beside: BTreeMap::new(),
        today,
        index: targets::Index::default(),
    };
    let names = names::read(&site.config, outlines, drafts);
    let folders = tree::plant(&mut site, &names, outlines);
    policies::plant(&mut site, outlines);
    thanks::plant(&mut site, outlines);
    lists::fill(&mut site, &folders);
    targets::copy_files(&mut site, files, &folders);
    targets::index(&mut site, outlines, folders);
    targets::translate(&mut site, &names);
    thanks::translate(&mut site);
    targets::redirects(&mut site);
    targets::menus(&mut site);
    site
}

impl Site {
    /// A language's code.
    pub fn language(&self, id: LanguageId) -> &str {
        &self.config.languages[id]
    }

    /// How the addresses of pages end.
    pub fn ending(&self) -> Ending {
        if self.config.urls == config::Urls::Folders { Ending::Slash } else { Ending::Name }
    }

    /// The prefix of a language's addresses: nothing for the default one.
    pub fn prefix(&self, language: LanguageId) -> String {
        match language {
            0 => String::new(),
            other => format!("{}/", self.language(other)),
        }
    }

    /// The addresses of the pages that have the client portal.
    pub fn portals(&self) -> impl Iterator<Item = &str> {
        self.pages.iter().filter(|page| page.has_portal()).map(|page| page.url.as_ref())
    }

    /// What a link written in a file leads to; `None` where nothing is there.
    pub fn target(&self, from: &str, language: LanguageId, link: &str) -> Option<Target> {
        self.index.target(self, from, language, link)
    }

    /// The page that an author's file becomes.
    pub fn page_of(&self, path: &str) -> Option<PageId> {
        self.index.pages.get(path).copied()
    }

    /// The tag pages of a language, by tag.
    pub fn tag_page(&self, language: LanguageId, tag: &str) -> Option<PageId> {
        self.index.tags.get(&(language, tag.to_owned())).copied()
    }

    /// Where a page's own words come from in the site's root, if an author wrote it.
    pub fn path(&self, page: PageId) -> Option<&Arc<str>> {
        self.pages[page].outline.as_ref().map(|outline| &outline.path)
    }

    /// A page's description: the front matter's, else the beginning of its text.
    pub fn description(&self, page: PageId) -> &str {
        self.pages[page].outline.as_ref().map_or("", |o| o.front.description.as_deref().unwrap_or(&o.summary))
    }

    fn add(&mut self, page: Page) -> PageId {
        self.pages.push(page);
        self.pages.len() - 1
    }

    /// How a section's pages are sorted, where its author says so.
    fn sorting(&self, page: PageId) -> Option<SortBy> {
        self.pages[page].outline.as_ref().and_then(|o| o.front.sort_by)
    }
}

impl Page {
    /// Whether the client portal is on it.
    pub fn has_portal(&self) -> bool {
        self.outline.as_ref().is_some_and(|outline| outline.portal)
    }

    fn new(kind: Kind, language: LanguageId, title: &str, address: &Address) -> Self {
        Self {
            kind,
            document: None,
            outline: None,
            language,
            title: title.into(),
            url: address.url.as_str().into(),
            out: address.out.as_str().into(),
            parent: None,
            previous: None,
            next: None,
            translations: Arc::new([]),
            list: List::default(),
        }
    }
}

/// Where a page is served, and the file that holds it.
#[derive(Clone, Debug)]
struct Address {
    url: String,
    out: String,
}

impl Address {
    /// The address of a path without slashes at its ends; the empty one is the site's home.
    fn of(urls: config::Urls, path: &str) -> Self {
        match urls {
            _ if path.is_empty() => Self { url: "/".to_owned(), out: "index.html".to_owned() },
            config::Urls::Folders => Self { url: format!("/{path}/"), out: format!("{path}/index.html") },
            config::Urls::Clean => Self { url: format!("/{path}"), out: format!("{path}.html") },
        }
    }
}

/// The folders of a site, by language and path below `content/`.
type Folders = HashMap<(LanguageId, String), Folder>;

/// A folder in one language.
#[derive(Clone, Debug)]
struct Folder {
    page: PageId,
    /// Its path in addresses, without slashes at its ends.
    path: String,
}

#[cfg(test)]
mod tests;
