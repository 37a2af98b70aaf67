//! From a Markdown file's text to a [`Document`]: front matter, HTML, headings. Knows nothing of other files.
//!
//! What depends on other files, a relative link or a shortcode, stays open as a [`Slot`].

pub mod difference;
pub mod front_matter;
pub mod links;
pub mod markdown;
pub mod shortcode;
pub mod shown;
pub mod slug;
mod table;
pub mod version;

use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, Span};

use crate::digest::{Digest, Hasher};
pub use front_matter::FrontMatter;
pub use markdown::Heading;
pub use shortcode::Call;

/// A page's text is not UTF-8.
pub static INVALID_UTF8: Rule =
    Rule { name: "invalid-utf8", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/invalid-utf8.md") };
/// A page is so large that its readers wait for it.
pub static LARGE_PAGE: Rule =
    Rule { name: "large-page", severity: Severity::Warning, silence: Silence::Allowed, doc: include_str!("../rules/large-page.md") };

/// An image without an alternative text. Markdown's are found here; those of raw HTML and of templates, by the check of that name.
pub static MISSING_ALTERNATIVE: Rule = Rule {
    name: "missing-alternative",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../rules/missing-alternative.md"),
};

/// Every rule that this module reports.
pub static RULES: [&Rule; 6] = [
    &version::INVALID_VERSION,
    &INVALID_UTF8,
    &LARGE_PAGE,
    &MISSING_ALTERNATIVE,
    &front_matter::INVALID_DATE,
    &shortcode::MALFORMED_SHORTCODE,
];

/// Bytes of Markdown beyond which [`LARGE_PAGE`] speaks up.
const LARGE: usize = 2 << 20;

/// The shortcode that puts the client portal on a page.
const PORTAL: &str = "portal";

/// A Markdown file, read.
#[derive(Clone, Debug)]
pub struct Document {
    /// What other pages can see of it.
    pub outline: Arc<Outline>,
    /// The digest of the file's bytes.
    pub digest: Digest,
    /// The HTML, with its [`Slot`]s left out.
    pub html: String,
    /// What belongs at which place of `html`, in order.
    pub slots: Vec<Slot>,
    /// The headings of the second level, each with those of the third.
    pub toc: Vec<Heading>,
    /// Whether the HTML begins with a heading of the first level.
    pub heading_in_content: bool,
}

/// What the site's structure and other pages can see of a page: all but its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The file's path below the site's root.
    pub path: Arc<str>,
    /// What stands between the `---` lines.
    pub front: FrontMatter,
    /// The title of the front matter, else the text of the first heading.
    pub title: Option<String>,
    /// The beginning of the first paragraph, as plain text, where the front matter has no description.
    pub summary: String,
    /// Whether the client portal is on it: its shortcode is called.
    pub portal: bool,
    /// The digest of all of this.
    pub digest: Digest,
}

/// A place in the HTML whose text depends on other files.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The byte of the HTML before which the text belongs.
    pub at: usize,
    /// Where its source stands in the file.
    pub span: Span,
    /// What belongs there.
    pub fill: Fill,
}

/// What fills a [`Slot`].
#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    /// The address of a link or an image whose target is written relative to the file.
    Address(String),
    /// The same in raw HTML, with the attribute's value as written: if the link leads nowhere, it stays so to the letter.
    RawAddress {
        /// The link.
        link: String,
        /// The value as written.
        written: String,
    },
    /// What a shortcode's template yields.
    Shortcode(Call),
    /// A day, in the words of the page's language.
    Day(Date),
    /// A word of the interface in the page's language, by its key: the title of an alert.
    Word(&'static str),
}

/// Reads a Markdown file; `digest` is that of its bytes.
pub fn parse(path: &Arc<str>, bytes: &[u8], digest: Digest) -> Reported<Option<Document>> {
    let mut diagnostics = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            diagnostics.push(not_utf8(path, bytes, error));
            return Reported { value: None, diagnostics };
        }
    };
    if text.len() > LARGE {
        diagnostics.push(
            Diagnostic::new(&LARGE_PAGE, format!("this page has {:.1} MB of text", text.len() as f64 / 1e6))
                .in_file(path)
                .why("it is built, but a reader on a phone waits for all of it")
                .help("split it into several pages"),
        );
    }
    let (front_span, body_at) = front_matter::split(text);
    let front = front_span
        .map(|span| front_matter::read(path, &text[span.start..span.end], span.start).into_value(&mut diagnostics))
        .unwrap_or_default();
    let body = markdown::render(path, text, body_at, &mut diagnostics);
    let title = front.title.clone().or(body.first_heading);
    let summary = if front.description.is_some() { String::new() } else { body.summary };
    let mut hasher = Hasher::default();
    let portal = body.slots.iter().any(|slot| matches!(&slot.fill, Fill::Shortcode(call) if call.name == PORTAL));
    hasher.add(path.as_ref()).add(title.as_deref().unwrap_or("")).add(&summary).add([u8::from(portal)]);
    // The front matter's own bytes: whatever of it anyone reads, the digest covers.
    hasher.add(front_span.map_or("", |span| &text[span.start..span.end]));
    let outline = Outline { path: path.clone(), front, title, summary, portal, digest: hasher.finish() };
    let document = Document {
        outline: Arc::new(outline),
        digest,
        html: body.html,
        slots: body.slots,
        toc: body.toc,
        heading_in_content: body.heading_in_content,
    };
    Reported { value: Some(document), diagnostics }
}

/// The diagnostic of a file that is not UTF-8, with the line of the first bad byte.
pub fn not_utf8(path: &Arc<str>, bytes: &[u8], error: std::str::Utf8Error) -> Diagnostic {
    let at = error.valid_up_to();
    let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let byte = at + 1;
    Diagnostic::new(
        &INVALID_UTF8,
        format!("this file is not UTF-8: line {line} has a byte that is no letter in it (byte {byte} of the file)"),
    )
    .in_file(path)
    .why("every page is sent as UTF-8")
    .help("save the file as UTF-8 in your editor; it may be Latin-1 or Windows-1252 now")
}

#[cfg(test)]
mod tests;
