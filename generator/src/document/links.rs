//! Links as authors write them: which ones depend on where files lie, and where in a file each one stands.

use pulldown_cmark::{Event, Parser, Tag};
use registry::diagnostic::Span;

use super::{front_matter, markdown};
use crate::html::escape;
use crate::html::scan::{Token, decode, tokens};

/// Attributes of raw HTML that hold one address.
const ATTRIBUTES: [&str; 4] = ["href", "src", "poster", "data"];

/// Whether an address is written relative to the file, or begins at `content/` with `@/`.
pub fn is_relative(url: &str) -> bool {
    if url.is_empty() || url.starts_with(['/', '#', '?']) {
        return false;
    }
    !has_scheme(url)
}

/// Whether an address names a scheme, such as `https:` or `mailto:`.
pub fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Raw HTML in which `replace` may give each relative address, known by its meaning and as written, another text.
pub fn rewrite_raw(html: &str, mut replace: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut written = 0;
    for token in tokens(html) {
        let Token::Start(tag) = token else { continue };
        for (name, value) in tag.attributes() {
            if !ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known)) || !is_relative(value.trim()) {
                continue;
            }
            if let Some(text) = replace(decode(value).trim(), value) {
                let at = value.as_ptr() as usize - html.as_ptr() as usize;
                out.push_str(&html[written..at]);
                out.push_str(&escape(&text));
                written = at + value.len();
            }
        }
    }
    out.push_str(&html[written..]);
    out
}

/// An address as an author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The address, decoded.
    pub address: String,
    /// The whole link, image or tag.
    pub span: Span,
    /// In which language it is written.
    pub form: Form,
}

/// How an address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a link or an image of Markdown's.
    Markdown,
    /// As an attribute in raw HTML.
    Html,
}

/// The parts of a page's text that its HTML shows as they are written: raw HTML, and images with their addresses.
pub fn embedded(text: &str) -> Vec<(Span, Option<String>)> {
    let (_, from) = front_matter::split(text);
    let parts = Parser::new_ext(&text[from..], markdown::options()).into_offset_iter();
    let parts = parts.filter_map(|(event, range)| match event {
        Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => Some((range, None)),
        Event::Start(Tag::Image { dest_url, .. }) => Some((range, Some(dest_url.into_string()))),
        _ => None,
    });
    parts.map(|(range, address)| (Span::from(range).shifted(from), address)).collect()
}

/// Every link, image and address of raw HTML in a page's text, with its place, for diagnostics.
pub fn all(text: &str) -> Vec<Written> {
    let (_, from) = front_matter::split(text);
    let mut found = Vec::new();
    for (event, range) in Parser::new_ext(&text[from..], markdown::options()).into_offset_iter() {
        let span = Span::from(range).shifted(from);
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push(Written { address: dest_url.into_string(), span, form: Form::Markdown });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for token in tokens(&html) {
                    let Token::Start(tag) = token else { continue };
                    let addresses = tag.attributes().filter(|(name, _)| ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known)));
                    found.extend(addresses.map(|(_, value)| Written { address: decode(value).into_owned(), span, form: Form::Html }));
                }
            }
            _ => {}
        }
    }
    found
}
