//! Codes, and what follows from a request.

use registry::model::Registry;
use serde_json::json;

use super::*;

fn keys() -> Keys {
    Keys::new("0123456789abcdef0123456789abcdef".into())
}

fn id(byte: u8) -> RequestId {
    RequestId::of_digest([byte; 16])
}

fn asking(asked: &str) -> (PrivacyRequest, Personal<Person>) {
    let person = Person { email: " Ada@a.example".to_owned(), message: None };
    let received = "2027-01-31T10:00:00Z".parse().unwrap();
    (PrivacyRequest::new(id(7), Asked::parse(asked).unwrap(), "en", received, person.clone()), Personal::new(person))
}

/// A site with a recipient for each way of an erasure.
fn registry() -> Registry {
    let recipient = |id: &str, erasure: Value| json!({ "id": id, "name": id, "self_hosted": false, "certifications": [], "calls": [], "erasure": erasure });
    let recipients = [
        recipient("pages", json!({ "known": "api" })),
        recipient("mails", json!({ "known": "manual" })),
        recipient("logs", json!({ "known": { "expires": "P30D" } })),
        recipient("books", json!({ "unknown": { "default": "Acme" } })),
    ];
    Registry { recipients: recipients.map(|recipient| serde_json::from_value(recipient).unwrap()).into(), ..Registry::default() }
}

fn planned(asked: &str) -> Plan {
    let (request, person) = asking(asked);
    plan(&registry(), &keys(), &request, &person, &["notion"])
}

#[test]
fn a_code_is_of_its_request_and_of_our_secret() {
    let code = code(&keys(), id(1)).into_inner();
    assert_eq!(read(&keys(), &format!(" {code}\n")), Some(id(1)));
    assert_eq!(read(&Keys::new("another secret of thirty-two characters".into()), &code), None);
    for other in ["", "x", &code[1..], &format!("{code}A"), "confirm"] {
        assert_eq!(read(&keys(), other), None, "{other}");
    }
    let mut bytes = URL_SAFE_NO_PAD.decode(&code).unwrap();
    for at in 0..bytes.len() {
        bytes[at] ^= 1;
        assert_eq!(read(&keys(), &URL_SAFE_NO_PAD.encode(&bytes)), None, "byte {at}");
        bytes[at] ^= 1;
    }
}

#[test]
fn an_address_has_one_hash_however_it_is_written() {
    let hash = |text: &str| keys().person(&Personal::new(text.to_owned()));
    assert_eq!(hash("ada@a.example"), hash(" ADA@A.example "));
    assert_ne!(hash("ada@a.example"), hash("eda@a.example"));
    assert_eq!(format!("{:?}", hash("ada@a.example")), "PersonHash");
}

#[test]
fn an_erasure_reaches_everybody_in_its_own_way() {
    let plan = planned("erasure");
    assert_eq!(plan.deed, Deed::Erase);
    assert_eq!(plan.work, [Work::Store("notion".into()), Work::Recipient("mails".into()), Work::Recipient("books".into())]);
    assert_eq!(plan.erased_at.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["pages"]);
    assert_eq!(plan.due.to_string(), "2027-02-28T10:00:00Z", "a month from the day of the request");
    assert_eq!(planned("california-delete").due.to_string(), "2027-03-17T10:00:00Z");
}

// Promises: cresco/right-rectification, cresco/right-portability, cresco/right-objection, cresco/right-restriction
#[test]
fn what_needs_a_person_waits_for_one() {
    for (asked, deed) in [
        ("objection", Deed::Hold),
        ("restriction", Deed::Hold),
        ("rectification", Deed::Wait),
        ("california-opt-out", Deed::Wait),
        ("california-correct", Deed::Wait),
    ] {
        let plan = planned(asked);
        assert_eq!((plan.deed, plan.work), (deed, vec![Work::Answer]), "{asked}");
    }
    for asked in ["access", "portability", "california-know"] {
        assert_eq!((planned(asked).deed, planned(asked).work), (Deed::Export, vec![]), "{asked}");
    }
}

#[test]
fn a_copy_is_completed_by_a_person_where_data_lives_elsewhere() {
    let (request, person) = asking("access");
    let data = json!({ "id": "bills", "label": { "default": "Bills" }, "items": [], "from": { "recipient": "mails" }, "role": "controller", "system": "site" });
    let registry = Registry { data: vec![serde_json::from_value(data).unwrap()], ..registry() };
    assert_eq!(plan(&registry, &keys(), &request, &person, &[]).work, [Work::Answer]);
}

// Promises: cresco/right-rectification
#[test]
fn operations_are_told_at_first_a_week_ahead_and_daily_when_it_is_late() {
    let (mut request, _) = asking("rectification");
    let at = |time: &str| time.parse::<Timestamp>().unwrap();
    request.confirmed = Some(request.received);
    request.due = Some(at("2027-02-28T10:00:00Z"));
    request.tasks = vec![Task { number: 1, work: Work::Answer, attempts: 0, failure: None, done: None }];
    let mut told = |last: Option<&str>, now: &str| {
        request.reminded = last.map(at);
        is_to_be_told(&request, at(now))
    };
    assert!(told(None, "2027-01-31T10:00:01Z"));
    assert!(!told(Some("2027-01-31T10:00:01Z"), "2027-02-21T09:59:59Z"));
    assert!(told(Some("2027-01-31T10:00:01Z"), "2027-02-21T10:00:00Z"));
    assert!(!told(Some("2027-02-21T10:00:00Z"), "2027-02-28T09:00:00Z"));
    assert!(told(Some("2027-02-21T10:00:00Z"), "2027-02-28T10:00:00Z"));
    assert!(!told(Some("2027-02-28T10:00:00Z"), "2027-03-01T09:59:59Z"));
    assert!(told(Some("2027-02-28T10:00:00Z"), "2027-03-01T10:00:00Z"));
    request.tasks[0].done = Some(at("2027-02-01T10:00:00Z"));
    assert!(!is_to_be_told(&request, at("2027-03-09T10:00:00Z")), "nothing is left for a person");
}
