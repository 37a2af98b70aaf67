//! Every name that a declaration uses is declared: data, purposes, recipients, services, forms.

use std::fmt::Display;

use super::Declared;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence, suggest};
use crate::model::{Enforcer, From, Places, Stated};

/// A declaration names something that is not declared.
pub(crate) static UNKNOWN_NAME: Rule =
    Rule { name: "unknown-name", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/unknown-name.md") };
/// A recipient is used and never declared.
pub(crate) static RECIPIENT_UNKNOWN: Rule = Rule {
    name: "recipient-unknown",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/recipient-unknown.md"),
};

/// The names of one kind.
struct Kind<'a> {
    rule: &'static Rule,
    /// What such a thing is called in messages.
    what: &'static str,
    /// Where such things are declared.
    section: &'static str,
    known: Vec<&'a str>,
}

struct Names<'a> {
    places: &'a Places,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Names<'_> {
    fn uses(&mut self, kind: &Kind<'_>, name: &impl Display, path: &str) {
        let name = name.to_string();
        if kind.known.contains(&name.as_str()) {
            return;
        }
        let place = self.places.get(path);
        let message = format!("there is no {} `{name}`", kind.what);
        let mut diagnostic = Diagnostic::new(kind.rule, message);
        if let Some(place) = place {
            diagnostic = diagnostic.at(&place.file, place.value, "");
        }
        let declare = format!("declare it under `{}`", kind.section);
        self.diagnostics.push(diagnostic.help(match suggest(&name, &kind.known) {
            near if near.ends_with('?') => format!("{near} or {declare}"),
            _ => declare,
        }));
    }
}

pub(super) fn check(declared: &Declared, diagnostics: &mut Vec<Diagnostic>) {
    let registry = &declared.registry;
    let kind = |rule, what, section, known| Kind { rule, what, section, known };
    let recipients = kind(&RECIPIENT_UNKNOWN, "recipient", "recipients", registry.recipients.iter().map(|r| r.id.as_str()).collect());
    let data = kind(&UNKNOWN_NAME, "data category", "data", registry.data.iter().map(|d| d.id.as_str()).collect());
    let purposes = kind(&UNKNOWN_NAME, "purpose", "purposes", registry.purposes.iter().map(|p| p.id.as_str()).collect());
    let services = kind(&UNKNOWN_NAME, "service", "services", registry.services.iter().map(|s| s.id.as_str()).collect());
    let forms = kind(&UNKNOWN_NAME, "form", "content/forms/", registry.forms.iter().map(|f| f.id.as_str()).collect());
    let mut names = Names { places: &declared.places, diagnostics };
    if let Some(host) = &registry.host {
        names.uses(&recipients, host, "host");
    }
    for category in &registry.data {
        let path = format!("data.{}.from", category.id);
        match &category.from {
            Some(From::Form(form)) => names.uses(&forms, form, &path),
            Some(From::Service(service)) => names.uses(&services, service, &path),
            Some(From::Recipient(recipient)) => names.uses(&recipients, recipient, &path),
            Some(From::Other(_) | From::Functions(_)) | None => {}
        }
    }
    for purpose in &registry.purposes {
        let path = format!("purposes.{}", purpose.id);
        each(&purpose.data, |n, id| names.uses(&data, id, &format!("{path}.data.{n}")));
        each(&purpose.recipients, |n, id| names.uses(&recipients, id, &format!("{path}.recipients.{n}")));
    }
    for rule in &registry.retention {
        let path = format!("retention.{}", rule.id);
        each(&rule.data, |n, id| names.uses(&data, id, &format!("{path}.data.{n}")));
        if let Some(Stated::Known(Enforcer::Recipient(recipient))) = &rule.by {
            names.uses(&recipients, recipient, &format!("{path}.by"));
        }
    }
    for service in &registry.services {
        let path = format!("services.{}", service.id);
        if let Some(purpose) = &service.purpose {
            names.uses(&purposes, purpose, &format!("{path}.purpose"));
        }
        if let Some(recipient) = &service.recipient {
            names.uses(&recipients, recipient, &format!("{path}.recipient"));
        }
    }
    for form in &registry.forms {
        for field in &form.fields {
            let path = format!("forms.{}.fields.{}", form.id, field.name);
            if let Some(id) = &field.data {
                names.uses(&data, id, &format!("{path}.data"));
            }
            if let Some(id) = &field.purpose {
                names.uses(&purposes, id, &format!("{path}.purpose"));
            }
        }
        let path = format!("forms.{}", form.id);
        for (n, capture) in form.captures.iter().enumerate() {
            if let Some(id) = &capture.data {
                names.uses(&data, id, &format!("{path}.captures.{n}.data"));
            }
            if let Some(id) = &capture.purpose {
                names.uses(&purposes, id, &format!("{path}.captures.{n}.purpose"));
            }
        }
        let fields = kind(&UNKNOWN_NAME, "field", "fields", form.fields.iter().map(|field| field.name.as_str()).collect());
        for (n, delivery) in form.deliver.iter().enumerate() {
            names.uses(&recipients, &delivery.to, &format!("{path}.deliver.{n}.to"));
            each(delivery.fields.as_deref().unwrap_or_default(), |at, name| {
                names.uses(&fields, name, &format!("{path}.deliver.{n}.fields.{at}"))
            });
        }
    }
}

fn each<T>(items: &[T], mut read: impl FnMut(usize, &T)) {
    items.iter().enumerate().for_each(|(n, item)| read(n, item));
}
