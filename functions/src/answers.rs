//! The pages that answer who has no script: a form which cannot be taken, with everything that was typed and what is wrong with it; and what came
//! of a privacy request.

use std::sync::OnceLock;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use registry::contract::Contract;
use registry::derive::policy;
use registry::derive::schema::{KEY, PAGE, REFERRER, TOKEN, ZONE};
use registry::derive::words::Words;
use registry::model::Form;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use crate::problem::{Kind, Problem};
use crate::submission::Received;

/// The folder of the templates, and the page among them.
const FOLDER: &str = "answers/";
const PAGE_OF_FORM: &str = "answers/form.html";
const PAGE_OF_REQUEST: &str = "answers/request.html";

/// The pages, by the site's own templates. They are read when the first one is asked for: most requests need none.
#[derive(Debug, Default)]
pub struct Answers(OnceLock<Option<Tera>>);

impl Answers {
    /// The form again, under the status of the problem. `token` is a fresh one, so that it can be sent once more. Where the site's templates
    /// cannot be used, the problem itself is the answer.
    pub fn form(&self, contract: &Contract, form: &Form, received: &Received, problem: &Problem, token: &str) -> Response {
        let html = self.0.get_or_init(|| templates(contract)).as_ref().and_then(|tera| {
            let context = context(contract, form, received, problem, token);
            tera.render(PAGE_OF_FORM, &context).ok()
        });
        let Some(html) = html else { return problem.clone().into_response() };
        // The header of a problem, such as when to come back, is the page's too.
        page(html, problem.clone().into_response())
    }

    /// What came of a privacy request that was confirmed, as a page with the same as a file; or why it could not be.
    pub fn request(&self, contract: &Contract, language: &str, told: &Value, problem: Option<&Problem>) -> Response {
        let site = &contract.site;
        let words = Words { language, get: &|key| site.word(language, key) };
        let file = serde_json::to_vec_pretty(told).expect("a value of JSON is always JSON");
        let mut context = Context::new();
        context.insert("lang", language);
        context.insert("ui", &site.words.get(language));
        context.insert("told", told);
        context.insert("problem", &problem.map(|problem| words.word(said_of_request(problem.kind))));
        context.insert("file", &STANDARD.encode(file));
        context.insert("home", &site.base_url);
        let html = self.0.get_or_init(|| templates(contract)).as_ref().and_then(|tera| tera.render(PAGE_OF_REQUEST, &context).ok());
        let response = problem.map(|problem| problem.clone().into_response());
        match html {
            Some(html) => page(html, response.unwrap_or_default()),
            None => response.unwrap_or_else(|| Json(told).into_response()),
        }
    }
}

/// What is said of a request that could not be confirmed.
fn said_of_request(kind: Kind) -> &'static str {
    match kind {
        Kind::Link => "request_link_void",
        _ => "form_failed",
    }
}

/// A page as the body of a response. It brings its style with it, and nothing else may run or load.
fn page(html: String, mut response: Response) -> Response {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(style, _)| style);
    let policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'sha256-{}'",
        STANDARD.encode(Sha256::digest(style.as_bytes()))
    );
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("base 64 and words of ASCII are a header's text"));
    *response.body_mut() = html.into();
    response
}

fn templates(contract: &Contract) -> Option<Tera> {
    let mut tera = Tera::new();
    let of_answers = contract.site.templates.iter().filter(|(name, _)| name.starts_with(FOLDER));
    tera.add_raw_templates(of_answers.map(|(name, text)| (name.as_str(), text.as_str()))).ok()?;
    Some(tera)
}

fn context(contract: &Contract, form: &Form, received: &Received, problem: &Problem, token: &str) -> Context {
    let site = &contract.site;
    let language = site.language(received.technical.language.as_deref());
    let get = |key: &str| site.word(language, key);
    let words = Words { language, get: &get };
    let mut view = policy::form(&contract.registry, form, words);
    for control in &mut view.fields {
        control.value = received.typed(&control.name).unwrap_or_default().to_owned();
        let fault = problem.fields.iter().find(|fault| fault.field == control.name);
        control.fault = fault.map(|fault| fault.message.clone()).unwrap_or_default();
    }
    let said = match problem.kind {
        Kind::Invalid => words.word("form_problems"),
        Kind::TooMany => words.word("form_too_many"),
        Kind::Token | Kind::TooEarly | Kind::Proof => words.word("form_again"),
        _ => words.word("form_failed"),
    };
    let technical = &received.technical;
    let personal = |text: &Option<crate::personal::Personal<String>>| text.as_ref().map(|text| text.reveal().clone());
    let kept = [
        (TOKEN, Some(token.to_owned())),
        (KEY, technical.key.clone()),
        (ZONE, technical.zone.clone()),
        (PAGE, personal(&technical.page)),
        (REFERRER, personal(&technical.referrer)),
    ];
    let mut context = Context::new();
    context.insert("lang", language);
    context.insert("ui", &site.words.get(language));
    context.insert("problem", &said);
    context.insert("technical", &kept.into_iter().filter_map(|(name, value)| Some((name, value?))).collect::<Vec<_>>());
    context.insert("email", &view.script.email);
    context.insert("f", &view);
    context
}
