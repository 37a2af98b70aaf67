//! The site's files as they were read last: pages parsed, declarations and templates kept, others known by their digest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use registry::diagnostic::Diagnostic;

use super::Changes;
use crate::check::uses::{self, FileUses};
use crate::digest::{Digest, Hasher};
use crate::document::{self, Document};
use crate::source::{Kind, Source, UNREADABLE_FILE};

/// The site's files as they were read last.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    files: BTreeSet<Arc<str>>,
    problems: Vec<Diagnostic>,
    unreadable: BTreeMap<Arc<str>, Diagnostic>,
    pages: BTreeMap<Arc<str>, Parsed>,
    kept: BTreeMap<Arc<str>, Arc<[u8]>>,
    copies: BTreeMap<Arc<str>, Copied>,
    changed: BTreeSet<Arc<str>>,
}

#[derive(Debug)]
struct Parsed {
    digest: Digest,
    document: Option<Arc<Document>>,
    diagnostics: Vec<Diagnostic>,
}

/// A file that is copied: what it was, and what it makes browsers do.
#[derive(Debug, PartialEq)]
struct Copied {
    digest: Digest,
    uses: Option<Arc<FileUses>>,
}

/// What a file is to a build, by its path.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Page,
    /// Its text is read by several stages.
    Kept,
    Copied,
}

/// The folders below `content/` of what pages are made from.
const KEPT: [&str; 4] = ["_banners/", "_data/", "_policies/", "forms/"];

fn role(path: &str) -> Role {
    match path.strip_prefix("content/") {
        None => Role::Kept,
        Some("site.yaml" | "privacy.yaml") => Role::Kept,
        Some(below) if KEPT.iter().any(|folder| below.starts_with(folder)) => Role::Kept,
        Some(below) if below.ends_with(".md") => Role::Page,
        Some(_) => Role::Copied,
    }
}

enum Read {
    Page(Option<Parsed>),
    Kept(Arc<[u8]>),
    Copied(Copied),
    Failed(Diagnostic),
}

impl Inputs {
    /// Reads what changed. A page whose bytes are the same is not parsed again.
    pub(super) fn refresh(&mut self, source: &dyn Source, changes: Changes<'_>) {
        self.changed.clear();
        let wanted = match changes {
            Changes::Paths(paths) if self.problems.is_empty() => self.touched(source, paths),
            _ => None,
        };
        let wanted: Vec<Arc<str>> = wanted.unwrap_or_else(|| {
            let listing = source.list();
            self.problems = listing.problems;
            let files: BTreeSet<Arc<str>> = listing.files.iter().cloned().collect();
            let gone: Vec<Arc<str>> = self.files.difference(&files).cloned().collect();
            gone.iter().for_each(|path| self.forget(path));
            self.files = files;
            listing.files
        });
        let read: Vec<Read> = wanted.par_iter().map(|path| self.read(source, path)).collect();
        for (path, read) in wanted.into_iter().zip(read) {
            let mut changed = self.unreadable.remove(&path).is_some();
            let name = path.clone();
            match read {
                Read::Page(None) => {}
                Read::Page(Some(parsed)) => {
                    self.pages.insert(path, parsed);
                    changed = true;
                }
                Read::Kept(bytes) => changed |= self.kept.insert(path, bytes.clone()) != Some(bytes),
                Read::Copied(copied) => {
                    let known = self.copies.insert(path, copied);
                    changed |= known.is_none_or(|known| Some(known.digest) != self.copy(&name));
                }
                Read::Failed(diagnostic) => {
                    self.unreadable.insert(path, diagnostic);
                    changed = true;
                }
            }
            if changed {
                self.changed.insert(name);
            }
        }
    }

    /// The files to read for some changed paths; `None` where only a new listing can tell.
    fn touched(&mut self, source: &dyn Source, paths: &[String]) -> Option<Vec<Arc<str>>> {
        let mut wanted = BTreeSet::new();
        for path in paths {
            match source.kind(path) {
                Kind::Folder => return None,
                Kind::File => {
                    let path: Arc<str> = path.as_str().into();
                    self.files.insert(path.clone());
                    wanted.insert(path);
                }
                Kind::Nothing => {
                    let below = format!("{path}/");
                    let gone = self.files.iter().filter(|file| file.as_ref() == path || file.starts_with(&below));
                    let gone: Vec<Arc<str>> = gone.cloned().collect();
                    for path in gone {
                        self.files.remove(&path);
                        self.forget(&path);
                    }
                }
            }
        }
        Some(wanted.into_iter().collect())
    }

    fn forget(&mut self, path: &str) {
        self.changed.insert(path.into());
        self.pages.remove(path);
        self.kept.remove(path);
        self.copies.remove(path);
        self.unreadable.remove(path);
    }

    fn read(&self, source: &dyn Source, path: &Arc<str>) -> Read {
        let bytes = match source.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let diagnostic = Diagnostic::new(&UNREADABLE_FILE, format!("`{path}` cannot be read: {error}")).in_file(path);
                return Read::Failed(diagnostic.help("check the file's permissions"));
            }
        };
        match role(path) {
            Role::Kept => Read::Kept(bytes.into()),
            Role::Copied => {
                let digest = Digest::of(&bytes);
                let known = self.copies.get(path).filter(|known| known.digest == digest);
                Read::Copied(Copied { digest, uses: known.map_or_else(|| uses::of_file(path, &bytes), |known| known.uses.clone()) })
            }
            Role::Page => {
                let digest = Digest::of(&bytes);
                if self.pages.get(path).is_some_and(|known| known.digest == digest) {
                    return Read::Page(None);
                }
                let read = document::parse(path, &bytes, digest);
                Read::Page(Some(Parsed { digest, document: read.value.map(Arc::new), diagnostics: read.diagnostics }))
            }
        }
    }

    /// The files that are other ones than before the last refresh, or gone.
    pub(super) fn changed(&self) -> Vec<Arc<str>> {
        self.changed.iter().cloned().collect()
    }

    /// What was wrong with the files themselves.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        let own = self.problems.iter().chain(self.unreadable.values());
        own.chain(self.pages.values().flat_map(|page| &page.diagnostics)).cloned().collect()
    }

    /// Every page that could be read, sorted by path.
    pub(super) fn documents(&self) -> Vec<Arc<Document>> {
        self.pages.values().filter_map(|page| page.document.clone()).collect()
    }

    /// A declaration's path and text.
    pub(super) fn text(&self, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<(Arc<str>, String)> {
        let (path, bytes) = self.kept.get_key_value(path)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Some((path.clone(), text.to_owned())),
            Err(error) => {
                diagnostics.push(document::not_utf8(path, bytes, error));
                None
            }
        }
    }

    /// The kept files below a folder, given with its slash.
    pub(super) fn kept_below(&self, folder: &str) -> BTreeMap<Arc<str>, Arc<[u8]>> {
        self.kept.iter().filter(|(path, _)| path.starts_with(folder)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    }

    /// The digest of the kept files below a folder, given with its slash, and of their names.
    pub(super) fn digest_below(&self, folder: &str) -> Digest {
        let mut hasher = Hasher::default();
        for (path, bytes) in self.kept.iter().filter(|(path, _)| path.starts_with(folder)) {
            hasher.add(path.as_bytes()).add(bytes);
        }
        hasher.finish()
    }

    /// The files that are copied.
    pub(super) fn copies(&self) -> impl Iterator<Item = &Arc<str>> {
        self.copies.keys()
    }

    /// What a copied file makes browsers do, where that is anything.
    pub(super) fn copy_uses(&self, path: &str) -> Option<Arc<FileUses>> {
        self.copies.get(path)?.uses.clone()
    }

    /// The digest of a copied file.
    pub(super) fn copy(&self, path: &str) -> Option<Digest> {
        self.copies.get(path).map(|copied| copied.digest)
    }

    /// The digest of the copied files' names: all of them that the site's structure depends on.
    pub(super) fn copied_names(&self) -> Digest {
        let mut hasher = Hasher::default();
        for path in self.copies.keys() {
            hasher.add(path.as_bytes());
        }
        hasher.finish()
    }

    /// The digest of the copied files' contents.
    pub(super) fn copied_contents(&self) -> Digest {
        let mut hasher = Hasher::default();
        for copied in self.copies.values() {
            hasher.add_digest(copied.digest);
        }
        hasher.finish()
    }
}
