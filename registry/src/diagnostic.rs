//! What is wrong with what an author wrote, as a value: rule, place, reason and remedy.
//!
//! How a diagnostic looks on a terminal, in JSON or in a page is its readers' affair.

use std::ops::Range;
use std::sync::Arc;

/// A rule that a diagnostic can break. Its name is permanent: authors silence it and look it up by that name.
#[derive(Debug)]
pub struct Rule {
    /// Such as `broken-link`: named for the fault.
    pub name: &'static str,
    /// Whether breaking it stops the build.
    pub severity: Severity,
    /// Whether a site may silence it.
    pub silence: Silence,
    /// Markdown in three parts: what it does, why it matters, an example; and the rule's source.
    pub doc: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Whether a site may silence a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// With a written reason: there are sites for which the rule is wrong.
    Allowed,
    /// Where the rule is broken there is no whole site to judge, or it is a plain mistake.
    Never,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Shown; the build goes on.
    Warning,
    /// Shown; nothing is written.
    Error,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Line and column of a byte of a text, both from 1, the column in characters.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or("").chars().count() + 1)
}

/// Byte offsets into a file's text, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The same span in a text that has `offset` more bytes before it.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// A place in a file, with a word on what is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The file's path below the site's root, with `/` between its parts.
    pub file: Arc<str>,
    /// Where in the file; the whole file when absent.
    pub span: Option<Span>,
    /// What is there; may be empty.
    pub text: String,
}

/// One mistake: which rule, where, why, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The rule's severity, or a lesser one.
    pub severity: Severity,
    /// What is wrong, in a clause: lower case, no full stop.
    pub message: String,
    /// The places, the one to mend first.
    pub labels: Vec<Label>,
    /// Why it is wrong, where the message does not say it.
    pub why: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of a rule, with the rule's severity and no place yet.
    pub fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self { rule, severity: rule.severity, message: message.into(), labels: Vec::new(), why: None, help: None }
    }

    /// Adds a place in a file.
    #[must_use]
    pub fn at(mut self, file: &Arc<str>, span: impl Into<Span>, text: impl Into<String>) -> Self {
        self.labels.push(Label { file: file.clone(), span: Some(span.into()), text: text.into() });
        self
    }

    /// Adds a whole file as the place.
    #[must_use]
    pub fn in_file(mut self, file: &Arc<str>) -> Self {
        self.labels.push(Label { file: file.clone(), span: None, text: String::new() });
        self
    }

    /// Says why.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// One line: `file:line:column: severity[rule]: message`. `texts` has a file's text by its path.
    pub fn short<'t>(&self, texts: impl Fn(&str) -> Option<&'t str>) -> String {
        let what = format!("{}[{}]: {}", self.severity.name(), self.rule.name, self.message);
        let Some(label) = self.labels.first() else { return what };
        let start = label.span.map_or(0, |span| span.start);
        let (line, column) = texts(&label.file).map_or((1, 1), |text| position(text, start));
        format!("{}:{line}:{column}: {what}", label.file)
    }

    /// Where it stands in a sorted report: file, place, rule, message.
    pub fn sort_key(&self) -> (Option<&Label>, &'static str, &str) {
        (self.labels.first(), self.rule.name, &self.message)
    }
}

/// A value and everything that was found wrong on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported<T> {
    /// The value, as good as it could be made.
    pub value: T,
    /// What was wrong, in the order of discovery.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Reported<T> {
    /// A value with nothing wrong.
    pub fn clean(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }

    /// Takes the value and hands the diagnostics on.
    pub fn into_value(self, diagnostics: &mut Vec<Diagnostic>) -> T {
        diagnostics.extend(self.diagnostics);
        self.value
    }
}

/// Whether any of them stops the build.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// The known name that a misspelt one most likely stands for, if any is near.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1) + 1;
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(name, k), k))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, k)| (*distance, *k))
        .map(|(_, k)| k)
}

/// The remedy for an unknown name: the nearest known one, or all of them.
pub fn suggest(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("known: {}", known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_a_slip_and_no_more() {
        assert_eq!(nearest("titel", ["title", "date"]), Some("title"));
        assert_eq!(nearest("dat", ["title", "date"]), Some("date"));
        assert_eq!(nearest("zebra", ["title", "date"]), None);
    }

    #[test]
    fn suggest_lists_everything_when_nothing_is_near() {
        assert_eq!(suggest("zebra", &["title", "date"]), "known: `title`, `date`");
    }
}
