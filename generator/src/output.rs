//! What a build makes, as values: nothing here touches a disk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

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
        /// What stands in each of its slots.
        filled: Box<[Box<[u8]>]>,
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
        let around = document.filter(|document| !document.html.is_empty()).and_then(|document| around(html, document));
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
            Body::Around { before, document, filled, after } => {
                let gaps = filled.iter().map(AsRef::as_ref).chain([after.as_ref()]);
                let parts = pieces(document).zip(gaps).flat_map(|(piece, gap)| [piece, gap]);
                Some(Cow::Owned([before.as_ref()].into_iter().chain(parts).collect::<Vec<_>>().concat()))
            }
            Body::File(_) => None,
        }
    }
}

/// A document's HTML, cut where its slots are: one piece more than there are slots.
fn pieces(document: &Document) -> impl Iterator<Item = &[u8]> {
    let html = document.html.as_bytes();
    let starts = [0].into_iter().chain(document.slots.iter().map(|slot| slot.at));
    let ends = document.slots.iter().map(|slot| slot.at).chain([html.len()]);
    starts.zip(ends).map(|(start, end)| &html[start..end])
}

/// A page as what stands around its document's pieces; none where one of them is not in it. Where a piece is found too early, more
/// of the page is between it and the next one: put together again, the page is the same.
fn around(html: &[u8], document: &Arc<Document>) -> Option<Body> {
    let mut gaps = Vec::with_capacity(document.slots.len() + 2);
    let mut rest = html;
    for piece in pieces(document) {
        let at = find(rest, piece)?;
        gaps.push(Box::from(&rest[..at]));
        rest = &rest[at + piece.len()..];
    }
    let before = gaps.remove(0);
    Some(Body::Around { before, document: document.clone(), filled: gaps.into(), after: rest.into() })
}

/// Where a text stands in another one. Pieces are short and near: preparing a search for each of them costs more than reading up to it.
fn find(page: &[u8], content: &[u8]) -> Option<usize> {
    let Some(&first) = content.first() else { return Some(0) };
    memchr::memchr_iter(first, page).find(|&at| page[at..].starts_with(content))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    #[test]
    fn a_page_is_put_together_again_as_it_was() {
        let text = "# T\n\n[a](a.md) and [b](b.md)\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\n{{ email() }}{{ email() }}\n";
        let parsed = document::parse(&"content/t.md".into(), text.as_bytes(), Digest::default());
        let document = Arc::new(parsed.value.unwrap());
        assert!(document.slots.len() > 3, "{:?}", document.slots);
        let filled: Vec<Vec<u8>> = pieces(&document).enumerate().map(|(n, piece)| [format!("<{n}>").as_bytes(), piece].concat()).collect();
        let whole = [b"<html>", filled.concat().as_slice(), b"</html>"].concat();
        let page = Artifact::page(&whole, Some(&document), Finish::Keep);
        assert!(matches!(&page.body, Body::Around { filled, .. } if filled.len() == document.slots.len()));
        assert_eq!(page.bytes().unwrap().as_ref(), whole);
        let other = Artifact::page(b"<html>", Some(&document), Finish::Keep);
        assert!(matches!(other.body, Body::Bytes(_)), "what lacks a piece is kept as it is");
    }
}
