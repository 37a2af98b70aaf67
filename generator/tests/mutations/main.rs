//! Every declaration counts: without it, or with another value, each place that derives from it changes, or a check fails.
//!
//! It takes minutes: `cargo xtask ci` runs it, `cargo xtask check` does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod change;
mod declaration;
mod expected;
mod site;

use std::collections::BTreeSet;

use rayon::prelude::*;

use declaration::Declaration;
use expected::{Expected, Place};
use site::{Bench, Seen, Site};

// Promises: cresco/keep-leads, cresco/keep-projects, cresco/right-access, cresco/right-rectification, cresco/right-erasure
// Promises: cresco/right-portability, cresco/right-objection, cresco/right-restriction
#[test]
fn every_declaration_of_cresco_counts() {
    judge("");
}

// Promises: qualify-crm/right-access, qualify-crm/right-rectification, qualify-crm/right-erasure, qualify-crm/right-portability
// Promises: qualify-crm/right-objection, qualify-crm/right-restriction
#[test]
fn every_declaration_of_qualify_crm_counts() {
    judge("examples/qualify-crm/");
}

// Promises: cluently/right-access, cluently/right-rectification, cluently/right-erasure, cluently/right-restriction
// Promises: cluently/right-portability, cluently/right-objection, cluently/california-know, cluently/california-delete
// Promises: cluently/california-opt-out, cluently/california-non-discrimination, cluently/california-identity
#[test]
fn every_declaration_of_cluently_counts() {
    judge("examples/cluently/");
}

/// Mutates every declaration of a site, and tells of all that change too little, at once.
fn judge(folder: &str) {
    let site = Site::read(folder);
    let base = Bench::new(&site).see(&site.declared).unwrap();
    assert!(base.is_whole(), "`{folder}` has faults of its own");
    let declarations = declaration::all(&site.declared);
    let judged: Vec<(usize, Vec<String>)> =
        declarations.par_iter().map_init(|| Bench::new(&site), |bench, declaration| count(&site, bench, &base, declaration)).collect();
    let mutations: usize = judged.iter().map(|(mutations, _)| mutations).sum();
    let faults: Vec<&str> = judged.iter().flat_map(|(_, faults)| faults).map(String::as_str).collect();
    assert!(
        faults.is_empty(),
        "{} of {mutations} mutations of the {} declarations of `{folder}` change too little:\n{}",
        faults.len(),
        declarations.len(),
        faults.join("\n")
    );
}

/// Judges the mutations of a declaration: how many were valid, and what is wrong.
fn count(site: &Site, bench: &mut Bench, base: &Seen, declaration: &Declaration) -> (usize, Vec<String>) {
    let path = declaration.path.join(".");
    let Some(expected) = expected::of(&declaration.path, site) else {
        return (0, vec![format!("{path}: no row of the table says what derives from it")]);
    };
    let mut faults = Vec::new();
    let mut valid = 0;
    for series in change::series(declaration, &expected, site) {
        // The first of its values that the reader takes stands for the kind.
        let found = series.into_iter().find_map(|mutation| Some((bench.see(&mutation.declared)?, mutation)));
        let Some((seen, mutation)) = found else { continue };
        valid += 1;
        faults.extend(fault(base, &seen, &expected).map(|fault| format!("{path}: {}: {fault}", mutation.what)));
    }
    if valid == 0 {
        faults.push(format!("{path}: no valid mutation"));
    }
    (valid, faults)
}

/// What a mutation should have changed and has not, or has and should not; nothing where a check fails that did not before.
fn fault(base: &Seen, seen: &Seen, expected: &Expected) -> Option<String> {
    if seen.fails_beyond(base) {
        return None;
    }
    let changed = seen.changed_from(base);
    let missing: BTreeSet<&Place> = expected.places.difference(&changed).collect();
    let beyond: BTreeSet<&Place> = expected.not.intersection(&changed).collect();
    let missing = (!missing.is_empty()).then(|| format!("did not change {missing:?}"));
    let beyond = (!beyond.is_empty()).then(|| format!("changed {beyond:?}"));
    match (missing, beyond) {
        (None, None) => None,
        (missing, beyond) => Some([missing, beyond].into_iter().flatten().collect::<Vec<_>>().join(", ")),
    }
}
