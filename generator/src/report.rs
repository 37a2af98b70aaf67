//! Diagnostics as people and programs read them: with the source line and its span, as one line each, or as JSON.

use std::collections::HashMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use registry::diagnostic::{Diagnostic, Severity, Span, position};
use serde_json::json;

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// The source line with its span, why, and what to do.
    #[default]
    Human,
    /// A line each: `file:line:column: severity[rule]: message`.
    Short,
    /// An array of objects.
    Json,
}

/// Whether a text may have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Escape sequences for a terminal.
    Coloured,
    /// Letters only.
    Plain,
}

/// A file's text by its path below the site's root.
pub type Texts<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The diagnostics in a format; empty when there are none, but for JSON.
pub fn render(diagnostics: &[Diagnostic], format: Format, style: Style, texts: Texts<'_>) -> String {
    let mut files = Files { texts, known: HashMap::new() };
    for diagnostic in diagnostics {
        diagnostic.labels.iter().for_each(|label| files.load(&label.file));
    }
    match format {
        Format::Human => diagnostics.iter().map(|d| human(d, style, &files) + "\n\n").collect(),
        Format::Short => diagnostics.iter().map(|d| d.short(|file| files.text(file)) + "\n").collect(),
        Format::Json => {
            let all: Vec<_> = diagnostics.iter().map(|d| object(d, &files)).collect();
            format!("{:#}\n", serde_json::Value::from(all))
        }
    }
}

struct Files<'a> {
    texts: Texts<'a>,
    known: HashMap<String, Option<String>>,
}

impl Files<'_> {
    fn load(&mut self, file: &str) {
        if !self.known.contains_key(file) {
            self.known.insert(file.to_owned(), (self.texts)(file));
        }
    }

    fn text(&self, file: &str) -> Option<&str> {
        self.known.get(file)?.as_deref()
    }

    /// Line and column of a byte, both from 1, the column in characters.
    fn place(&self, file: &str, at: usize) -> (usize, usize) {
        self.text(file).map_or((1, 1), |text| position(text, at))
    }
}

fn human(diagnostic: &Diagnostic, style: Style, files: &Files<'_>) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.rule.name));
    let mut kind = AnnotationKind::Primary;
    // Places of one file are shown together, in one excerpt.
    for labels in diagnostic.labels.chunk_by(|a, b| a.file == b.file && a.span.is_some() && b.span.is_some()) {
        let Some(text) = labels.iter().find_map(|label| label.span.and(files.text(&label.file))) else {
            let paths = labels.iter().map(|label| Origin::path(label.file.as_ref()));
            group = paths.fold(group, Group::element);
            continue;
        };
        let annotations = labels.iter().filter_map(|label| Some((label, within(text, label.span?)))).map(|(label, span)| {
            let annotation = std::mem::replace(&mut kind, AnnotationKind::Context).span(span.start..span.end);
            if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
        });
        group = group.element(Snippet::source(text).path(labels[0].file.as_ref()).annotations(annotations));
    }
    if let Some(why) = &diagnostic.why {
        group = group.element(Level::NOTE.message(why));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = match style {
        Style::Coloured => Renderer::styled(),
        Style::Plain => Renderer::plain(),
    };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// A span that lies in the text, on the borders of letters.
fn within(text: &str, span: Span) -> Span {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    Span { start, end: text.ceil_char_boundary(span.end.clamp(start, text.len())) }
}

fn object(diagnostic: &Diagnostic, files: &Files<'_>) -> serde_json::Value {
    let labels = diagnostic.labels.iter().map(|label| {
        let (line, column) = files.place(&label.file, label.span.map_or(0, |span| span.start));
        let (end_line, end_column) = files.place(&label.file, label.span.map_or(0, |span| span.end));
        json!({ "file": label.file.as_ref(), "line": line, "column": column, "end_line": end_line, "end_column": end_column, "text": label.text })
    });
    json!({
        "rule": diagnostic.rule.name,
        "severity": diagnostic.severity.name(),
        "message": diagnostic.message,
        "places": labels.collect::<Vec<_>>(),
        "why": diagnostic.why,
        "help": diagnostic.help,
    })
}
