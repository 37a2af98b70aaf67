//! From what an author wrote in `privacy.yaml` and `forms/*.yaml` to the [`Registry`], with every mistake reported at once.
//!
//! Reads and resolves names; whether the promises are whole is judged in `check`.

mod address;
mod controller;
mod forms;
mod known;
mod names;
mod people;
mod places;
mod read;
mod recipients;
mod services;
mod uses;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Reported, Rule};
use crate::model::{Place, Places, Registry, Role, System};
use crate::yaml::{self, Fields, Node};
pub use read::localized;

/// Every rule that this module reports.
pub static RULES: [&Rule; 3] = [&known::UNKNOWN_CATALOGUE_ENTRY, &names::UNKNOWN_NAME, &names::RECIPIENT_UNKNOWN];

/// What is declared, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// What is declared.
    pub registry: Registry,
    /// Where each declaration was written.
    pub places: Places,
    /// Whether a file, or a whole section of one, could not be read: nothing can be said of what is or is not declared.
    pub unreadable: bool,
    /// The paths whose values were refused. They are written, so that nothing may call them missing.
    pub refused: Vec<String>,
}

/// The sections of named declarations, which refer to one another.
const SECTIONS: [&str; 5] = ["recipients", "data", "purposes", "retention", "services"];

/// A file to read: its path below the site's root, and its text.
pub type File<'a> = (&'a Arc<str>, &'a str);

/// Reads `privacy.yaml`, if there is one, and the forms.
pub fn registry(privacy: Option<File<'_>>, forms: &[File<'_>]) -> Reported<Declared> {
    let mut diagnostics = Vec::new();
    let mut declared = Declared::default();
    if let Some((file, text)) = privacy
        && let Some(mut root) = parse(file, text, &mut declared, &mut diagnostics)
    {
        places::note(&root, file, "", &mut declared.places);
        known::merge(&mut root, file, &mut diagnostics);
        if let Some(mut fields) = Fields::of(&root, file, "the registry", &mut diagnostics) {
            read(&mut fields, &mut declared.registry);
            fields.finish();
        }
        recipients::attribute(&mut declared);
    }
    for (file, text) in forms {
        let name = forms::name(file);
        if !yaml::is_name(name) {
            diagnostics.push(yaml::no_name(name).in_file(file));
        }
        if let Some(root) = parse(file, text, &mut declared, &mut diagnostics) {
            places::note(&root, file, &format!("forms.{name}"), &mut declared.places);
            if let Some(mut fields) = Fields::of(&root, file, "the form", &mut diagnostics) {
                declared.registry.forms.push(forms::read(name, &mut fields));
                fields.finish();
            }
        }
    }
    note_refused(&mut declared, &diagnostics);
    if !declared.unreadable {
        names::check(&declared, &mut diagnostics);
    }
    Reported { value: declared, diagnostics }
}

/// Parses a file; one that is no YAML leaves all that is declared unreadable.
fn parse(file: &Arc<str>, text: &str, declared: &mut Declared, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let parsed = yaml::parse(file, text, 0);
    declared.unreadable |= parsed.diagnostics.iter().any(|diagnostic| diagnostic.rule == &yaml::INVALID_YAML);
    let root = parsed.into_value(diagnostics);
    // A file whose root is no map declares nothing that could be found.
    declared.unreadable |= root.as_ref().is_some_and(|root| root.as_map().is_none());
    root
}

/// Notes the paths of the values that the diagnostics refuse.
fn note_refused(declared: &mut Declared, diagnostics: &[Diagnostic]) {
    let refusing = diagnostics.iter().filter(|found| found.rule == &yaml::WRONG_TYPE || found.rule == &known::UNKNOWN_CATALOGUE_ENTRY);
    for label in refusing.filter_map(|diagnostic| diagnostic.labels.first()) {
        let at_value = |place: &Place| place.file == label.file && Some(place.value) == label.span;
        declared.refused.extend(declared.places.iter().filter(|(_, place)| at_value(place)).map(|(path, _)| path.to_owned()));
    }
    // What is named in a section, or in one of its entries, is unknown where that is no map.
    let whole = |path: &String| path.split('.').count() <= 2 && SECTIONS.contains(&path.split('.').next().unwrap_or(path));
    declared.unreadable |= declared.refused.iter().any(whole);
}

fn read(fields: &mut Fields<'_>, registry: &mut Registry) {
    registry.controller = fields.map("controller", "`controller`", controller::read);
    registry.authority = controller::authority(fields);
    registry.dpo = controller::dpo(fields);
    registry.automated_decisions = controller::automated_decisions(fields);
    registry.sale = controller::sale(fields);
    registry.host = read::id(fields, "host");
    registry.recipients = fields.each("recipients", "the recipient", recipients::read);
    registry.data = fields.each("data", "the data category", uses::data);
    registry.purposes = fields.each("purposes", "the purpose", uses::purpose);
    registry.retention = fields.each("retention", "the retention rule", uses::retention);
    registry.services = fields.each("services", "the service", services::read);
    registry.rights = fields.map("rights", "`rights`", people::rights).unwrap_or_default();
    registry.changes = people::changes(fields);
    registry.california = fields.map("california", "`california`", people::california);
    registry.security = people::security(fields);
    registry.attributions = fields.list("attributions", "an attribution", people::attribution);
    registry.extensions = fields.each("extensions", "the extension", people::extension);
}

/// A key's part of the work; the site where it says nothing.
fn system(fields: &mut Fields<'_>) -> System {
    read::word(fields, "system", System::NAMES, System::parse).unwrap_or(System::Site)
}

/// A key's role; `otherwise` where it says nothing.
fn role(fields: &mut Fields<'_>, otherwise: Role) -> Role {
    read::word(fields, "role", Role::NAMES, Role::parse).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests;
