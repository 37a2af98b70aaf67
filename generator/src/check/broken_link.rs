//! The check `broken-link`: see its doc in `rules/broken-link.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use super::Built;
use super::facts::Facts;
use super::locate::Fault;
use super::origins;
use crate::site::config::{self, MenuTarget};
use crate::site::{Site, Target};

/// A link, an image or a script at an address where nothing is.
pub static BROKEN_LINK: Rule =
    Rule { name: "broken-link", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/broken-link.md") };

pub(super) fn check(built: Built<'_>, facts: &Arc<Facts>, faults: &mut Vec<Fault>) {
    for link in &facts.links {
        if built.routes.get(link.path).is_none() {
            let href = link.href(&(built.html)(&facts.out));
            if !origins::is_of_service(built, facts, &href) {
                faults.push(Fault::of(&BROKEN_LINK, href));
            }
        }
    }
}

/// Menus name pages before anything is rendered.
pub(super) fn check_menus(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let file = Arc::from(config::PATH);
    for (at, (name, entries)) in site.config.menus.iter().enumerate() {
        for (n, entry) in entries.iter().enumerate() {
            let missing = site.menus.iter().any(|menus| menus.get(at).and_then(|menu| menu.entries.get(n)).is_some_and(Option::is_none));
            let MenuTarget::Page(path) = &entry.to else { continue };
            if !missing {
                continue;
            }
            let diagnostic = match site.target(config::PATH, 0, path) {
                Some(Target::File(url)) => Diagnostic::new(&BROKEN_LINK, format!("the menu `{name}` names `{path}`, which is no page"))
                    .help(format!("name it by its address, with the words to show: `{{ url: {url}, label: … }}`")),
                _ => Diagnostic::new(&BROKEN_LINK, format!("the menu `{name}` names the page `{path}`, which does not exist"))
                    .help("write the page's path below `content/`, or `{ url: …, label: … }` for another address"),
            };
            diagnostics.push(diagnostic.at(&file, entry.span, ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::{pages, structure};

    #[test]
    fn what_the_host_answers_for_a_service_is_not_missed() {
        let found = |origin: &str, html: &str| {
            let service = format!("counter: {{ label: C, does: counts, category: analytics, origins: {{ script: [\"{origin}\"] }} }}");
            let found = pages(&format!("=== content/privacy.yaml\nservices: {{ {service} }}\n=== content/a.md\n<div>{html}</div>\n"));
            found.iter().filter(|d| d.rule.name == "broken-link").count()
        };
        let script = "<script src=\"/_count/x.js\"></script>";
        let gated = format!("<template data-service=counter>{script}</template>");
        assert_eq!((found("/_count/", &gated), found("/_count/", script), found("/_counter/", &gated)), (0, 0, 0));
        assert_eq!((found("'self'", &gated), found("'self'", script), found("https://c.example", &gated)), (0, 1, 1));
    }

    #[test]
    fn a_menu_may_name_neither_a_file_nor_nothing() {
        let text = "=== content/site.yaml\nmenus: { main: [a.md, x.pdf, no.md] }\n=== content/a.md\n# A\n=== content/x.pdf\nPDF\n";
        let found = structure(text);
        let messages: Vec<_> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(
            messages,
            ["the menu `main` names `x.pdf`, which is no page", "the menu `main` names the page `no.md`, which does not exist"]
        );
        assert!(found[0].help.as_ref().unwrap().contains("{ url: /x.pdf, label: … }"));
    }
}
