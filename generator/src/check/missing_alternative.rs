//! The check `missing-alternative` on what was built: see its doc in `rules/missing-alternative.md`.

use std::sync::Arc;

use super::facts::Facts;
use super::locate::Faults;
use crate::document::MISSING_ALTERNATIVE;

pub(super) fn check(facts: &Arc<Facts>, faults: &mut Faults) {
    for src in &facts.bare_images {
        faults.add(&MISSING_ALTERNATIVE, src.clone(), facts);
    }
}
