//! The rule `foreign-file`, which writing reports: see its doc in `rules/foreign-file.md`.

use registry::diagnostic::{Rule, Severity, Silence};

/// Where a page belongs lies a file that no build made.
pub static FOREIGN_FILE: Rule =
    Rule { name: "foreign-file", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/foreign-file.md") };
