//! The checks on the registry: each a promise that the law demands, one rule a file.

mod controller_incomplete;
#[cfg(test)]
mod fixture;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::{Places, Registry};
use crate::resolve::Declared;

/// What the checks judge.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// What is declared.
    pub(crate) registry: &'a Registry,
    /// Where each declaration was written.
    pub(crate) places: &'a Places,
    /// The day of the build, `YYYY-MM-DD`.
    #[expect(dead_code, reason = "the check of stale policies reads it")]
    pub(crate) today: &'a str,
}

impl Judged<'_> {
    /// A diagnostic at the declaration of a path.
    pub(crate) fn at(&self, rule: &'static Rule, path: &str, message: impl Into<String>) -> Diagnostic {
        self.places.point(Diagnostic::new(rule, message), path)
    }
}

/// A check: it adds what it finds.
type Check = fn(Judged<'_>, &mut Vec<Diagnostic>);

/// Every check with its rules.
const CHECKS: &[(Check, &[&Rule])] = &[(controller_incomplete::check, &[&controller_incomplete::CONTROLLER_INCOMPLETE])];

/// Every rule of the checks.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    CHECKS.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// Judges what is declared. A registry that declares no more than a controller is judged by that alone.
pub fn registry(declared: &Declared, today: &str) -> Vec<Diagnostic> {
    let judged = Judged { registry: &declared.registry, places: &declared.places, today };
    let mut diagnostics = Vec::new();
    for (check, _) in CHECKS {
        check(judged, &mut diagnostics);
    }
    diagnostics
}
