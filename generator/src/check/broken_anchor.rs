//! The check `broken-anchor`: see its doc in `rules/broken-anchor.md`.

use std::sync::Arc;

use registry::diagnostic::{Rule, Severity, Silence};

use super::Built;
use super::facts::Facts;
use super::locate::Fault;

/// A link to a place in a page that the page does not have.
pub static BROKEN_ANCHOR: Rule =
    Rule { name: "broken-anchor", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/broken-anchor.md") };

pub(super) fn check(built: Built<'_>, facts: &Arc<Facts>, faults: &mut Vec<Fault>) {
    for link in facts.links.iter().filter(|link| link.anchor != 0) {
        if let Some(Some(target)) = built.routes.get(link.path)
            && target.anchors.binary_search(&link.anchor).is_err()
        {
            let href = link.href(&(built.html)(&facts.out));
            let there = (!href.starts_with(['#', '?'])).then(|| crate::output::address(&target.out));
            faults.push(Fault::in_target(&BROKEN_ANCHOR, href, there));
        }
    }
}
