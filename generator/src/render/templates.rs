//! The site's templates over the built-in ones, parsed once.

mod links;
mod parse;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use registry::diagnostic::{Reported, Rule, Severity, Silence, Span, suggest};
use tera::{ErrorKind, Kwargs, ReportError, State, Tera, TeraResult, Value};

use super::assets::Assets;
use super::interface;
use super::theme::{PREFIX, Theme, is_template};
use crate::html::collapse::collapse_template;

/// A template that cannot be parsed, or fails when it renders.
pub static TEMPLATE_ERROR: Rule =
    Rule { name: "template-error", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/template-error.md") };
/// Templates that extend or include each other in a circle.
pub static TEMPLATE_LOOP: Rule =
    Rule { name: "template-loop", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/template-loop.md") };

/// The parsed templates.
#[derive(Clone, Debug)]
pub struct Templates {
    tera: Tera,
    /// The same with all white space, for errors that point at what the author wrote.
    written: Tera,
    paths: BTreeMap<String, Arc<str>>,
    left_out: BTreeSet<String>,
}

/// Whether templates lose their white space when they are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhiteSpace {
    /// It stays.
    Kept,
    /// What never renders goes.
    Collapsed,
}

impl Templates {
    /// Parses every template of a look. A broken one is reported and left out, with all that build on it.
    pub fn parse(theme: &Theme, white_space: WhiteSpace, assets: &Arc<Assets>) -> Reported<Self> {
        let mut diagnostics = Vec::new();
        let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut paths, mut unread) = (BTreeMap::new(), BTreeSet::new());
        for (name, file) in theme.files.iter().filter(|(name, _)| is_template(name)) {
            match std::str::from_utf8(&file.bytes) {
                Ok(text) => {
                    texts.insert(name, text);
                    paths.insert(name.clone(), file.path.clone());
                }
                Err(error) => {
                    unread.insert(name.clone());
                    diagnostics.push(crate::document::not_utf8(&file.path, &file.bytes, error));
                }
            }
        }
        let parsed = parse::parse(&texts, &paths, unread, assets);
        diagnostics.extend(parsed.diagnostics);
        let (written, left_out) = (parsed.tera, parsed.left_out);
        texts.retain(|name, _| !left_out.contains(*name));
        let tera = match white_space {
            WhiteSpace::Kept => written.clone(),
            WhiteSpace::Collapsed => {
                let mut tera = engine(assets);
                let collapsed: Vec<_> = texts.iter().map(|(name, text)| (*name, collapse_template(text))).collect();
                match tera.add_raw_templates(collapsed.iter().map(|(name, text)| (*name, text.as_str()))) {
                    Ok(()) => tera,
                    // What parses as written and not without its white space stays as written.
                    Err(_) => written.clone(),
                }
            }
        };
        Reported { value: Self { tera, written, paths, left_out }, diagnostics }
    }

    /// Whether there is a template of that name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Whether there is a template of that name which cannot be used: it is broken, or builds on one that is. That has
    /// been reported already.
    pub fn is_left_out(&self, name: &str) -> bool {
        self.left_out.contains(name)
    }

    /// The names of the templates that are made for pages: no parts, no shortcodes, none of what publishing a policy makes, not the tool's own spare ones.
    pub fn page_templates(&self) -> Vec<&str> {
        let others = [PREFIX, "answers/", "emails/", "partials/", "policy-", "shortcodes/"];
        let for_pages =
            |name: &&str| !others.iter().any(|folder| name.starts_with(folder)) && !matches!(*name, "base.html" | "redirect.html");
        self.paths.keys().map(String::as_str).filter(for_pages).collect()
    }

    /// Renders a template into `out`.
    ///
    /// # Errors
    /// What went wrong in which template, as it is written.
    pub fn render(&self, name: &str, context: &tera::Context, out: &mut Vec<u8>) -> Result<(), Box<Fault>> {
        if self.tera.render_to(name, context, &mut *out).is_ok() {
            return Ok(());
        }
        out.clear();
        match self.written.render_to(name, context, &mut *out) {
            Ok(()) => Ok(()),
            Err(error) => Err(Box::new(self.fault(name, &error))),
        }
    }

    fn fault(&self, name: &str, error: &tera::Error) -> Fault {
        match error.kind() {
            ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => Fault {
                message: report.message().to_owned(),
                file: self.paths.get(report.filename()).cloned().unwrap_or_else(|| report.filename().into()),
                lines: Some(Place::of(report)),
            },
            other => Fault { message: other.to_string(), file: self.paths.get(name).cloned().unwrap_or_else(|| name.into()), lines: None },
        }
    }
}

/// What went wrong while a template rendered.
#[derive(Debug)]
pub struct Fault {
    /// Tera's words.
    pub message: String,
    /// The template's path.
    pub file: Arc<str>,
    /// Where in it.
    pub lines: Option<Place>,
}

/// A place as Tera says it: lines from 1, columns in characters from 0.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    start: (usize, usize),
    end: (usize, usize),
}

impl Place {
    fn of(report: &ReportError) -> Self {
        let span = report.span();
        Self { start: (span.start_line, span.start_col), end: (span.end_line, span.end_col) }
    }

    fn at(line: usize, column: usize) -> Self {
        Self { start: (line, column), end: (line, column) }
    }

    /// The place in bytes.
    pub fn span(self, text: &str) -> Span {
        let offset = |(line, column): (usize, usize)| {
            let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
            let rest = &text[start.min(text.len())..];
            start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
        };
        let start = offset(self.start);
        Span { start, end: offset(self.end).max(start) }
    }
}

/// A message of Tera's in our own form: lower case, no full stop.
pub fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// An engine with our functions and filters, and no template yet.
fn engine(assets: &Arc<Assets>) -> Tera {
    let mut tera = Tera::new();
    let assets = assets.clone();
    tera.register_function("asset", move |arguments: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let path: &str = arguments.must_get("path")?;
        match assets.url(path) {
            Some(url) => Ok(Value::safe_string(url)),
            None => Err(tera::Error::message(format!("there is no file `{path}` in `templates/`; {}", suggest(path, &assets.names())))),
        }
    });
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let json = serde_json::to_string(&value).map_err(|e| tera::Error::message(e.to_string()))?;
        Ok(Value::safe_string(&json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")))
    });
    tera.register_filter("long_date", interface::long_date);
    tera
}

#[cfg(test)]
mod tests;
