//! Silenced checks: the rule `unknown-rule`, and what happens to the diagnostics of silenced ones.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, suggest};

use crate::site::Site;
use crate::site::config::{self, Config, Silenced};

/// A silenced check that does not exist.
pub static UNKNOWN_RULE: Rule =
    Rule { name: "unknown-rule", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/unknown-rule.md") };

pub(super) fn check(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let rules = super::rules();
    let allowed: Vec<&str> = rules.iter().filter(|rule| rule.silence == Silence::Allowed).map(|rule| rule.name).collect();
    for silenced in &site.config.silenced {
        let known = rules.iter().find(|rule| rule.name == silenced.rule);
        let diagnostic = match known.map(|rule| rule.silence) {
            Some(Silence::Allowed) => continue,
            Some(Silence::Never) => {
                let all = allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                Diagnostic::new(&UNKNOWN_RULE, format!("`{}` cannot be silenced", silenced.rule))
                    .why("what it reports is a plain mistake, or leaves no whole site to judge")
                    .help(format!("mend what it reports; these can be silenced: {all}"))
            }
            None => {
                Diagnostic::new(&UNKNOWN_RULE, format!("there is no check `{}`", silenced.rule)).help(suggest(&silenced.rule, &allowed))
            }
        };
        diagnostics.push(diagnostic.at(&Arc::from(config::PATH), silenced.span, ""));
    }
}

/// Takes the diagnostics of silenced checks out, and tells how many each silence covers.
pub fn apply<'c>(config: &'c Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<(&'c Silenced, usize)> {
    let rules = super::rules();
    let allowed = |silenced: &&Silenced| rules.iter().any(|rule| rule.name == silenced.rule && rule.silence == Silence::Allowed);
    let mut silences: Vec<(&Silenced, usize)> = config.silenced.iter().filter(allowed).map(|s| (s, 0)).collect();
    diagnostics.retain(|diagnostic| match silences.iter_mut().find(|(silenced, _)| covers(silenced, diagnostic)) {
        Some((_, count)) => {
            *count += 1;
            false
        }
        None => true,
    });
    silences
}

/// Whether a diagnostic stops the build: it is an error, and the site does not silence it.
pub fn blocks(config: &Config, diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && !config.silenced.iter().any(|silenced| covers(silenced, diagnostic))
}

/// The rules after whose errors pages or their addresses are unknown.
static BLINDING: [&Rule; 7] = [
    &registry::yaml::INVALID_YAML,
    &crate::document::INVALID_UTF8,
    &crate::source::LINK_OUT_OF_ROOT,
    &crate::source::UNREADABLE_FILE,
    &crate::render::page::UNKNOWN_TEMPLATE,
    &crate::render::templates::TEMPLATE_ERROR,
    &crate::render::templates::TEMPLATE_LOOP,
];

/// Whether a diagnostic says that there is no whole site, so that whatever is judged after it would be noise.
pub fn ends_judging(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && BLINDING.contains(&diagnostic.rule)
}

fn covers(silenced: &Silenced, diagnostic: &Diagnostic) -> bool {
    diagnostic.rule.silence == Silence::Allowed && diagnostic.rule.name == silenced.rule
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::broken_link::BROKEN_LINK;
    use crate::check::empty_site::EMPTY_SITE;
    use crate::check::fixture::structure;
    use crate::document::LARGE_PAGE;

    fn config(rules: &[&str]) -> Config {
        let silenced = |rule: &&str| Silenced { rule: (*rule).to_owned(), reason: "because".to_owned(), span: Default::default() };
        Config { silenced: rules.iter().map(silenced).collect(), ..Config::default() }
    }

    #[test]
    fn a_rule_that_can_never_be_silenced_is_not() {
        let config = config(&["empty-site", "broken-link"]);
        let mut diagnostics = vec![Diagnostic::new(&EMPTY_SITE, "x"), Diagnostic::new(&BROKEN_LINK, "x")];
        assert!(blocks(&config, &diagnostics[0]) && !blocks(&config, &diagnostics[1]));
        assert!(blocks(&Config::default(), &diagnostics[1]) && !blocks(&Config::default(), &Diagnostic::new(&LARGE_PAGE, "x")));
        let silenced = apply(&config, &mut diagnostics);
        assert_eq!(diagnostics.iter().map(|d| d.rule.name).collect::<Vec<_>>(), ["empty-site"]);
        assert_eq!(silenced.iter().map(|(s, count)| (s.rule.as_str(), *count)).collect::<Vec<_>>(), [("broken-link", 1)]);
    }

    #[test]
    fn silencing_such_a_rule_is_reported_with_those_that_can_be() {
        let found = structure("=== content/site.yaml\nsilence: [{ rule: unknown-key, reason: x }]\n=== content/a.md\n# A\n").remove(0);
        assert_eq!((found.rule.name, found.message.as_str()), ("unknown-rule", "`unknown-key` cannot be silenced"));
        let help = found.help.unwrap();
        assert!(help.contains("`broken-link`") && help.contains("`large-page`") && !help.contains("`empty-site`"), "{help}");
    }
}
