//! What a delivery may carry. Adapters choose what they send from here and from nowhere else, so that none sends what is not declared.

use crate::model::{Capture, DataId, Delivery, DeliveryKind, Field, FieldType, Form, PurposeId, RecipientId, Registry};

/// What a delivery may carry to its recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The field with the address of who sent the form: a confirmation goes there, and the answer to a notification.
    pub address: Option<&'a Field>,
    /// The fields whose values are sent, in the form's order.
    pub fields: Vec<&'a Field>,
    /// What was noted and is sent with them.
    pub captures: Vec<&'a Capture>,
}

/// What a delivery of a form may carry.
///
/// A value is sent where its kind of delivery carries it, and where the purpose that it was asked for names both its data and the recipient.
/// A confirmation carries no value at all. Who narrows a delivery by `fields` sends nothing else, so not what nobody typed either.
pub fn declared<'a>(registry: &Registry, form: &'a Form, delivery: &Delivery) -> Carried<'a> {
    let permits = |data: Option<&DataId>, purpose: Option<&PurposeId>| permits(registry, &delivery.to, data, purpose);
    let fields: Vec<&Field> = form.fields.iter().filter(|field| permits(field.data.as_ref(), field.purpose.as_ref())).collect();
    let address = match delivery.kind {
        DeliveryKind::Confirmation | DeliveryKind::Notification => fields.iter().copied().find(|field| field.kind == FieldType::Email),
        DeliveryKind::Page | DeliveryKind::Webhook => None,
    };
    let captures = form.captures.iter().filter(|capture| permits(capture.data.as_ref(), capture.purpose.as_ref()));
    // No field bears the empty name: it stands for what is no field.
    let captures = captures.filter(|_| carries(delivery, "")).collect();
    Carried { address, fields: fields.into_iter().filter(|field| carries(delivery, &field.name)).collect(), captures }
}

/// Whether a recipient may have some data for a purpose.
fn permits(registry: &Registry, recipient: &RecipientId, data: Option<&DataId>, purpose: Option<&PurposeId>) -> bool {
    let (Some(data), Some(purpose)) = (data, purpose.and_then(|id| registry.purpose(id))) else { return false };
    purpose.data.contains(data) && purpose.recipients.contains(recipient)
}

/// Whether a kind of delivery carries the value of a name, as far as its author narrowed it.
fn carries(delivery: &Delivery, name: &str) -> bool {
    let is_named = delivery.fields.as_ref().map(|names| names.iter().any(|named| named == name));
    match delivery.kind {
        DeliveryKind::Page | DeliveryKind::Notification => is_named.unwrap_or(true),
        DeliveryKind::Webhook => is_named.unwrap_or(false),
        DeliveryKind::Confirmation => false,
    }
}

#[cfg(all(test, feature = "authoring"))]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::resolve;

    const PRIVACY: &str = "\
recipients:
  notion: { name: Notion, country: US }
  make: { name: Make, country: CZ }
  other: { name: Other, country: FR }
data:
  lead: { label: Enquiries, from: { form: contact } }
  address: { label: Addresses, from: { form: contact } }
purposes:
  answer: { label: answer, basis: contract, data: [lead], recipients: [notion, make] }
  protect: { label: protect, basis: contract, data: [address, lead], recipients: [] }
";

    const FORM: &str = "\
label: Contact
data: lead
purpose: answer
fields:
  name: {}
  email: { type: email }
  trap: { type: hidden, purpose: protect }
  stray: { data: address }
captures:
  - { what: utm }
  - { what: ip-address, data: address, purpose: protect }
";

    /// What a delivery carries: its address, its fields, what was noted.
    fn carried(deliver: &str) -> (Option<String>, Vec<String>, Vec<&'static str>) {
        let (privacy, form) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
        let text = format!("{FORM}deliver: [{deliver}]\n");
        let read = resolve::registry(Some((&privacy, PRIVACY)), &[(&form, &text)]);
        assert_eq!(read.diagnostics, [], "the fixture can be read");
        let form = &read.value.registry.forms[0];
        let carried = declared(&read.value.registry, form, &form.deliver[0]);
        let names = |fields: &[&Field]| fields.iter().map(|field| field.name.clone()).collect();
        let captures = carried.captures.iter().map(|capture| capture.kind.name()).collect();
        (carried.address.map(|field| field.name.clone()), names(&carried.fields), captures)
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_page_has_all_that_its_recipient_may_have() {
        assert_eq!(carried("{ to: notion, as: page }"), (None, names(&["name", "email"]), vec!["utm"]));
        assert_eq!(carried("{ to: notion, as: page, fields: [name, trap] }"), (None, names(&["name"]), vec![]));
    }

    #[test]
    fn a_webhook_has_what_is_named_and_declared() {
        assert_eq!(carried("{ to: make, as: webhook }"), (None, vec![], vec![]));
        assert_eq!(carried("{ to: make, as: webhook, fields: [email, stray] }"), (None, names(&["email"]), vec![]));
    }

    #[test]
    fn a_confirmation_has_an_address_and_no_value() {
        assert_eq!(carried("{ to: notion, as: confirmation, fields: [name] }"), (Some("email".into()), vec![], vec![]));
        let (address, fields, _) = carried("{ to: notion, as: notification }");
        assert_eq!((address.as_deref(), fields), (Some("email"), names(&["name", "email"])));
    }

    #[test]
    fn a_recipient_that_the_purpose_does_not_name_gets_nothing() {
        for kind in DeliveryKind::NAMES {
            assert_eq!(carried(&format!("{{ to: other, as: {kind}, fields: [name] }}")), (None, vec![], vec![]), "{kind}");
        }
    }
}
