//! The check `empty-site`: see its doc in `rules/empty-site.md`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use crate::site::Site;

/// There is no page to build.
pub static EMPTY_SITE: Rule =
    Rule { name: "empty-site", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/empty-site.md") };

pub(super) fn check(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    if site.pages.is_empty() {
        diagnostics.push(
            Diagnostic::new(&EMPTY_SITE, "`content/` has no page")
                .why("an empty site would replace whatever is published")
                .help("write `content/_index.md`, or let `plainsite init` write a small site; drafts are shown with `--drafts`"),
        );
    }
}
