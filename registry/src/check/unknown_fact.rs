//! The check `unknown-fact`: see its doc in `rules/unknown-fact.md`.

use super::Judged;
use crate::derive::unknowns;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// Somebody has to supply a fact that is not known yet.
pub(super) static UNKNOWN_FACT: Rule =
    Rule { name: "unknown-fact", severity: Severity::Warning, silence: Silence::Never, doc: include_str!("../../rules/unknown-fact.md") };

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // One diagnostic for each who, with all that they must supply.
    let mut asked: Vec<(&str, Vec<String>)> = Vec::new();
    let unknowns = unknowns::all(judged.registry);
    for unknown in &unknowns {
        let who = unknown.who.default.as_str();
        match asked.iter_mut().find(|(known, _)| *known == who) {
            Some((_, paths)) => paths.push(unknown.path.clone()),
            None => asked.push((who, vec![unknown.path.clone()])),
        }
    }
    for (who, paths) in asked {
        let message = match paths.as_slice() {
            [path] => format!("`{path}` is not known yet: {who} must supply it"),
            paths => format!("{} facts are not known yet: {who} must supply them", paths.len()),
        };
        let found = Diagnostic::new(&UNKNOWN_FACT, message);
        let mut found = paths
            .iter()
            .fold(found, |found, path| judged.places.point(found, path))
            .why("the policy says that it is not known yet, and nothing is guessed in its place")
            .help("write the value instead of `unknown:` once somebody has supplied it");
        // In the order of the file, so that the first of them stands for all where there is room for one only.
        found.labels.sort_by_key(|label| label.span);
        diagnostics.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;
    use crate::derive::unknowns;
    use crate::diagnostic::Severity;
    use crate::resolve;

    /// Everything that can be unknown, and is.
    const UNKNOWN: &str = "
controller:
  name: Acme
  representative: { unknown: A }
  address: { unknown: A }
  country: { unknown: A }
  email: { unknown: A }
  phone: { unknown: A }
  legal_form: { unknown: A }
  capital: { unknown: A }
  registration: { unknown: A }
  vat: { unknown: A }
  publication_director: { unknown: A }
  eu_representative: { unknown: A }
dpo: { unknown: A }
automated_decisions: { unknown: A }
sale: { unknown: A }
recipients: { crm: { role: { unknown: A }, country: { unknown: A }, safeguards: { unknown: A } } }
retention: { leads: { keep: { unknown: A }, by: { unknown: A } } }
services: { chat: { cookies: [{ name: c, keep: { unknown: A } }], storage: [{ key: s, keep: { unknown: A } }] } }
rights: { answer_within: { unknown: A } }
california: { rights: { know: { unknown: A }, delete: true } }
";

    #[test]
    fn who_must_supply_it_is_told_where_it_is_written() {
        let text = "controller: { name: Acme, vat: { unknown: Acme’s accountant } }\n";
        let found = found("unknown-fact", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "`controller.vat` is not known yet: Acme’s accountant must supply it");
        assert_eq!(found[0].severity, Severity::Warning);
        let span = found[0].labels[0].span.unwrap();
        assert_eq!(&text[span.start..span.end], "vat");
    }

    #[test]
    fn what_is_stated_or_absent_is_clean() {
        assert_eq!(found("unknown-fact", "controller: { name: Acme, vat: FR00 }\nsale: none\n"), []);
    }

    #[test]
    fn nothing_unknown_is_passed_over() {
        let registry = resolve::registry(Some((&"privacy.yaml".into(), UNKNOWN)), &[]).value.registry;
        let written = serde_json::to_string(&registry).unwrap().matches("\"unknown\":").count();
        assert_eq!(written, UNKNOWN.matches("unknown").count(), "each is read");
        assert_eq!(unknowns::all(&registry).len(), written);
        let found = found("unknown-fact", UNKNOWN);
        assert_eq!((found.len(), found[0].labels.len()), (1, written), "{found:?}");
        assert_eq!(found[0].message, format!("{written} facts are not known yet: A must supply them"));
    }

    #[test]
    fn each_path_is_one_that_an_author_wrote() {
        let declared = resolve::registry(Some((&"privacy.yaml".into(), UNKNOWN)), &[]).value;
        for unknown in unknowns::all(&declared.registry) {
            assert!(declared.places.has(&unknown.path), "{}", unknown.path);
        }
    }
}
