//! Who is told of a change of the policy, and who is left out.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use functions::announcement::Announcement;
use functions::announcing::audience;
use functions::guard::Keys;
use functions::lead::{Lead, LeadId, Suspicion};
use functions::personal::Personal;
use jiff::Timestamp;
use jiff::civil::date;
use registry::contract::{Contract, Site};
use serde_json::{Value, json};

fn announcement() -> Announcement {
    let (policy, version, seal) = ("privacy".to_owned(), "2".to_owned(), "5ea1".to_owned());
    Announcement { policy, version, seal, effective: date(2027, 3, 1), texts: BTreeMap::new() }
}

fn keys() -> Keys {
    Keys::new("0123456789abcdef0123456789abcdef".into())
}

/// A site with a form whose addresses may be used, and one whose addresses may not.
fn contract() -> Contract {
    let privacy = "recipients: { post: { name: Post } }\ndata: { lead: { label: Leads }, other: { label: Others } }\n\
                   purposes: { answer: { label: answer, basis: contract, data: [lead], recipients: [post] } }\n";
    let [contact, closed] =
        ["data: lead", "data: other"].map(|data| format!("{data}\npurpose: answer\nfields: {{ email: {{ type: email }} }}\n"));
    let [privacy_file, contact_file, closed_file] =
        ["content/privacy.yaml", "content/forms/contact.yaml", "content/forms/closed.yaml"].map(Arc::from);
    let read =
        registry::resolve::registry(Some((&privacy_file, privacy)), &[(&contact_file, contact.as_str()), (&closed_file, closed.as_str())]);
    assert_eq!(read.diagnostics, []);
    Contract::of(&read.value.registry, Site::default())
}

/// A lead that came in the given second.
fn lead(second: i64, form: &str, email: Value, language: &str) -> Lead {
    let received = Timestamp::from_second(second).unwrap();
    Lead {
        id: LeadId::of_digest([u8::try_from(second).unwrap(); 16]),
        form: form.into(),
        language: language.to_owned(),
        received,
        contacted: received,
        values: Personal::new([("email".to_owned(), email)].into()),
        captured: Personal::default(),
        held: Vec::new(),
    }
}

// Promises: cluently/notice-of-changes
#[test]
fn each_address_is_told_once_in_the_language_of_its_last_lead() {
    let contact = |second, email: &str, language| lead(second, "contact", json!(email), language);
    let mut spam = [contact(5, "spam@a.example", "en"), contact(6, "ada@a.example", "en")];
    spam.iter_mut().for_each(|lead| lead.held = vec![Suspicion::Links]);
    let mut leads = vec![
        contact(1, "ada@a.example", "en"),
        contact(3, " ADA@a.example ", "fr"),
        contact(2, "ada@A.example", "en"),
        contact(4, "bob@a.example", "en"),
        contact(7, "eve@a.example", "en"),
        contact(8, "  ", "en"),
        lead(9, "contact", json!(true), "en"),
        lead(10, "closed", json!("closed@a.example"), "en"),
        lead(11, "unknown", json!("unknown@a.example"), "en"),
        contact(12, "bob@a.example", "fr"),
    ];
    leads.extend(spam);
    let held_back = BTreeSet::from([leads[4].id, leads[9].id]);
    let audience = audience(&contract(), &keys(), &announcement(), &leads, &held_back);
    let mut told: Vec<_> = audience.addressees.iter().map(|to| (to.address.reveal().as_str(), to.language.as_str())).collect();
    told.sort_unstable();
    // Bob wrote again after he had asked to hold back what he wrote before, or before it: what is not held back counts.
    assert_eq!(told, [("ADA@a.example", "fr"), ("bob@a.example", "en")]);
    assert_eq!((audience.suspected, audience.held_back, audience.without), (1, 1, 4));
}
