//! From what an author wrote in `privacy.yaml` to the [`Registry`], with every mistake reported at once.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence};
use crate::model::{Controller, Localized, Registry};
use crate::yaml::{self, Fields, Node, Value};

/// The controller has no name, or no address to write to.
pub static CONTROLLER_INCOMPLETE: Rule = Rule {
    name: "controller-incomplete",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../rules/controller-incomplete.md"),
};

/// Every rule that this module reports.
pub static RULES: [&Rule; 1] = [&CONTROLLER_INCOMPLETE];

/// Reads `privacy.yaml`. `file` is its path below the site's root, for the diagnostics.
pub fn registry(file: &Arc<str>, text: &str) -> Reported<Registry> {
    let mut diagnostics = Vec::new();
    let root = yaml::parse(file, text, 0).into_value(&mut diagnostics);
    let mut registry = Registry::default();
    if let Some(root) = &root
        && let Some(mut fields) = Fields::of(root, file, "the registry", &mut diagnostics)
    {
        if let Some(node) = fields.take("controller") {
            registry.controller = controller(node, file, fields.diagnostics());
        }
        fields.finish();
    }
    Reported { value: registry, diagnostics }
}

fn controller(node: &Node, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> Option<Controller> {
    let mut fields = Fields::of(node, file, "`controller`", diagnostics)?;
    let name = fields.text("name");
    let controller = Controller {
        name: name.clone().unwrap_or_default(),
        representative: fields.text("representative"),
        address: fields.text("address"),
        email: fields.text("email"),
    };
    let missing: Vec<&str> = [("name", name.is_none()), ("address", controller.address.is_none()), ("email", controller.email.is_none())]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect();
    if !missing.is_empty() {
        fields.diagnostics().push(
            Diagnostic::new(&CONTROLLER_INCOMPLETE, format!("the controller has no {}", missing.join(", no ")))
                .at(file, node.span, "")
                .why(why(&missing))
                .help(format!("add {}", missing.iter().map(|k| format!("`{k}:`")).collect::<Vec<_>>().join(", "))),
        );
    }
    fields.finish();
    Some(controller)
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

/// A text, or a map of language codes to texts, blank ones left out.
pub fn localized(node: &Node) -> Option<Localized> {
    match &node.value {
        Value::Map(entries) => {
            let by_language: Option<Vec<_>> =
                entries.iter().filter(|e| !e.value.is_blank()).map(|e| Some((e.key.clone(), e.value.as_text()?.to_owned()))).collect();
            let by_language = by_language?;
            Some(Localized { default: by_language.first()?.1.clone(), by_language })
        }
        _ => node.as_text().map(Localized::everywhere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reported<Registry> {
        registry(&Arc::from("content/privacy.yaml"), text)
    }

    #[test]
    fn a_complete_controller_is_clean() {
        let read = read("controller:\n  name: Acme\n  address: 1 Road\n  email: a@acme.example\n");
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        assert_eq!(read.value.controller.unwrap().name, "Acme");
    }

    #[test]
    fn a_blank_name_is_no_name_and_each_thing_missing_cites_its_law() {
        let why = |text: &str| read(text).diagnostics.remove(0);
        let name = why("controller:\n  name: \"\"\n  address: 1 Road\n  email: a@acme.example\n");
        assert_eq!(name.message, "the controller has no name");
        let name = name.why.unwrap();
        assert!(name.contains("GDPR Art. 13(1)(a)") && !name.contains("2000/31/EC"), "{name}");
        let address = why("controller:\n  name: Acme\n  address: ' '\n  email: a@acme.example\n").why.unwrap();
        assert!(address.contains("Directive 2000/31/EC Art. 5(1)") && !address.contains("GDPR"), "{address}");
    }

    #[test]
    fn blank_texts_of_a_language_are_left_out() {
        let root = yaml::parse(&Arc::from("a.yaml"), "{ en: ' ', fr: Bonjour }", 0).value.unwrap();
        assert_eq!(localized(&root).unwrap().get("en"), "Bonjour");
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let read = read("controler: {}\ncontroller:\n  nmae: Acme\n  address: [1]\n");
        let seen: Vec<_> = read.diagnostics.iter().map(|d| (d.rule.name, d.message.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("wrong-type", "`address` must be text"),
                ("controller-incomplete", "the controller has no name, no address, no email"),
                ("unknown-key", "`controller` has no key `nmae`"),
                ("unknown-key", "the registry has no key `controler`"),
            ]
        );
    }
}
