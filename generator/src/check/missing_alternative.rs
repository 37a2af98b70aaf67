//! The check `missing-alternative`: see its doc in `rules/missing-alternative.md`.

use std::sync::Arc;

use registry::diagnostic::{Rule, Severity, Silence};

use super::facts::Facts;
use super::locate::Faults;

/// An image without an alternative text.
pub static MISSING_ALTERNATIVE: Rule = Rule {
    name: "missing-alternative",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/missing-alternative.md"),
};

pub(super) fn check(facts: &Arc<Facts>, faults: &mut Faults) {
    for src in &facts.bare_images {
        faults.add(&MISSING_ALTERNATIVE, src.clone(), facts);
    }
}
