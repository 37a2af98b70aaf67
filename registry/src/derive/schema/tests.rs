//! The rules as authors' limits make them, and as JSON Schema says them. What values they let through is tested where they are judged.

use super::*;
use crate::model::{Limits, Localized};

fn field(kind: FieldType, limits: Limits) -> Field {
    Field {
        name: "f".into(),
        label: Localized::everywhere("F"),
        hint: None,
        kind,
        required: false,
        why: None,
        limits,
        options: Vec::new(),
        autocomplete: None,
        data: None,
        purpose: None,
    }
}

fn faults(kind: FieldType) -> Vec<&'static str> {
    Rule::of(&field(kind, Limits::default())).checks.iter().map(|check| check.fault.name()).collect()
}

#[test]
fn each_type_has_its_checks_and_one_line_unless_it_has_several() {
    assert_eq!(faults(FieldType::Text), ["several-lines", "control-characters"]);
    assert_eq!(faults(FieldType::Textarea), ["control-characters"]);
    assert_eq!(faults(FieldType::Email), ["several-lines", "control-characters", "not-an-email", "not-an-email"]);
    assert_eq!(faults(FieldType::DatetimeLocal), ["several-lines", "control-characters", "not-a-moment"]);
    assert_eq!(faults(FieldType::Select), [] as [&str; 0]);
}

#[test]
fn an_authors_limits_come_first_and_a_pattern_is_for_the_whole_value() {
    let limits = Limits { min_length: Some(2), max_length: Some(9), pattern: Some("a|b".into()) };
    let rule = Rule::of(&field(FieldType::Text, limits));
    assert_eq!((rule.least, rule.most), (2, 9));
    assert_eq!(rule.checks.last().map(|check| check.pattern.as_str()), Some("^(?:a|b)$"));
    assert_eq!(most(&field(FieldType::Email, Limits::default())), 254);
}

#[test]
fn a_blank_value_passes_only_where_nothing_is_required() {
    let mut form = Form {
        id: "contact".into(),
        label: Localized::everywhere("Contact"),
        submit: Localized::everywhere("Send"),
        sent: None,
        next: Vec::new(),
        fields: vec![field(FieldType::Text, Limits::default())],
        captures: Vec::new(),
        deliver: Vec::new(),
    };
    assert_eq!(json_schema(&form)["properties"]["f"]["anyOf"][0]["pattern"], BLANK);
    form.fields[0].required = true;
    let schema = json_schema(&form);
    assert_eq!(schema["required"][0], "f");
    assert!(schema["properties"]["f"].get("anyOf").is_none());
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"][TOKEN]["type"], "string");
}

#[test]
fn thanks_are_said_at_an_address_of_the_form_in_each_language() {
    let languages = ["en".to_owned(), "fr".to_owned()];
    let at = |language, end| thanks("contact", language, &languages, end);
    assert_eq!(at("en", Ending::Slash), "/contact/thanks/");
    assert_eq!(at("fr", Ending::Slash), "/fr/contact/thanks/");
    assert_eq!(at("fr", Ending::Name), "/fr/contact/thanks");
}
