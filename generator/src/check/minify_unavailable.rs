//! The check `minify-unavailable`: see its doc in `rules/minify-unavailable.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use crate::render::minify;
use crate::site::Site;
use crate::site::config::{self, Minify};

/// The site asks for a minifier that this build of the tool does not have.
pub static MINIFY_UNAVAILABLE: Rule = Rule {
    name: "minify-unavailable",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/minify-unavailable.md"),
};

pub(super) fn check(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    if site.config.minify == Minify::Full && !minify::AVAILABLE {
        diagnostics.push(
            Diagnostic::new(&MINIFY_UNAVAILABLE, "`minify: full` needs a part that this `plainsite` was built without")
                .in_file(&Arc::from(config::PATH))
                .help("build it with `--features minify-full`, or write `minify: fast`"),
        );
    }
}
