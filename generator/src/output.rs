//! What a build makes, as values: nothing here touches a disk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memmem;

use crate::digest::{Digest, Hasher};
use crate::document::Document;

/// Everything that a build makes, by path below the output folder.
pub type Output = BTreeMap<Arc<str>, Arc<Artifact>>;

/// A file to be.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub enum Body {
    /// Here.
    Bytes(Vec<u8>),
    /// A page around its document's HTML, which is kept once for both.
    Around {
        /// What the template wrote before the document.
        before: Box<[u8]>,
        /// The document.
        document: Arc<Document>,
        /// What the template wrote behind it.
        after: Box<[u8]>,
    },
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
        let digest = digest(&bytes, finish);
        Self { body: Body::Bytes(bytes), finish, digest, origin }
    }

    /// A page made by a build. Where the document's HTML stands in it as it is, it is not kept a second time.
    pub fn page(html: &[u8], document: Option<&Arc<Document>>, finish: Finish) -> Self {
        let origin = document.map(|document| document.outline.path.clone());
        let digest = digest(html, finish);
        let around = document.filter(|document| !document.html.is_empty()).and_then(|document| {
            let at = find(html, document.html.as_bytes())?;
            let (before, after) = (html[..at].into(), html[at + document.html.len()..].into());
            Some(Body::Around { before, document: document.clone(), after })
        });
        Self { body: around.unwrap_or_else(|| Body::Bytes(html.to_vec())), finish, digest, origin }
    }

    /// A file of the site, copied; `digest` is that of its bytes.
    pub fn copied(source: Arc<str>, digest: Digest) -> Self {
        Self { body: Body::File(source.clone()), finish: Finish::Keep, digest, origin: Some(source) }
    }

    /// The content, where it is here.
    pub fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match &self.body {
            Body::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
            Body::Around { before, document, after } => Some(Cow::Owned([before, document.html.as_bytes(), after].concat())),
            Body::File(_) => None,
        }
    }
}

/// Where a long text stands in another one. Its beginning is searched for: preparing to search for all of it costs more
/// than reading the page.
fn find(page: &[u8], content: &[u8]) -> Option<usize> {
    let finder = memmem::Finder::new(&content[..content.len().min(64)]);
    finder.find_iter(page).find(|&at| page[at..].starts_with(content))
}

fn digest(bytes: &[u8], finish: Finish) -> Digest {
    match finish {
        Finish::Keep => Digest::of(bytes),
        Finish::MinifyHtml => Hasher::default().add_digest(Digest::of(bytes)).add("minify: full").finish(),
    }
}

/// The address of an output path on its host: `/a/` for `a/index.html`; without `.html` in clean style.
pub fn address(path: &str) -> String {
    match path.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ => format!("/{}", path.strip_suffix(".html").unwrap_or(path)),
    }
}
