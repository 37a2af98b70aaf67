//! The page that answers a form which was sent without a script: made by the functions from CRESCO's contract, with everything that was typed.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::Path;

use data_encoding::BASE64;
use functions::answers::Answers;
use functions::problem::{Kind, Problem};
use functions::submission::{Judge, Received};
use http_body_util::BodyExt;
use jiff::civil::date;
use plainsite::build::{Builder, Changes};
use plainsite::site::Drafts;
use plainsite::source::Disk;
use registry::contract::Contract;
use registry::derive::words::Words;
use sha2::{Digest, Sha256};

const BODY: &str = "name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&email=ada%40&phone=&agency_type=Design&package=audit&message=one%0D%0Atwo%3C/textarea%3E\
                    &slot=2027-01-20T10%3A00&_language=fr&_key=some-key&company_website=";

fn contract() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = Disk::new(root);
    Builder::once(Drafts::Left, date(2026, 6, 1)).build(&source, Changes::Everything).contract()
}

/// The answer's headers and text, as the functions make it of what was sent.
async fn answer(contract: &Contract, problem: impl FnOnce(Problem) -> Problem) -> (axum::http::response::Parts, String) {
    let form = &contract.registry.forms[0];
    let received = Received::read(Some("application/x-www-form-urlencoded"), BODY.as_bytes()).unwrap();
    let get = |key: &str| contract.site.word("fr", key);
    let found = received.judge(&Judge::of(form), Words { language: "fr", get: &get }).unwrap_err();
    let response = Answers::default().form(contract, form, &received, &problem(found), "fresh-token");
    let (parts, body) = response.into_parts();
    (parts, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

#[tokio::test(flavor = "current_thread")]
async fn the_form_comes_back_in_its_language_with_what_was_typed_and_what_is_wrong() {
    let (parts, html) = answer(&contract(), |found| found).await;
    assert_eq!((parts.status.as_u16(), &parts.headers["content-type"]), (422, &"text/html; charset=utf-8".parse().unwrap()));
    for part in [
        "<html lang=\"fr\">",
        "action=\"/api/contact\" method=\"post\"",
        "value=\"ada@\"",
        "Ce n’est pas une adresse e-mail.",
        "<a href=\"#contact-email\">",
        "<option value=\"audit\" selected>",
        "value=\"2027-01-20T10:00\"",
        ">one\ntwo&lt;&#x2F;textarea&gt;</textarea>",
        "name=\"_token\" value=\"fresh-token\"",
        "name=\"_key\" value=\"some-key\"",
        "name=\"_language\" value=\"fr\"",
    ] {
        assert!(html.contains(part) || html.contains(&part.replace("&#x2F;", "/")), "{part} in {html}");
    }
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches("aria-invalid").count(), 1 + html.matches("[aria-invalid]").count());
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = BASE64.encode(&Sha256::digest(style));
    let policy = parts.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.ends_with(&format!("'sha256-{hash}'")), "{policy}");
}

#[tokio::test(flavor = "current_thread")]
async fn every_other_problem_is_said_above_the_form_and_keeps_its_headers() {
    let (parts, html) = answer(&contract(), |_| Problem::from(Kind::TooMany).retry_after(60)).await;
    assert_eq!((parts.status.as_u16(), parts.headers["retry-after"].to_str().unwrap()), (429, "60"));
    assert!(
        html.contains("Trop de messages") && html.contains("value=\"ada@\"") && html.contains("mailto:contact@crescosystem.com"),
        "{html}"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn templates_that_cannot_be_used_leave_the_problem_itself() {
    let mut contract = contract();
    contract.site.templates.insert("answers/form.html".into(), "{% broken".into());
    let (parts, body) = answer(&contract, |found| found).await;
    assert_eq!(&parts.headers["content-type"], &"application/problem+json");
    assert!(body.contains("not-an-email"), "{body}");
}
