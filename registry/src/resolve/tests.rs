//! Reading: every mistake at once, names that are not declared, the catalogue below what is written.

use std::sync::Arc;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::model::{Country, Stated};

fn messages(diagnostics: &[Diagnostic]) -> Vec<(&'static str, &str)> {
    diagnostics.iter().map(|d| (d.rule.name, d.message.as_str())).collect()
}

fn read(text: &str) -> Reported<Declared> {
    registry(Some((&Arc::from("content/privacy.yaml"), text)), &[])
}

#[test]
fn every_mistake_is_reported_at_once() {
    let read = read("controler: {}\ncontroller:\n  nmae: Acme\n  address: [1]\nauthority: cnlt\nrecipients: [x]\n");
    assert_eq!(
        messages(&read.diagnostics),
        [
            ("wrong-type", "`address` must be text, or `unknown:` and who must supply it"),
            ("unknown-key", "`controller` has no key `nmae`"),
            (
                "wrong-type",
                "`authority` must be `aepd`, `ap`, `apd`, `bfdi`, `cnil`, `cnpd-lu`, `cnpd-pt`, `datatilsynet-dk`, `dpc`, `dsb`, `garante`, \
                 `ico`, `imy` or `uodo`"
            ),
            ("wrong-type", "`recipients` must be a map of names and what they stand for"),
            ("unknown-key", "the registry has no key `controler`"),
        ]
    );
}

#[test]
fn names_that_are_not_declared_are_told_with_the_nearest_one() {
    let text = "recipients: { notion: { name: Notion } }\npurposes:\n  answer: { label: Answer, basis: consent, data: [leed], recipients: [notoin] }\n\
                data: { lead: { label: Leads, from: { form: contact } } }\n";
    let read = read(text);
    assert_eq!(
        messages(&read.diagnostics),
        [
            ("unknown-name", "there is no form `contact`"),
            ("unknown-name", "there is no data category `leed`"),
            ("recipient-unknown", "there is no recipient `notoin`"),
        ]
    );
    assert_eq!(read.diagnostics[2].help.as_deref(), Some("did you mean `notion`? or declare it under `recipients`"));
    let span = read.diagnostics[1].labels[0].span.unwrap();
    assert_eq!(&text[span.start..span.end], "leed");
}

#[test]
fn the_catalogue_stands_below_what_is_written() {
    let read = read("recipients: { stripe: { use: stripe, country: IE, role: processor } }\n");
    assert_eq!(read.diagnostics, []);
    let stripe = &read.value.registry.recipients[0];
    assert_eq!(stripe.name, "Stripe");
    assert_eq!(stripe.country, Some(Stated::Known(Country::parse("IE").unwrap())));
    assert!(stripe.facts.is_some());
    let wrong = self::read("recipients: { s: { use: stripee } }\n");
    assert_eq!(messages(&wrong.diagnostics), [("unknown-catalogue-entry", "the catalogue has no `stripee`")]);
    assert_eq!(wrong.diagnostics[0].help.as_deref(), Some("did you mean `stripe`?"));
}

#[test]
fn what_is_unknown_names_who_must_supply_it() {
    let read = read("controller: { name: Acme, address: { unknown: Acme’s owner } }\n");
    assert_eq!(read.diagnostics, []);
    let address = read.value.registry.controller.unwrap().address.unwrap();
    assert_eq!(address.who_must_supply().unwrap().get("fr"), "Acme’s owner");
}

#[test]
fn every_entry_of_the_catalogue_reads_clean_and_says_where_its_facts_come_from() {
    let companies = crate::catalogue::recipients();
    assert!(companies.len() >= 30, "{}", companies.len());
    for company in &companies {
        let read = read(&format!("recipients: {{ x: {{ use: {company} }} }}\n"));
        assert_eq!(read.diagnostics, [], "{company}");
        assert!(read.value.registry.recipients[0].facts.is_some(), "{company}");
    }
    for service in crate::catalogue::services() {
        let text = format!("services: {{ x: {{ use: {service}, recipient: y }} }}\nrecipients: {{ y: {{ name: Y }} }}\n");
        let read = read(&text);
        assert_eq!(read.diagnostics, [], "{service}");
        let read = &read.value.registry.services[0];
        assert_eq!(read.facts.is_some(), service != "plainsite-consent", "{service}");
        assert!(!read.does.default.is_empty() && !read.label.by_language.is_empty(), "{service}");
    }
}
