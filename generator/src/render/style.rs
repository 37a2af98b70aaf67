//! CSS: checked, minified, its `url(…)` led to the files' fingerprinted names.

use std::collections::BTreeMap;
use std::sync::Arc;

use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};

use super::imports::{self, resolve};
use super::theme::MISSING_ASSET;

/// CSS that cannot be parsed.
pub static INVALID_STYLE: Rule =
    Rule { name: "invalid-style", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-style.md") };

/// A style sheet with the addresses of its files: `find` knows a file's address by its name below `templates/`.
pub(super) fn process(
    name: &str,
    path: &Arc<str>,
    text: &str,
    minify: bool,
    find: impl Fn(&str) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let invalid = |message: String, line: u32, column: u32| {
        let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
        let at = (start + column.saturating_sub(1) as usize).min(text.len());
        Diagnostic::new(&INVALID_STYLE, message).at(path, Span { start: at, end: at }, "")
    };
    let mut sheet = match StyleSheet::parse(text, ParserOptions { filename: name.to_owned(), ..ParserOptions::default() }) {
        Ok(sheet) => sheet,
        Err(error) => {
            let (line, column) = error.loc.as_ref().map_or((0, 0), |l| (l.line, l.column));
            let diagnostic = invalid(format!("this is not CSS: {}", error.kind), line, column);
            let help = "look for a brace too many or too few before this place";
            diagnostics.push(diagnostic.why("browsers would ignore the rest").help(help));
            return None;
        }
    };
    if minify && let Err(error) = sheet.minify(MinifyOptions::default()) {
        diagnostics.push(invalid(format!("this CSS cannot be minified: {}", error.kind), 0, 0));
        return None;
    }
    let options = PrinterOptions { minify, analyze_dependencies: Some(DependencyOptions::default()), ..PrinterOptions::default() };
    let printed = match sheet.to_css(options) {
        Ok(printed) => printed,
        Err(error) => {
            diagnostics.push(invalid(format!("this CSS cannot be written: {}", error.kind), 0, 0));
            return None;
        }
    };
    let mut css = printed.code;
    for dependency in printed.dependencies.unwrap_or_default() {
        let (url, placeholder) = match &dependency {
            Dependency::Import(import) => (&import.url, &import.placeholder),
            Dependency::Url(url) => (&url.url, &url.placeholder),
        };
        let address = if is_local(url) { resolve(name, url).and_then(|name| find(&name)) } else { Some(url.clone()) };
        if address.is_none() {
            let at = text.find(url.as_str()).unwrap_or(0);
            diagnostics.push(
                Diagnostic::new(&MISSING_ASSET, format!("`{url}` is not in `templates/`"))
                    .at(path, Span { start: at, end: at + url.len() }, "")
                    .help("paths in a style sheet are relative to it"),
            );
        }
        css = css.replace(placeholder.as_str(), address.as_deref().unwrap_or(url));
    }
    Some(css)
}

/// Style sheets, given by name, in the order in which they can be made: each behind those that it imports. Circles are
/// reported, and their sheets are not among them.
pub(super) fn ordered<'a>(
    texts: &BTreeMap<&'a str, &'a str>,
    path: &dyn Fn(&str) -> Arc<str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<&'a str> {
    let order = imports::ordered(&texts.iter().map(|(name, text)| (*name, imports(name, text))).collect());
    for circle in order.circles {
        let Some(&first) = circle.first() else { continue };
        let next = circle.get(1).unwrap_or(&first).rsplit('/').next().unwrap_or("");
        let at = texts.get(first).and_then(|text| text.find(next)).unwrap_or(0);
        diagnostics.push(
            Diagnostic::new(&INVALID_STYLE, format!("`{first}` imports itself: {}", imports::spoken(&circle)))
                .at(&path(first), Span { start: at, end: at + next.len() }, "")
                .help("take one of the imports out"),
        );
    }
    order.files
}

/// The names of the sheets that one imports.
fn imports(name: &str, text: &str) -> Vec<String> {
    let Ok(sheet) = StyleSheet::parse(text, ParserOptions::default()) else { return Vec::new() };
    let urls = sheet.rules.0.iter().filter_map(|rule| match rule {
        CssRule::Import(import) => Some(import.url.as_ref()),
        _ => None,
    });
    urls.filter(|url| is_local(url)).filter_map(|url| resolve(name, url)).collect()
}

/// Whether an address in CSS means a file beside it.
fn is_local(url: &str) -> bool {
    !url.starts_with(['#', '/']) && !url.starts_with("data:") && !crate::document::links::has_scheme(url)
}
