//! `plainsite explain`: the doc of a check, or what the catalogue knows.

use registry::catalogue;
use registry::diagnostic::suggest;

use super::{Outcome, Shell};
use crate::check;

/// Arguments of `plainsite explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArguments {
    /// The check's name, as it stands in brackets behind `error`, or `catalogue` for the known companies and services; all checks
    /// are listed when absent
    name: Option<String>,
}

/// The name that lists the catalogue instead of explaining a check.
const CATALOGUE: &str = "catalogue";

pub(super) fn explain(shell: &Shell, arguments: &ExplainArguments) -> anyhow::Result<Outcome> {
    let rules = check::rules();
    let Some(name) = &arguments.name else {
        for rule in rules {
            shell.print(&format!("{:<24} {}", rule.name, check::summary(rule.doc)));
        }
        return Ok(Outcome::Clean);
    };
    if name == CATALOGUE {
        shell.print(&format!("companies, for `recipients`: {}", catalogue::recipients().join(", ")));
        shell.print(&format!("services, for `services`: {}", catalogue::services().join(", ")));
        return Ok(Outcome::Clean);
    }
    match rules.iter().find(|rule| rule.name == name) {
        Some(rule) => {
            shell.print(rule.doc);
            Ok(Outcome::Clean)
        }
        None => {
            let known: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
            shell.say(&format!("error: there is no check `{name}`\nhelp: {}", suggest(name, &known)));
            Ok(Outcome::Faulty)
        }
    }
}
