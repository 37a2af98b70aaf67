//! Silenced checks: the rule `unknown-rule`, and what happens to the diagnostics of silenced ones.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, suggest};

use crate::site::Site;
use crate::site::config::{self, Config, Silenced};

/// A silenced check that does not exist.
pub static UNKNOWN_RULE: Rule =
    Rule { name: "unknown-rule", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/unknown-rule.md") };

pub(super) fn check(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = super::rules().iter().map(|rule| rule.name).collect();
    for silenced in site.config.silenced.iter().filter(|s| !known.contains(&s.rule.as_str())) {
        diagnostics.push(
            Diagnostic::new(&UNKNOWN_RULE, format!("there is no check `{}`", silenced.rule))
                .at(&Arc::from(config::PATH), silenced.span, "")
                .help(suggest(&silenced.rule, &known)),
        );
    }
}

/// Takes the diagnostics of silenced checks out, and tells how many each silence covers.
pub fn apply<'c>(config: &'c Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<(&'c Silenced, usize)> {
    let mut silenced: Vec<(&Silenced, usize)> = config.silenced.iter().map(|s| (s, 0)).collect();
    diagnostics.retain(|diagnostic| match silenced.iter_mut().find(|(s, _)| s.rule == diagnostic.rule.name) {
        Some((_, count)) => {
            *count += 1;
            false
        }
        None => true,
    });
    silenced
}
