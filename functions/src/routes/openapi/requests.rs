//! What the document says of privacy requests.

use registry::derive::rights::{ACTION, CONFIRM};
use serde_json::{Value, json};

use super::answers;
use crate::problem::Kind;

/// The paths of privacy requests; `asking` is what is said of sending their form.
pub(super) fn paths(mut asking: Value) -> [(String, Value); 3] {
    asking["responses"]["202"]["description"] =
        json!("It is taken. The answer is the same whatever is held, and a code is sent to the address.");
    asking["description"] = json!(
        "A text in `company_website`, which nobody sees, is refused. Rectification, objection, restriction and correction need a `message`."
    );
    let refusals = [Kind::Origin, Kind::Link, Kind::NotFound, Kind::Unavailable];
    let mut told = answers(&refusals[1..]);
    told.insert("200".to_owned(), of("What the code is for. Nothing is done.", &["id", "asked", "until"]));
    let mut done = answers(&refusals);
    let reply =
        of("What was found and done, what remains, and by when the rest is answered.", &["id", "asked", "deed", "found", "done", "due"]);
    done.insert("200".to_owned(), reply.clone());
    let mut confirmed = answers(&[&refusals[..], &[Kind::Malformed, Kind::MediaType, Kind::TooLarge, Kind::Slow]].concat());
    confirmed.insert("200".to_owned(), reply);
    let token = json!([{ "name": "token", "in": "path", "required": true, "description": "The code of the e-mail. It works once, for 24 hours.", "schema": { "type": "string" } }]);
    let fields = json!({ "type": "object", "required": ["_token"], "properties": { "_token": { "type": "string" }, "_language": { "type": "string" } } });
    let body = json!({ "required": true, "content": { "application/json": { "schema": fields }, "application/x-www-form-urlencoded": { "schema": fields } } });
    [
        (ACTION.to_owned(), json!({ "post": asking })),
        (
            CONFIRM.to_owned(),
            json!({ "post": { "operationId": "request-confirm-form", "summary": "Carries a request out, with the code in the body", "requestBody": body, "responses": confirmed } }),
        ),
        (
            format!("{ACTION}/{{token}}"),
            json!({
                "parameters": token,
                "get": { "operationId": "request-tell", "summary": "What a code is for", "responses": told },
                "post": { "operationId": "request-confirm", "summary": "Carries a request out", "responses": done },
            }),
        ),
    ]
}

fn of(description: &str, required: &[&str]) -> Value {
    let content = json!({ "application/json": { "schema": { "type": "object", "required": required } }, "text/html": { "schema": { "type": "string" } } });
    json!({ "description": description, "content": content })
}
