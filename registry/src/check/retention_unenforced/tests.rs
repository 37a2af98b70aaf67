//! Rules that are carried out, and rules that are not.

use crate::check::fixture::with_form;

const FORM: &str = "label: F\ndata: lead\npurpose: p\nfields: { name: { label: N } }\ncaptures: [{ what: ip-address }]\n";

fn messages(rule: &str) -> Vec<String> {
    let text = format!(
        "data:\n  lead: {{ label: Leads, from: {{ form: contact }} }}\n  sent: {{ label: Sent, from: {{ functions: deliveries }} }}\n  \
         project: {{ label: Projects, from: {{ functions: projects }} }}\n  asked: {{ label: Requests, from: {{ functions: requests }} }}\n  told: {{ label: Notices, from: {{ functions: notices }} }}\n  draft: {{ label: Drafts, system: product }}\n  visits: {{ label: Visits, from: {{ service: figures }} }}\n\
         services: {{ figures: {{ label: Figures, cookies: [{{ name: _f, keep: 1 year }}] }} }}\nrecipients: {{ crm: {{ name: Crm }} }}\npurposes: {{ p: {{ label: P }} }}\n\
         retention: {{ rule: {{ {rule} }} }}\nchanges: {{ notice: 30 days, by: email }}\n"
    );
    with_form("retention-unenforced", &text, Some(FORM)).into_iter().map(|diagnostic| diagnostic.message).collect()
}

#[test]
fn somebody_who_can_carry_it_out_is_clean() {
    for rule in [
        "data: [lead], keep: 2 years, then: delete, by: job",
        "data: [lead], keep: 2 years, by: { recipient: crm }",
        "data: [lead], during: the contract, by: { manual: accountant }",
        "data: [lead], keep: 2 years, by: { unknown: Acme }",
        "data: [draft], keep: 30 days, by: product",
        "data: [visits], keep: 1 year, by: browser",
        "data: [lead], keep: session, by: browser",
    ] {
        assert!(messages(rule).is_empty(), "{rule}");
    }
}

// Promises: cresco/keep-leads, cresco/keep-projects
#[test]
fn nobody_is_reported() {
    assert_eq!(messages("data: [lead], keep: 2 years"), ["nothing and nobody carries out the retention rule `rule`"]);
}

#[test]
fn the_job_reaches_no_product_and_needs_to_know_when_and_what() {
    let product = messages("data: [lead, draft], keep: 2 years, by: job");
    assert_eq!(product, ["the retention job cannot reach `draft`, which lives in a product"]);
    let then = messages("data: [lead], keep: 2 years, by: job");
    assert_eq!(then, ["the retention job is not told what becomes of what `rule` keeps"]);
    for keep in ["keep: until deleted", "keep: session", "during: the contract"] {
        let found = messages(&format!("data: [lead], {keep}, then: delete, by: job"));
        assert_eq!(found, ["the retention job cannot carry out `rule`, which has no length of time"], "{keep}");
    }
}

#[test]
fn the_browser_forgets_only_what_ends_by_itself() {
    for rule in [
        "data: [lead], keep: 1 year",
        "data: [visits], keep: 6 months",
        "data: [visits], keep: session",
        "data: [visits], keep: until deleted",
    ] {
        let found = messages(&format!("{rule}, by: browser"));
        assert_eq!(found, ["what the browser stores does not carry out the retention rule `rule`"], "{rule}");
    }
}

#[test]
fn the_job_has_what_the_functions_keep_and_counts_from_what_they_note() {
    for rule in [
        "data: [lead, sent], keep: 2 years, from: last-contact, then: delete, by: job",
        "data: [project], keep: 5 years, from: close, then: delete, by: job",
        "data: [asked], keep: 5 years, from: answer, then: delete, by: job",
        "data: [told], keep: 30 days, then: delete, by: job",
        "data: [lead], only: ip-address, keep: 30 days, then: anonymise, because: robots come from networks, by: job",
    ] {
        assert_eq!(messages(rule), [""; 0], "{rule}");
    }
    for (rule, message) in [
        (
            "data: [visits], keep: 1 year, then: delete",
            "the retention job cannot reach `visits`, which no form asks for and the functions do not keep",
        ),
        ("data: [lead], only: utm, keep: 1 year, then: delete", "no form notes what `rule` is about"),
        ("data: [lead], keep: 1 year, from: the trial, then: delete", "the retention job cannot tell from when on `rule` counts"),
        ("data: [lead], keep: 1 year, from: close, then: delete", "`rule` counts from a time that is not noted of all its data"),
        ("data: [project], keep: 1 year, then: delete", "`rule` counts from a time that is not noted of all its data"),
        ("data: [asked], keep: 5 years, then: delete", "`rule` counts from a time that is not noted of all its data"),
        ("data: [told], keep: 5 years, from: answer, then: delete", "`rule` counts from a time that is not noted of all its data"),
        (
            "data: [told], keep: 29 days, then: delete",
            "`rule` forgets who was told of a change 30 days before it applies, so that they could be told again",
        ),
        ("data: [lead], keep: 1 year, then: anonymise", "the retention job cannot make anonymous what `rule` keeps"),
        ("data: [lead], only: ip-address, keep: 1 year, then: anonymise", "`rule` keeps a part of each address, and does not say why"),
    ] {
        assert_eq!(messages(&format!("{rule}, by: job")), [message]);
    }
}

#[test]
fn what_is_in_one_record_ends_at_one_time() {
    let with =
        |other: &str| messages(&format!("data: [lead], keep: 2 years, then: delete, by: job }}, other: {{ {other}, then: delete, by: job"));
    let differ = [
        "`rule` and `other` are kept in one record, and end at different times",
        "`other` and `rule` are kept in one record, and end at different times",
    ];
    assert_eq!(with("data: [sent], keep: 2 years"), [""; 0]);
    assert_eq!(with("data: [sent], keep: 3 years"), differ);
    assert_eq!(with("data: [sent], keep: 2 years, from: last-contact"), differ);
    assert_eq!(with("data: [lead], only: ip-address, keep: 3 years"), differ[1..]);
    assert_eq!(with("data: [lead], only: ip-address, keep: 1 year"), [""; 0]);
}

#[test]
fn an_erasure_is_known_as_long_as_a_backup_could_undo_it() {
    let with = |keep: &str| {
        messages(&format!(
            "data: [lead], keep: 2 years, then: delete, by: job }}, asked: {{ data: [asked], keep: {keep}, from: answer, then: delete, by: job"
        ))
    };
    assert_eq!(with("2 years"), [""; 0]);
    assert_eq!(with("1 year"), ["`asked` forgets who was erased before `rule` is over, so that a restored backup could bring them back"]);
}
