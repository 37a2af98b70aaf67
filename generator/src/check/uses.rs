//! What a page or a file of the site makes a browser do: what it loads, what it asks for, what runs in it.
//!
//! Found in the one pass over a page, and nearly always little or nothing. Whether the registry declares it is for the
//! checks to judge, so what is found here stays the same when the registry changes.

mod css;
mod html;
mod script;

use std::sync::Arc;

use registry::model::Directive;

pub(super) use html::Gathering;

/// What a page or a file makes a browser do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// What it loads, posts to or frames: from other hosts, and from the site itself what is no asset.
    pub loads: Box<[Load]>,
    /// Its forms with a control that is sent.
    pub forms: Box<[Form]>,
    /// What stands in the page itself though only files of the site may run and style it.
    pub inline: Box<[Inline]>,
    /// Contact addresses that only a script can read.
    pub hidden: Box<[At]>,
}

/// Where something stands in the text: its first byte and its length.
pub type At = (u32, u32);

/// Something that is loaded, posted to or framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// As what; none where any way will do, such as a connection that is only prepared.
    pub way: Option<Directive>,
    /// The address, decoded: with a scheme, or beginning with `/`.
    pub url: Box<str>,
    /// What has to happen first.
    pub gate: Gate,
    /// Where.
    pub at: At,
}

/// What has to happen before something loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing.
    Open,
    /// It stands in the `<template>` of the service of this name, which is opened when visitors agree.
    Service(Box<str>),
    /// It is named in a script, which decides for itself when.
    Script,
}

/// A form with a control that is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent: its own address first, then those of its buttons; empty for the page itself.
    pub actions: Vec<Box<str>>,
    /// Whether it is sent by POST, so that nothing of it is in an address.
    pub is_post: bool,
    /// The names of its controls, each with its place.
    pub controls: Vec<(Box<str>, At)>,
    /// Where its own tag stands.
    pub at: At,
}

/// Script or style in the page itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inline {
    /// In which form.
    pub form: InlineForm,
    /// Where.
    pub at: At,
}

/// A form of script or style in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineForm {
    /// The content of a `<script>`.
    Script,
    /// The content of a `<style>`.
    Style,
    /// An attribute such as `onclick`.
    Handler,
    /// A `style` attribute.
    StyleAttribute,
    /// An address such as `javascript:void(0)`.
    Address,
}

/// What a file of the site makes a browser do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUses {
    /// Where the author finds it.
    pub path: Arc<str>,
    /// What is in it.
    pub uses: Uses,
}

/// What a style sheet, a script, a picture or a page that is copied as it is makes a browser do; none where that is nothing.
pub fn of_file(path: &Arc<str>, bytes: &[u8]) -> Option<Arc<FileUses>> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let text = || String::from_utf8_lossy(bytes);
    let uses = match ending.as_str() {
        "html" | "htm" | "xhtml" => html::of(&text()),
        // As a picture it has a policy of its own: only what it loads counts.
        "svg" => Uses { loads: html::of(&text()).loads, ..Uses::default() },
        "css" => Uses { loads: css::loads(&text()), ..Uses::default() },
        "js" | "mjs" => Uses { loads: script::loads(&text(), ending == "mjs"), ..Uses::default() },
        _ => return None,
    };
    (uses != Uses::default()).then(|| Arc::new(FileUses { path: path.clone(), uses }))
}

/// Where a part of a text stands in it.
pub(super) fn place(text: &str, part: &str) -> At {
    let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (short(part.as_ptr() as usize - text.as_ptr() as usize), short(part.len()))
}

/// An address as browsers read it: without white space around it or line breaks in it, with `/` for `\` at its beginning.
fn read(written: &str) -> String {
    let url: String = written.trim_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let slashes = url.len() - url.trim_start_matches(['/', '\\']).len();
    match slashes {
        0 => url,
        1 => format!("/{}", &url[1..]),
        _ => format!("//{}", &url[slashes..]),
    }
}

/// Whether an address names a host, by a scheme that reaches one or by `//` alone.
pub(super) fn names_host(url: &str) -> bool {
    url.starts_with("//") || ["http://", "https://", "ws://", "wss://", "ftp://"].iter().any(|scheme| has_prefix(url, scheme))
}

/// Whether a text begins with another one, whatever the case of its letters.
fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
