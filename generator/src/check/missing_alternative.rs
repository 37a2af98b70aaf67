//! The check `missing-alternative` on what was built: see its doc in `rules/missing-alternative.md`.

use std::sync::Arc;

use super::facts::Facts;
use super::locate::Fault;
use crate::document::MISSING_ALTERNATIVE;

pub(super) fn check(facts: &Arc<Facts>, faults: &mut Vec<Fault>) {
    for src in &facts.bare_images {
        faults.push(Fault::of(&MISSING_ALTERNATIVE, src.clone()));
    }
}
