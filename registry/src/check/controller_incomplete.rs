//! The check `controller-incomplete`: see its doc in `rules/controller-incomplete.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// The controller has no name, or no address to write to.
pub(super) static CONTROLLER_INCOMPLETE: Rule = Rule {
    name: "controller-incomplete",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/controller-incomplete.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(controller) = &judged.registry.controller else {
        if judged.handles_data() {
            diagnostics.push(
                judged
                    .at(&CONTROLLER_INCOMPLETE, "controller", "nobody is declared as the controller")
                    .why("people must be told who is responsible for their data and how to reach them (GDPR Art. 13(1)(a))")
                    .help("add `controller:` with `name:`, `address:` and `email:`"),
            );
        }
        return;
    };
    let missing: Vec<&str> =
        [("name", controller.name.is_empty()), ("address", controller.address.is_none()), ("email", controller.email.is_none())]
            .into_iter()
            .filter_map(|(key, missing)| missing.then_some(key))
            .collect();
    if !missing.is_empty() {
        diagnostics.push(
            judged
                .at(&CONTROLLER_INCOMPLETE, "controller", format!("the controller has no {}", missing.join(", no ")))
                .why(why(&missing))
                .help(format!("add {}", missing.iter().map(|k| format!("`{k}:`")).collect::<Vec<_>>().join(", "))),
        );
    }
    let outside = controller.country.as_ref().and_then(|country| country.known()).is_some_and(|country| !country.in_eea());
    if outside && controller.eu_representative.is_none() {
        diagnostics.push(
            judged
                .at(&CONTROLLER_INCOMPLETE, "controller.country", "the controller is outside the Union and names no representative in it")
                .why("who offers goods or services to people in the Union from outside needs one (GDPR Art. 27, 13(1)(a))")
                .help("add `eu_representative:`, or `eu_representative: { unknown: who must supply it }`"),
        );
    }
}

/// Who asks for what a controller lacks.
fn why(missing: &[&str]) -> String {
    let mut asked = Vec::new();
    if missing.iter().any(|key| matches!(*key, "name" | "email")) {
        asked.push("people must be told who is responsible for their data and how to reach them (GDPR Art. 13(1)(a))");
    }
    if missing.iter().any(|key| matches!(*key, "address" | "email")) {
        asked.push("who offers services online must give a postal address and an e-mail address (Directive 2000/31/EC Art. 5(1))");
    }
    asked.join("; ")
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    #[test]
    fn a_complete_controller_is_clean() {
        assert_eq!(found("controller-incomplete", "controller: { name: Acme, address: 1 Road, email: a@acme.example }\n"), []);
        let unknown = "controller: { name: Acme, address: { unknown: Acme }, email: a@acme.example }\n";
        assert_eq!(found("controller-incomplete", unknown), [], "what is unknown is told apart from what is missing");
    }

    #[test]
    fn a_blank_name_is_no_name_and_each_thing_missing_cites_its_law() {
        let why = |text: &str| found("controller-incomplete", text).remove(0);
        let name = why("controller: { name: \"\", address: 1 Road, email: a@acme.example }\n");
        assert_eq!(name.message, "the controller has no name");
        let name = name.why.unwrap();
        assert!(name.contains("GDPR Art. 13(1)(a)") && !name.contains("2000/31/EC"), "{name}");
        let address = why("controller: { name: Acme, address: ' ', email: a@acme.example }\n").why.unwrap();
        assert!(address.contains("Directive 2000/31/EC Art. 5(1)") && !address.contains("GDPR"), "{address}");
    }

    #[test]
    fn outside_the_union_a_representative_is_needed() {
        let of = |more: &str| {
            found("controller-incomplete", &format!("controller: {{ name: A, address: B, email: c@d.example, country: US{more} }}\n"))
        };
        assert_eq!(of("").len(), 1);
        assert_eq!(of(", eu_representative: E GmbH"), []);
    }
}
