//! The check `duplicate-permalink`: see its doc in `rules/duplicate-permalink.md`.

use std::collections::HashMap;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use crate::render::redirects;
use crate::site::{PageId, Site};

/// Two pages at one address.
pub static DUPLICATE_PERMALINK: Rule = Rule {
    name: "duplicate-permalink",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/duplicate-permalink.md"),
};

pub(super) fn check(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let mut pages: HashMap<&str, PageId> = HashMap::with_capacity(site.pages.len());
    for (id, page) in site.pages.iter().enumerate() {
        if let Some(&first) = pages.get(page.out.as_ref()) {
            let mut diagnostic = Diagnostic::new(&DUPLICATE_PERMALINK, format!("two pages want the address `{}`", page.url));
            for owner in [id, first] {
                let slug = site.pages[owner].outline.as_ref().and_then(|o| o.front.slug.as_ref());
                diagnostic = match (site.path(owner), slug) {
                    (Some(path), Some((_, span))) => diagnostic.at(path, *span, "its slug"),
                    (Some(path), None) => diagnostic.in_file(path),
                    (None, _) => diagnostic,
                };
            }
            diagnostics.push(diagnostic.help("give one of them another `slug:`, or rename its file"));
        } else {
            pages.insert(&page.out, id);
        }
    }
    for file in &site.files {
        if let Some(page) = pages.get(file.out.as_ref()) {
            let mut diagnostic =
                Diagnostic::new(&DUPLICATE_PERMALINK, format!("a file and a page want the address `/{}`", file.out)).in_file(&file.source);
            if let Some(path) = site.path(*page) {
                diagnostic = diagnostic.in_file(path);
            }
            diagnostics.push(diagnostic.help("rename one of them"));
        }
    }
    let mut old: HashMap<String, PageId> = HashMap::new();
    for redirect in &site.redirects {
        let out = redirects::out(&redirect.from);
        let Some(path) = site.path(redirect.to) else { continue };
        let diagnostic =
            Diagnostic::new(&DUPLICATE_PERMALINK, format!("the alias `{}` is taken", redirect.from)).at(path, redirect.span, "");
        if let Some(page) = pages.get(out.as_str()) {
            let taken = site.path(*page).map_or(diagnostic.clone(), |by| diagnostic.in_file(by));
            diagnostics.push(taken.why("a page is there").help("remove the alias"));
        } else if let Some(other) = old.insert(out, redirect.to) {
            let taken = site.path(other).map_or(diagnostic.clone(), |by| diagnostic.in_file(by));
            diagnostics.push(taken.why("another page has the same alias").help("keep it in one of the two"));
        }
    }
}
