//! Where a fault in a built page was written: in the page's own file, else in a template or the site's configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Label, Rule, Span};

use super::Built;
use super::facts::Facts;
use crate::document::links;
use crate::site::config;

/// Faults of built pages: the same one on many pages is one fault.
#[derive(Default)]
pub(super) struct Faults {
    found: BTreeMap<(&'static str, String), Vec<(&'static Rule, Arc<Facts>)>>,
}

impl Faults {
    /// The faults of both; those of `self` come first.
    pub(super) fn merged(mut self, other: Self) -> Self {
        for (fault, pages) in other.found {
            self.found.entry(fault).or_default().extend(pages);
        }
        self
    }

    /// A page holds an address that breaks a rule.
    pub(super) fn add(&mut self, rule: &'static Rule, href: String, facts: &Arc<Facts>) {
        self.found.entry((rule.name, href)).or_default().push((rule, facts.clone()));
    }

    /// The diagnostics, each at the place where the author wrote the address.
    pub(super) fn diagnostics(&self, built: Built<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for ((_, href), pages) in &self.found {
            let Some((rule, _)) = pages.first() else { continue };
            let mut elsewhere = Vec::new();
            for (_, facts) in pages {
                let places = facts.origin.as_ref().map(|origin| in_page(built, origin, href)).unwrap_or_default();
                if places.is_empty() {
                    elsewhere.push(facts);
                }
                let origin = facts.origin.as_ref();
                diagnostics.extend(places.into_iter().filter_map(|span| Some(diagnostic(rule, href).at(origin?, span, ""))));
            }
            if let Some(first) = elsewhere.first() {
                let mut found = diagnostic(rule, href);
                match in_look(built, href) {
                    Some(label) => found.labels.push(label),
                    None => found = found.in_file(first.origin.as_ref().unwrap_or(&first.out)),
                }
                let seen = match elsewhere.len() {
                    1 => format!("seen in `{}`", crate::output::address(&first.out)),
                    n => format!("seen in `{}` and {} more", crate::output::address(&first.out), pages_of(n - 1)),
                };
                diagnostics.push(found.why(seen));
            }
        }
        diagnostics
    }
}

fn pages_of(n: usize) -> String {
    if n == 1 { "1 page".to_owned() } else { format!("{n} pages") }
}

fn diagnostic(rule: &'static Rule, href: &str) -> Diagnostic {
    match rule.name {
        "broken-link" => Diagnostic::new(rule, format!("nothing is at `{href}`"))
            .help("correct the address, or write a path relative to this file, such as `page.md`"),
        "broken-anchor" => Diagnostic::new(rule, format!("the page has no anchor `{href}`"))
            .help("anchors are made from headings as GitHub makes them: `## What we collect` is `#what-we-collect`"),
        _ => Diagnostic::new(rule, format!("the image `{href}` has no alternative text"))
            .why("who cannot see the image must be able to read what it says")
            .help("write `![what the image says](…)`; if it says nothing, `<img src=\"…\" alt=\"\">`"),
    }
}

/// Where an address stands in a page's own file, as written or as it leads there.
fn in_page(built: Built<'_>, origin: &Arc<str>, href: &str) -> Vec<Span> {
    if !origin.ends_with(".md") {
        return Vec::new();
    }
    let Some(text) = (built.text)(origin) else { return Vec::new() };
    let language = built.site.page_of(origin).map_or(0, |page| built.site.pages[page].language);
    let leads_there = |written: &str| {
        written == href
            || percent_encoding::percent_decode_str(href).decode_utf8_lossy() == *written
            || built.site.target(origin, language, written).is_some_and(|target| target.url(built.site) == href)
    };
    links::all(&text).into_iter().filter(|(written, _)| leads_there(written)).map(|(_, span)| span).collect()
}

/// Where an address stands in the look or the configuration.
fn in_look(built: Built<'_>, href: &str) -> Option<Label> {
    let find = |text: &str| text.find(href).filter(|_| !href.is_empty()).map(|start| Span { start, end: start + href.len() });
    if let Some(span) = (built.text)(config::PATH).and_then(|text| find(&text)) {
        return Some(Label { file: config::PATH.into(), span: Some(span), text: String::new() });
    }
    let mut files = built.theme.files.values();
    files.find_map(|file| {
        let span = find(std::str::from_utf8(&file.bytes).ok()?)?;
        Some(Label { file: file.path.clone(), span: Some(span), text: String::new() })
    })
}
