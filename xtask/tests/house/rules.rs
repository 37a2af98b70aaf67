//! The house rules, and the tables they go by. `ARCHITECTURE.md` draws the same house.

use crate::paths::paths;

/// A crate: its modules from the ground up.
pub(crate) struct House {
    /// The crate's folder in the workspace.
    pub(crate) folder: &'static str,
    /// The crate's name in paths.
    name: &'static str,
    /// The modules of each floor, the lowest first. The crate's roots are above all of them.
    floors: &'static [&'static [&'static str]],
    /// Which modules may import which other crate of ours; the roots may import what any module may.
    crates: &'static [(&'static str, Allowed)],
}

/// Who may import something.
enum Allowed {
    Everyone,
    Only(&'static [&'static str]),
    /// Everyone, but not these modules of it.
    Without(&'static [&'static str]),
}

/// Roots of a crate; they may import every module, and no module imports them.
const ROOTS: [&str; 3] = ["lib", "main", "index"];

/// A module that is missing here fails the test: give it a floor, and say so in `ARCHITECTURE.md`.
pub(crate) const HOUSES: [House; 3] = [
    House {
        folder: "registry",
        name: "registry",
        floors: &[&["diagnostic", "digest"], &["model", "yaml"], &["catalogue", "derive"], &["resolve", "contract"], &["check"]],
        crates: &[("granit_parser", Allowed::Only(&["yaml"]))],
    },
    House {
        folder: "generator",
        name: "plainsite",
        floors: &[
            &["source", "digest", "html"],
            &["document", "projects", "report"],
            &["site", "output"],
            &["render"],
            &["check"],
            &["write"],
            &["build"],
            &["serve"],
            &["audit"],
            &["cli"],
        ],
        crates: &[("registry", Allowed::Everyone), ("functions", Allowed::Only(&["projects", "serve", "cli"]))],
    },
    House {
        folder: "functions",
        name: "functions",
        floors: &[
            &["billing", "contract", "personal", "problem", "project", "schedule", "seal", "token"],
            &["announcement", "lead", "receipt"],
            &["config", "log", "request", "submission"],
            &["answers", "ports"],
            &["egress", "guard", "mail", "store"],
            &["adapters", "announcing", "code", "fulfilment", "health", "outbox", "retention"],
            &["stand_ins", "world"],
            &["app"],
            &["routes"],
            &["host"],
        ],
        crates: &[("registry", Allowed::Without(&["yaml", "resolve"]))],
    },
];

/// The most lines of a file.
pub(crate) const LINES: usize = 400;
/// Files that are longer, each with its reason.
pub(crate) const LONGER: [(&str, &str); 0] = [];

/// Every crate of ours, and those that only some may import.
const WATCHED: [&str; 4] = ["registry", "plainsite", "functions", "granit_parser"];

impl House {
    fn floor(&self, module: &str) -> Option<usize> {
        if ROOTS.contains(&module) {
            return Some(self.floors.len());
        }
        self.floors.iter().position(|floor| floor.contains(&module))
    }

    /// The import faults of one file; `file` is its path below `src`, or a root beside it.
    pub(crate) fn imports(&self, file: &str, source: &str) -> Vec<String> {
        let at = format!("{}/src/{file}", self.folder);
        let steps: Vec<&str> = file.trim_end_matches(".rs").split('/').filter(|step| *step != "mod").collect();
        let (Some(&own), root) = (steps.first(), ROOTS.contains(&steps[0])) else {
            return Vec::new();
        };
        let Some(floor) = self.floor(own) else {
            return vec![format!("{at}: no floor for the module `{own}`: add it to the table in xtask/tests/house/rules.rs")];
        };
        let mut faults = Vec::new();
        for named in paths(source, if root { &[] } else { &steps }) {
            let here = format!("{at}:{}", named.line);
            let target = named.parts.get(1).map_or("", String::as_str);
            let first = named.parts[0].as_str();
            let fault = if first == "crate" || (first == self.name && !root && named.parts.len() > 1) {
                self.within(own, floor, target)
            } else if WATCHED.contains(&first) && first != self.name {
                self.across(own, first, target)
            } else {
                None
            };
            faults.extend(fault.map(|fault| format!("{here}: {fault}")));
        }
        // A tree of names from one module is one fault.
        faults.dedup();
        faults
    }

    /// A path into the same crate.
    fn within(&self, own: &str, floor: usize, target: &str) -> Option<String> {
        // `crate` alone is what `super` comes to at a root, and `pub(in crate)`.
        if target == own || target.is_empty() || ROOTS.contains(&own) {
            return None;
        }
        match self.floor(target) {
            None => Some(format!(
                "`{own}` names `crate::{target}`, which is no module with a floor: name the module that it is in, or add \
                 that to the table in xtask/tests/house/rules.rs"
            )),
            Some(other) if other > floor => Some(format!("`{own}` imports `{target}`, which is above it")),
            Some(other) if other == floor => Some(format!("`{own}` imports `{target}`, which is on its own floor")),
            Some(_) => None,
        }
    }

    /// A path into another crate.
    fn across(&self, own: &str, other: &str, target: &str) -> Option<String> {
        let known = self.crates.iter().find(|(name, _)| *name == other).map(|(_, allowed)| allowed);
        match known {
            Some(Allowed::Everyone) => None,
            Some(Allowed::Only(few)) if few.contains(&own) || ROOTS.contains(&own) => None,
            Some(Allowed::Only(few)) => Some(format!("`{own}` imports the crate `{other}`, which only `{}` may", few.join("`, `"))),
            Some(Allowed::Without(parts)) if parts.contains(&target) => {
                Some(format!("`{own}` imports `{other}::{target}`, which `{}` does without", self.name))
            }
            Some(Allowed::Without(_)) => None,
            None => Some(format!("`{own}` imports the crate `{other}`, which `{}` never does", self.name)),
        }
    }
}

/// What every file has to be, whatever it imports; `file` is its path in the workspace.
pub(crate) fn shape(file: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !source.starts_with("//!") {
        faults.push(format!("{file}: the first line does not say what the file does: begin it with `//!`"));
    }
    let (lines, excused) = (source.lines().count(), LONGER.iter().any(|(longer, _)| *longer == file));
    if lines > LINES && !excused {
        faults.push(format!("{file}: {lines} lines are more than {LINES}: divide it, or allow it with a reason"));
    }
    if lines <= LINES && excused {
        faults.push(format!("{file}: no longer over {LINES} lines: take it off the list of longer files"));
    }
    faults
}
