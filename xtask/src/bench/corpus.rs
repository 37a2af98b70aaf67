//! The corpus: a site of as many pages as asked for, with a look of its own, ready for `plainsite --root`.
//!
//! Pages lie in five sections, have 3 to 6 KB of Markdown each, and link to one another. The same size and seed always
//! give the same bytes; a stamp beside the folder says that it is complete, so that a second run need not write it again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Work;
use super::prose::{Dice, Writer, capital};
use super::words::{ADJECTIVES, NOUNS, TAGS, VERBS};
use crate::report;

/// To be raised whenever the same size and seed give other bytes than before.
const VERSION: u32 = 1;
const SEED: u64 = 2026;

/// Folder and title of each section.
const SECTIONS: [(&str, &str); 5] =
    [("blog", "Blog"), ("customers", "Customers"), ("guides", "Guides"), ("legal", "Legal"), ("product", "Product")];
const LOOK: [(&str, &str); 6] = [
    ("templates/base.html", include_str!("../../corpus/templates/base.html")),
    ("templates/home.html", include_str!("../../corpus/templates/home.html")),
    ("templates/page.html", include_str!("../../corpus/templates/page.html")),
    ("templates/section.html", include_str!("../../corpus/templates/section.html")),
    ("templates/css/site.css", include_str!("../../corpus/templates/css/site.css")),
    ("templates/js/site.js", include_str!("../../corpus/templates/js/site.js")),
];
const SETTINGS: &str = include_str!("../../corpus/content/site.yaml");

/// How much a build minifies HTML.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Minify {
    Fast,
    Full,
}

/// A site on the disk.
pub(super) struct Corpus {
    /// The site's root: what `--root` takes.
    pub(super) root: PathBuf,
    pages: Vec<Meta>,
}

struct Meta {
    section: &'static str,
    slug: String,
    title: String,
    date: String,
    description: String,
    tags: Vec<&'static str>,
}

impl Corpus {
    /// Writes the site to a folder of this name, unless its stamp says that it is there already.
    pub(super) fn make(work: &Work, name: &str, pages: usize, minify: Minify) -> Result<Self> {
        let root = &work.folder(name);
        let metas: Vec<Meta> = (0..pages).map(Meta::of).collect();
        let corpus = Self { root: root.to_owned(), pages: metas };
        let mark = format!("version {VERSION}, seed {SEED}, {pages} pages, {minify:?}\n");
        if fs::read_to_string(corpus.stamp()).is_ok_and(|found| found == mark) {
            corpus.write_look(minify)?;
            return Ok(corpus);
        }
        report::note(&format!("writing {pages} pages to {}", root.display()));
        corpus.break_stamp()?;
        super::retire(root, &work.trash())?;
        corpus.write_look(minify)?;
        corpus.write_pages()?;
        put(&corpus.stamp(), mark.as_bytes())?;
        Ok(corpus)
    }

    /// Runs `change`, which leaves the pages as it found them; where it does not return, the next run writes them anew.
    pub(super) fn while_changing<T>(&self, change: impl FnOnce() -> Result<T>) -> Result<T> {
        let mark = fs::read(self.stamp()).context("the corpus has no stamp")?;
        self.break_stamp()?;
        let value = change()?;
        put(&self.stamp(), &mark)?;
        Ok(value)
    }

    /// The folder of the Markdown files.
    pub(super) fn content(&self) -> PathBuf {
        self.root.join("content")
    }

    /// How many pages it has, without the folders' own.
    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    /// The Markdown file of a page.
    pub(super) fn file(&self, page: usize) -> PathBuf {
        let Meta { section, slug, .. } = &self.pages[page];
        self.content().join(section).join(format!("{slug}.md"))
    }

    /// The address of a page.
    pub(super) fn address(&self, page: usize) -> String {
        self.pages[page].address()
    }

    /// Moves everything that is not the corpus's own out of the root, so that a cold build finds no cache there.
    pub(super) fn retire_leftovers(&self, trash: &Path) -> Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_name() != "content" && entry.file_name() != "templates" {
                super::retire(&entry.path(), trash)?;
            }
        }
        Ok(())
    }

    fn stamp(&self) -> PathBuf {
        self.root.with_extension("stamp")
    }

    fn break_stamp(&self) -> Result<()> {
        match fs::remove_file(self.stamp()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Settings and templates: few, and changed more often than the text, so the stamp does not cover them.
    fn write_look(&self, minify: Minify) -> Result<()> {
        for (name, text) in LOOK {
            put(&self.root.join(name), text.as_bytes())?;
        }
        let settings = match minify {
            Minify::Fast => SETTINGS.to_owned(),
            Minify::Full => SETTINGS.replace("minify: fast", "minify: full"),
        };
        put(&self.content().join("site.yaml"), settings.as_bytes())?;
        put(&self.content().join("favicon.ico"), &icon())
    }

    fn write_pages(&self) -> Result<()> {
        let own_page = |title: &str, description: &str| format!("---\ntitle: \"{title}\"\ndescription: \"{description}\"\n---\n");
        let home = own_page("Example Co", "Consent, privacy and growth for modern teams.");
        put(&self.content().join("_index.md"), home.as_bytes())?;
        for (folder, title) in SECTIONS {
            let text = own_page(title, &format!("{title} at Example Co"));
            put(&self.content().join(folder).join("_index.md"), text.as_bytes())?;
        }
        for page in 0..self.len() {
            let path = self.file(page);
            fs::write(&path, self.markdown(page)).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// A page's file: front matter and body.
    fn markdown(&self, page: usize) -> String {
        let link = |dice: &mut Dice| self.address(dice.below(self.len()));
        let body = Writer { dice: Dice::new(SEED, page, 2), link: &link }.body();
        let Meta { title, date, description, tags, .. } = &self.pages[page];
        let tags: String = tags.iter().map(|tag| format!("  - {tag}\n")).collect();
        format!("---\ntitle: \"{title}\"\ndate: {date}\ndescription: \"{description}\"\ntags:\n{tags}---\n\n{body}")
    }
}

impl Meta {
    fn of(page: usize) -> Self {
        let mut dice = Dice::new(SEED, page, 1);
        let kind = dice.pick(&["announcement", "case", "guide", "notice", "policy", "summary"]);
        let title = format!("{} {} {kind} {page}", capital(dice.pick(ADJECTIVES)), dice.pick(NOUNS));
        let (verb, noun) = (dice.pick(VERBS), dice.pick(NOUNS));
        let mut tags = vec![dice.pick(TAGS), dice.pick(TAGS), dice.pick(TAGS)];
        tags.sort_unstable();
        tags.dedup();
        Self {
            section: dice.pick(&SECTIONS).0,
            slug: title.to_ascii_lowercase().replace(' ', "-"),
            date: format!("{}-{:02}-{:02}", 2018 + dice.below(8), 1 + dice.below(12), 1 + dice.below(28)),
            description: format!("Why we {verb} a {noun}, and what a {} {} is.", dice.pick(ADJECTIVES), dice.pick(NOUNS)),
            title,
            tags,
        }
    }

    fn address(&self) -> String {
        format!("/{}/{}/", self.section, self.slug)
    }
}

/// An icon of one white pixel: header, directory, bitmap header, colour, mask.
fn icon() -> Vec<u8> {
    let mut bytes = vec![0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0];
    bytes.extend([40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 32, 0]);
    bytes.extend([0; 24]);
    bytes.extend([255; 4]);
    bytes.extend([0; 4]);
    bytes
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::{Corpus, Meta};

    fn corpus(pages: usize) -> Corpus {
        Corpus { root: Path::new("nowhere").to_owned(), pages: (0..pages).map(Meta::of).collect() }
    }

    #[test]
    fn pages_are_as_long_as_said_and_link_only_to_pages_that_are_there() {
        let corpus = corpus(200);
        let known: HashSet<String> = (0..corpus.len()).map(|page| corpus.address(page)).collect();
        assert_eq!(known.len(), corpus.len());
        let mut links = 0;
        for page in 0..corpus.len() {
            let text = corpus.markdown(page);
            assert!((3000..8000).contains(&text.len()), "page {page} has {} bytes", text.len());
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(target.starts_with("https://") || known.contains(target), "{target}");
                links += usize::from(known.contains(target));
            }
        }
        assert!(links > 200, "only {links} internal links");
    }

    #[test]
    fn every_kind_of_block_occurs() {
        let corpus = corpus(50);
        let text: String = (0..corpus.len()).map(|page| corpus.markdown(page)).collect();
        for mark in ["\n## ", "\n### ", "\n- ", "\n  - ", "\n1. ", "| :--- |", "\n> ", "**", "`", "](https://"] {
            assert!(text.contains(mark), "no {mark:?}");
        }
    }

    #[test]
    fn a_page_is_the_same_each_time() {
        assert_eq!(corpus(20).markdown(7), corpus(20).markdown(7));
        assert_ne!(corpus(20).markdown(7), corpus(20).markdown(8));
    }
}
