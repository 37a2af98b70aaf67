//! Carries out a plan: in place, in parallel, under a journal.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;

use super::manifest::{Entry, Manifest, Stamp};
use super::{FileOp, WriteError, journal};
use crate::output::{Artifact, Body, Finish};
use crate::render::minify::Minifier;
use crate::source::Source;

/// What a write did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// New and changed files.
    pub written: usize,
    /// Files of pages that are gone.
    pub removed: usize,
}

/// An artifact's content as it is sent to visitors. What pages have in common is minified once by one minifier.
///
/// # Errors
/// A copied file that cannot be read.
pub fn finished<'a>(artifact: &'a Artifact, source: &dyn Source, minifier: &mut Minifier) -> io::Result<Cow<'a, [u8]>> {
    if let Body::File(path) = &artifact.body {
        return source.read(path).map(Cow::Owned);
    }
    let bytes = artifact.bytes().unwrap_or_default();
    Ok(match (artifact.finish, std::str::from_utf8(&bytes)) {
        (Finish::MinifyHtml, Ok(page)) => Cow::Owned(minifier.html(page)),
        _ => bytes,
    })
}

pub(super) fn apply(out: &Path, mut manifest: Manifest, operations: &[FileOp], source: &dyn Source) -> Result<Summary, WriteError> {
    if operations.is_empty() {
        return Ok(Summary::default());
    }
    let fresh = manifest.is_fresh();
    if fresh {
        // There is no older site to protect. The files are claimed before they are written, so that the next build may
        // replace what an interrupted one left.
        manifest.set_all(operations.iter().map(|operation| match operation {
            FileOp::Write { path, .. } | FileOp::Remove { path } => (path.clone(), Entry::default()),
        }));
        manifest.save(out)?;
        folders(out, operations)?;
    } else {
        journal::begin(out, operations, source)?;
    }
    let writes: Vec<_> = operations
        .iter()
        .filter_map(|operation| match operation {
            FileOp::Write { path, artifact } => Some((path, artifact)),
            FileOp::Remove { .. } => None,
        })
        .collect();
    let entries: Result<Vec<Entry>, WriteError> = writes
        .par_iter()
        .map_init(Minifier::default, |minifier, (path, artifact)| {
            let file = out.join(path.as_ref());
            let content = finished(artifact, source, minifier).map_err(WriteError::new("read", &file))?;
            let stamp = write_file(&file, &content, fresh).map_err(WriteError::new("write", &file))?;
            Ok(Entry { digest: artifact.digest, stamp })
        })
        .collect();
    let entries = writes.iter().map(|(path, _)| (*path).clone()).zip(entries?);
    if fresh {
        manifest.set_all(entries);
    } else {
        entries.for_each(|(path, entry)| manifest.set(path, entry));
    }
    let mut removed = 0;
    for operation in operations {
        if let FileOp::Remove { path } = operation {
            remove_file(out, path)?;
            manifest.remove(path);
            removed += 1;
        }
    }
    manifest.save(out)?;
    journal::end(out)?;
    Ok(Summary { written: writes.len(), removed })
}

/// Makes the folders that hold several others, so that each page has only its own one left to make.
fn folders(out: &Path, operations: &[FileOp]) -> Result<(), WriteError> {
    let mut folders: Vec<&str> = Vec::new();
    for operation in operations {
        let FileOp::Write { path, .. } = operation else { continue };
        let above = path.rsplit_once('/').and_then(|(folder, _)| folder.rsplit_once('/')).map(|(above, _)| above);
        // The paths are sorted, so those of one folder follow each other.
        if let Some(above) = above.filter(|above| folders.last() != Some(above)) {
            folders.push(above);
        }
    }
    for folder in folders {
        let folder = out.join(folder);
        fs::create_dir_all(&folder).map_err(WriteError::new("make the folder", &folder))?;
    }
    Ok(())
}

pub(super) fn write_file(file: &Path, content: &[u8], fresh: bool) -> io::Result<Stamp> {
    let parent = file.parent().unwrap_or(file);
    if fresh
        && let Err(error) = fs::create_dir(parent)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(error);
    }
    let mut handle = match File::create(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(parent)?;
            File::create(file)?
        }
        other => other?,
    };
    handle.write_all(content)?;
    Ok(Stamp::of(&handle.metadata()?))
}

/// Removes a file, and the folders that it leaves empty.
pub(super) fn remove_file(out: &Path, path: &str) -> Result<(), WriteError> {
    let file = out.join(path);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(WriteError::new("remove", &file)(error)),
        _ => {}
    }
    let mut folder = path.rsplit_once('/').map(|(folder, _)| folder);
    while let Some(path) = folder {
        // A folder that still holds something stays.
        if fs::remove_dir(out.join(path)).is_err() {
            break;
        }
        folder = path.rsplit_once('/').map(|(above, _)| above);
    }
    Ok(())
}
