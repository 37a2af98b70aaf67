//! From what an author wrote in `privacy.yaml` and `forms/*.yaml` to the [`Registry`], with every mistake reported at once.
//!
//! Reads and resolves names; whether the promises are whole is judged in `check`.

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

use crate::diagnostic::{Reported, Rule};
use crate::model::{Places, Registry, Role, System};
use crate::yaml::{self, Fields};
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
}

/// A file to read: its path below the site's root, and its text.
pub type File<'a> = (&'a Arc<str>, &'a str);

/// Reads `privacy.yaml`, if there is one, and the forms.
pub fn registry(privacy: Option<File<'_>>, forms: &[File<'_>]) -> Reported<Declared> {
    let mut diagnostics = Vec::new();
    let mut declared = Declared::default();
    if let Some((file, text)) = privacy
        && let Some(mut root) = yaml::parse(file, text, 0).into_value(&mut diagnostics)
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
        if let Some(root) = yaml::parse(file, text, 0).into_value(&mut diagnostics) {
            let name = forms::name(file);
            places::note(&root, file, &format!("forms.{name}"), &mut declared.places);
            if let Some(mut fields) = Fields::of(&root, file, "the form", &mut diagnostics) {
                declared.registry.forms.push(forms::read(name, &mut fields));
                fields.finish();
            }
        }
    }
    names::check(&declared, &mut diagnostics);
    Reported { value: declared, diagnostics }
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
