//! What can be asked for by the form for privacy requests, by when it is answered, and what remains after an erasure.

use std::sync::Arc;

use registry::derive::rights::{Asked, answering, askable, form, remains};
use registry::derive::words::Words;
use registry::model::{CaliforniaRight, FILE, Registry, Right};
use registry::resolve;

fn registry(more: &str) -> Registry {
    let text = format!(
            "controller: {{ name: Acme }}
data: {{ requests: {{ label: Requests, from: {{ functions: requests }} }}, bills: {{ label: Bills }}, lead: {{ label: Leads }}, draft: {{ label: Drafts }} }}
purposes:
  answer: {{ label: Answer requests, basis: legal-obligation, data: [requests] }}
  charge: {{ label: Charge, basis: contract, data: [bills] }}
retention:
  bills: {{ data: [bills], keep: 10 years, because: the law, by: {{ manual: Acme }} }}
  leads: {{ data: [lead], keep: 2 years, by: job }}
  addresses: {{ data: [lead], only: ip-address, keep: 30 days, then: anonymise, because: robots come from networks, by: job }}
  drafts: {{ data: [draft], keep: session, because: it is short, by: browser }}
{more}"
        );
    let file = Arc::from(FILE);
    resolve::registry(Some((&file, &text)), &[]).value.registry
}

#[test]
fn what_is_offered_can_be_asked_for_by_its_name() {
    let rights = "rights: { offer: [erasure, access, withdrawal, complaint], channel: form }\n";
    let california = "california: { rights: { know: true, limit: { unknown: Acme }, non-discrimination: true } }\n";
    let registry = registry(&format!("{rights}{california}"));
    let names: Vec<String> = askable(&registry).iter().map(Asked::to_string).collect();
    assert_eq!(names, ["access", "erasure", "california-know"]);
    assert!(askable(&registry).into_iter().all(|asked| Asked::parse(&asked.to_string()) == Some(asked)));
    assert_eq!([Asked::parse("california-"), Asked::parse("everything")], [None, None]);
    let form = form(&registry, &[Words { language: "en", get: &|_| None }]).unwrap();
    assert_eq!(form.fields[0].options.len(), 3);
    assert_eq!(form.fields[0].purpose.as_ref().unwrap().as_str(), "answer");
    assert!(registry::derive::rights::form(&Registry::default(), &[]).is_none(), "a site that keeps no requests takes none");
}

#[test]
fn the_time_is_the_one_that_is_promised_or_the_law_s() {
    let within = |more: &str, asked: Asked| answering(&registry(more), asked).within.to_string();
    let (access, know) = (Asked::Right(Right::Access), Asked::California(CaliforniaRight::Know));
    assert_eq!([within("", access), within("", know)], ["P1M", "P45D"]);
    assert_eq!(within("rights: { answer_within: { unknown: Acme } }\n", access), "P1M");
    assert_eq!(within("rights: { answer_within: 30 days }\n", access), "P30D");
    assert_eq!(within("california: { answer_within: 20 days }\n", know), "P20D");
}

#[test]
fn what_an_obligation_demands_remains() {
    let registry = registry("");
    let remains: Vec<&str> = remains(&registry).iter().map(|(data, _)| data.id.as_str()).collect();
    assert_eq!(remains, ["bills"]);
}
