//! Every letter in every language, written beside the tests' own output for people and browsers to look at.

use functions::lead::{Failure, LeadId, SinkId, Suspicion};
use functions::mail::Letters;
use functions::ports::{Gone, Notice, Other, Report};
use registry::derive::deliveries;

use crate::announcements::announcement;
use crate::fixture::{LEAD, contract, lead};
use crate::payloads::recorded;

#[test]
fn letters_read_as_they_were_last_approved() {
    let contract = contract();
    let letters = Letters::new(contract.clone());
    let form = &contract.registry.forms[0];
    let carried = deliveries::declared(&contract.registry, form, &form.deliver[2]);
    let (id, sink): (LeadId, SinkId) = (LEAD.parse().unwrap(), SinkId("notion:page".into()));
    let alert = Notice::Alert { dead: vec![(id, sink.clone(), Failure::Exhausted)], parked: vec![(sink, Failure::Refused)] };
    let digest = Notice::Digest { held: vec![(id, vec![Suspicion::Honeypot, Suspicion::Links])] };
    let report = Report {
        finished: false,
        failed: None,
        gone: vec![Gone { rules: vec!["leads".into()], what: "Demandes".into(), records: 3 }],
        void: Gone::default(),
        outlasted: Vec::new(),
        others: vec![Other { rule: "billing".into(), what: "Facturation".into(), by: "l’agence".into() }],
    };
    let mut in_english = lead();
    in_english.language = "en".into();
    let version = announcement();
    let all = [
        ("announcement.en", letters.announcement(&version, "en")),
        ("announcement.fr", letters.announcement(&version, "fr")),
        ("confirmation.fr", letters.confirmation(form, &lead())),
        ("confirmation.en", letters.confirmation(form, &in_english)),
        ("notification", letters.notification(form, &carried, &lead())),
        ("only-copy", letters.only_copy(form, &carried, &lead())),
        ("alert", letters.notice(&alert)),
        ("digest", letters.notice(&digest)),
        ("retention", letters.notice(&Notice::Retention(report))),
        ("late", letters.notice(&Notice::Late(vec![("retention", "2027-01-15T04:47:00Z".parse().unwrap())]))),
    ];
    for (name, letter) in all {
        let letter = letter.unwrap();
        for (kind, text) in [("txt", &letter.text), ("html", &letter.html)] {
            assert!(!text.contains("mail_"), "{name}.{kind}: a word is missing: {text}");
            recorded(&format!("letters/{name}.{kind}"), text);
        }
    }
}

#[test]
fn a_template_that_does_not_render_is_told_and_an_own_one_is_used() {
    let mut own = (*contract()).clone();
    own.site.templates.insert("emails/confirmation.txt".into(), "Own {{ reference }}".into());
    let form = own.registry.forms[0].clone();
    let letter = Letters::new(own.clone().into()).confirmation(&form, &lead()).unwrap();
    assert_eq!(letter.text, format!("Own {LEAD}"));
    own.site.templates.insert("emails/confirmation.txt".into(), "{{ nothing.of.this }}".into());
    assert_eq!(Letters::new(own.into()).confirmation(&form, &lead()).unwrap_err(), Failure::Rejected);
}

#[test]
fn a_subject_is_one_line() {
    let contract = crate::fixture::contract_of(
        &include_str!("contact.yaml").replace("fr: Formulaire de découverte", "fr: \"A\\r\\nBcc: b@c.example\""),
    );
    let letter = Letters::new(contract.clone()).confirmation(&contract.registry.forms[0], &lead()).unwrap();
    assert_eq!(letter.subject, "Nous avons reçu votre envoi : A Bcc: b@c.example");
}
