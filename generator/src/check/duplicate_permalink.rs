//! The check `duplicate-permalink`: see its doc in `rules/duplicate-permalink.md`.

use std::collections::HashMap;
use std::sync::Arc;

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
    let mut files: HashMap<&str, &Arc<str>> = HashMap::with_capacity(site.files.len());
    for file in &site.files {
        if let Some(first) = files.insert(&file.out, &file.source) {
            diagnostics.push(
                Diagnostic::new(&DUPLICATE_PERMALINK, format!("two files want the address `/{}`", file.out))
                    .in_file(&file.source)
                    .in_file(first)
                    .help("rename one of them"),
            );
        }
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
        } else if let Some(file) = files.get(out.as_str()) {
            diagnostics.push(diagnostic.in_file(file).why("a file is there").help("remove the alias, or rename the file"));
        } else if let Some(other) = old.insert(out, redirect.to) {
            let taken = site.path(other).map_or(diagnostic.clone(), |by| diagnostic.in_file(by));
            diagnostics.push(taken.why("another page has the same alias").help("keep it in one of the two"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::structure;

    /// Each diagnostic's rule, message and files.
    fn told(text: &str) -> Vec<(&'static str, String, Vec<String>)> {
        let found = structure(text);
        let files = |labels: Vec<registry::diagnostic::Label>| labels.iter().map(|label| label.file.to_string()).collect();
        found.into_iter().map(|d| (d.rule.name, d.message, files(d.labels))).collect()
    }

    fn duplicate(message: &str, files: &[&str]) -> Vec<(&'static str, String, Vec<String>)> {
        vec![("duplicate-permalink", message.to_owned(), files.iter().map(|f| (*f).to_owned()).collect())]
    }

    #[test]
    fn an_alias_may_not_be_where_a_file_is() {
        let text = |alias: &str| format!("=== content/a.md\n---\naliases: [{alias}]\n---\n=== content/x.html\nX\n");
        assert_eq!(told(&text("/x.html")), duplicate("the alias `/x.html` is taken", &["content/a.md", "content/x.html"]));
        assert_eq!(told(&text("/y.html")), []);
    }

    #[test]
    fn two_files_may_not_be_at_one_place() {
        let text = "=== content/_index.md\n# H\n=== content/docs/_index.md\n---\nslug: files\n---\n=== content/docs/x.pdf\n1\n=== content/files/x.pdf\n2\n";
        assert_eq!(told(text), duplicate("two files want the address `/files/x.pdf`", &["content/files/x.pdf", "content/docs/x.pdf"]));
    }
}
