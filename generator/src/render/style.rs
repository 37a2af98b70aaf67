//! CSS: checked, minified, its `url(…)` led to the files' fingerprinted names.

use std::sync::Arc;

use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};

use super::assets::MISSING_ASSET;

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
    let mut invalid = |message: String, line: u32, column: u32| {
        let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
        let at = (start + column.saturating_sub(1) as usize).min(text.len());
        diagnostics.push(Diagnostic::new(&INVALID_STYLE, message).at(path, Span { start: at, end: at }, ""));
    };
    let mut sheet = match StyleSheet::parse(text, ParserOptions { filename: name.to_owned(), ..ParserOptions::default() }) {
        Ok(sheet) => sheet,
        Err(error) => {
            let (line, column) = error.loc.as_ref().map_or((0, 0), |l| (l.line, l.column));
            invalid(format!("this is not CSS: {}", error.kind), line, column);
            return None;
        }
    };
    if minify && let Err(error) = sheet.minify(MinifyOptions::default()) {
        invalid(format!("this CSS cannot be minified: {}", error.kind), 0, 0);
        return None;
    }
    let options = PrinterOptions { minify, analyze_dependencies: Some(DependencyOptions::default()), ..PrinterOptions::default() };
    let printed = match sheet.to_css(options) {
        Ok(printed) => printed,
        Err(error) => {
            invalid(format!("this CSS cannot be written: {}", error.kind), 0, 0);
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

/// Whether an address in CSS means a file beside it.
fn is_local(url: &str) -> bool {
    !url.starts_with(['#', '/']) && !url.starts_with("data:") && !crate::document::links::has_scheme(url)
}

/// The name below `templates/` of a file that a style sheet names.
fn resolve(sheet: &str, url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let mut parts: Vec<&str> = sheet.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
