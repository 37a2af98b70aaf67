//! Where a site's files come from: the disk, or memory in tests.
//!
//! Paths are below the site's root, with `/` between their parts: `content/privacy.fr.md`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use walkdir::{DirEntry, WalkDir};

/// A symbolic link leads out of the site's root, or nowhere.
pub static LINK_OUT_OF_ROOT: Rule = Rule {
    name: "link-out-of-root",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../rules/link-out-of-root.md"),
};
/// A file or folder cannot be read, or has a name that is not text.
pub static UNREADABLE_FILE: Rule =
    Rule { name: "unreadable-file", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/unreadable-file.md") };

/// Every rule that this module reports.
pub static RULES: [&Rule; 2] = [&LINK_OUT_OF_ROOT, &UNREADABLE_FILE];

/// The folders that a build reads.
pub const FOLDERS: [&str; 2] = ["content", "templates"];

/// The files of a site.
pub trait Source: Sync {
    /// Every file below [`FOLDERS`], sorted, and what could not be listed.
    fn list(&self) -> Listing;

    /// Whether a path is a file, a folder or nothing now.
    fn kind(&self, path: &str) -> Kind;

    /// A file's bytes.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

/// The files found, and what is wrong with others.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files' paths, sorted.
    pub files: Vec<Arc<str>>,
    /// Symbolic links that lead out, folders that cannot be read.
    pub problems: Vec<Diagnostic>,
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file that a build reads.
    File,
    /// A folder.
    Folder,
    /// Nothing, or something that a build passes over.
    Nothing,
}

/// Whether a build passes over a path: hidden files and editors' backups, but not `.well-known`.
fn passed_over(name: &str) -> bool {
    (name.starts_with('.') && name != ".well-known") || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Whether a build would read a file of this path.
pub fn is_read(path: &str) -> bool {
    let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    FOLDERS.iter().any(|folder| below(folder)) && !path.split('/').any(passed_over)
}

/// A site on the disk.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The site whose root is this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The site's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the disk as a path below the root.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(if std::path::MAIN_SEPARATOR == '/' { below.to_owned() } else { below.replace(std::path::MAIN_SEPARATOR, "/") })
    }

    /// Lists what an entry is or holds.
    fn walk(&self, entry: walkdir::Result<DirEntry>) -> Listing {
        let mut listing = Listing::default();
        let top = match entry {
            Ok(entry) => entry,
            Err(error) => {
                listing.problems.push(unreadable(&error));
                return listing;
            }
        };
        let seen = |entry: &DirEntry| !entry.file_name().to_str().is_some_and(passed_over);
        if !seen(&top) {
            return listing;
        }
        for entry in WalkDir::new(top.path()).into_iter().filter_entry(seen) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => self.add(&entry, &mut listing),
                Err(error) => listing.problems.push(unreadable(&error)),
            }
        }
        listing
    }

    fn add(&self, entry: &DirEntry, listing: &mut Listing) {
        let Some(path) = self.relative(entry.path()) else {
            let name = entry.file_name();
            let problem = Diagnostic::new(&UNREADABLE_FILE, format!("the file name {name:?} is not UTF-8"));
            listing.problems.push(problem.help("rename the file with letters that any system can show"));
            return;
        };
        let path: Arc<str> = path.into();
        if entry.path_is_symlink()
            && let Err(why) = self.link_target(entry.path())
        {
            listing.problems.push(
                Diagnostic::new(&LINK_OUT_OF_ROOT, format!("`{path}` is a symbolic link that a build does not follow: {why}"))
                    .in_file(&path)
                    .why("a site is built from the files below its root, so that a clone of it builds the same")
                    .help("put the file itself here, or link to a file below the root"),
            );
            return;
        }
        listing.files.push(path);
    }

    fn link_target(&self, path: &Path) -> Result<Kind, String> {
        let root = self.root.canonicalize().map_err(|e| e.to_string())?;
        let target = path.canonicalize().map_err(|e| format!("it leads nowhere: {e}"))?;
        if !target.starts_with(&root) {
            return Err(format!("it leads to `{}`", target.display()));
        }
        match target.is_file() {
            true => Ok(Kind::File),
            false => Err("it leads to a folder, and folders are read where they lie".to_owned()),
        }
    }
}

fn unreadable(error: &walkdir::Error) -> Diagnostic {
    let path = error.path().map(|p| p.display().to_string()).unwrap_or_default();
    Diagnostic::new(&UNREADABLE_FILE, format!("`{path}` cannot be read: {error}"))
}

impl Source for Disk {
    fn list(&self) -> Listing {
        let tops = FOLDERS.map(|folder| self.root.join(folder));
        let below = tops.iter().filter(|top| top.exists()).flat_map(|top| WalkDir::new(top).min_depth(1).max_depth(1));
        // Each folder at the top is walked by itself: reading names is most of the work of a build in which nothing changed.
        let parts: Vec<_> = below.collect();
        let listed = parts.into_par_iter().map(|entry| self.walk(entry)).reduce(Listing::default, |mut all, part| {
            all.files.extend(part.files);
            all.problems.extend(part.problems);
            all
        });
        let Listing { mut files, problems } = listed;
        files.sort_unstable();
        Listing { files, problems }
    }

    fn kind(&self, path: &str) -> Kind {
        if !is_read(path) {
            return Kind::Nothing;
        }
        match self.root.join(path).symlink_metadata() {
            Ok(meta) if meta.is_file() => Kind::File,
            // What a link leads to is judged by a new listing.
            Ok(_) => Kind::Folder,
            Err(_) => Kind::Nothing,
        }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(path))
    }
}

/// A site in memory: paths and bytes.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<Arc<str>, Vec<u8>>);

impl Memory {
    /// A site from one text: each file begins at a line `=== PATH` and ends before the next one.
    pub fn parse(text: &str) -> Self {
        let mut files = BTreeMap::new();
        for part in text.split("=== ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap_or((part, ""));
            files.insert(Arc::from(path.trim()), body.as_bytes().to_vec());
        }
        Self(files)
    }

    /// Writes a file, as an editor would.
    pub fn save(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(Arc::from(path), bytes.into());
    }
}

impl Source for Memory {
    fn list(&self) -> Listing {
        Listing { files: self.0.keys().cloned().collect(), problems: Vec::new() }
    }

    fn kind(&self, path: &str) -> Kind {
        let below = |k: &str| k.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        match self.0.contains_key(path) {
            true => Kind::File,
            false if self.0.keys().any(|k| below(k)) => Kind::Folder,
            false => Kind::Nothing,
        }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_passes_over_hidden_files_and_refuses_links_that_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("secret.txt");
        std::fs::write(&outside, "x").unwrap();
        let root = folder.path().join("site");
        std::fs::create_dir_all(root.join("content/.git")).unwrap();
        std::fs::create_dir_all(root.join("content/.well-known")).unwrap();
        for file in ["content/a b.md", "content/.git/x", "content/é.md", "content/a.md~", "content/.well-known/x.txt"] {
            std::fs::write(root.join(file), "x").unwrap();
        }
        std::os::unix::fs::symlink(&outside, root.join("content/leak.txt")).unwrap();
        std::os::unix::fs::symlink(root.join("content/a b.md"), root.join("content/inner.md")).unwrap();
        let listing = Disk::new(&root).list();
        let files: Vec<&str> = listing.files.iter().map(AsRef::as_ref).collect();
        assert_eq!(files, ["content/.well-known/x.txt", "content/a b.md", "content/inner.md", "content/é.md"]);
        assert_eq!(listing.problems.len(), 1);
        assert_eq!(listing.problems[0].rule.name, "link-out-of-root");
    }

    #[test]
    fn a_site_in_one_text() {
        let site = Memory::parse("=== content/a.md\n# A\n=== content/b.md\n# B\n");
        assert_eq!(site.read("content/a.md").unwrap(), b"# A\n");
        assert_eq!(site.kind("content"), Kind::Folder);
    }
}
