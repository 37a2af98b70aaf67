//! Shortcodes in Markdown, `{{ name(key="value") }}`: found, read, and put in place of words while Markdown is parsed.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};

/// A shortcode whose arguments cannot be read.
pub static MALFORMED_SHORTCODE: Rule = Rule {
    name: "malformed-shortcode",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/malformed-shortcode.md"),
};

/// A shortcode with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The name of its template.
    pub name: String,
    /// Its arguments in the author's order.
    pub arguments: Vec<(String, Argument)>,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
}

/// A text in which every shortcode is replaced by a word of the same length in bytes, and the shortcodes.
///
/// The words hold no letter that Markdown knows, so a shortcode's own quotes and brackets cannot disturb it, and every
/// offset stays what it is in the file.
#[derive(Debug)]
pub struct Masked<'a> {
    /// The text as the author wrote it.
    pub original: &'a str,
    /// The text with the words.
    pub text: String,
    /// Every shortcode, or what is wrong with it, in order.
    pub found: Vec<(Span, Result<Call, Box<Diagnostic>>)>,
    mark: char,
}

/// Finds the shortcodes from byte `from` on; `None` where there are none.
pub fn mask<'a>(file: &Arc<str>, text: &'a str, from: usize) -> Option<Masked<'a>> {
    memchr::memmem::find(&text.as_bytes()[from..], b"{{")?;
    // A letter of the private use area that the text does not have.
    let mark = ('\u{E000}'..'\u{F8FF}').find(|c| !text.contains(*c))?;
    let mut masked = Masked { original: text, text: text[..from].to_owned(), found: Vec::new(), mark };
    let mut at = from;
    while let Some(offset) = memchr::memmem::find(&text.as_bytes()[at..], b"{{") {
        let start = at + offset;
        masked.text.push_str(&text[at..start]);
        let Some(read) = read(file, text, start) else {
            masked.text.push_str("{{");
            at = start + 2;
            continue;
        };
        let end = read.0;
        masked.text.push(mark);
        masked.text.extend(std::iter::repeat_n('x', end - start - 2 * mark.len_utf8()));
        masked.text.push(mark);
        masked.found.push((Span { start, end }, read.1));
        at = end;
    }
    masked.text.push_str(&text[at..]);
    (!masked.found.is_empty()).then_some(masked)
}

impl Masked<'_> {
    /// The parts of a text of the Markdown parser's that begins at `at` in the file: plain ones, and the numbers of
    /// shortcodes.
    pub fn parts<'t>(&self, text: &'t str, at: usize) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut next = self.found.partition_point(|(span, _)| span.start < at);
        while let Some(from) = rest.find(self.mark) {
            let inner = from + self.mark.len_utf8();
            let Some(to) = rest[inner..].find(self.mark).map(|i| inner + i + self.mark.len_utf8()) else { break };
            if from > 0 {
                parts.push(Part::Text(&rest[..from]));
            }
            parts.push(Part::Shortcode(next));
            next += 1;
            rest = &rest[to..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    /// A text of the Markdown parser's that begins at `at`, with its shortcodes as the author wrote them.
    pub fn restored(&self, text: &str, at: usize) -> String {
        self.parts(text, at)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Shortcode(n) => self.found.get(n).map_or("", |(span, _)| &self.original[span.start..span.end]),
            })
            .collect()
    }

    /// The same for a text that ends what stands at `span`, as a link's address does: its shortcodes are the last ones.
    pub fn restored_last(&self, text: &str, span: Span) -> String {
        let count = text.matches(self.mark).count() / 2;
        let end = self.found.partition_point(|(found, _)| found.start < span.end);
        let first = self.found.get(end.saturating_sub(count)).map_or(span.start, |(found, _)| found.start);
        self.restored(text, first)
    }

    /// Whether a text holds shortcodes.
    pub fn has(&self, text: &str) -> bool {
        text.contains(self.mark)
    }
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub enum Part<'t> {
    /// Text of the author's.
    Text(&'t str),
    /// A shortcode, by its number.
    Shortcode(usize),
}

/// Reads the shortcode at `start`: where it ends, and the call. `None` where the braces open none.
fn read(file: &Arc<str>, text: &str, start: usize) -> Option<(usize, Result<Call, Box<Diagnostic>>)> {
    let mut reader = Reader { text, at: start + 2 };
    reader.spaces();
    let name = reader.word()?.to_owned();
    if !reader.eat("(") {
        return None;
    }
    let close = text[reader.at..].find("}}").map(|i| reader.at + i + 2);
    let result = reader.arguments().map(|arguments| Call { name, arguments });
    match result {
        Ok(call) => Some((reader.at, Ok(call))),
        Err((at, expected)) => {
            let end = close?;
            let diagnostic = Diagnostic::new(&MALFORMED_SHORTCODE, format!("expected {expected}"))
                .at(file, at.min(end)..end.max(at), "here")
                .at(file, start..end, "")
                .help("write it as `{{ name(key=\"value\", number=3, yes=true) }}`");
            Some((end, Err(Box::new(diagnostic))))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, mark: &str) -> bool {
        let found = self.text[self.at..].starts_with(mark);
        self.at += if found { mark.len() } else { 0 };
        found
    }

    fn word(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some(word)
    }

    fn arguments(&mut self) -> Result<Vec<(String, Argument)>, (usize, &'static str)> {
        let mut arguments = Vec::new();
        loop {
            self.spaces();
            if self.eat(")") {
                break;
            }
            let key = self.word().ok_or((self.at, "the name of an argument"))?.to_owned();
            self.spaces();
            if !self.eat("=") {
                return Err((self.at, "`=`"));
            }
            self.spaces();
            arguments.push((key, self.value().ok_or((self.at, "a value: a text in quotes, a number, `true` or `false`"))?));
            self.spaces();
            if !self.eat(",") && !self.text[self.at..].starts_with(')') {
                return Err((self.at, "`,` or `)`"));
            }
        }
        self.spaces();
        if self.eat("}}") { Ok(arguments) } else { Err((self.at, "`}}`")) }
    }

    fn value(&mut self) -> Option<Argument> {
        let rest = &self.text[self.at..];
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let mut value = String::new();
            let mut escaped = false;
            for (at, c) in rest.char_indices().skip(1) {
                match c {
                    '\n' if rest[at + 1..].trim_start_matches([' ', '\t']).starts_with('\n') => return None,
                    _ if escaped => {
                        value.push(c);
                        escaped = false;
                    }
                    '\\' => escaped = true,
                    c if c == quote => {
                        self.at += at + 1;
                        return Some(Argument::Text(value));
                    }
                    c => value.push(c),
                }
            }
            return None;
        }
        let end = rest.find(|c: char| c == ',' || c == ')' || c.is_whitespace()).unwrap_or(rest.len());
        let value = match &rest[..end] {
            "true" => Argument::Bool(true),
            "false" => Argument::Bool(false),
            number => Argument::Number(number.parse().ok().filter(|n: &f64| n.is_finite())?),
        };
        self.at += end;
        Some(value)
    }
}
