//! The YAML between the `---` lines at the top of a page.

use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, Span};
use registry::yaml::{self, Fields, Node};

/// A date that is none.
pub static INVALID_DATE: Rule =
    Rule { name: "invalid-date", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-date.md") };

/// What an author says about a page. Texts that other files can contradict keep their spans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// The page's title.
    pub title: Option<String>,
    /// What lists, search engines and shared links show.
    pub description: Option<String>,
    /// When it was first published.
    pub date: Option<Date>,
    /// When it was last changed in substance.
    pub updated: Option<Date>,
    /// Not published yet.
    pub draft: bool,
    /// The last part of its address.
    pub slug: Option<(String, Span)>,
    /// Addresses it had before.
    pub aliases: Vec<(String, Span)>,
    /// The template that renders it.
    pub template: Option<(String, Span)>,
    /// Its place in a section sorted by weight, the least first.
    pub weight: Option<i64>,
    /// Its tags.
    pub tags: Vec<String>,
    /// How a section sorts its pages.
    pub sort_by: Option<SortBy>,
    /// How many pages of a section stand on one page.
    pub paginate_by: Option<usize>,
    /// Which policy the page is, such as `privacy`: it is versioned, and held against the registry.
    pub policy: Option<(String, Span)>,
    /// The policy's version.
    pub version: Option<(String, Span)>,
    /// The day from which that version applies.
    pub effective: Option<Date>,
    /// Whatever else its templates read.
    pub extra: serde_json::Value,
}

/// How a section sorts its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// The newest first; undated ones last, by title.
    Date,
    /// By title.
    Title,
    /// The least weight first; the rest last, by title.
    Weight,
}

/// Where the YAML stands in a text, if it begins with any, and where the rest begins.
pub fn split(text: &str) -> (Option<Span>, usize) {
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let opening = text[start..].split_inclusive('\n').next().unwrap_or("");
    if opening.trim_end() != "---" || !opening.ends_with('\n') {
        return (None, start);
    }
    let yaml = start + opening.len();
    let mut at = yaml;
    for line in text[yaml..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return (Some(Span { start: yaml, end: at }), at + line.len());
        }
        at += line.len();
    }
    (None, start)
}

/// Reads front matter; `offset` is where it stands in its file.
pub fn read(file: &Arc<str>, text: &str, offset: usize) -> Reported<FrontMatter> {
    let mut diagnostics = Vec::new();
    let mut front = FrontMatter::default();
    let root = yaml::parse(file, text, offset).into_value(&mut diagnostics);
    if let Some(root) = &root
        && let Some(mut fields) = Fields::of(root, file, "front matter", &mut diagnostics)
    {
        front = FrontMatter {
            title: fields.text("title"),
            description: fields.text("description"),
            date: date(&mut fields, "date", file),
            updated: date(&mut fields, "updated", file),
            draft: fields.bool("draft").unwrap_or(false),
            slug: spanned(&mut fields, "slug"),
            aliases: fields.texts("aliases"),
            template: spanned(&mut fields, "template"),
            weight: fields.int("weight"),
            tags: fields.texts("tags").into_iter().map(|(tag, _)| tag).collect(),
            sort_by: fields.typed("sort_by", "`date`, `title` or `weight`", |node| sort_by(node.as_text()?)),
            paginate_by: fields.typed("paginate_by", "a whole number above 0", positive),
            policy: spanned(&mut fields, "policy"),
            version: spanned(&mut fields, "version"),
            effective: date(&mut fields, "effective", file),
            extra: fields.take("extra").map(Node::to_json).unwrap_or_default(),
        };
        fields.finish_with(Some("what only templates read goes under `extra:`"));
    }
    Reported { value: front, diagnostics }
}

/// Reads the name of a [`SortBy`].
pub fn sort_by(text: &str) -> Option<SortBy> {
    match text {
        "date" => Some(SortBy::Date),
        "title" => Some(SortBy::Title),
        "weight" => Some(SortBy::Weight),
        _ => None,
    }
}

/// A whole number above 0.
pub fn positive(node: &Node) -> Option<usize> {
    node.as_int().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0)
}

fn spanned(fields: &mut Fields<'_>, key: &'static str) -> Option<(String, Span)> {
    fields.typed(key, "text", |node| node.as_text().map(|text| (text.to_owned(), node.span)))
}

fn date(fields: &mut Fields<'_>, key: &'static str, file: &Arc<str>) -> Option<Date> {
    let (text, span) = spanned(fields, key)?;
    // A time of day may follow; a page is dated by its day.
    let day = text.get(..10).filter(|_| text.len() == 10 || matches!(text.as_bytes()[10], b'T' | b't' | b' ')).unwrap_or(&text);
    match day.parse() {
        Ok(date) => Some(date),
        Err(_) => {
            fields.diagnostics().push(
                Diagnostic::new(&INVALID_DATE, format!("`{text}` is no date"))
                    .at(file, span, "")
                    .help("write the year, the month and the day: `2026-05-01`"),
            );
            None
        }
    }
}
