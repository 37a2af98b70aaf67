//! CSS: checked, minified, its `url(…)` led to the files' fingerprinted names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};

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
    let imports = texts.iter().map(|(name, text)| (*name, imports(name, text))).collect();
    let mut order = Order { imports, done: Vec::new(), round: BTreeSet::new(), under_way: Vec::new() };
    for (name, text) in texts {
        for circle in order.visit(name) {
            let round = circle.iter().chain(circle.first()).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
            let first = circle.first().copied().unwrap_or(name);
            let next = circle.get(1).or(circle.first()).and_then(|next| next.rsplit('/').next()).unwrap_or("");
            let text = texts.get(first).unwrap_or(text);
            let at = text.find(next).unwrap_or(0);
            diagnostics.push(
                Diagnostic::new(&INVALID_STYLE, format!("`{first}` imports itself: {round}"))
                    .at(&path(first), Span { start: at, end: at + next.len() }, "")
                    .help("take one of the imports out"),
            );
        }
    }
    let Order { mut done, round, .. } = order;
    done.retain(|name| !round.contains(name));
    done
}

/// A walk along imports.
struct Order<'a> {
    imports: BTreeMap<&'a str, Vec<String>>,
    /// The sheets seen to the end, each behind those that it imports.
    done: Vec<&'a str>,
    /// The members of circles.
    round: BTreeSet<&'a str>,
    under_way: Vec<&'a str>,
}

impl<'a> Order<'a> {
    /// Goes through all that a sheet imports; the circles found on the way.
    fn visit(&mut self, name: &str) -> Vec<Vec<&'a str>> {
        let Some((name, imports)) = self.imports.get_key_value(name).map(|(name, imports)| (*name, imports.clone())) else {
            return Vec::new();
        };
        if let Some(at) = self.under_way.iter().position(|above| *above == name) {
            let circle = self.under_way[at..].to_vec();
            self.round.extend(&circle);
            return vec![circle];
        }
        if self.done.contains(&name) {
            return Vec::new();
        }
        self.under_way.push(name);
        let circles = imports.iter().flat_map(|import| self.visit(import)).collect();
        self.under_way.pop();
        self.done.push(name);
        circles
    }
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
