//! Clients' projects as files: one YAML file a project, named by its id.

mod read;
#[cfg(test)]
mod tests;
mod write;

use registry::diagnostic::{Rule, Severity, Silence};

pub use read::{id_of, read};
pub use write::write;

/// A project's file says something that cannot be.
pub static INVALID_PROJECT: Rule =
    Rule { name: "invalid-project", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../rules/invalid-project.md") };

/// Every rule that this module reports.
pub static RULES: [&Rule; 1] = [&INVALID_PROJECT];

/// How a status is written.
const STATUSES: [(&str, functions::project::Progress); 5] = {
    use functions::project::Progress::{Cancelled, Done, InProgress, Planned, Waiting};
    [("planned", Planned), ("in-progress", InProgress), ("waiting", Waiting), ("done", Done), ("cancelled", Cancelled)]
};
