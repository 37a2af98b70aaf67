//! The check `authority-missing`: see its doc in `rules/authority-missing.md`.

use super::Judged;
use crate::derive::authority::KNOWN;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// Nobody is named to whom people can complain.
pub(super) static AUTHORITY_MISSING: Rule = Rule {
    name: "authority-missing",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/authority-missing.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if judged.registry.authority.is_none() && judged.handles_data() {
        diagnostics.push(
            judged
                .at(&AUTHORITY_MISSING, "authority", "no supervisory authority is declared")
                .why("people must be told that they can complain to one (GDPR Art. 13(2)(d), 77)")
                .help(help(judged)),
        );
    }
}

/// The authority of the controller's country, or all that are known.
fn help(judged: Judged<'_>) -> String {
    let country = judged.registry.controller.as_ref().and_then(|controller| controller.country.as_ref()?.known());
    match KNOWN.iter().find(|known| country.is_some_and(|country| country.code() == known.country)) {
        Some(known) => format!("add `authority: {}`", known.id),
        None => format!("add `authority:` with one of {}", KNOWN.map(|known| format!("`{}`", known.id)).join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const RULE: &str = "authority-missing";

    #[test]
    fn a_known_authority_is_enough() {
        assert_eq!(found(RULE, "authority: cnil\ndata: { lead: { label: Leads } }\n"), []);
    }

    #[test]
    fn the_authority_of_the_controllers_country_is_suggested() {
        let of = |country: &str| {
            let text = format!("controller: {{ name: Acme, country: {country} }}\ndata: {{ lead: {{ label: Leads }} }}\n");
            found(RULE, &text).remove(0).help.unwrap()
        };
        assert_eq!(of("IE"), "add `authority: dpc`");
        assert!(of("US").contains("`aepd`, `ap`"));
    }

    #[test]
    fn a_controller_alone_needs_none() {
        assert_eq!(found(RULE, "controller: { name: Acme }\n"), []);
    }
}
