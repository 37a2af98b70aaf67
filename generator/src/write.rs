//! From an [`Output`] to files: a plan of operations, and its execution.
//!
//! The promises: a file that did not change keeps its time stamp, the files of removed pages go, a file that no build made
//! is never touched, and a write that was cut short is completed by the next one.

mod apply;
pub mod journal;
pub mod manifest;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry::diagnostic::Diagnostic;

use crate::check::foreign_file::FOREIGN_FILE;
use crate::output::{Artifact, Output};
use crate::render::minify::Minifier;
use crate::source::Source;
pub use apply::{Summary, finished};
use manifest::Manifest;

/// What the disk refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`: {source}", path.display())]
pub struct WriteError {
    /// Such as `write`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the disk said.
    pub source: std::io::Error,
}

impl WriteError {
    fn new<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> Self + 'a {
        move |source| Self { action, path: path.to_owned(), source }
    }
}

/// Something to do in the output folder.
#[derive(Clone, Debug)]
pub enum FileOp {
    /// A new file, or a changed one.
    Write {
        /// Its path below the output folder.
        path: Arc<str>,
        /// Its content.
        artifact: Arc<Artifact>,
    },
    /// A file of a page that is gone.
    Remove {
        /// Its path below the output folder.
        path: Arc<str>,
    },
}

/// What has to be done so that the folder holds the output. Writes come first, removals last.
pub fn plan(manifest: &Manifest, output: &Output) -> Vec<FileOp> {
    let writes = output.iter().filter(|(path, artifact)| manifest.digest(path) != Some(artifact.digest));
    let writes = writes.map(|(path, artifact)| FileOp::Write { path: path.clone(), artifact: artifact.clone() });
    let removals = manifest.paths().filter(|path| !output.contains_key(*path)).map(|path| FileOp::Remove { path: path.clone() });
    writes.chain(removals).collect()
}

/// Brings the folder `out` to hold exactly the output, beside whatever files it did not make.
///
/// The inner `Err` holds a diagnostic for every file that is in the way; nothing has been written then.
///
/// # Errors
/// What the disk refused. If that was in the middle of it, the next call completes it.
pub fn write(out: &Path, output: &Output, source: &dyn Source) -> Result<Result<Summary, Vec<Diagnostic>>, WriteError> {
    std::fs::create_dir_all(out).map_err(WriteError::new("make the folder", out))?;
    let folder = std::fs::File::open(out).map_err(WriteError::new("open", out))?;
    // Two builds into one folder take turns.
    folder.lock().map_err(WriteError::new("lock", out))?;
    journal::recover(out)?;
    let manifest = Manifest::read(out)?;
    let operations = plan(&manifest, output);
    let foreign = foreign(out, &manifest, &operations, source);
    if !foreign.is_empty() {
        return Ok(Err(foreign));
    }
    apply::apply(out, manifest, &operations, source).map(Ok)
}

/// Completes a write into `out` that was cut short, if there was one.
///
/// # Errors
/// What the disk refused.
pub fn recover(out: &Path) -> Result<bool, WriteError> {
    if !out.join(journal::NAME).exists() {
        return Ok(false);
    }
    let folder = std::fs::File::open(out).map_err(WriteError::new("open", out))?;
    folder.lock().map_err(WriteError::new("lock", out))?;
    journal::recover(out)
}

/// Files in the way of new ones: those with another content than what is to be written.
fn foreign(out: &Path, manifest: &Manifest, operations: &[FileOp], source: &dyn Source) -> Vec<Diagnostic> {
    if manifest.is_fresh() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut minifier = Minifier::default();
    for operation in operations {
        let FileOp::Write { path, artifact } = operation else { continue };
        if manifest.digest(path).is_some() {
            continue;
        }
        let file = out.join(path.as_ref());
        let Ok(there) = std::fs::read(&file) else { continue };
        if finished(artifact, source, &mut minifier).is_ok_and(|wanted| *wanted == there) {
            continue;
        }
        let diagnostic = Diagnostic::new(&FOREIGN_FILE, format!("`{}` is in the way: plainsite did not make it", file.display()))
            .why("a file that no build made is never overwritten")
            .help("move it away, or put it into `content/` so that it becomes a part of the site");
        found.push(match &artifact.origin {
            Some(origin) => diagnostic.in_file(origin),
            None => diagnostic,
        });
    }
    found
}

#[cfg(test)]
mod tests;
