//! The list of the files that builds made in a folder, with their digests: what may be replaced or removed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, Metadata};
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;

use super::WriteError;
use crate::digest::Digest;

/// The manifest's name in the output folder.
pub const NAME: &str = ".plainsite-manifest";

const HEADER: &str = "plainsite manifest 1";

/// The files that builds made in a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    entries: BTreeMap<Arc<str>, Entry>,
    fresh: bool,
}

/// A file that a build made. Without a stamp it is to be written again: it was changed by hand, or never finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) digest: Digest,
    pub(super) stamp: Stamp,
}

/// By what a file is known not to have changed: length, and time of change in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: u128,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self { length: metadata.len(), modified: modified.map(|d| d.as_nanos()).unwrap_or_default() }
    }
}

impl Manifest {
    /// Reads the manifest of a folder; what changed since on the disk counts as not yet written.
    ///
    /// # Errors
    /// What the disk refused.
    pub fn read(out: &Path) -> Result<Self, WriteError> {
        let path = out.join(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut entries = fs::read_dir(out).map_err(WriteError::new("read", out))?;
                let fresh = entries.all(|entry| entry.is_ok_and(|e| e.file_name().to_string_lossy().starts_with('.')));
                return Ok(Self { entries: BTreeMap::new(), fresh });
            }
            Err(error) => return Err(WriteError::new("read", &path)(error)),
        };
        let mut manifest = Self::parse(&text);
        manifest.entries.par_iter_mut().for_each(|(path, entry)| {
            let unchanged = fs::metadata(out.join(path.as_ref())).is_ok_and(|m| Stamp::of(&m) == entry.stamp);
            if !unchanged {
                *entry = Entry::default();
            }
        });
        Ok(manifest)
    }

    /// Whether the folder was empty, so that nothing can be in the way.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The digest of a file that a build made; the digest of nothing where it has to be written again.
    pub fn digest(&self, path: &str) -> Option<Digest> {
        self.entries.get(path).map(|entry| entry.digest)
    }

    /// The files that builds made.
    pub fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.entries.keys()
    }

    pub(super) fn set(&mut self, path: Arc<str>, entry: Entry) {
        self.entries.insert(path, entry);
    }

    /// Sets the entry of every file, in the order of their paths. What it had is gone.
    pub(super) fn set_all(&mut self, entries: impl Iterator<Item = (Arc<str>, Entry)>) {
        // Sorted, they need not be searched for their places.
        self.entries = entries.collect();
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.entries.remove(path);
    }

    /// Replaces the manifest of a folder in one step.
    pub(super) fn save(&self, out: &Path) -> Result<(), WriteError> {
        let path = out.join(NAME);
        let temporary = out.join(format!("{NAME}.new"));
        fs::write(&temporary, self.to_string()).map_err(WriteError::new("write", &temporary))?;
        fs::rename(&temporary, &path).map_err(WriteError::new("replace", &path))
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let mut entries = BTreeMap::new();
        if lines.next() == Some(HEADER) {
            for line in lines {
                let mut parts = line.splitn(4, ' ');
                let (Some(digest), Some(length), Some(modified), Some(path)) = (parts.next(), parts.next(), parts.next(), parts.next())
                else {
                    continue;
                };
                let entry = || {
                    let stamp = Stamp { length: length.parse().ok()?, modified: modified.parse().ok()? };
                    Some(Entry { digest: Digest::parse(digest)?, stamp })
                };
                entries.insert(Arc::from(path), entry().unwrap_or_default());
            }
        }
        Self { entries, fresh: false }
    }
}

impl std::fmt::Display for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::with_capacity(self.entries.len() * 100 + 32);
        let _ = writeln!(text, "{HEADER}");
        for (path, Entry { digest, stamp }) in &self.entries {
            let _ = writeln!(text, "{digest} {} {} {path}", stamp.length, stamp.modified);
        }
        f.write_str(&text)
    }
}
