//! DPV documents use terms that exist, and are JSON-LD whose names all resolve.

use std::collections::BTreeSet;

use registry::derive::dpv::document;
use registry::model::{Basis, Country, Right};
use serde_json::Value;

use super::fixture::{EDITION, SPARSE, UNPUBLISHED, full, in_language, of};

/// The terms of other vocabularies that documents use, each as its own specification has it.
const OTHERS: [&str; 12] = [
    "dct:conformsTo",
    "dct:created",
    "dct:description",
    "dct:language",
    "dct:modified",
    "dct:title",
    "foaf:page",
    "rdf:value",
    "skos:note",
    "skos:prefLabel",
    "xsd:date",
    "xsd:duration",
];

fn terms() -> BTreeSet<&'static str> {
    include_str!("../dpv-terms.txt").lines().filter(|line| !line.starts_with('#')).collect()
}

/// Every fault of a document.
fn faults(document: &Value) -> Vec<String> {
    let graph = document["@graph"].as_array().expect("a graph");
    let prefixes: Vec<&str> = document["@context"].as_object().expect("a context").keys().map(String::as_str).collect();
    let mut found = Found { prefixes, terms: terms(), declared: Vec::new(), referred: Vec::new(), faults: Vec::new() };
    for node in graph {
        if !(node["@id"].is_string() && node["@type"].is_string()) {
            found.faults.push(format!("a node of the graph without `@id` or `@type`: {node}"));
        }
        found.node(node);
    }
    let Found { declared, referred, mut faults, .. } = found;
    let twice = declared.iter().enumerate().filter(|(n, id)| declared[..*n].contains(id)).map(|(_, id)| format!("twice: {id}"));
    let nowhere = referred.iter().filter(|id| id.contains('#') && !declared.contains(id)).map(|id| format!("nothing is at {id}"));
    faults.extend(twice.chain(nowhere).collect::<Vec<_>>());
    faults
}

struct Found<'a> {
    prefixes: Vec<&'a str>,
    terms: BTreeSet<&'static str>,
    declared: Vec<&'a str>,
    referred: Vec<&'a str>,
    faults: Vec<String>,
}

impl<'a> Found<'a> {
    fn node(&mut self, node: &'a Value) {
        let map = node.as_object().expect("a node");
        if map.contains_key("@value") {
            let with = map.keys().all(|key| ["@value", "@language", "@type"].contains(&key.as_str())) && map.len() == 2;
            return if with { self.types(node) } else { self.faults.push(format!("no literal: {node}")) };
        }
        match (map.get("@id"), map.get("@type")) {
            (None, None) => self.faults.push(format!("neither `@id` nor `@type`: {node}")),
            (Some(id), None) => self.reference(id.as_str().expect("an address")),
            (Some(id), Some(_)) => self.declared.push(id.as_str().expect("an address")),
            (None, Some(_)) => {}
        }
        self.types(node);
        for (key, value) in map.iter().filter(|(key, _)| !key.starts_with('@')) {
            self.term(key);
            let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
            for value in values {
                match value {
                    Value::Object(_) => self.node(value),
                    Value::String(text) if !text.is_empty() => {}
                    other => self.faults.push(format!("{key}: {other}")),
                }
            }
        }
    }

    fn types(&mut self, node: &'a Value) {
        if let Some(kind) = node.get("@type") {
            self.term(kind.as_str().unwrap_or("no text"));
        }
    }

    /// Either a term, or an address of its own.
    fn reference(&mut self, id: &'a str) {
        let scheme = ["https://", "http://", "mailto:", "#"].iter().any(|scheme| id.starts_with(scheme));
        if scheme { self.referred.push(id) } else { self.term(id) }
    }

    fn term(&mut self, term: &str) {
        let prefix = term.split(':').next().unwrap_or(term);
        if !self.prefixes.contains(&prefix) {
            self.faults.push(format!("no prefix: {term}"));
        } else if !self.terms.contains(term) && !OTHERS.contains(&term) {
            self.faults.push(format!("no such term: {term}"));
        }
    }
}

fn whole(language: &str) -> Value {
    in_language(language, |words| document(&full(), words, &EDITION))
}

#[test]
fn every_term_exists_and_every_reference_leads_somewhere() {
    for language in ["en", "fr"] {
        assert_eq!(faults(&whole(language)), [""; 0]);
        for text in SPARSE {
            let document = in_language(language, |words| document(&of(text), words, &UNPUBLISHED));
            assert_eq!(faults(&document), [""; 0], "{text}");
        }
    }
    let sold =
        in_language("en", |words| document(&of("sale: addresses go to brokers\ndpo: { contact: https://dpo.example }\n"), words, &EDITION));
    assert_eq!(faults(&sold), [""; 0]);
    assert!(sold.to_string().contains("dpv:SellDataToThirdParties"));
}

#[test]
fn the_walk_finds_what_does_not_exist() {
    let mut document = whole("en");
    document["@graph"][0]["dpv:hasStorageDuration"] = "P1Y".into();
    document["@graph"][0]["pd:Name"] = "x".into();
    document["@graph"][0]["dpv:hasRight"] = serde_json::json!([{ "@id": "#nowhere" }, {}]);
    assert_eq!(
        faults(&document),
        ["neither `@id` nor `@type`: {}", "no such term: dpv:hasStorageDuration", "no prefix: pd:Name", "nothing is at #nowhere"]
    );
}

#[test]
fn every_country_basis_and_right_has_its_term() {
    let terms = terms();
    let countries = Country::all().map(|code| format!("loc:{code}"));
    let bases = Basis::ALL.iter().map(|basis| format!("eu-gdpr:A6-1-{}", basis.point()));
    let rights = Right::ALL.iter().map(|right| format!("eu-gdpr:A{}", right.article().replace('(', "-").replace(')', "")));
    for term in countries.chain(bases).chain(rights) {
        assert!(terms.contains(term.as_str()), "{term}");
    }
    assert!(terms.iter().is_sorted());
}

#[test]
fn everything_declared_is_there() {
    let registry = full();
    for language in ["en", "fr"] {
        let text = whole(language).to_string();
        let labels = registry.purposes.iter().map(|purpose| purpose.label.get(language));
        let labels = labels.chain(registry.data.iter().map(|data| data.label.get(language)));
        let labels =
            labels.chain(registry.recipients.iter().map(|recipient| recipient.legal_name.as_ref().unwrap_or(&recipient.name).as_str()));
        let labels = labels.chain(registry.rights.offer.iter().map(|right| right.name()));
        let labels = labels.chain(registry.security.iter().map(|measure| measure.label.get(language)));
        for label in labels.chain([
            "P2Y14D",
            "P5Y",
            "P10Y",
            "P30D",
            "dpv:IndeterminateDuration",
            "eu-gdpr:A46-2-b",
            "loc:IN",
            "#transfer-video",
            "#transfer-answer.crm",
        ]) {
            assert!(text.contains(label), "{label} in {language}");
        }
    }
}

#[test]
fn the_whole_document_reads_well() {
    insta::assert_snapshot!("dpv", format!("{:#}", whole("en")));
}
