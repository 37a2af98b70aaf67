//! The notice of a change: what was promised, and who may be written to for it.

use std::sync::Arc;

use registry::derive::notices::{promised, reach};
use registry::model::Registry;

/// A registry, and a form where one is given.
fn registry(text: &str, form: Option<&str>) -> Registry {
    let (privacy, contact) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
    let forms: Vec<_> = form.map(|form| (&contact, form)).into_iter().collect();
    let read = registry::resolve::registry(Some((&privacy, text)), &forms);
    assert_eq!(read.diagnostics, []);
    read.value.registry
}

#[test]
fn a_notice_is_promised_by_email_or_not_here() {
    let told = |changes: &str| promised(&registry(&format!("changes: {changes}\n"), None)).map(|period| period.to_string());
    assert_eq!(told("{ notice: 30 days, by: email }").as_deref(), Some("P30D"));
    assert_eq!(told("{ notice: 30 days, by: account }"), None);
    assert_eq!(told("{ notice: 30 days }"), None);
    assert_eq!(told("{ effective: on publication }"), None);
    assert_eq!(promised(&Registry::default()), None);
}

#[test]
fn an_address_goes_to_those_who_may_have_it() {
    let form = "data: lead\npurpose: answer\nfields: { name: {}, email: { type: email }, other: { type: email } }\n";
    let carriers = |purposes: &str| {
        let text = format!(
            "recipients: {{ notion: {{ name: Notion }}, post: {{ name: Post }} }}\n\
             data: {{ lead: {{ label: Leads }}, else: {{ label: Else }} }}\npurposes:\n{purposes}"
        );
        let registry = registry(&text, Some(form));
        let reach = reach(&registry, &registry.forms[0])?;
        assert_eq!(reach.field.name, "email", "the first address is that of who sent the form");
        Some(reach.carriers.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    let answer = "  answer: { label: answer, basis: contract, data: [lead], recipients: [notion] }\n";
    assert_eq!(carriers(answer).as_deref(), Some("notion"));
    let notice = |basis: &str, data: &str| {
        format!("{answer}  tell: {{ label: tell, basis: {basis}, law: GDPR Art. 13(3), data: [{data}], recipients: [post] }}\n")
    };
    assert_eq!(carriers(&notice("legal-obligation", "lead")).as_deref(), Some("notion post"));
    assert_eq!(carriers(&notice("legal-obligation", "else")).as_deref(), Some("notion"));
    assert_eq!(carriers(&notice("consent", "lead")).as_deref(), Some("notion"), "what some agreed to is not for all");
    assert_eq!(carriers("  answer: { label: answer, basis: contract, data: [else], recipients: [notion] }\n"), None);
}
