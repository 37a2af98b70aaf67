//! The journal: a change of an existing site, written down whole before the first file is touched.
//!
//! A process that ends in the middle leaves the journal behind, and the next build or `serve` carries it out again: the
//! site is then wholly the new one. A journal that was itself cut short has changed nothing, and is dropped. It guards
//! against a killed process and a full disk; it is not forced to the platter, so not against a power cut.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::apply::{finished, remove_file, write_file};
use super::manifest::{Entry, Manifest};
use super::{FileOp, WriteError};
use crate::digest::{Digest, Hasher};
use crate::render::minify::Minifier;
use crate::source::Source;

/// The journal's name in the output folder.
pub const NAME: &str = ".plainsite-journal";

const HEADER: &str = "plainsite journal 1";

/// Writes a change down.
pub(super) fn begin(out: &Path, operations: &[FileOp], source: &dyn Source) -> Result<(), WriteError> {
    let path = out.join(NAME);
    let refused = || WriteError::new("write", &path);
    let mut journal = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(refused())?);
    let mut seal = Hasher::default();
    let mut minifier = Minifier::default();
    let mut record = |head: String, content: &[u8]| {
        seal.add(&head);
        writeln!(journal, "{head}").and_then(|()| journal.write_all(content)).map_err(refused())
    };
    record(HEADER.to_owned(), b"")?;
    for operation in operations {
        match operation {
            FileOp::Write { path, artifact } => {
                let content = finished(artifact, source, &mut minifier).map_err(WriteError::new("read", Path::new(path.as_ref())))?;
                record(format!("write {} {} {path}", artifact.digest, content.len()), &content)?;
            }
            FileOp::Remove { path } => record(format!("remove {path}"), b"")?,
        }
    }
    writeln!(journal, "seal {}", seal.finish()).and_then(|()| journal.flush()).map_err(refused())
}

/// The change is done.
pub(super) fn end(out: &Path) -> Result<(), WriteError> {
    let path = out.join(NAME);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(WriteError::new("remove", &path)(error)),
        _ => Ok(()),
    }
}

/// Carries out what a journal holds, if there is one and it is whole. Tells whether it did.
pub(super) fn recover(out: &Path) -> Result<bool, WriteError> {
    let path = out.join(NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(WriteError::new("read", &path)(error)),
    };
    let Some(records) = read(&bytes) else {
        end(out)?;
        return Ok(false);
    };
    let mut manifest = Manifest::read(out)?;
    for record in records {
        match record {
            Record::Write { path, digest, content } => {
                let file = out.join(path);
                let stamp = write_file(&file, content, false).map_err(WriteError::new("write", &file))?;
                manifest.set(Arc::from(path), Entry { digest, stamp });
            }
            Record::Remove { path } => {
                remove_file(out, path)?;
                manifest.remove(path);
            }
        }
    }
    manifest.save(out)?;
    end(out)?;
    Ok(true)
}

enum Record<'a> {
    Write { path: &'a str, digest: Digest, content: &'a [u8] },
    Remove { path: &'a str },
}

/// The records of a whole journal; `None` where it was cut short.
fn read(bytes: &[u8]) -> Option<Vec<Record<'_>>> {
    let mut rest = bytes;
    let mut seal = Hasher::default();
    let mut records = Vec::new();
    loop {
        let end = memchr::memchr(b'\n', rest)?;
        let head = std::str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        if let Some(digest) = head.strip_prefix("seal ") {
            return (Digest::parse(digest)? == seal.finish() && rest.is_empty()).then_some(records);
        }
        seal.add(head);
        if let Some(write) = head.strip_prefix("write ") {
            let mut parts = write.splitn(3, ' ');
            let digest = Digest::parse(parts.next()?)?;
            let length: usize = parts.next()?.parse().ok()?;
            records.push(Record::Write { path: parts.next()?, digest, content: rest.get(..length)? });
            rest = &rest[length..];
        } else if let Some(path) = head.strip_prefix("remove ") {
            records.push(Record::Remove { path });
        } else if head != HEADER {
            return None;
        }
    }
}
