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
        assert_eq!(read.facts.is_some(), !service.starts_with("plainsite-"), "{service}");
        assert!(!read.does.default.is_empty() && !read.label.by_language.is_empty(), "{service}");
    }
}

/// What is wrong with the value of a key, and the text that the diagnostic points at.
fn wrong(text: &str) -> Vec<(String, String)> {
    let read = read(text);
    let cut = |span: crate::diagnostic::Span| text[span.start..span.end].to_owned();
    assert!(read.diagnostics.iter().all(|d| d.rule.name == "wrong-type"), "{:?}", read.diagnostics);
    read.diagnostics.into_iter().map(|d| (cut(d.labels[0].span.unwrap()), d.help.unwrap_or_default())).collect()
}

#[test]
fn an_origin_says_one_thing_in_a_header() {
    let of = |script: &str, more: &str| wrong(&format!("services: {{ x: {{ label: X, origins: {{ script: [{script}] }}{more} }} }}\n"));
    assert_eq!(of("\"'self'\", /count/, https://a.example, \"wss://*.a.example\"", ""), []);
    let (at, help) = of("/ok/, \"https://a.example; script-src *\"", "").remove(0);
    assert_eq!(at, "\"https://a.example; script-src *\"");
    assert!(help.starts_with("write each origin as an item"), "{help}");
    assert_eq!(of("\"http://a.example\"", "")[0].1, "write `https://a.example`");
    assert_eq!(of("\"*\"", "")[0].1, "name the host: what allows every host protects nobody");
    assert_eq!(of("\"'unsafe-inline'\"", "")[0].1, "say beside `origins` what it allows, in `loosens:`");
    assert_eq!(of("\"'unsafe-inline'\", \"data:\"", ", loosens: inline scripts"), []);
    let services = read("services: { x: { label: X, origins: { script: ['a; b'] } } }\n").value.registry.services;
    assert!(services[0].origins.is_empty(), "what is refused reaches no header");
    assert_eq!(wrong("recipients: { x: { name: X, calls: ['https://api.x.com/', api.x.com, '*.x.com', x] } }\n").len(), 2);
}

#[test]
fn addresses_are_addresses() {
    let email = |email: &str| wrong(&format!("controller: {{ name: A, email: {email} }}\n")).len();
    assert_eq!((email("a@b.example"), email("{ unknown: A }"), email("a at b"), email("'a@b.example, c@d.example'")), (0, 0, 1, 1));
    let dpo = |contact: &str| wrong(&format!("dpo: {{ contact: {contact} }}\n")).len();
    assert_eq!((dpo("dpo@b.example"), dpo("https://b.example/dpo"), dpo("the office")), (0, 0, 1));
    let web = wrong("recipients: { x: { name: X, privacy: x.com/privacy, copy: 'javascript:x' } }\n");
    let told: Vec<_> = web.iter().map(|(at, help)| (at.as_str(), help.as_str())).collect();
    assert_eq!(told, [("'javascript:x'", ""), ("x.com/privacy", "write `https://x.com/privacy`")]);
}

/// The remedies for what is wrong in a text.
fn helps(text: &str) -> Vec<String> {
    wrong(text).into_iter().map(|(_, help)| help).collect()
}

#[test]
fn who_sells_nothing_says_none() {
    for no in ["no", "false", "never", "None", "0", "non", "nope", "{ none: we sell nothing }", "{ no: never }", "no data is sold"] {
        assert_eq!(helps(&format!("sale: {no}\n")), ["did you mean `none`?"], "{no}");
    }
    for sale in ["none", "addresses go to brokers", "{ en: addresses go to brokers, fr: les adresses sont vendues }", "{ unknown: A }"] {
        assert_eq!(wrong(&format!("sale: {sale}\n")), [], "{sale}");
    }
    assert_eq!(helps("automated_decisions: no\n"), ["did you mean `none`?"]);
    assert_eq!((helps("sale: yes\n"), helps("automated_decisions: leads are scored\n")), (vec![String::new()], vec![String::new()]));
    assert_eq!(wrong("automated_decisions: { logic: a score, consequences: a refusal, why: so }\n").len(), 1);
}

#[test]
fn a_remedy_names_what_was_most_likely_meant() {
    for (text, help) in [
        ("purposes: { a: { basis: consnt } }", "did you mean `consent`?"),
        ("recipients: { a: { role: procesor } }", "did you mean `processor`?"),
        ("recipients: { a: { safeguards: [scc, DPF] } }", "did you mean `dpf`?"),
        ("recipients: { a: { country: France } }", "did you mean `FR`?"),
        ("recipients: { a: { country: UK } }", "did you mean `GB`?"),
        ("controller: { country: us }", "did you mean `US`?"),
        ("retention: { a: { keep: sesion } }", "did you mean `session`?"),
        ("retention: { a: { by: jobs } }", "did you mean `job`?"),
        ("retention: { a: { keep: 0 days } }", "it must be longer than nothing"),
        ("rights: { answer_within: P0D }", "it must be longer than nothing"),
    ] {
        assert_eq!(helps(text), [help], "{text}");
    }
    assert!(helps("retention: { a: { keep: 2 ans } }")[0].starts_with("write a number and English words"));
}

#[test]
fn keys_and_files_are_names() {
    let (at, help) = wrong("recipients: { \"notion; x\": { name: N } }\n").remove(0);
    assert_eq!((at.as_str(), help.as_str()), ("\"notion; x\"", "write a name such as `notion-x`"));
    for section in ["data", "purposes", "retention", "services", "extensions"] {
        assert_eq!(wrong(&format!("{section}: {{ a-B_1: {{}}, 1a: {{}}, é: {{}}, a.b: {{}} }}\n")).len(), 3, "{section}");
    }
    let of = |file: &str, text: &str| registry(None, &[(&Arc::from(file), text)]).diagnostics.len();
    assert_eq!((of("content/forms/contact.yaml", "label: C\n"), of("content/forms/my form.yaml", "label: C\n")), (0, 1));
    assert_eq!(of("content/forms/contact.v2.yaml", "label: C\n"), 1);
    assert_eq!(of("content/forms/contact.yaml", "fields: { my name: { type: text } }\n"), 1);
}

#[test]
fn limits_leave_something_to_write() {
    let of = |limits: &str| registry(None, &[(&Arc::from("content/forms/a.yaml"), &format!("fields: {{ a: {{ {limits} }} }}\n"))]);
    assert_eq!(of("min_length: 2, max_length: 2, pattern: '[a-z]+'").diagnostics, []);
    for limits in ["pattern: '\\d'", "pattern: '[z-a]'", "max_length: 4000", "type: textarea, max_length: 3501"] {
        assert_eq!(of(limits).diagnostics.len(), 1, "{limits}");
    }
    assert_eq!(
        messages(&registry(None, &[(&Arc::from("content/forms/a.yaml"), "fields: { company_website: { type: url } }\n")]).diagnostics)
            .len(),
        1
    );
    for limits in ["min_length: 0", "max_length: -1", "max_length: 99999999999", "min_length: 3, max_length: 2", "pattern: ''"] {
        assert_eq!(of(limits).diagnostics.len(), 1, "{limits}");
    }
}

#[test]
fn nobody_is_not_somebody_to_ask() {
    for unknown in ["{ unknown: '' }", "{ unknown: }", "{ unknown: { en: ' ' } }"] {
        assert_eq!(wrong(&format!("dpo: {unknown}\n")).len(), 1, "{unknown}");
        assert!(helps(&format!("controller: {{ vat: {unknown} }}\n"))[0].starts_with("name who must supply it"), "{unknown}");
    }
}

#[test]
fn an_id_stands_once_in_a_list() {
    let text = "recipients: { notion: { name: N } }\npurposes: { a: { recipients: [notion, notion] } }\n";
    assert_eq!(messages(&read(text).diagnostics), [("wrong-type", "`notion` stands here twice")]);
}
