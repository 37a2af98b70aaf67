//! What a build makes, as values: nothing here touches a disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::digest::{Digest, Hasher};

/// Everything that a build makes, by path below the output folder.
pub type Output = BTreeMap<Arc<str>, Arc<Artifact>>;

/// A file to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// Its content.
    pub body: Body,
    /// What is done to the content when it is written or served.
    pub finish: Finish,
    /// The digest of content and finish.
    pub digest: Digest,
    /// The file that it comes from, for diagnostics; none for what is made from many.
    pub origin: Option<Arc<str>>,
}

/// Where an artifact's content is.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file of the site, copied when it is written: images and documents never fill the memory.
    File(Arc<str>),
}

/// What is done to an artifact's content at the end; work that is only due for what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Nothing.
    Keep,
    /// `minify: full`.
    MinifyHtml,
}

impl Artifact {
    /// An artifact made by a build.
    pub fn made(bytes: Vec<u8>, finish: Finish, origin: Option<Arc<str>>) -> Self {
        let mut digest = Digest::of(&bytes);
        if finish == Finish::MinifyHtml {
            digest = Hasher::default().add_digest(digest).add("minify: full").finish();
        }
        Self { body: Body::Bytes(bytes), finish, digest, origin }
    }

    /// A file of the site, copied; `digest` is that of its bytes.
    pub fn copied(source: Arc<str>, digest: Digest) -> Self {
        Self { body: Body::File(source.clone()), finish: Finish::Keep, digest, origin: Some(source) }
    }

    /// The content, where it is here.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Bytes(bytes) => Some(bytes),
            Body::File(_) => None,
        }
    }
}

/// The address of an output path on its host: `/a/` for `a/index.html`; without `.html` in clean style.
pub fn address(path: &str) -> String {
    match path.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ => format!("/{}", path.strip_suffix(".html").unwrap_or(path)),
    }
}
