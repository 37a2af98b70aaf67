//! Which records go, and when.

use std::sync::Arc;

use registry::derive::retention::{Limit, Record, limits};
use registry::model::{FILE, RetentionId};
use registry::resolve;

const FORM: &str = "label: F\ndata: lead\npurpose: p\nfields: { name: { label: N } }\ncaptures: [{ what: ip-address }, { what: referrer, data: source }]\n";

/// The limits of a registry with these rules, as `record: periods then rules`.
fn told(rules: &str) -> Vec<String> {
    let text = format!(
        "data:\n  lead: {{ label: L, from: {{ form: f }} }}\n  source: {{ label: S, from: {{ form: f }} }}\n  sent: {{ label: D, from: {{ functions: deliveries }} }}\n  \
         project: {{ label: P, from: {{ functions: projects }} }}\n  codes: {{ label: C, from: {{ functions: codes }} }}\n  \
         proofs: {{ label: R, from: {{ functions: receipts }} }}\n  asked: {{ label: Q, from: {{ functions: requests }} }}\n  told: {{ label: N, from: {{ functions: notices }} }}\nrecipients: {{ crm: {{ name: Crm }} }}\npurposes: {{ p: {{ label: P }} }}\nretention:\n{rules}"
    );
    let (file, form) = (Arc::from(FILE), Arc::from("content/forms/f.yaml"));
    let read = resolve::registry(Some((&file, &text)), &[(&form, FORM)]);
    assert_eq!(read.diagnostics, [], "the fixture can be read");
    let told = |limit: Limit| {
        let record = match limit.record {
            Record::Capture(_, kind) => kind.name().to_owned(),
            Record::Lead(_) => "lead".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        let periods: Vec<String> = limit.periods.iter().map(|(since, keep)| format!("{keep} {}", since.name())).collect();
        let rules: Vec<&str> = limit.rules.iter().map(RetentionId::as_str).collect();
        format!("{record}: {} {} {}", periods.join("+"), limit.then.name(), rules.join(","))
    };
    limits(&read.value.registry).into_iter().map(told).collect()
}

#[test]
fn what_goes_together_goes_when_all_periods_are_over() {
    let rules = "  a: { data: [lead], keep: 2 years, from: last-contact, then: delete, by: job }\n  \
                 b: { data: [sent], keep: 1 year, then: delete, by: job }\n  \
                 c: { data: [project, codes], keep: 5 years, from: close, then: delete, by: job }\n  \
                 d: { data: [proofs], keep: 3 years, then: delete, by: job }\n  \
                 e: { data: [asked], during: its handling, keep: 5 years, from: answer, then: delete, by: job }\n  \
                 f: { data: [told], keep: 5 years, then: delete, by: job }\n";
    assert_eq!(
        told(rules),
        [
            "lead: P2Y last-contact+P1Y received delete a,b",
            "project: P5Y close delete c",
            "receipt: P3Y received delete d",
            "request: P5Y answer delete e",
            "notice: P5Y received delete f"
        ]
    );
}

#[test]
fn what_was_noted_goes_before_its_lead_and_never_after() {
    let lead = "  a: { data: [lead, sent], keep: 2 years, then: delete, by: job }\n";
    let named = format!("{lead}  b: {{ data: [lead], only: [ip-address], keep: 30 days, then: anonymise, by: job }}\n");
    assert_eq!(told(&named), ["ip-address: P30D received anonymise b", "lead: P2Y received+P30D received delete a"]);
    let own = format!("{lead}  b: {{ data: [source], keep: 3 years, then: delete, by: job }}\n");
    assert_eq!(told(&own), ["referrer: P3Y received delete b", "lead: P2Y received+P3Y received delete a"]);
}

#[test]
fn who_else_keeps_a_record_keeps_the_job_from_it() {
    let lead = "  a: { data: [lead, sent], keep: 2 years, then: delete, by: job }\n";
    let with = |rule: &str| told(&format!("{lead}  b: {{ data: [lead], {rule} }}\n"));
    assert_eq!(with("keep: 10 years, by: { manual: the office }"), ["lead: P2Y received+P10Y received delete a"]);
    for endless in
        ["during: the contract, by: { manual: us }", "keep: 3 years, from: the trial, by: { manual: us }", "keep: { unknown: us }"]
    {
        assert_eq!(with(endless), [""; 0], "{endless}");
    }
    for elsewhere in ["keep: { unknown: Crm }, by: { recipient: crm }", "keep: 9 years, by: product"] {
        assert_eq!(with(elsewhere), ["lead: P2Y received delete a"], "{elsewhere}");
    }
    assert_eq!(told("  a: { data: [lead, sent], keep: 2 years, by: { manual: us } }\n"), [""; 0], "nobody asked the job");
    let sent = "  a: { data: [sent], keep: 1 year, then: delete, by: job }\n  b: { data: [lead], keep: 2 years, by: product }\n";
    assert_eq!(told(sent), [""; 0], "what belongs to a lead does not take it along");
}
