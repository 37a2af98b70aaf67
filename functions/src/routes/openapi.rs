//! `GET /api/openapi.json`: the document that the endpoints are tested against, in OpenAPI 3.1.
//!
//! What is the same for every site is read from `openapi.json` beside this file; what the site declares is filled in here.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use registry::contract::Contract;
use registry::derive::rights::ACTION;
use registry::derive::{consent, policy, schema};
use registry::model::{Form, ServiceId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::accept::KEY;
use crate::app::{App, request_form};
use crate::problem::{Kind, TYPE};
use crate::receipt::How;

/// What is the same for every site. An operation lists the names of its problems, whose answers are filled in.
#[derive(Deserialize)]
struct Same {
    /// The operation that sends a form.
    send: Value,
    /// The one that its script asks for first.
    open: Value,
    /// Paths of every site, of those that ask for consent, have a client portal, take privacy requests.
    site: Map<String, Value>,
    consent: Map<String, Value>,
    portal: Map<String, Value>,
    requests: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Same {
    fn read() -> Self {
        serde_json::from_str(include_str!("openapi.json")).expect("the file is part of the program, and tests read it")
    }
}

/// Answers with the document.
pub(super) async fn openapi(State(app): State<App>) -> Response {
    Json(document(&app.contract)).into_response()
}

/// The document.
pub fn document(contract: &Contract) -> Value {
    let Same { send, open, site, consent, portal, requests, mut schemas } = Same::read();
    let registry = &contract.registry;
    let mut paths = Map::new();
    let mut add = |path: String, form: &Form, sending: Value| {
        paths.insert(path, json!({ "post": sending }));
        paths.insert(format!("/api/forms/{}/challenge", form.id), json!({ "get": opening(open.clone(), form) }));
        schemas.insert(name(form), body(form));
    };
    for form in &registry.forms {
        add(policy::action(form.id.as_str()), form, sending(send.clone(), form));
    }
    if let Some(form) = request_form(contract) {
        add(ACTION.to_owned(), &form, asking(sending(send.clone(), &form)));
        paths.extend(requests);
    }
    if registry.has_portal() {
        paths.extend(portal);
    } else {
        schemas.remove("PortalView");
    }
    if registry.asks_for_consent() {
        paths.extend(consent);
        choose(&mut schemas["Choice"]["properties"], contract);
    } else {
        schemas.remove("Choice");
    }
    paths.extend(site);
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        if let (Some(names), Some(Value::Object(responses))) = (operation.remove("problems"), operation.get_mut("responses")) {
            responses.extend(answers(&names));
        }
    }
    schemas["Problem"]["properties"]["type"]["enum"] = Kind::ALL.iter().map(|kind| urn(*kind)).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": registry.controller.as_ref().map_or("Functions", |controller| &controller.name), "version": contract.digest },
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

/// What is sent of a form.
fn body(form: &Form) -> Value {
    let mut body = schema::json_schema(form);
    if let Some(body) = body.as_object_mut() {
        body.remove("$schema");
    }
    body
}

fn sending(mut send: Value, form: &Form) -> Value {
    let of_form = json!({ "schema": { "$ref": format!("#/components/schemas/{}", name(form)) } });
    send["operationId"] = format!("send-{}", form.id).into();
    send["summary"] = form.label.default.as_str().into();
    send["parameters"][0]["schema"]["pattern"] = KEY.into();
    send["requestBody"]["content"] = json!({ "application/json": of_form, "application/x-www-form-urlencoded": of_form });
    send
}

fn opening(mut open: Value, form: &Form) -> Value {
    open["operationId"] = format!("open-{}", form.id).into();
    open
}

/// What is particular to sending a privacy request.
fn asking(mut sending: Value) -> Value {
    sending["description"] =
        "A text in `company_website`, which nobody sees, is refused. Rectification, objection, restriction and correction need a `message`."
            .into();
    sending["responses"]["202"]["description"] =
        "It is taken. The answer is the same whatever is held, and a code is sent to the address.".into();
    sending
}

/// What the site's banner may send.
fn choose(choice: &mut Value, contract: &Contract) {
    let asked = consent::model(&contract.registry);
    let services: Vec<&ServiceId> = asked.categories.iter().flat_map(|category| &category.services).map(|service| &service.id).collect();
    choice["how"]["enum"] = json!(How::ALL);
    choice["language"]["enum"] = json!(contract.site.languages);
    choice["revision"]["const"] = json!(asked.revision);
    for ids in ["accepted", "refused"] {
        choice[ids]["items"]["enum"] = json!(services);
    }
}

fn urn(kind: Kind) -> String {
    format!("{TYPE}{}", kind.name())
}

/// The answers for problems, by status; several may share one.
fn answers(names: &Value) -> Map<String, Value> {
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut answers: Map<String, Value> = Map::new();
    for kind in Kind::ALL.into_iter().filter(|kind| names.contains(&kind.name())) {
        let told = format!("`{}`: {}.", urn(kind), kind.title());
        match answers.get_mut(kind.status().as_str()).map(|answer| &mut answer["description"]) {
            Some(Value::String(description)) => description.push_str(&format!(" {told}")),
            _ => _ = answers.insert(kind.status().as_str().to_owned(), problem_answer(&told)),
        }
    }
    answers
}

fn problem_answer(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ "description": description, "content": { "application/problem+json": { "schema": schema }, "text/html": { "schema": { "type": "string" } } } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_named_as_they_are() {
        let Same { send, open, site, consent, portal, requests, .. } = Same::read();
        let paths =
            [site, consent, portal, requests].into_iter().flatten().flat_map(|(_, path)| path.as_object().cloned().unwrap_or_default());
        let operations = paths.map(|(_, operation)| operation).chain([send, open]);
        let named: Vec<Value> = operations
            .filter_map(|operation| operation.get("problems").cloned())
            .flat_map(|names| names.as_array().unwrap().clone())
            .collect();
        assert!(!named.is_empty());
        for name in named {
            assert!(Kind::ALL.iter().any(|kind| kind.name() == name), "no problem is called {name}");
        }
    }
}
