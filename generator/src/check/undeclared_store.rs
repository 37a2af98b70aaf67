//! The rule `undeclared-store`: see its doc in `rules/undeclared-store.md`.
//!
//! It stands here with all other rules; `functions::world` does the judging, and `plainsite doctor` tells.

use registry::diagnostic::{Rule, Severity, Silence};

/// The database is at a company that no recipient declares.
pub static UNDECLARED_STORE: Rule = Rule {
    name: "undeclared-store",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/undeclared-store.md"),
};
