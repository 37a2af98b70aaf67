//! What is read and refused, rule by rule; `browser` holds the page's script against it.

mod browser;

use registry::model::{Limits, Localized, OptionItem};
use serde_json::json;

use super::*;

pub(super) fn field(name: &str, kind: FieldType) -> registry::model::Field {
    let option = |value: &str| OptionItem { value: value.into(), label: Localized::everywhere(value) };
    registry::model::Field {
        name: name.into(),
        label: Localized::everywhere(name),
        hint: None,
        kind,
        required: false,
        why: None,
        limits: Limits::default(),
        options: if kind == FieldType::Select { vec![option("audit"), option("not sure")] } else { Vec::new() },
        autocomplete: None,
        data: None,
        purpose: None,
    }
}

pub(super) fn form(fields: Vec<registry::model::Field>) -> Form {
    let text = Localized::everywhere;
    Form {
        id: "contact".into(),
        label: text("Contact"),
        submit: text("Send"),
        sent: None,
        next: Vec::new(),
        fields,
        captures: Vec::new(),
        deliver: Vec::new(),
    }
}

/// A field of each type, by the type's name, with two more that have limits.
pub(super) fn every() -> Form {
    let mut fields: Vec<_> = FieldType::ALL.into_iter().map(|kind| field(&kind.name().replace('-', "_"), kind)).collect();
    let mut needed = field("needed", FieldType::Textarea);
    needed.required = true;
    let mut tight = field("tight", FieldType::Text);
    tight.limits = Limits { min_length: Some(2), max_length: Some(4), pattern: Some("[a-z]+|é*".into()) };
    fields.extend([needed, tight]);
    form(fields)
}

const KEYS: Words<'static> = Words { language: "en", get: &|_| None };

fn judged(form: &Form, content_type: &str, body: &str) -> Result<Submission, Vec<(String, String)>> {
    let received = Received::read(Some(content_type), body.as_bytes()).expect("the body can be read");
    let of = |problem: Problem| problem.fields.into_iter().map(|field| (field.field, field.fault)).collect();
    received.judge(&Judge::of(form), KEYS).map_err(of)
}

/// What is wrong with one value of the form with every type.
fn fault(name: &str, value: serde_json::Value) -> Option<String> {
    let mut body = json!({ "needed": "x" });
    body[name] = value;
    let found = judged(&every(), "application/json", &body.to_string()).err()?;
    assert_eq!((found.len(), found[0].0.as_str()), (1, name), "{found:?}");
    Some(found[0].1.clone())
}

#[test]
fn each_type_takes_what_it_says_and_names_the_fault() {
    let ok: [(&str, &[&str]); 6] = [
        ("email", &["a@b.co", "o'neil+x@mail.example-host.museum", "  ", ""]),
        ("tel", &["+33 6 12 34 56 78", "+1 (555) 010-9999", "+4915112345678"]),
        ("url", &["https://a.example", "http://münchen.example:8080/x?y=1#z"]),
        ("datetime_local", &["2027-01-20T10:00", "2028-02-29T23:59:59.5", "2000-02-29T00:00"]),
        ("select", &["audit", "not sure"]),
        ("textarea", &["a\nb\tc", "日本語 🎉"]),
    ];
    for (name, values) in ok {
        values.iter().for_each(|value| assert_eq!(fault(name, json!(value)), None, "{name}: {value}"));
    }
    for (name, value, expected) in [
        ("email", "a@b", "not-an-email"),
        ("email", "a..b@c.de", "not-an-email"),
        ("email", "@c.de", "not-an-email"),
        ("email", "a@b.co\nBcc: x@y.zz", "several-lines"),
        ("email", "a@b.co\r", "control-characters"),
        ("tel", "06 12 34 56 78", "not-a-phone"),
        ("tel", "+33 6", "not-a-phone"),
        ("url", "javascript:alert(1)", "not-a-link"),
        ("url", "https://a b", "not-a-link"),
        ("datetime_local", "2027-02-29T10:00", "not-a-moment"),
        ("datetime_local", "2100-02-29T10:00", "not-a-moment"),
        ("datetime_local", "2027-04-31T10:00", "not-a-moment"),
        ("datetime_local", "2027-01-20T24:00", "not-a-moment"),
        ("select", "Audit", "not-an-option"),
        ("text", "a\u{2028}b", "several-lines"),
        ("text", "a\u{0}b", "control-characters"),
        ("needed", " \n\t", "missing"),
        ("tight", "abcde", "too-long"),
        ("tight", "a", "too-short"),
        ("tight", "AB", "wrong-pattern"),
    ] {
        assert_eq!(fault(name, json!(value)).as_deref(), Some(expected), "{name}: {value:?}");
    }
    let local = format!("{}@b.co", "a".repeat(65));
    assert_eq!(fault("email", json!(local)).as_deref(), Some("not-an-email"));
    // Characters are counted, not their bytes.
    assert_eq!(fault("tight", json!("éééé")), None);
}

// Promises: cresco/form-exactly-these-fields
#[test]
fn every_fault_of_every_field_is_told_at_once() {
    let body = r#"{"email":"x","tel":7,"checkbox":"yes","nobody":"","text":"a","text":"b","_token":{},"_key":"0"}"#;
    let mut found = judged(&every(), "application/json", body).unwrap_err();
    found.sort();
    let expected = [
        ("_token", "wrong-type"),
        ("checkbox", "wrong-type"),
        ("email", "not-an-email"),
        ("needed", "missing"),
        ("nobody", "unknown-field"),
        ("tel", "wrong-type"),
        ("text", "duplicate"),
    ];
    assert_eq!(found, expected.map(|(field, fault)| (field.to_owned(), fault.to_owned())));
    let many: String = (0..65).map(|n| format!("f{n}=x&")).collect();
    let found = judged(&every(), "application/x-www-form-urlencoded", &many).unwrap_err();
    assert_eq!(found, [("", "too-many-fields"), ("needed", "missing")].map(|(field, fault)| (field.to_owned(), fault.to_owned())));
}

#[test]
fn technical_fields_stand_apart_and_times_keep_their_zone() {
    let body =
        "needed=a%0D%0Ab&datetime_local=2027-01-20T10%3A00&checkbox=yes&text=&_zone=Europe/Paris&_key=k&_language=fr&company_website=spam";
    let submission = judged(&every(), "application/x-www-form-urlencoded", body).unwrap();
    let values = serde_json::to_value(submission.values.reveal()).unwrap();
    assert_eq!(values, json!({ "checkbox": true, "datetime_local": "2027-01-20T10:00[Europe/Paris]", "needed": "a\nb" }));
    let technical = &submission.technical;
    assert_eq!(
        (technical.zone.as_deref(), technical.key.as_deref(), technical.language.as_deref()),
        (Some("Europe/Paris"), Some("k"), Some("fr"))
    );
    assert_eq!(technical.honeypot.as_ref().map(|text| text.reveal().as_str()), Some("spam"));
    let body = r#"{"needed":"x","datetime_local":"2027-01-20T10:00","_zone":"x\"]\n<b>"}"#;
    let submission = judged(&every(), "application/json", body).unwrap();
    assert_eq!(submission.values.reveal()["datetime_local"], "2027-01-20T10:00", "a zone that is none is left out");
}

#[test]
fn what_cannot_be_read_is_told_by_kind_and_nothing_of_it_prints() {
    let kind = |content_type, body: &[u8]| Received::read(content_type, body).map(|_| ()).map_err(|problem| problem.kind);
    assert_eq!(kind(None, b"{}"), Err(Kind::MediaType));
    assert_eq!(kind(Some("multipart/form-data; boundary=a"), b"--a"), Err(Kind::MediaType));
    assert_eq!(kind(Some("application/json"), b"{\"a\":"), Err(Kind::Malformed));
    assert_eq!(kind(Some("application/x-www-form-urlencoded"), b"a=%ff"), Err(Kind::Malformed));
    let received = Received::read(Some("application/json"), br#"{"needed":"canary","_page":"canary","company_website":"canary"}"#).unwrap();
    let submission = received.judge(&Judge::of(&every()), KEYS).unwrap();
    assert!(!format!("{received:?} {submission:?}").contains("canary"));
}

#[test]
fn messages_are_in_the_words_of_the_page() {
    let words = |key: &str| (key == "form_fault_too_long").then(|| "Pas plus de {most} caractères.".to_owned());
    let received = Received::read(Some("application/json"), br#"{"needed":"x","tight":"abcde"}"#).unwrap();
    let problem = received.judge(&Judge::of(&every()), Words { language: "fr", get: &words }).unwrap_err();
    assert_eq!(problem.fields[0].message, "Pas plus de 4 caractères.");
}
