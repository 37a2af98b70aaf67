//! `GET /api/openapi.json`: the document that the endpoints are tested against, made from what the site declares.

mod portal;
mod requests;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use registry::contract::Contract;
use registry::derive::{consent, policy, schema};
use registry::model::{Form, ServiceId};
use serde_json::{Map, Value, json};

use super::accept::KEY;
use crate::app::{App, request_form};
use crate::problem::{Kind, TYPE};
use crate::receipt::How;

/// Answers with the document.
pub(super) async fn openapi(State(app): State<App>) -> Response {
    Json(document(&app.contract)).into_response()
}

/// The document, in OpenAPI 3.1.
pub fn document(contract: &Contract) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::from_iter([("Problem".to_owned(), problem()), ("Challenge".to_owned(), challenge())]);
    for form in &contract.registry.forms {
        let mut body = schema::json_schema(form);
        if let Some(body) = body.as_object_mut() {
            body.remove("$schema");
        }
        schemas.insert(name(form), body);
        paths.insert(policy::action(form.id.as_str()), json!({ "post": submission(form) }));
        paths.insert(format!("/api/forms/{}/challenge", form.id), json!({ "get": challenge_of(form) }));
    }
    if let Some(form) = request_form(contract) {
        let mut body = schema::json_schema(&form);
        if let Some(body) = body.as_object_mut() {
            body.remove("$schema");
        }
        schemas.insert(name(&form), body);
        paths.extend(requests::paths(submission(&form)));
        paths.insert(format!("/api/forms/{}/challenge", form.id), json!({ "get": challenge_of(&form) }));
    }
    if contract.registry.has_portal() {
        paths.extend(portal::paths());
        schemas.insert("PortalView".to_owned(), portal::view());
    }
    if contract.registry.asks_for_consent() {
        schemas.insert("Choice".to_owned(), choice(contract));
        paths.insert("/api/consent".to_owned(), json!({ "post": decision() }));
    }
    paths.insert("/api/health".to_owned(), json!({ "get": health() }));
    paths.insert("/api/jobs/outbox".to_owned(), json!({ "get": outbox() }));
    paths.insert("/api/jobs/retention".to_owned(), json!({ "get": retention() }));
    paths.insert("/api/openapi.json".to_owned(), json!({ "get": itself() }));
    json!({
        "openapi": "3.1.0",
        "info": { "title": contract.registry.controller.as_ref().map_or("Functions", |controller| &controller.name), "version": contract.digest },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "cron": { "type": "http", "scheme": "bearer", "description": "`CRON_SECRET`" } },
        },
    })
}

/// The name of a form's schema.
fn name(form: &Form) -> String {
    format!("form-{}", form.id)
}

fn submission(form: &Form) -> Value {
    let of_form = json!({ "$ref": format!("#/components/schemas/{}", name(form)) });
    let mut responses = answers(&[
        Kind::Malformed,
        Kind::Invalid,
        Kind::Origin,
        Kind::Token,
        Kind::TooEarly,
        Kind::Proof,
        Kind::Slow,
        Kind::InFlight,
        Kind::TooLarge,
        Kind::MediaType,
        Kind::Key,
        Kind::KeyReused,
        Kind::TooMany,
        Kind::Unavailable,
    ]);
    let id = json!({ "type": "object", "properties": { "id": { "type": "string", "format": "uuid" } }, "required": ["id"], "additionalProperties": false });
    responses.insert("202".to_owned(), json!({ "description": "It is stored.", "content": { "application/json": { "schema": id } } }));
    responses.insert("303".to_owned(), json!({ "description": "It was sent without a script and is stored: on to the page that says so.", "headers": { "Location": { "schema": { "type": "string" } } } }));
    json!({
        "operationId": format!("send-{}", form.id),
        "summary": form.label.default,
        "parameters": [{
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same for each attempt to send the same submission. Needed with JSON, unless the field `_key` has it.",
            "schema": { "type": "string", "pattern": KEY },
        }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": of_form }, "application/x-www-form-urlencoded": { "schema": of_form } } },
        "responses": responses,
    })
}

fn challenge_of(form: &Form) -> Value {
    let mut responses = answers(&[Kind::Internal]);
    let schema = json!({ "$ref": "#/components/schemas/Challenge" });
    responses.insert(
        "200".to_owned(),
        json!({ "description": "A token and a proof of work to solve.", "content": { "application/json": { "schema": schema } } }),
    );
    json!({ "operationId": format!("open-{}", form.id), "summary": "What a form's script needs before it can send", "responses": responses })
}

fn decision() -> Value {
    let mut responses = answers(&[
        Kind::Malformed,
        Kind::Origin,
        Kind::Slow,
        Kind::TooLarge,
        Kind::MediaType,
        Kind::Invalid,
        Kind::TooMany,
        Kind::Unavailable,
    ]);
    let cookie = json!({ "description": "The consent cookie, as the page's script writes it; not there where the browser has a newer choice.", "schema": { "type": "string" } });
    responses.insert(
        "204".to_owned(),
        json!({ "description": "It is taken, and kept as a proof where the site declares that.", "headers": { "Set-Cookie": cookie } }),
    );
    json!({
        "operationId": "consent",
        "summary": "Proves a choice of cookies, and sets its cookie",
        "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Choice" } } } },
        "responses": responses,
    })
}

/// What the banner sends.
fn choice(contract: &Contract) -> Value {
    let asked = consent::model(&contract.registry);
    let services: Vec<&ServiceId> = asked.categories.iter().flat_map(|category| &category.services).map(|service| &service.id).collect();
    let services = json!({ "type": "array", "items": { "enum": services }, "uniqueItems": true });
    json!({
        "type": "object",
        "required": ["id", "at", "how", "language", "revision", "banner", "gpc", "accepted", "refused"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "format": "uuid", "description": "Random. What is sent again with the same one is stored once." },
            "at": { "type": "integer", "description": "When it was chosen, in seconds since 1970." },
            "how": { "enum": How::ALL },
            "language": { "enum": contract.site.languages },
            "revision": { "const": asked.revision },
            "banner": { "type": "string", "description": "The digest of the banner that was shown: one that is archived." },
            "gpc": { "type": "boolean", "description": "Whether the browser sent the signal of Global Privacy Control." },
            "accepted": services,
            "refused": services,
        },
    })
}

fn health() -> Value {
    let report = |description: &str| json!({ "description": description, "content": { "application/json": { "schema": { "type": "object", "required": ["status"], "properties": { "status": { "enum": ["ok", "degraded", "failing"] } } } } } });
    json!({
        "operationId": "health",
        "summary": "What is configured and reachable",
        "responses": { "200": report("Leads are accepted."), "503": report("No lead can be accepted.") },
    })
}

fn outbox() -> Value {
    let mut responses = answers(&[Kind::Unauthorized, Kind::Unavailable]);
    let count = json!({ "type": "integer", "minimum": 0 });
    let done = json!({ "type": "object", "required": ["sent", "delayed", "dead"], "properties": { "sent": count, "delayed": count, "dead": count } });
    responses.insert(
        "200".to_owned(),
        json!({ "description": "How many deliveries there were.", "content": { "application/json": { "schema": done } } }),
    );
    json!({ "operationId": "job-outbox", "summary": "Attempts the deliveries that are due", "security": [{ "cron": [] }], "responses": responses })
}

fn retention() -> Value {
    let mut responses = answers(&[Kind::Unauthorized, Kind::Unavailable]);
    let text = json!({ "type": "string" });
    let rules = json!({ "type": "array", "items": text });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let gone = object(json!({ "rules": rules, "what": text, "records": { "type": "integer", "minimum": 0 } }));
    let report = json!({
        "type": "object",
        "required": ["finished", "gone", "void", "outlasted", "others"],
        "properties": {
            "finished": { "type": "boolean" },
            "failed": { "type": "null" },
            "gone": list(gone.clone()),
            "void": gone,
            "outlasted": rules,
            "others": list(object(json!({ "rule": text, "what": text, "by": text }))),
        },
    });
    let description = "What went, by the rules that asked for it, and the rules that others carry out.";
    responses.insert("200".to_owned(), json!({ "description": description, "content": { "application/json": { "schema": report } } }));
    json!({ "operationId": "job-retention", "summary": "Removes what is past its period", "security": [{ "cron": [] }], "responses": responses })
}

fn itself() -> Value {
    json!({ "operationId": "openapi", "summary": "This document", "responses": { "200": { "description": "OpenAPI 3.1", "content": { "application/json": { "schema": { "type": "object" } } } } } })
}

/// The answers for problems, by status; several may share one.
fn answers(kinds: &[Kind]) -> Map<String, Value> {
    let mut answers: Map<String, Value> = Map::new();
    for kind in kinds {
        let status = kind.status().as_u16().to_string();
        let told = format!("`{}{}`: {}.", TYPE, kind.name(), kind.title());
        match answers.get_mut(&status).and_then(|answer| answer.get_mut("description")) {
            Some(Value::String(description)) => description.push_str(&format!(" {told}")),
            _ => _ = answers.insert(status, problem_answer(&told)),
        }
    }
    answers
}

fn problem_answer(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ "description": description, "content": { "application/problem+json": { "schema": schema }, "text/html": { "schema": { "type": "string" } } } })
}

fn problem() -> Value {
    let types: Vec<String> = Kind::ALL.iter().map(|kind| format!("{TYPE}{}", kind.name())).collect();
    let text = json!({ "type": "string" });
    json!({
        "description": "RFC 9457",
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": { "enum": types },
            "title": text,
            "status": { "type": "integer" },
            "errors": { "type": "array", "items": { "type": "object", "required": ["field", "fault", "message"], "properties": { "field": text, "fault": text, "message": text } } },
        },
    })
}

fn challenge() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["token", "challenge"],
        "properties": {
            "token": text,
            "challenge": solving(),
        },
    })
}

/// A proof of work to solve.
fn solving() -> Value {
    let properties = json!({ "parameters": { "type": "object" }, "signature": { "type": "string" } });
    json!({ "type": "object", "description": "ALTCHA, version 2", "required": ["parameters", "signature"], "properties": properties })
}
