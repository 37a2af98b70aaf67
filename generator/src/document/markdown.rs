//! Markdown to HTML: CommonMark, GFM's tables, footnotes, task lists, strikethrough and alerts, heading ids, shortcodes.

use std::sync::Arc;

use pulldown_cmark::{BlockQuoteKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
use registry::diagnostic::{Diagnostic, Span};

use super::links::{is_relative, rewrite_raw};
use super::shortcode::{self, Masked, Part};
use super::table::Columns;
use super::{Fill, MISSING_ALTERNATIVE, Slot, slug};

/// A heading in a table of contents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Heading {
    /// 2 or 3.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text, plain.
    pub title: String,
    /// The headings of the third level below one of the second.
    pub children: Vec<Heading>,
}

/// What becomes of a page's Markdown.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) html: String,
    pub(super) slots: Vec<Slot>,
    pub(super) toc: Vec<Heading>,
    pub(super) heading_in_content: bool,
    pub(super) first_heading: Option<String>,
    pub(super) summary: String,
}

/// Characters of the first paragraph that stand in for a missing description.
const SUMMARY: usize = 200;

/// The Markdown that is understood.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
}

/// Renders what follows byte `from` of a file's text.
pub(super) fn render(file: &Arc<str>, text: &str, from: usize, diagnostics: &mut Vec<Diagnostic>) -> Body {
    let masked = shortcode::mask(file, text, from);
    let source = masked.as_ref().map_or(&text[from..], |m| &m.text[from..]);
    let mut renderer = Renderer {
        file,
        masked: masked.as_ref(),
        events: Vec::with_capacity(source.len() / 16),
        body: Body::default(),
        used: Vec::new(),
        slots: Vec::new(),
        marker: marker(text),
        images: Vec::new(),
        columns: Columns::default(),
        blocks: 0,
        diagnostics,
    };
    let mut parser = Parser::new_ext(source, options()).into_offset_iter();
    while let Some((event, range)) = parser.next() {
        let span = Span::from(range).shifted(from);
        match event {
            Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                let first = renderer.events.is_empty();
                let title = renderer.heading(&mut parser, Tag::Heading { level, id, classes, attrs }, from);
                renderer.body.heading_in_content |= first && level == HeadingLevel::H1;
                if !title.is_empty() {
                    renderer.body.first_heading.get_or_insert(title);
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                let mut raw = String::new();
                for (event, _) in parser.by_ref() {
                    match event {
                        Event::Html(html) | Event::Text(html) => raw.push_str(&html),
                        Event::End(TagEnd::HtmlBlock) => break,
                        _ => {}
                    }
                }
                renderer.raw(raw.into(), span);
            }
            event => renderer.event(event, span),
        }
    }
    renderer.finish(source.len())
}

/// A text that the file does not have, to find slots by in the finished HTML.
fn marker(text: &str) -> String {
    let mut marker = "plainsite-slot-".to_owned();
    while text.contains(&marker) {
        marker.push_str("x-");
    }
    marker
}

struct Renderer<'a, 'd> {
    file: &'d Arc<str>,
    masked: Option<&'a Masked<'a>>,
    events: Vec<Event<'a>>,
    body: Body,
    used: Vec<String>,
    slots: Vec<(Span, Fill)>,
    marker: String,
    /// The images that are open: their texts are alternatives.
    images: Vec<Span>,
    columns: Columns,
    blocks: usize,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Renderer<'a, '_> {
    fn event(&mut self, event: Event<'a>, span: Span) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = self.destination(dest_url, link_type, span);
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = self.destination(dest_url, link_type, span);
                self.images.push(span);
                self.events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            Event::End(TagEnd::Image) => self.image_end(),
            Event::Text(text) => self.text(text, span),
            Event::InlineHtml(raw) | Event::Html(raw) => self.raw(raw, span),
            Event::Code(code) => {
                let code = self.restored(code, span);
                self.events.push(Event::Code(code));
            }
            Event::End(TagEnd::Paragraph) => {
                self.paragraph_end();
            }
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                self.blocks += 1;
                let marker = self.slot(span, Fill::Word(alert(kind)));
                self.events.push(Event::Start(Tag::BlockQuote(Some(kind))));
                self.events.push(Event::Html(format!("<p class=\"markdown-alert-title\">{marker}</p>\n").into()));
            }
            Event::Start(Tag::Table(columns)) => {
                self.blocks += 1;
                // Wider than a narrow screen, it scrolls: by keyboard too.
                let label = self.slot(span, Fill::Word("table"));
                self.events.push(Event::Html(
                    format!("<div class=\"table-scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\">\n").into(),
                ));
                self.events.push(Event::Start(self.columns.table(columns)));
            }
            Event::Start(ref row @ (Tag::TableHead | Tag::TableRow)) => {
                self.columns.row(row);
                self.events.push(event);
            }
            Event::Start(Tag::TableCell) => self.events.push(self.columns.cell()),
            Event::End(TagEnd::Table) => {
                self.blocks -= 1;
                self.events.push(Event::End(TagEnd::Table));
                self.events.push(Event::Html("</div>\n".into()));
            }
            Event::Start(ref tag) => {
                self.blocks +=
                    usize::from(matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::FootnoteDefinition(_) | Tag::CodeBlock(_)));
                self.events.push(event);
            }
            Event::End(ref tag) => {
                self.blocks -=
                    usize::from(matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition | TagEnd::CodeBlock));
                self.events.push(event);
            }
            event => self.events.push(event),
        }
    }

    /// A heading up to its end: gives it its id, and puts it into the table of contents.
    fn heading(&mut self, parser: &mut pulldown_cmark::OffsetIter<'a>, start: Tag<'a>, from: usize) -> String {
        let Tag::Heading { level, id, classes, attrs } = start else { return String::new() };
        let at = self.events.len();
        for (event, range) in parser.by_ref() {
            if let Event::End(TagEnd::Heading(_)) = event {
                break;
            }
            self.event(event, Span::from(range).shifted(from));
        }
        let title = plain(&self.events[at..]).trim().to_owned();
        let id = match id {
            Some(id) => {
                self.used.push(id.to_string());
                id.into_string()
            }
            None => slug::heading(&title, &mut self.used),
        };
        let entry = |level| Heading { level, id: id.clone(), title: title.clone(), children: Vec::new() };
        match (level, self.body.toc.last_mut()) {
            (HeadingLevel::H2, _) => self.body.toc.push(entry(2)),
            (HeadingLevel::H3, Some(last)) => last.children.push(entry(3)),
            _ => {}
        }
        self.events.insert(at, Event::Start(Tag::Heading { level, id: Some(CowStr::from(id)), classes, attrs }));
        self.events.push(Event::End(TagEnd::Heading(level)));
        title
    }

    fn text(&mut self, text: CowStr<'a>, span: Span) {
        let Some(masked) = self.masked.filter(|m| m.has(&text)) else {
            return self.events.push(Event::Text(text));
        };
        // Code blocks and alternative texts are text events too; nothing is expanded there.
        if !self.images.is_empty() || self.in_code() {
            return self.events.push(Event::Text(masked.restored(&text, span.start).into()));
        }
        for part in masked.parts(&text, span.start) {
            match part {
                Part::Text(text) => self.events.push(Event::Text(text.to_owned().into())),
                Part::Shortcode(n) => self.shortcode(n),
            }
        }
    }

    fn in_code(&self) -> bool {
        let open = self.events.iter().rev().find(|e| !matches!(e, Event::Text(_)));
        matches!(open, Some(Event::Start(Tag::CodeBlock(_))))
    }

    fn shortcode(&mut self, n: usize) {
        let Some((span, found)) = self.masked.and_then(|m| m.found.get(n)) else { return };
        match found {
            Ok(call) => {
                let marker = self.slot(*span, Fill::Shortcode(call.clone()));
                self.events.push(Event::InlineHtml(marker.into()));
            }
            Err(diagnostic) => self.diagnostics.push((**diagnostic).clone()),
        }
    }

    /// Remembers what belongs at a place, and returns the text that marks it until the HTML is there.
    fn slot(&mut self, span: Span, fill: Fill) -> String {
        self.slots.push((span, fill));
        format!("{}{};", self.marker, self.slots.len() - 1)
    }

    fn destination(&mut self, url: CowStr<'a>, link: LinkType, span: Span) -> CowStr<'a> {
        let url = match self.masked {
            Some(masked) if masked.has(&url) => masked.restored_last(&url, span).into(),
            _ => url,
        };
        if link == LinkType::Email || !is_relative(&url) {
            return url;
        }
        self.slot(span, Fill::Address(url.into_string())).into()
    }

    /// `![](x.png)` says nothing about the image, not even that it is decoration.
    fn image_end(&mut self) {
        let span = self.images.pop().unwrap_or_default();
        if let Some(Event::Start(Tag::Image { dest_url, .. })) = self.events.last() {
            let shown = match self.slots.last() {
                Some((_, Fill::Address(link))) if dest_url.starts_with(&self.marker) => link.as_str(),
                _ => dest_url,
            };
            self.diagnostics.push(bare_image(self.file, shown, span));
        }
        self.events.push(Event::End(TagEnd::Image));
    }

    fn raw(&mut self, raw: CowStr<'a>, span: Span) {
        let raw = match self.masked.filter(|m| m.has(&raw)) {
            None => raw.into_string(),
            Some(masked) if raw.starts_with("<!--") || raw.contains("<pre") || raw.contains("<code") => masked.restored(&raw, span.start),
            Some(masked) => {
                let mut text = String::new();
                for part in masked.parts(&raw, span.start) {
                    match part {
                        Part::Text(part) => text.push_str(part),
                        Part::Shortcode(n) => {
                            if let Some((span, Ok(call))) = masked.found.get(n) {
                                let marker = self.slot(*span, Fill::Shortcode(call.clone()));
                                text.push_str(&marker);
                            } else if let Some((_, Err(diagnostic))) = masked.found.get(n) {
                                self.diagnostics.push((**diagnostic).clone());
                            }
                        }
                    }
                }
                text
            }
        };
        let html = rewrite_raw(&raw, |link, written| {
            let first = !link.starts_with(&self.marker);
            first.then(|| self.slot(span, Fill::RawAddress { link: link.to_owned(), written: written.to_owned() }))
        });
        self.events.push(Event::Html(html.into()));
    }

    fn restored(&self, text: CowStr<'a>, span: Span) -> CowStr<'a> {
        match self.masked {
            Some(masked) if masked.has(&text) => masked.restored(&text, span.start).into(),
            _ => text,
        }
    }

    fn paragraph_end(&mut self) {
        let start = self.events.iter().rposition(|e| matches!(e, Event::Start(Tag::Paragraph))).unwrap_or(0);
        // A shortcode that stands alone is a block of its own, not a paragraph.
        if let [_, Event::InlineHtml(html)] = &self.events[start..]
            && html.starts_with(&self.marker)
        {
            let block = Event::Html(format!("{html}\n").into());
            self.events.truncate(start);
            self.events.push(block);
            return;
        }
        if self.body.summary.is_empty() && self.blocks == 0 {
            self.body.summary = shortened(&plain(&self.events[start..]));
        }
        self.events.push(Event::End(TagEnd::Paragraph));
    }

    fn finish(mut self, source: usize) -> Body {
        let mut html = String::with_capacity(source + source / 2);
        html::push_html(&mut html, self.events.drain(..));
        if self.slots.is_empty() {
            html.shrink_to_fit();
            self.body.html = html;
            return self.body;
        }
        let finder = memchr::memmem::Finder::new(&self.marker);
        self.body.html.reserve_exact(html.len());
        let mut rest = html.as_str();
        while let Some(at) = finder.find(rest.as_bytes()) {
            let number = &rest[at + self.marker.len()..];
            let end = number.find(';').unwrap_or(0);
            self.body.html.push_str(&rest[..at]);
            if let Some((span, fill)) = number[..end].parse::<usize>().ok().and_then(|n| self.slots.get(n)) {
                self.body.slots.push(Slot { at: self.body.html.len(), span: *span, fill: fill.clone() });
            }
            rest = &number[end + 1..];
        }
        self.body.html.push_str(rest);
        self.body.html.shrink_to_fit();
        self.body.slots.shrink_to_fit();
        self.body
    }
}

/// The word above an alert, as a key of the interface.
fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

fn bare_image(file: &Arc<str>, image: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&MISSING_ALTERNATIVE, format!("the image `{image}` has no alternative text"))
        .at(file, span, "")
        .why("who cannot see the image must be able to read what it says")
        .help("write `![what the image says](…)`; if it says nothing, `<img src=\"…\" alt=\"\">`")
}

/// The text of some events, without markup.
fn plain(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SUMMARY) {
        None => text.trim().to_owned(),
        Some((limit, _)) => {
            let end = text[..limit].rfind(' ').unwrap_or(limit);
            format!("{}…", text[..end].trim_end_matches([' ', ',', ';', ':', '.']))
        }
    }
}
