//! What a delivery may carry, for each kind of delivery.

use std::sync::Arc;

use registry::derive::deliveries::declared;
use registry::model::{DeliveryKind, Field};
use registry::resolve;

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
