//! A policy's own prose: its sentences as words, each with its place in the Markdown file. Code blocks, shortcodes, tags and
//! links' targets are no prose; `mailto:` addresses are.

use std::sync::Arc;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use registry::diagnostic::Span;

use super::words::{Word, words};
use crate::document::front_matter::split;
use crate::document::{markdown, shortcode};

/// What a sentence stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A heading.
    Heading,
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// A cell of a table.
    Cell,
}

/// A sentence, or what stands alone as one.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    /// Its words.
    pub(super) words: Vec<Word>,
    /// What it stands in.
    pub(super) kind: Kind,
    /// What it is about: the heading above, and a table's column or the line before a list.
    pub(super) about: Arc<[Word]>,
}

impl Sentence {
    /// What its column of a table is called, which comes last in what it is about.
    pub(super) fn column(&self) -> &[Word] {
        let first = self.about.iter().rposition(|word| word.gap.is_empty()).unwrap_or(0);
        if self.kind == Kind::Cell { &self.about[first..] } else { &[] }
    }
}

/// A text put together from Markdown, and where each part of it comes from.
#[derive(Default)]
struct Plain {
    text: String,
    /// Where a part begins in the text, its place in the file, and whether both run byte by byte.
    parts: Vec<(usize, Span, bool)>,
}

impl Plain {
    fn push(&mut self, text: &str, span: Span) {
        self.parts.push((self.text.len(), span, text.len() == span.end - span.start));
        self.text.push_str(text);
    }

    /// The place in the file of some of the text.
    fn place(&self, span: Span) -> Span {
        let at = |byte: usize| {
            let part = self.parts.partition_point(|(start, _, _)| *start <= byte).saturating_sub(1);
            self.parts.get(part).copied().unwrap_or_default()
        };
        let (first, from, linear) = at(span.start);
        let start = if linear { from.start + span.start - first } else { from.start };
        let (last, to, linear) = at(span.end.saturating_sub(1));
        let end = if linear { to.start + span.end - last } else { to.end };
        Span { start, end }
    }
}

/// Reads a page's Markdown.
struct Reader {
    sentences: Vec<Sentence>,
    plain: Plain,
    /// Code spans and `mailto:` addresses, as bytes of the plain text.
    whole: Vec<(Span, bool)>,
    heading: Vec<Word>,
    lead: Vec<Word>,
    columns: Vec<Vec<Word>>,
    column: usize,
    lists: usize,
    in_head: bool,
}

/// The sentences of a page.
pub(super) fn sentences(file: &Arc<str>, text: &str) -> Vec<Sentence> {
    let (_, from) = split(text);
    let mut source = text.as_bytes()[from..].to_vec();
    if let Some(masked) = shortcode::mask(file, text, from) {
        for (span, _) in &masked.found {
            // Colons mean nothing in Markdown, and every offset stays what it is.
            source[span.start - from..span.end - from].fill(b':');
        }
    }
    let source = String::from_utf8(source).unwrap_or_default();
    let mut reader = Reader {
        sentences: Vec::new(),
        plain: Plain::default(),
        whole: Vec::new(),
        heading: Vec::new(),
        lead: Vec::new(),
        columns: Vec::new(),
        column: 0,
        lists: 0,
        in_head: false,
    };
    let mut in_code = false;
    let mut images = 0;
    let mut links = Vec::new();
    for (event, range) in Parser::new_ext(&source, markdown::options()).into_offset_iter() {
        let span = Span::from(range).shifted(from);
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            _ if in_code || images > 0 => {}
            Event::Start(Tag::Link { dest_url, .. }) => links.push((dest_url.into_string(), reader.plain.text.len())),
            Event::End(TagEnd::Link) => {
                if let Some((target, start)) = links.pop() {
                    reader.mail(&target, start, span, text);
                }
            }
            Event::Text(part) => reader.plain.push(&part, span),
            Event::Code(code) => reader.code(&code, span),
            Event::Html(html) | Event::InlineHtml(html) => reader.html(&html, span),
            Event::SoftBreak | Event::HardBreak => reader.plain.push("\n", span),
            event => reader.block(&event),
        }
    }
    reader.flush(Kind::Paragraph);
    reader.sentences
}

impl Reader {
    fn block(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::List(_)) => {
                self.flush(self.kind());
                self.lead = match self.sentences.last() {
                    Some(last) if self.lists == 0 && last.kind == Kind::Paragraph => last.words.clone(),
                    _ => std::mem::take(&mut self.lead),
                };
                self.lists += 1;
            }
            Event::End(TagEnd::List(_)) => {
                self.flush(Kind::Item);
                self.lists -= 1;
                if self.lists == 0 {
                    self.lead.clear();
                }
            }
            Event::Start(Tag::TableHead) => {
                self.flush(self.kind());
                self.in_head = true;
                self.columns.clear();
            }
            Event::End(TagEnd::TableHead) => self.in_head = false,
            Event::Start(Tag::TableRow) => self.column = 0,
            Event::End(TagEnd::TableCell) => {
                if self.in_head {
                    let plain = std::mem::take(&mut self.plain);
                    self.columns.push(words(&plain.text, &std::mem::take(&mut self.whole), &|span| plain.place(span)));
                } else {
                    self.flush(Kind::Cell);
                    self.column += 1;
                }
            }
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::Item) => self.flush(self.kind()),
            Event::End(TagEnd::Heading(_)) => {
                let first = self.sentences.len();
                self.heading.clear();
                self.flush(Kind::Heading);
                self.heading = self.sentences[first..].iter().flat_map(|sentence| sentence.words.clone()).collect();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock) => self.flush(self.kind()),
            _ => {}
        }
    }

    fn kind(&self) -> Kind {
        if self.lists > 0 { Kind::Item } else { Kind::Paragraph }
    }

    fn code(&mut self, code: &str, span: Span) {
        let start = self.plain.text.len();
        self.plain.push(code, span);
        self.whole.push((Span { start, end: start + code.len() }, true));
    }

    /// A link's address where it is one of e-mail, and not what the link says anyway.
    fn mail(&mut self, target: &str, start: usize, span: Span, file: &str) {
        let Some(address) = target.strip_prefix("mailto:").map(|rest| rest.split('?').next().unwrap_or(rest)) else { return };
        if address.is_empty() || self.plain.text[start..].contains(address) {
            return;
        }
        let written = &file[span.start..span.end];
        let at = written.rfind(address).map(|at| Span { start: span.start + at, end: span.start + at + address.len() });
        self.plain.push(" ", Span { start: span.end, end: span.end });
        let start = self.plain.text.len();
        self.plain.push(address, at.unwrap_or(span));
        self.whole.push((Span { start, end: start + address.len() }, false));
    }

    /// The text between tags.
    fn html(&mut self, html: &str, span: Span) {
        let mut rest = html;
        let mut at = span.start;
        while !rest.is_empty() {
            let text = rest.find('<').unwrap_or(rest.len());
            if text > 0 {
                self.plain.push(&rest[..text], Span { start: at, end: at + text });
            }
            let end = if rest[text..].starts_with("<!--") { "-->" } else { ">" };
            let tag = rest[text..].find(end).map_or(rest.len(), |i| text + i + end.len());
            if tag > text {
                self.plain.push(" ", Span { start: at + text, end: at + tag });
            }
            at += tag;
            rest = &rest[tag..];
        }
    }

    /// Ends a block: its text becomes sentences.
    fn flush(&mut self, kind: Kind) {
        let plain = std::mem::take(&mut self.plain);
        let whole = std::mem::take(&mut self.whole);
        let words = words(&plain.text, &whole, &|span| plain.place(span));
        if words.is_empty() {
            return;
        }
        let mut about = self.heading.clone();
        match kind {
            Kind::Cell => about.extend(self.columns.get(self.column).into_iter().flatten().cloned()),
            Kind::Item => about.extend(self.lead.iter().cloned()),
            Kind::Heading | Kind::Paragraph => {}
        }
        let about: Arc<[Word]> = about.into();
        let mut sentence = Vec::new();
        for word in words {
            if ends(&sentence, &word) {
                self.sentences.push(Sentence { words: std::mem::take(&mut sentence), kind, about: about.clone() });
            }
            sentence.push(word);
        }
        self.sentences.push(Sentence { words: sentence, kind, about });
    }
}

/// Abbreviations after whose full stop a sentence goes on.
const SHORT: &str = " art inc ltd corp co no nr st mr mrs ms dr eg ie cf al p pp vs etc approx sec para abs lit ";

/// Whether a sentence ends before a word.
fn ends(sentence: &[Word], next: &Word) -> bool {
    let Some(last) = sentence.last() else { return false };
    let Some(stop) = next.gap.find(['.', '!', '?', '…']) else { return false };
    let goes_on = next.text.starts_with(char::is_lowercase) || !next.gap[stop..].contains(char::is_whitespace);
    let short = next.gap.starts_with('.') && (last.fold.len() == 1 || SHORT.contains(&format!(" {} ", last.fold)));
    let number = last.fold.starts_with(|c: char| c.is_ascii_digit());
    !goes_on && (number || !short)
}
