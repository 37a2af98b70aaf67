//! All the checks at once: a whole registry is clean, a bare one is told everything, and nothing is asked of who handles no data.

use std::sync::Arc;

use super::fixture::TODAY;
use crate::diagnostic::Diagnostic;
use crate::resolve;

const WHOLE: &str = "
controller: { name: Acme, address: 1 Road, email: a@acme.example, phone: '+33 1', legal_form: SAS, registration: R, publication_director: E, country: FR }
authority: cnil
dpo: { none: we are three people }
automated_decisions: none
sale: none
host: vercel
recipients:
  vercel: { use: vercel, role: processor, does: hosts the site }
  crm: { name: Crm, role: processor, does: stores enquiries, country: DE }
  google: { use: google, role: controller, does: shows videos }
data:
  lead: { label: Enquiries, people: prospects, from: { form: contact } }
  visits: { label: Visits, people: visitors, from: { service: figures } }
  attempts: { label: Delivery records, people: prospects, from: { functions: deliveries } }
  limits: { label: Protection, people: visitors, from: { functions: protection } }
purposes:
  protect: { label: Protect the form, basis: contract, data: [attempts, limits] }
  answer: { label: Answer, basis: legitimate-interest, interest: replying, data: [lead], recipients: [crm] }
  count: { label: Count visits, basis: consent, data: [visits] }
  show: { label: Show videos, basis: consent }
retention:
  leads: { data: [lead], keep: 2 years, from: last-contact, then: delete, by: job }
  visits: { data: [visits], keep: 24 hours, by: { recipient: vercel } }
  attempts: { data: [attempts], keep: 2 years, from: last-contact, then: delete, by: job }
  limits: { data: [limits], keep: 1 day, then: delete, by: job }
services:
  forms: { use: plainsite-forms, purpose: answer }
  consent: { label: Choice, does: remembers it, category: essential, cookies: [{ name: plainsite-consent, keep: 6 months }] }
  figures: { use: vercel-analytics }
  video: { use: youtube-nocookie, purpose: show }
rights:
  offer: [access, rectification, erasure, restriction, portability, objection, withdrawal, complaint]
  channel: [email, form]
  answer_within: 1 month
  withdraw: [banner]
california:
  rights: { know: true, delete: true, correct: true, opt-out: true, limit: true, non-discrimination: true }
  answer_within: 45 days
  verify_identity: true
  reviewed: 2026-05-01
";

const FORM: &str = "data: lead\npurpose: answer\nfields: { email: { type: email, required: true, why: to answer } }\n";

fn found(privacy: &str, form: Option<&str>) -> Vec<Diagnostic> {
    let (file, form_file) = (Arc::from(crate::model::FILE), Arc::from("content/forms/contact.yaml"));
    let forms: Vec<_> = form.map(|form| (&form_file, form)).into_iter().collect();
    let read = resolve::registry(Some((&file, privacy)), &forms);
    assert_eq!(read.diagnostics, []);
    super::registry(&read.value, TODAY)
}

#[test]
fn a_whole_registry_is_clean() {
    assert_eq!(found(WHOLE, Some(FORM)), []);
}

#[test]
fn who_handles_no_data_is_asked_nothing() {
    assert_eq!(super::registry(&resolve::registry(None, &[]).value, TODAY), []);
    assert_eq!(found("controller: { name: Acme, address: 1 Road, email: a@acme.example }\n", None), []);
    assert_eq!(found("services: { theme: { label: Theme, does: remembers it, category: essential } }\n", None), []);
}

#[test]
fn a_bare_service_or_form_is_told_everything_at_once() {
    let rules =
        |privacy: &str, form: Option<&str>| -> Vec<&str> { found(privacy, form).iter().map(|diagnostic| diagnostic.rule.name).collect() };
    let always = ["authority-missing", "automated-decisions-undecided", "controller-incomplete", "dpo-undecided"];
    let service = rules("services: { it: { label: It, category: media } }\n", None);
    assert_eq!(service[..2], always[..2]);
    assert_eq!(service[2], "choice-undeclared");
    assert_eq!(service[3..5], always[2..]);
    assert_eq!(service[5..], ["right-missing", "service-without-purpose", "service-without-purpose", "withdrawal-missing"]);
    let form = rules("", Some("fields: { email: { type: email, required: true } }\n"));
    assert_eq!(form[..4], always);
    assert_eq!(form[4..7], ["field-without-purpose", "obligation-unstated", "right-missing"]);
    assert_eq!(form[7..], ["undeclared-storage"; 3]);
}

#[test]
fn every_promise_that_is_taken_out_is_missed() {
    let lines: Vec<&str> = WHOLE.lines().collect();
    for (gone, rule) in [
        ("controller:", "controller-incomplete"),
        ("authority:", "authority-missing"),
        ("dpo:", "dpo-undecided"),
        ("automated_decisions:", "automated-decisions-undecided"),
        ("sale:", "california-incomplete"),
        ("  leads:", "retention-missing"),
        ("  offer:", "right-missing"),
        ("  channel:", "right-without-channel"),
        ("  answer_within: 1", "right-without-channel"),
        ("  withdraw:", "withdrawal-missing"),
        ("  reviewed:", "policy-stale"),
    ] {
        let text: Vec<&str> = lines.iter().filter(|line| !line.starts_with(gone)).copied().collect();
        assert_eq!(text.len(), lines.len() - 1, "{gone}");
        let found = found(&text.join("\n"), Some(FORM));
        assert!(found.iter().any(|diagnostic| diagnostic.rule.name == rule), "{gone}: {found:?}");
    }
}

#[test]
fn a_diagnostic_says_why_and_what_to_do() {
    let bare = "services: { it: { label: It, category: media } }\nrecipients: { crm: { name: Crm, country: US } }\n\
                data: { lead: { label: Leads } }\nretention: { it: { keep: 1 year } }\npurposes: { answer: { label: Answer } }\n\
                california: { verify_identity: true }\nrights: { offer: [access] }\n";
    let found = found(bare, Some("fields: { email: { type: email, required: true } }\n"));
    assert!(found.len() > 15, "{}", found.len());
    for diagnostic in found {
        assert!(diagnostic.why.is_some() && diagnostic.help.is_some() && !diagnostic.labels.is_empty(), "{diagnostic:?}");
        let plain = diagnostic.message.starts_with(|c: char| !c.is_uppercase()) && !diagnostic.message.ends_with('.');
        assert!(plain, "{}", diagnostic.message);
    }
}

/// The rules that a text breaks, when it is read and when it is judged.
fn all_rules(privacy: &str, form: Option<&str>) -> Vec<&'static str> {
    let (file, form_file) = (Arc::from(crate::model::FILE), Arc::from("content/forms/contact.yaml"));
    let forms: Vec<_> = form.map(|form| (&form_file, form)).into_iter().collect();
    let read = resolve::registry(Some((&file, privacy)), &forms);
    let judged = super::registry(&read.value, TODAY);
    read.diagnostics.iter().chain(&judged).map(|diagnostic| diagnostic.rule.name).collect()
}

#[test]
fn what_was_refused_is_not_missed_as_well() {
    for (written, wrong) in [
        ("authority: cnil", "authority: cnli"),
        ("sale: none", "sale: no"),
        ("dpo: { none: we are three people }", "dpo: nobody"),
        ("automated_decisions: none", "automated_decisions: no"),
        ("country: FR }", "country: France }"),
        ("country: DE", "country: Germany"),
        ("role: processor, does: stores", "role: procesor, does: stores"),
        ("basis: legitimate-interest", "basis: legitimate-intrest"),
        ("keep: 2 years", "keep: two years"),
        ("keep: 6 months", "keep: half a year"),
        ("offer: [access,", "offer: [acces,"),
        ("channel: [email, form]", "channel: [emial]"),
        ("answer_within: 1 month", "answer_within: a month"),
        ("withdraw: [banner]", "withdraw: [baner]"),
        ("by: job", "by: jobb"),
        ("then: delete", "then: delet"),
        ("a@acme.example", "a at acme.example"),
    ] {
        assert!(WHOLE.contains(written), "{written}");
        assert_eq!(all_rules(&WHOLE.replacen(written, wrong, 1), Some(FORM)), ["wrong-type"], "{wrong}");
    }
    let found = all_rules(&WHOLE.replace("use: vercel, role: processor,", "use: vrcel,"), Some(FORM));
    assert_eq!(found, ["unknown-catalogue-entry"]);
}

#[test]
fn what_was_refused_hides_nothing_elsewhere() {
    let text = WHOLE.replace("basis: legitimate-interest", "basis: legitimate-intrest").replace("keep: 24 hours, ", "");
    assert_eq!(all_rules(&text, Some(FORM)), ["wrong-type", "retention-missing"]);
    let text = WHOLE.replace("authority: cnil", "authority: cnli").replace("dpo: {", "# dpo: {");
    assert_eq!(all_rules(&text, Some(FORM)), ["wrong-type", "dpo-undecided"]);
}

#[test]
fn nothing_is_judged_where_a_file_or_a_section_cannot_be_read() {
    assert_eq!(all_rules("controller: [\n", Some(FORM)), ["invalid-yaml"]);
    assert_eq!(all_rules("just words\n", Some(FORM)), ["wrong-type"]);
    assert_eq!(all_rules(WHOLE, Some("fields: [\n")), ["invalid-yaml"]);
    assert_eq!(all_rules("recipients: [crm]\ndata: { lead: { label: L } }\n", Some(FORM)), ["wrong-type"]);
    assert_eq!(all_rules("purposes: { answer: consent }\n", Some(FORM)), ["wrong-type"]);
}
