//! The check `prose-contradicts-registry`: see its doc in `rules/prose-contradicts-registry.md`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Registry;

use super::prose::{self, Declarations};
use crate::site::Site;

/// A policy's own words state a fact that no declaration bears out.
pub static PROSE_CONTRADICTS_REGISTRY: Rule = Rule {
    name: "prose-contradicts-registry",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/prose-contradicts-registry.md"),
};

/// Judges the text of every page that says which policy it is. `word` has the words of the interface by the number of a
/// language, where the names of the countries are.
pub fn check(
    site: &Site,
    registry: &Registry,
    text: &dyn Fn(&str) -> Option<String>,
    word: &dyn Fn(usize, &str) -> Option<String>,
) -> Vec<Diagnostic> {
    let policies =
        site.pages.iter().filter_map(|page| Some((page, page.outline.as_ref()?))).filter(|(_, outline)| outline.front.policy.is_some());
    let mut diagnostics = Vec::new();
    if !registry.has_policy() {
        return diagnostics;
    }
    let mut declared = None;
    for (page, outline) in policies {
        let Some(text) = text(&outline.path) else { continue };
        let declared = declared.get_or_insert_with(|| Declarations::of(registry));
        let country = |code: &str| word(page.language, &format!("country_{code}"));
        for found in prose::contradictions(&outline.path, &text, site.language(page.language), declared, &country) {
            diagnostics.push(
                Diagnostic::new(&PROSE_CONTRADICTS_REGISTRY, found.message)
                    .at(&outline.path, found.span, "")
                    .why("the policy would tell its readers one thing, and the banner, the headers and the functions do another")
                    .help(found.help),
            );
        }
    }
    diagnostics
}
