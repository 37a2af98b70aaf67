//! YAML as a tree with spans, and a reader of its maps that reports every mistake instead of stopping at the first.
//!
//! The only module that knows the YAML crate. What the keys mean is its callers' affair.

mod fields;

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, options};

use crate::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, Span};
pub use fields::{Fields, is_name, no_name, wrong_type};

/// The text is not YAML.
pub static INVALID_YAML: Rule =
    Rule { name: "invalid-yaml", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/invalid-yaml.md") };
/// A key stands twice in one map.
pub static DUPLICATE_KEY: Rule =
    Rule { name: "duplicate-key", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/duplicate-key.md") };
/// A key that nothing reads.
pub static UNKNOWN_KEY: Rule =
    Rule { name: "unknown-key", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/unknown-key.md") };
/// A value of another type than its key takes.
pub static WRONG_TYPE: Rule =
    Rule { name: "wrong-type", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/wrong-type.md") };

/// Every rule that this module reports.
pub static RULES: [&Rule; 4] = [&INVALID_YAML, &DUPLICATE_KEY, &UNKNOWN_KEY, &WRONG_TYPE];

/// Aliases may repeat a part of a file; beyond this many nodes it is refused.
const MOST_NODES: usize = 200_000;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands in its file.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// The three shapes of YAML.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A single value; what type it is depends on who asks.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the author's order, each key once.
    Map(Vec<Entry>),
}

/// A single value as the author wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text, after YAML's escapes.
    pub text: String,
    /// Without quotes: only then can it be a number, a truth value or nothing.
    pub plain: bool,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What is written behind it.
    pub value: Node,
}

/// What a plain scalar means in YAML 1.2's core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// Anything else is text.
    Text,
}

impl Scalar {
    /// What it means in YAML 1.2's core schema.
    pub fn meaning(&self) -> Meaning {
        if !self.plain {
            return Meaning::Text;
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
            "true" | "True" | "TRUE" => return Meaning::Bool(true),
            "false" | "False" | "FALSE" => return Meaning::Bool(false),
            _ => {}
        }
        let text = self.text.as_str();
        if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
            return Meaning::Text;
        }
        let int = match text.get(..2) {
            Some("0x") => i64::from_str_radix(&text[2..], 16).ok(),
            Some("0o") => i64::from_str_radix(&text[2..], 8).ok(),
            _ => text.parse().ok(),
        };
        let float = || text.bytes().any(|b| b.is_ascii_digit()).then(|| text.parse::<f64>().ok()).flatten();
        int.map(Meaning::Int).or_else(|| float().map(Meaning::Float)).unwrap_or(Meaning::Text)
    }
}

impl Node {
    /// The text of a scalar that is not nothing: numbers and truth values as they are written.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if scalar.meaning() != Meaning::Null => Some(&scalar.text),
            _ => None,
        }
    }

    /// The plain data that it is, without its places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => serde_json::Value::Null,
                Meaning::Bool(value) => value.into(),
                Meaning::Int(value) => value.into(),
                Meaning::Float(value) => value.into(),
                Meaning::Text => scalar.text.clone().into(),
            },
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Bool(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_int(&self) -> Option<i64> {
        match &self.value {
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Int(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether it is a text without a letter: `""` or `"  "`.
    pub fn is_blank(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if !scalar.plain && scalar.text.trim().is_empty())
    }

    /// Whether nothing was written.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.meaning() == Meaning::Null)
    }
}

/// Parses the first YAML document of a text. `offset` is added to every span, for text that is a part of a file.
/// An empty text is `None`.
pub fn parse(file: &Arc<str>, text: &str, offset: usize) -> Reported<Option<Node>> {
    let mut tree = Tree { file, offset, anchors: HashMap::new(), nodes: 0, diagnostics: Vec::new() };
    let mut events = Parser::new_from_str_with_options(text, options! { emit_comments: false });
    let mut root = None;
    while let Some(next) = events.next() {
        let result = next.map_err(|error| tree.scan_error(&error, text)).and_then(|(event, span)| match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => Ok(()),
            _ if root.is_some() => Err(Diagnostic::new(&INVALID_YAML, "a second document begins in one file")
                .at(file, tree.span(&span), "")
                .why("one file holds one document")
                .help("remove the `---` or `...` before it")),
            event => tree.node(event, span, &mut events, text).map(|node| root = Some(node)),
        });
        if let Err(diagnostic) = result {
            tree.diagnostics.push(diagnostic);
            return Reported { value: None, diagnostics: tree.diagnostics };
        }
    }
    Reported { value: root.filter(|root| !root.is_null()), diagnostics: tree.diagnostics }
}

struct Tree<'a> {
    file: &'a Arc<str>,
    offset: usize,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

type Events<'t> = Parser<'t, granit_parser::StrInput<'t>>;

impl Tree<'_> {
    fn span(&self, span: &granit_parser::Span) -> Span {
        Span::from(span.byte_range().unwrap_or(0..0)).shifted(self.offset)
    }

    fn scan_error(&self, error: &granit_parser::ScanError, text: &str) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
        Diagnostic::new(&INVALID_YAML, format!("this is not YAML: {}", error.info()))
            .at(self.file, Span::from(at..at).shifted(self.offset), "")
            .help("check the indentation, and put quotes around a text with `: `, `#` or a leading `@`, `*`, `&`, `!` or `%`")
    }

    fn next<'t>(&self, events: &mut Events<'t>, text: &str) -> Result<(Event<'t>, granit_parser::Span), Diagnostic> {
        match events.next() {
            Some(next) => next.map_err(|error| self.scan_error(&error, text)),
            None => Err(Diagnostic::new(&INVALID_YAML, "the text ends too early").at(
                self.file,
                Span::from(text.len()..text.len()).shifted(self.offset),
                "",
            )),
        }
    }

    fn node<'t>(&mut self, event: Event<'t>, span: granit_parser::Span, events: &mut Events<'t>, text: &str) -> Result<Node, Diagnostic> {
        let start = self.span(&span);
        self.nodes += 1;
        let before = self.nodes;
        let (value, end, anchor) = match event {
            Event::Scalar(scalar, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                (Value::Scalar(Scalar { text: scalar.into_owned(), plain }), start.end, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next(events, text)?;
                    if event == Event::SequenceEnd {
                        let end = items.last().map_or(self.span(&span).end, |last: &Node| last.span.end.max(start.end));
                        break (Value::List(items), end, anchor);
                    }
                    items.push(self.node(event, span, events, text)?);
                }
            }
            Event::MappingStart(_, anchor, _) => self.map(start, anchor, events, text)?,
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(Diagnostic::new(&INVALID_YAML, "an alias stands inside the value that it repeats").at(self.file, start, ""));
                };
                self.nodes += size;
                (node.value, start.end, 0)
            }
            other => return Err(Diagnostic::new(&INVALID_YAML, format!("unexpected {other:?}")).at(self.file, start, "")),
        };
        if self.nodes > MOST_NODES {
            return Err(Diagnostic::new(&INVALID_YAML, format!("more than {MOST_NODES} values, aliases repeated"))
                .at(self.file, start, "")
                .help("write less, or fewer aliases of aliases"));
        }
        let node = Node { span: Span { start: start.start, end }, value };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before));
        }
        Ok(node)
    }

    fn map<'t>(&mut self, start: Span, anchor: usize, events: &mut Events<'t>, text: &str) -> Result<(Value, usize, usize), Diagnostic> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next(events, text)?;
            if event == Event::MappingEnd {
                let end = entries.last().map_or(self.span(&span).end, |last| last.value.span.end.max(start.end));
                return Ok((Value::Map(entries), end, anchor));
            }
            let key = self.node(event, span, events, text)?;
            let (event, span) = self.next(events, text)?;
            let value = self.node(event, span, events, text)?;
            let Value::Scalar(Scalar { text: name, .. }) = key.value else {
                return Err(Diagnostic::new(&INVALID_YAML, "a key must be a word").at(self.file, key.span, ""));
            };
            if let Some(first) = entries.iter().find(|entry| entry.key == name) {
                self.diagnostics.push(
                    Diagnostic::new(&DUPLICATE_KEY, format!("`{name}` stands here twice"))
                        .at(self.file, key.span, "again here")
                        .at(self.file, first.key_span, "first here")
                        .help("keep one of them"),
                );
                continue;
            }
            entries.push(Entry { key: name, key_span: key.span, value });
        }
    }
}

#[cfg(test)]
mod tests;
