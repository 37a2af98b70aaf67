//! Where a fault in a built page was written: in the page's own file, else in a template or the site's configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Label, Rule, Span};

use super::Built;
use super::facts::Facts;
use crate::document::MISSING_ALTERNATIVE;
use crate::document::links::{self, Form};
use crate::site::config;

/// A fault of a link or an image in a page.
#[derive(Debug)]
pub(super) struct Fault {
    rule: &'static Rule,
    /// The address in the page.
    href: String,
    /// The page that the address leads to, where it is another one.
    target: Option<String>,
    /// Where it stands in the page's own file.
    places: Vec<Span>,
}

impl Fault {
    /// An address that breaks a rule.
    pub(super) fn of(rule: &'static Rule, href: String) -> Self {
        Self::in_target(rule, href, None)
    }

    /// The same, where the fault lies in the page at `target`.
    pub(super) fn in_target(rule: &'static Rule, href: String, target: Option<String>) -> Self {
        Self { rule, href, target, places: Vec::new() }
    }

    /// Finds where the author wrote it.
    pub(super) fn find(&mut self, built: Built<'_>, facts: &Facts) {
        self.places = facts.origin.as_ref().map(|origin| in_page(built, origin, self.rule, &self.href)).unwrap_or_default();
    }

    /// What makes faults one.
    fn key(&self) -> (&str, &str, Option<&str>) {
        (self.rule.name, &self.href, self.target.as_deref())
    }
}

/// The diagnostics of pages' faults, each at the place where the author wrote the address.
pub(super) fn told<'f>(built: Built<'_>, faults: impl Iterator<Item = (&'f Fault, &'f Arc<Facts>)>) -> Vec<Diagnostic> {
    let mut found: BTreeMap<_, Vec<(&Fault, &Arc<Facts>)>> = BTreeMap::new();
    faults.for_each(|(fault, facts)| found.entry(fault.key()).or_default().push((fault, facts)));
    let mut diagnostics = Vec::new();
    for faults in found.into_values() {
        let (fault, _) = faults[0];
        let diagnostic = || diagnostic(fault.rule, &fault.href, fault.target.as_deref());
        let mut elsewhere = Vec::new();
        for (fault, facts) in &faults {
            if fault.places.is_empty() {
                elsewhere.push(facts);
            }
            let origin = facts.origin.as_ref();
            diagnostics.extend(fault.places.iter().filter_map(|span| Some(diagnostic().at(origin?, *span, ""))));
        }
        let Some(first) = elsewhere.first() else { continue };
        let mut found = diagnostic();
        match in_look(built, &fault.href) {
            Some(label) => {
                found.labels.push(label);
                found = found.maybe_help(help_in_look(fault.rule));
            }
            None => found = found.in_file(first.origin.as_ref().unwrap_or(&first.out)),
        }
        let seen = seen(&first.out, elsewhere.len());
        let why = found.why.take().map_or(seen.clone(), |why| format!("{why}; {seen}"));
        diagnostics.push(found.why(why));
    }
    diagnostics
}

/// On how many pages a fault was seen, by the first one.
pub(super) fn seen(out: &str, pages: usize) -> String {
    let address = crate::output::address(out);
    if pages == 1 { format!("seen in `{address}`") } else { format!("seen in `{address}` and {} more", pages_of(pages - 1)) }
}

fn pages_of(n: usize) -> String {
    if n == 1 { "1 page".to_owned() } else { format!("{n} pages") }
}

fn diagnostic(rule: &'static Rule, href: &str, target: Option<&str>) -> Diagnostic {
    match rule.name {
        "broken-link" => Diagnostic::new(rule, format!("nothing is at `{href}`"))
            .help("correct the address, or write a path relative to this file, such as `page.md`"),
        "broken-anchor" => Diagnostic::new(rule, no_anchor(href, target))
            .help("anchors are made from headings as GitHub makes them: `## What we collect` is `#what-we-collect`"),
        _ => Diagnostic::new(rule, format!("the image `{href}` has no alternative text"))
            .why("who cannot see the image must be able to read what it says")
            .help("write `![what the image says](…)`; if it says nothing, `<img src=\"…\" alt=\"\">`"),
    }
}

fn no_anchor(href: &str, target: Option<&str>) -> String {
    let anchor = href.split_once('#').map_or("", |(_, anchor)| anchor);
    let anchor = percent_encoding::percent_decode_str(anchor).decode_utf8_lossy();
    match target {
        Some(target) => format!("the page at `{target}` has no anchor `#{anchor}`"),
        None => format!("this page has no anchor `#{anchor}`"),
    }
}

/// The remedy in a template or in `site.yaml`, where it differs from that in a page.
fn help_in_look(rule: &Rule) -> Option<String> {
    match rule.name {
        "broken-link" => Some("write the address as visitors see it, such as `/privacy/`".to_owned()),
        "missing-alternative" => Some("add `alt=\"…\"` to the `<img>`".to_owned()),
        _ => None,
    }
}

/// Where an address stands in a page's own file, as written or as it leads there.
fn in_page(built: Built<'_>, origin: &Arc<str>, rule: &Rule, href: &str) -> Vec<Span> {
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
    // Markdown's own images without a word were told when the page was read.
    let counts = |form: Form| form == Form::Html || *rule != MISSING_ALTERNATIVE;
    links::all(&text)
        .into_iter()
        .filter(|written| counts(written.form) && leads_there(&written.address))
        .map(|written| written.span)
        .collect()
}

/// Where an address stands in the look or the configuration.
fn in_look(built: Built<'_>, href: &str) -> Option<Label> {
    // Templates name an asset without its fingerprint.
    let asset = asset_name(href);
    let written = [Some(href), asset.as_deref()];
    let find = |text: &str| {
        let written = written.iter().flatten().filter(|written| !written.is_empty());
        written.clone().find_map(|written| text.find(written).map(|start| Span { start, end: start + written.len() }))
    };
    if let Some(span) = (built.text)(config::PATH).and_then(|text| find(&text)) {
        return Some(Label { file: config::PATH.into(), span: Some(span), text: String::new() });
    }
    let mut files = built.theme.files.values();
    files.find_map(|file| {
        let span = find(std::str::from_utf8(&file.bytes).ok()?)?;
        Some(Label { file: file.path.clone(), span: Some(span), text: String::new() })
    })
}

/// The name below `templates/` of the asset at an address.
fn asset_name(href: &str) -> Option<String> {
    let (stem, ending) = href.strip_prefix("/assets/")?.rsplit_once('.')?;
    let (stem, _) = stem.rsplit_once('.')?;
    Some(format!("{stem}.{ending}"))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    #[test]
    fn an_anchor_is_missed_in_the_page_that_should_have_it() {
        let found = pages("=== content/_index.md\n# H\n=== content/a.md\n[x](_index.md#nah) [y](#caf%C3%A9)\n");
        let messages: Vec<_> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["the page at `/` has no anchor `#nah`", "this page has no anchor `#café`"]);
    }

    #[test]
    fn the_remedy_fits_the_place() {
        let page = "=== content/a.md\n[x](no.md)\n=== content/site.yaml\nmenus: { main: [{ url: /gone/, label: Gone }] }\n";
        let template = "=== templates/page.html\n<a href=\"/away/\">x</a>{{ content }}\n";
        let menu = "=== templates/404.html\n{% for e in site.menus.main %}<a href=\"{{ e.url }}\">x</a>{% endfor %}\n";
        let found = pages(&format!("{page}{template}{menu}"));
        let remedies: Vec<_> = found.iter().map(|d| (d.labels[0].file.as_ref(), d.help.as_deref().unwrap())).collect();
        let visitors = "write the address as visitors see it, such as `/privacy/`";
        assert_eq!(remedies[0].0, "content/a.md");
        assert!(remedies[0].1.contains("relative to this file"), "{}", remedies[0].1);
        assert!(
            remedies.contains(&("content/site.yaml", visitors)) && remedies.contains(&("templates/page.html", visitors)),
            "{remedies:?}"
        );
    }

    #[test]
    fn an_image_of_a_template_is_told_there_with_both_notes() {
        let template = "=== templates/page.html\n<img src=\"{{ asset(path='images/x.svg') }}\">\n=== templates/images/x.svg\n<svg/>\n";
        let found = pages(&format!("=== content/a.md\n# A\n{template}")).remove(0);
        assert_eq!((found.rule.name, found.labels[0].file.as_ref()), ("missing-alternative", "templates/page.html"));
        assert_eq!(found.help.as_deref(), Some("add `alt=\"…\"` to the `<img>`"));
        assert_eq!(found.why.as_deref(), Some("who cannot see the image must be able to read what it says; seen in `/a/`"));
    }
}
