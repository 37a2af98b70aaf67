//! The page's script, the form's JSON Schema and this crate are given the same values. Script and crate must find the same faults, field by
//! field, and the schema must let through what they accept and nothing else. Node runs the script.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use regex_lite::Regex;
use serde_json::{Value, json};

use super::{KEYS, every};
use crate::submission::{Judge, Received};

/// How many submissions are made up.
const CASES: usize = 3000;

/// Reads rules and cases, and writes for each case the faults by field.
const PROGRAM: &str = r#"
globalThis.document = { querySelectorAll: () => [] };
globalThis.location = { hash: "" };
const { judge } = await import(process.argv[1]);
let text = "";
for await (const part of process.stdin) text += part;
const { rules, cases } = JSON.parse(text);
const faults = (values) => Object.fromEntries(rules.map((rule) => [rule.name, judge(rule, values[rule.name])]).filter(([, fault]) => fault));
process.stdout.write(JSON.stringify(cases.map(faults)));
"#;

/// Texts about the edges of every rule: what people write, what breaks it, and anything at all.
fn text() -> impl Strategy<Value = String> {
    let seeds = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\t \u{c}",
        "a",
        "ab",
        "éééé",
        "🎉🎉🎉🎉🎉",
        "audit",
        "not sure",
        "a@b.co",
        "a.b@c-d.ee",
        "+33 6 12 34 56 78",
        "+1 555 010 9999",
        "https://a.example/b?c#d",
        "2027-01-20T10:00",
        "2024-02-29T23:59:59.999",
        "2023-02-29T00:00",
        "a\r\nb",
        "\u{85}",
        "\u{a0}",
        "\u{feff}",
        "\u{2028}",
    ]);
    let near = (seeds.clone(), any::<prop::sample::Index>(), prop::char::ranges(vec![' '..='~', '\0'..='\u{2100}'].into())).prop_map(
        |(seed, at, letter)| {
            let mut letters: Vec<char> = seed.chars().collect();
            let at = at.index(letters.len() + 1);
            letters.insert(at, letter);
            letters.into_iter().collect()
        },
    );
    prop_oneof![
        3 => seeds.prop_map(str::to_owned),
        3 => near,
        1 => any::<String>(),
        1 => "[a-z0-9.@-]{0,12}",
        1 => r"\+[0-9 ()./-]{0,20}",
        1 => "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]",
        1 => "https?://[a-z0-9./?#@ -]{0,20}",
        1 => (190_usize..210).prop_map(|length| "é".repeat(length)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => text().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => prop_oneof![Just(Value::Null), Just(json!(7)), Just(json!([])), Just(json!({ "a": "b" }))],
    ]
}

#[test]
fn the_script_and_the_functions_give_the_same_verdict() {
    let form = every();
    let judge = Judge::of(&form);
    let names: Vec<String> = form.fields.iter().map(|field| field.name.clone()).collect();
    let case = prop::collection::vec(prop::option::weighted(0.8, value()), names.len());
    let mut runner = TestRunner::deterministic();
    let cases: Vec<Value> = (0..CASES)
        .map(|_| {
            let values = case.new_tree(&mut runner).expect("the strategy filters nothing").current();
            names.iter().cloned().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
        })
        .collect();
    let ours: Vec<Value> = cases
        .iter()
        .map(|case| {
            let received = Received::read(Some("application/json"), case.to_string().as_bytes()).expect("an object can be read");
            let problem = received.judge(&judge, KEYS).err();
            problem.into_iter().flat_map(|problem| problem.fields).map(|field| (field.field, Value::from(field.fault))).collect()
        })
        .collect();
    let rules = registry::derive::schema::rules(&form);
    let theirs = script(&json!({ "rules": rules, "cases": cases }));
    assert_eq!(theirs.len(), CASES);
    for ((case, ours), theirs) in cases.iter().zip(&ours).zip(&theirs) {
        assert_eq!(ours, theirs, "here and in the script, of {case}");
    }
    let schema = registry::derive::schema::json_schema(&form);
    let mut patterns = BTreeMap::new();
    for (case, ours) in cases.iter().zip(&ours) {
        let fault = |name: &String| ours.get(name).is_some();
        for name in names.iter().filter(|name| case.get(name).is_some()) {
            let allowed = allows(&schema["properties"][name], &case[name], &mut patterns);
            assert_eq!(allowed, !fault(name), "{name} by the schema, of {case}");
        }
    }
    // Cases that never reach a fault would prove nothing of it.
    for fault in [
        "missing",
        "too-short",
        "too-long",
        "not-an-email",
        "not-a-phone",
        "not-a-link",
        "not-a-moment",
        "not-an-option",
        "wrong-pattern",
        "control-characters",
        "several-lines",
        "wrong-type",
    ] {
        assert!(ours.iter().any(|found| found.as_object().is_some_and(|found| found.values().any(|value| value == fault))), "{fault}");
    }
    for name in &names {
        let accepted = |(case, found): &(&Value, &Value)| case.get(name).is_some() && found.get(name).is_none();
        assert!(cases.iter().zip(&ours).any(|pair| accepted(&pair)), "{name} is never accepted");
    }
}

/// Whether a schema lets a value through. It knows the words that schemas of forms are written with, and fails at any other.
fn allows<'s>(schema: &'s Value, value: &Value, patterns: &mut BTreeMap<&'s str, Regex>) -> bool {
    let text = value.as_str();
    let length = text.map_or(0, |text| text.chars().count() as u64);
    schema.as_object().expect("schemas are objects").iter().all(|(word, wanted)| match word.as_str() {
        "title" => true,
        "type" => value.is_string() == (wanted == "string") && value.is_boolean() == (wanted == "boolean"),
        "const" => value == wanted,
        "enum" => wanted.as_array().unwrap().contains(value),
        "minLength" => wanted.as_u64() <= Some(length),
        "maxLength" => wanted.as_u64() >= Some(length),
        "pattern" => text.is_none_or(|text| {
            let pattern = wanted.as_str().unwrap();
            patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
        }),
        "allOf" => wanted.as_array().unwrap().iter().all(|schema| allows(schema, value, patterns)),
        "anyOf" => wanted.as_array().unwrap().iter().any(|schema| allows(schema, value, patterns)),
        other => panic!("`{other}` is not known here"),
    })
}

fn script(input: &Value) -> Vec<Value> {
    let file = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/../generator/templates/forms/form.js");
    // The file has no package beside it that would say that it is a module.
    let arguments = ["--experimental-default-type=module", "--input-type=module", "--eval", PROGRAM, file];
    let mut node = Command::new("node").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node is on PATH");
    let text = input.to_string();
    let mut stdin = node.stdin.take().expect("it is piped");
    let feeding = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "node failed");
    feeding.join().expect("nothing panics there").expect("node reads all of it");
    serde_json::from_slice(&output.stdout).expect("it writes JSON")
}
