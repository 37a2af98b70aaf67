//! The check `broken-link`: see its doc in `rules/broken-link.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use super::Built;
use super::facts::Facts;
use super::locate::Faults;
use crate::site::Site;
use crate::site::config::{self, MenuTarget};

/// A link, an image or a script at an address where nothing is.
pub static BROKEN_LINK: Rule =
    Rule { name: "broken-link", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/broken-link.md") };

pub(super) fn check(built: Built<'_>, facts: &Arc<Facts>, faults: &mut Faults) {
    for link in &facts.links {
        if built.routes.get(link.path).is_none() {
            faults.add(&BROKEN_LINK, link.href(&(built.html)(&facts.out)), facts);
        }
    }
}

/// Menus name pages before anything is rendered.
pub(super) fn check_menus(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let file = Arc::from(config::PATH);
    for (at, (name, entries)) in site.config.menus.iter().enumerate() {
        for (n, entry) in entries.iter().enumerate() {
            let missing = site.menus.iter().any(|menus| menus.get(at).and_then(|menu| menu.entries.get(n)).is_some_and(Option::is_none));
            if let (true, MenuTarget::Page(path)) = (missing, &entry.to) {
                diagnostics.push(
                    Diagnostic::new(&BROKEN_LINK, format!("the menu `{name}` names the page `{path}`, which does not exist"))
                        .at(&file, entry.span, "")
                        .help("write the page's path below `content/`, or `{ url: …, label: … }` for another address"),
                );
            }
        }
    }
}
