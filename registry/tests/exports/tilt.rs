//! TILT documents keep to release 1.0, whatever a registry leaves unsaid, and leave nothing out that it says.
//!
//! The table below states what release 1.0 of the schema demands of each key, in a form of our own: the keys, which of them are
//! required, what they hold, and what `true` obliges to. It is stricter than the schema, which lets unknown keys pass and whose
//! patterns for periods and countries let anything pass. Source: `tilt-schema.json` of the tag `v1.0` in
//! <https://github.com/Transparency-Information-Language/schema>, read on 2026-11-21.

use registry::derive::tilt::{NOBODY, NOWHERE, document};
use registry::model::{Period, is_country};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::fixture::{EDITION, SPARSE, UNPUBLISHED, full, in_language, of};

/// What a key holds.
enum Holds {
    Text,
    Flag,
    Number,
    Day,
    Code,
    Email,
    Phone,
    Reference,
    Duration,
    OneOf(&'static [&'static str]),
    Hash,
    Map(&'static [Key]),
    Maps(&'static [Key]),
    Texts,
}
use Holds::*;

/// A key, whether it is required, and what it holds.
type Key = (&'static str, bool, Holds);

const PERSON: &[Key] = &[("name", true, Text), ("email", true, Email), ("phone", false, Phone)];
const GUARANTEE: &[Key] = &[("available", false, Flag), ("description", false, Text)];
const RIGHT: &[Key] = &[
    ("available", false, Flag),
    ("description", false, Text),
    ("url", false, Text),
    ("email", false, Email),
    ("identificationEvidences", false, Texts),
];
const ENTRY: &[Key] = &[
    ("_id", true, Text),
    ("category", true, Text),
    ("purposes", true, Maps(&[("purpose", true, Text), ("description", true, Text)])),
    ("legalBases", true, Maps(&[("reference", true, Reference), ("description", false, Text)])),
    ("legitimateInterests", true, Maps(&[("exists", false, Flag), ("reasoning", false, Text)])),
    (
        "recipients",
        true,
        Maps(&[
            ("name", false, Text),
            ("division", false, Text),
            ("address", false, Text),
            ("country", false, Code),
            ("representative", false, Map(PERSON)),
            ("category", true, Text),
        ]),
    ),
    (
        "storage",
        true,
        Maps(&[
            ("temporal", false, Maps(&[("description", true, Text), ("ttl", true, Duration)])),
            ("purposeConditional", false, Texts),
            ("legalBasisConditional", false, Texts),
            ("aggregationFunction", true, OneOf(&["min", "max", "sum", "avg"])),
        ]),
    ),
    (
        "nonDisclosure",
        true,
        Map(&[
            ("legalRequirement", true, Flag),
            ("contractualRegulation", true, Flag),
            ("obligationToProvide", true, Flag),
            ("consequences", true, Text),
        ]),
    ),
];
const DOCUMENT: &[Key] = &[
    (
        "meta",
        true,
        Map(&[
            ("_id", true, Text),
            ("name", true, Text),
            ("created", true, Day),
            ("modified", true, Day),
            ("version", true, Number),
            ("language", true, OneOf(&["en", "fr"])),
            ("status", true, OneOf(&["active", "inactive"])),
            ("url", true, Text),
            ("_hash", true, Hash),
        ]),
    ),
    (
        "controller",
        true,
        Map(&[
            ("name", true, Text),
            ("division", false, Text),
            ("address", true, Text),
            ("country", true, Code),
            ("representative", true, Map(PERSON)),
        ]),
    ),
    (
        "dataProtectionOfficer",
        true,
        Map(&[("name", true, Text), ("address", true, Text), ("country", true, Code), ("email", true, Email), ("phone", false, Phone)]),
    ),
    ("dataDisclosed", true, Maps(ENTRY)),
    (
        "thirdCountryTransfers",
        true,
        Maps(&[
            ("country", false, Code),
            ("adequacyDecision", false, Map(GUARANTEE)),
            ("appropriateGuarantees", false, Map(GUARANTEE)),
            ("presenceOfEnforceableRightsAndEffectiveRemedies", false, Map(GUARANTEE)),
            ("standardDataProtectionClause", false, Map(GUARANTEE)),
        ]),
    ),
    (
        "accessAndDataPortability",
        true,
        Map(&[
            ("available", true, Flag),
            ("description", false, Text),
            ("url", false, Text),
            ("email", false, Email),
            ("dataFormats", false, Texts),
        ]),
    ),
    (
        "sources",
        true,
        Maps(&[
            ("_id", true, Text),
            ("dataCategory", true, Text),
            ("sources", true, Maps(&[("description", true, Text), ("url", true, Text), ("publiclyAvailable", true, Flag)])),
        ]),
    ),
    ("rightToInformation", true, Map(RIGHT)),
    ("rightToRectificationOrDeletion", true, Map(RIGHT)),
    ("rightToDataPortability", true, Map(RIGHT)),
    ("rightToWithdrawConsent", true, Map(RIGHT)),
    (
        "rightToComplain",
        true,
        Map(&[
            ("available", false, Flag),
            ("description", false, Text),
            ("url", false, Text),
            ("email", false, Email),
            ("supervisoryAuthority", false, Map(&[("name", true, Text), ("country", false, Code)])),
        ]),
    ),
    (
        "automatedDecisionMaking",
        true,
        Map(&[("inUse", false, Flag), ("logicInvolved", false, Text), ("scopeAndIntendedEffects", false, Text)]),
    ),
    (
        "changesOfPurpose",
        true,
        Maps(&[
            ("description", false, Text),
            ("affectedDataCategories", false, Texts),
            ("plannedDateOfChange", false, Day),
            ("urlOfNewVersion", false, Text),
        ]),
    ),
];

/// Where a flag is true, these keys are required beside it.
const OBLIGED: [(&str, &str, &[&str]); 5] = [
    ("", "available", &["description"]),
    ("rightToComplain", "available", &["description", "supervisoryAuthority"]),
    ("accessAndDataPortability", "available", &[]),
    ("legitimateInterests", "exists", &["reasoning"]),
    ("automatedDecisionMaking", "inUse", &["logicInvolved", "scopeAndIntendedEffects"]),
];

/// Every fault of a document.
fn faults(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    walk("", document, DOCUMENT, &mut faults);
    faults
}

fn walk(at: &str, value: &Value, keys: &[Key], faults: &mut Vec<String>) {
    let Some(map) = value.as_object() else { return faults.push(format!("{at}: no map")) };
    faults.extend(map.keys().filter(|key| !keys.iter().any(|(known, ..)| known == key)).map(|key| format!("{at}.{key}: unknown")));
    for (key, required, holds) in keys {
        let at = format!("{at}.{key}");
        match (map.get(*key), holds) {
            (None, _) if *required => faults.push(format!("{at}: missing")),
            (None, _) => {}
            (Some(value), Map(keys)) => walk(&at, value, keys, faults),
            (Some(Value::Array(items)), Maps(keys)) => items.iter().for_each(|item| walk(&at, item, keys, faults)),
            (Some(value), holds) if !is_right(value, holds) => faults.push(format!("{at}: wrong: {value}")),
            _ => {}
        }
    }
    let name = at.rsplit('.').next().unwrap_or("");
    let own = OBLIGED.iter().filter(|(parent, flag, _)| *parent == name && map.contains_key(*flag)).collect::<Vec<_>>();
    let rules = if own.is_empty() { OBLIGED.iter().filter(|(parent, ..)| parent.is_empty()).collect() } else { own };
    for (_, flag, obliged) in rules.into_iter().filter(|(_, flag, _)| map.get(*flag) == Some(&json!(true))) {
        let absent = obliged.iter().filter(|key| !map.contains_key(**key));
        faults.extend(absent.map(|key| format!("{at}: `{flag}` obliges to `{key}`")));
    }
}

fn is_right(value: &Value, holds: &Holds) -> bool {
    let text = value.as_str();
    let is = |test: &dyn Fn(&str) -> bool| text.is_some_and(test);
    match holds {
        Text => text.is_some(),
        Flag => value.is_boolean(),
        Number => value.as_u64().is_some_and(|number| number >= 1),
        Day => is(&|text| {
            text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]) && text.bytes().all(|b| b == b'-' || b.is_ascii_digit())
        }),
        Code => is(&|text| is_country(text) || text == NOWHERE),
        Email => is(&|text| text.split('@').filter(|part| !part.is_empty() && !part.contains(' ')).count() == 2),
        Phone => is(&|text| text.starts_with(['+', '0']) && text.bytes().all(|b| b.is_ascii_digit() || b" +-./".contains(&b))),
        Reference => is(&|text| {
            text.split('-').enumerate().all(|(n, part)| {
                let fits = |b: u8| if n == 0 { b.is_ascii_uppercase() } else { b.is_ascii_digit() || b.is_ascii_lowercase() };
                !part.is_empty() && part.bytes().all(fits)
            })
        }),
        Duration => is(&|text| text.starts_with('P') && !text.contains('W') && Period::parse(text).is_some()),
        OneOf(words) => is(&|text| words.contains(&text)),
        Hash => is(&|text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))),
        Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        Map(_) | Maps(_) => false,
    }
}

/// The full registry's document in a language.
fn whole(language: &str) -> Value {
    in_language(language, |words| document(&full(), words, &EDITION))
}

#[test]
fn documents_keep_to_the_release() {
    for language in ["en", "fr"] {
        assert_eq!(faults(&whole(language)), [""; 0]);
        for text in SPARSE {
            for edition in [EDITION, UNPUBLISHED] {
                let document = in_language(language, |words| document(&of(text), words, &edition));
                assert_eq!(faults(&document), [""; 0], "{text}\n{document:#}");
            }
        }
    }
}

#[test]
fn the_table_finds_what_is_missing_extra_or_wrong() {
    let edit = |edit: &dyn Fn(&mut Map<String, Value>)| {
        let mut document = whole("en");
        edit(document.as_object_mut().unwrap());
        faults(&document)
    };
    assert_eq!(edit(&|d| drop(d.remove("sources"))), [".sources: missing"]);
    assert_eq!(edit(&|d| drop(d.insert("cookies".into(), json!([])))), [".cookies: unknown"]);
    assert_eq!(edit(&|d| d["meta"]["version"] = json!("3")), [".meta.version: wrong: \"3\""]);
    assert_eq!(edit(&|d| d["controller"]["country"] = json!("UK")), [".controller.country: wrong: \"UK\""]);
    assert_eq!(edit(&|d| d["dataDisclosed"] = json!({})), [".dataDisclosed: wrong: {}"]);
    assert_eq!(edit(&|d| d["sources"] = json!([1])), [".sources: no map"]);
    assert_eq!(
        edit(&|d| d["rightToComplain"] = json!({ "available": true })),
        [".rightToComplain: `available` obliges to `description`", ".rightToComplain: `available` obliges to `supervisoryAuthority`"]
    );
    assert_eq!(
        edit(&|d| d["dataDisclosed"][0]["legalBases"] = json!([{ "reference": "Art. 6" }])),
        [".dataDisclosed.legalBases.reference: wrong: \"Art. 6\""]
    );
    assert_eq!(
        edit(&|d| d["dataDisclosed"][0]["storage"] =
            json!([{ "temporal": [{ "description": "", "ttl": "P2W" }], "aggregationFunction": "all" }])),
        [".dataDisclosed.storage.temporal.ttl: wrong: \"P2W\"", ".dataDisclosed.storage.aggregationFunction: wrong: \"all\""]
    );
}

#[test]
fn everything_declared_is_there() {
    let registry = full();
    for language in ["en", "fr"] {
        let text = whole(language).to_string();
        let labels = registry.purposes.iter().map(|purpose| purpose.label.get(language));
        let labels = labels.chain(registry.data.iter().map(|data| data.label.get(language)));
        let labels = labels.chain(registry.recipients.iter().map(|recipient| recipient.name.as_str()));
        let labels = labels.chain(registry.rights.offer.iter().map(|right| right.name()));
        let labels = labels.chain(["P2Y14D", "P5Y", "P10Y", "P30D", "keep_session", "keep_until_deleted", "Commission nationale"]);
        for label in labels {
            assert!(text.contains(label), "{label} in {language}");
        }
    }
}

#[test]
fn every_transfer_is_there_and_nothing_else() {
    let transfers = whole("en")["thirdCountryTransfers"].clone();
    assert_eq!(
        transfers,
        json!([
            {
                "country": "US",
                "adequacyDecision": { "available": true, "description": "CRM: safeguard_dpf (https://crm.example/dpa)" },
                "standardDataProtectionClause": { "available": true, "description": "CRM: safeguard_scc (https://crm.example/dpa)" },
            },
            { "country": "CH", "adequacyDecision": { "available": true, "description": "Swiss Mail: safeguard_adequacy" } },
            { "country": "IN", "appropriateGuarantees": { "available": true, "description": "Partner: safeguard_bcr" } },
            { "appropriateGuarantees": { "description": "Unsure Ltd: not stated; to be supplied by: Unsure Ltd" } },
            { "country": "US", "appropriateGuarantees": { "description": "Bare Inc.: not stated" } },
            { "country": "GB", "adequacyDecision": { "available": true, "description": "Video Ltd: safeguard_adequacy" } },
        ])
    );
}

#[test]
fn what_is_not_known_is_said_to_be_so() {
    let told = |text: &str| in_language("en", |words| document(&of(text), words, &UNPUBLISHED));
    let unknown = told(SPARSE[2]);
    assert_eq!(unknown["controller"]["address"], "not stated; to be supplied by: Acme");
    assert_eq!(
        (unknown["controller"]["country"].as_str(), unknown["controller"]["representative"]["email"].as_str()),
        (Some(NOWHERE), Some(NOBODY))
    );
    assert_eq!(unknown["dataProtectionOfficer"]["name"], "not stated; to be supplied by: Acme");
    assert_eq!(unknown["automatedDecisionMaking"], json!({ "logicInvolved": "not stated; to be supplied by: Acme" }));
    let officer = whole("fr")["dataProtectionOfficer"].clone();
    assert_eq!(officer["name"], "aucun désigné : aucune activité de base qui l’exige");
    assert_eq!(officer["email"], "privacy+site@cluster.example");
    // A right that applies and is not offered is neither there nor denied; one that does not apply is not there.
    assert_eq!(unknown["rightToInformation"], json!({ "description": "not stated" }));
    assert_eq!(unknown["rightToDataPortability"], json!({ "available": false, "description": "not stated" }));
}

#[test]
fn the_seal_is_that_of_the_rest() {
    let mut document = whole("en");
    let seal = document["meta"]["_hash"].clone();
    assert_eq!(seal, whole("en")["meta"]["_hash"]);
    assert_ne!(seal, whole("fr")["meta"]["_hash"]);
    assert_ne!(document["meta"]["_id"], whole("fr")["meta"]["_id"]);
    document["meta"].as_object_mut().unwrap().remove("_hash");
    document.sort_all_objects();
    let digest: String = Sha256::digest(document.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(seal, digest);
    document["meta"]["_hash"] = json!("");
    assert_eq!(faults(&document), [".meta._hash: wrong: \"\""]);
}

#[test]
fn the_whole_document_reads_well() {
    insta::assert_snapshot!("tilt", format!("{:#}", whole("en")));
}
