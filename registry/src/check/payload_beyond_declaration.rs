//! The check `payload-beyond-declaration`: see its doc in `rules/payload-beyond-declaration.md`.

use super::Judged;
use crate::derive::deliveries;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Delivery, DeliveryKind, Form};

/// A form is delivered with data that its recipient is not declared for.
pub(super) static PAYLOAD_BEYOND_DECLARATION: Rule = Rule {
    name: "payload-beyond-declaration",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/payload-beyond-declaration.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for form in &judged.registry.forms {
        for (n, delivery) in form.deliver.iter().enumerate() {
            let beyond = beyond(judged, form, delivery);
            if beyond.is_empty() {
                continue;
            }
            let (to, kind) = (&delivery.to, delivery.kind.name());
            diagnostics.push(
                judged
                    .at(
                        &PAYLOAD_BEYOND_DECLARATION,
                        &format!("forms.{}.deliver.{n}", form.id),
                        format!("as a {kind}, the form `{}` would bring `{to}` {}", form.id, told(&beyond)),
                    )
                    .why("people are told who receives what; these fields serve no purpose that names this recipient (GDPR Art. 5(1)(b), 13(1)(e))")
                    .help(format!("name `{to}` in the `recipients` of the purpose of these fields, or list the fields that it may have: `fields: […]`")),
            );
        }
    }
}

/// The fields that a delivery is to carry and its recipient may not have.
fn beyond<'a>(judged: Judged<'_>, form: &'a Form, delivery: &Delivery) -> Vec<&'a str> {
    let carried = deliveries::declared(judged.registry, form, delivery);
    let wanted = |name: &str| match (&delivery.fields, delivery.kind) {
        (Some(names), _) => names.iter().any(|wanted| wanted == name),
        (None, DeliveryKind::Page | DeliveryKind::Notification) => true,
        (None, DeliveryKind::Confirmation | DeliveryKind::Webhook) => false,
    };
    let fields = form.fields.iter().filter(|field| field.data.is_some() && field.purpose.is_some() && wanted(&field.name));
    let mut beyond: Vec<&str> = fields.filter(|field| !carried.fields.contains(field)).map(|field| field.name.as_str()).collect();
    // A confirmation has no values, and needs the address that it goes to.
    if delivery.kind == DeliveryKind::Confirmation {
        beyond.clear();
        let address = form.fields.iter().find(|field| field.kind == crate::model::FieldType::Email);
        beyond.extend(address.filter(|_| carried.address.is_none()).map(|field| field.name.as_str()));
    }
    beyond
}

fn told(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::with_form;

    const PRIVACY: &str = "\
recipients: { notion: { name: Notion }, make: { name: Make } }
data: { lead: { label: Leads, from: { form: contact } } }
purposes: { answer: { label: answer, data: [lead], recipients: [notion] } }
";

    fn messages(deliver: &str) -> Vec<String> {
        let form = format!("data: lead\npurpose: answer\nfields: {{ name: {{}}, email: {{ type: email }} }}\ndeliver: [{deliver}]\n");
        with_form("payload-beyond-declaration", PRIVACY, Some(&form)).into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn what_a_purpose_names_may_be_sent() {
        for deliver in ["{ to: notion, as: page }", "{ to: notion, as: confirmation }", "{ to: make, as: webhook }"] {
            assert!(messages(deliver).is_empty(), "{deliver}");
        }
    }

    #[test]
    fn what_no_purpose_names_is_beyond() {
        assert_eq!(messages("{ to: make, as: page }"), ["as a page, the form `contact` would bring `make` `name`, `email`"]);
        assert_eq!(messages("{ to: make, as: webhook, fields: [name] }"), ["as a webhook, the form `contact` would bring `make` `name`"]);
        assert_eq!(messages("{ to: make, as: confirmation }"), ["as a confirmation, the form `contact` would bring `make` `email`"]);
    }
}
