//! A page's view, its document and its templates: HTML.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, suggest};
use tera::Value;

use super::context::Shared;
use super::templates::{Fault, TEMPLATE_ERROR, Templates, lower};
use super::theme::Theme;
use super::view::PageView;
use crate::document::shortcode::{Argument, Call};
use crate::document::{Document, Fill, Slot};
use crate::output::Finish;

/// A page names a template that does not exist.
pub static UNKNOWN_TEMPLATE: Rule = Rule {
    name: "unknown-template",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/unknown-template.md"),
};
/// A page calls a shortcode that does not exist.
pub static UNKNOWN_SHORTCODE: Rule = Rule {
    name: "unknown-shortcode",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/unknown-shortcode.md"),
};

/// What rendering needs beside a page's own view.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The look's files.
    pub theme: &'a Theme,
    /// The parsed templates.
    pub templates: &'a Templates,
    /// What all pages share.
    pub shared: &'a Shared,
    /// What is done to pages when they are written.
    pub finish: Finish,
}

/// Renders a page into `html`, which may hold another one's; tells whether it could.
pub fn render(view: &PageView<'_>, document: Option<&Document>, look: Look<'_>, html: &mut Vec<u8>) -> Reported<bool> {
    let mut diagnostics = Vec::new();
    let path = document.map(|d| &d.outline.path);
    if look.templates.is_left_out(view.template) {
        return Reported { value: false, diagnostics };
    }
    if !look.templates.has(view.template) {
        let mut diagnostic = Diagnostic::new(&UNKNOWN_TEMPLATE, format!("there is no template `{}`", view.template));
        if let Some(document) = document {
            diagnostic = match &document.outline.front.template {
                Some((_, span)) => diagnostic.at(&document.outline.path, *span, ""),
                None => diagnostic.in_file(&document.outline.path),
            };
        }
        diagnostics.push(diagnostic.help(suggest(view.template, &look.templates.page_templates())));
        return Reported { value: false, diagnostics };
    }
    let mut context = look.shared.context(view.language);
    let content = match document {
        None => Value::safe_string(""),
        Some(document) if document.slots.is_empty() => Value::safe_string(&document.html),
        Some(document) => Value::safe_string(&filled(view, document, look, &mut diagnostics)),
    };
    context.insert_value("content", content);
    context.insert("page", &view.page);
    context.insert("items", &view.items);
    context.insert("sections", &view.sections);
    context.insert("pager", &view.pager);
    context.insert("terms", &view.terms);
    html.clear();
    if let Err(fault) = look.templates.render(view.template, &context, html) {
        diagnostics.push(of_fault(&fault, look.theme).why(format!("seen while rendering {}", named(path, view.page.url))));
        return Reported { value: false, diagnostics };
    }
    Reported { value: true, diagnostics }
}

fn named(path: Option<&Arc<str>>, url: &str) -> String {
    path.map_or_else(|| format!("the made page `{url}`"), |path| format!("`{path}`"))
}

/// A fault of a template's, at its place in the template.
pub(super) fn of_fault(fault: &Fault, theme: &Theme) -> Diagnostic {
    let diagnostic = Diagnostic::new(&TEMPLATE_ERROR, lower(&fault.message));
    let name = fault.file.strip_prefix("templates/").unwrap_or(&fault.file);
    let text = theme.files.get(name).and_then(|file| std::str::from_utf8(&file.bytes).ok());
    match (fault.lines, text) {
        (Some(place), Some(text)) => diagnostic.at(&fault.file, place.span(text), ""),
        _ => diagnostic.in_file(&fault.file),
    }
}

/// A page's content, as its template gets it; what goes wrong has been told when the page was rendered.
pub fn content(view: &PageView<'_>, document: &Document, look: Look<'_>) -> String {
    filled(view, document, look, &mut Vec::new())
}

/// A document's HTML with its slots filled.
fn filled(view: &PageView<'_>, document: &Document, look: Look<'_>, diagnostics: &mut Vec<Diagnostic>) -> String {
    let mut html = String::with_capacity(document.html.len() + 64 * document.slots.len());
    let mut addresses = view.addresses.iter().map(Option::as_deref);
    let mut from = 0;
    for slot in &document.slots {
        html.push_str(&document.html[from..slot.at]);
        from = slot.at;
        match &slot.fill {
            Fill::Address(link) => href_into(addresses.next().flatten().unwrap_or(link), &mut html),
            Fill::RawAddress { written, .. } => match addresses.next().flatten() {
                Some(address) => href_into(address, &mut html),
                None => html.push_str(written),
            },
            Fill::Day(day) => crate::html::escape_into(&look.shared.day(view.language, *day), &mut html),
            Fill::Word(key) => crate::html::escape_into(look.shared.word(view.language, key), &mut html),
            Fill::Shortcode(call) => html.push_str(&shortcode(view, document, slot, call, &mut addresses, look, diagnostics)),
        }
    }
    html.push_str(&document.html[from..]);
    html
}

/// Writes an address as CommonMark has it in `href` and `src`.
fn href_into(address: &str, html: &mut String) {
    pulldown_cmark_escape::escape_href(html, address).expect("a string takes every text");
}

fn shortcode<'a>(
    view: &PageView<'_>,
    document: &Document,
    slot: &Slot,
    call: &Call,
    addresses: &mut impl Iterator<Item = Option<&'a str>>,
    look: Look<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let mut context = look.shared.context(view.language);
    for (key, value) in &call.arguments {
        let value = match value {
            Argument::Text(text) if text.starts_with("@/") => Value::from(addresses.next().flatten().unwrap_or(text)),
            Argument::Text(text) => Value::from(text.as_str()),
            Argument::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(*number as i64),
            Argument::Number(number) => Value::from(*number),
            Argument::Bool(value) => Value::from(*value),
        };
        context.insert_value(key.clone(), value);
    }
    let path = &document.outline.path;
    let template = format!("shortcodes/{}.html", call.name);
    if look.templates.is_left_out(&template) {
        return String::new();
    }
    if !look.templates.has(&template) {
        let known: Vec<&str> = look.theme.shortcodes().collect();
        diagnostics.push(
            Diagnostic::new(&UNKNOWN_SHORTCODE, format!("there is no shortcode `{}`", call.name))
                .at(path, slot.span, "")
                .help(suggest(&call.name, &known)),
        );
        return String::new();
    }
    let mut html = Vec::new();
    match look.templates.render(&template, &context, &mut html) {
        Ok(()) => String::from_utf8(html).unwrap_or_default(),
        Err(fault) => {
            diagnostics.push(of_fault(&fault, look.theme).at(path, slot.span, "called here"));
            String::new()
        }
    }
}
