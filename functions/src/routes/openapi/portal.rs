//! What the document says of the client portal.

use serde_json::{Map, Value, json};

use super::{answers, solving};
use crate::problem::Kind;

/// The paths of the portal.
pub(super) fn paths() -> [(String, Value); 3] {
    let asked = |name: &str| json!({ "required": true, "content": { "application/json": { "schema": { "type": "object", "required": [name], "properties": body(name) } } } });
    let mut validate = answers(&[
        Kind::Malformed,
        Kind::Origin,
        Kind::Proof,
        Kind::Refused,
        Kind::Slow,
        Kind::TooLarge,
        Kind::MediaType,
        Kind::Unavailable,
    ]);
    let mut refresh =
        answers(&[Kind::Malformed, Kind::Origin, Kind::Expired, Kind::Slow, Kind::TooLarge, Kind::MediaType, Kind::Unavailable]);
    for responses in [&mut validate, &mut refresh] {
        let view = json!({ "$ref": "#/components/schemas/PortalView" });
        responses.insert("200".to_owned(), json!({ "description": "The project.", "content": { "application/json": { "schema": view } } }));
    }
    let of = |name: &str| format!("/api/portal/{name}");
    [
        (of("challenge"), json!({ "get": challenge() })),
        (
            of("validate"),
            json!({ "post": { "operationId": "portal-validate", "summary": "Opens a project by its code", "requestBody": asked("code"), "responses": validate } }),
        ),
        (
            of("refresh"),
            json!({ "post": { "operationId": "portal-refresh", "summary": "Shows the project again", "requestBody": asked("token"), "responses": refresh } }),
        ),
    ]
}

fn body(name: &str) -> Value {
    let text = json!({ "type": "string" });
    match name {
        "code" => {
            json!({ "code": text, "_proof": { "type": "string", "description": "The solved challenge, base64 of JSON" }, "_language": text })
        }
        _ => json!({ "token": text }),
    }
}

fn challenge() -> Value {
    let mut responses = answers(&[Kind::Origin, Kind::Internal, Kind::Unavailable]);
    let schema = json!({ "type": "object", "required": ["challenge"], "properties": { "challenge": solving() } });
    responses.insert(
        "200".to_owned(),
        json!({ "description": "A proof of work to solve, which holds for a minute.", "content": { "application/json": { "schema": schema } } }),
    );
    json!({ "operationId": "portal-challenge", "summary": "What is needed before a code can be sent", "responses": responses })
}

/// The schema of a view.
pub(super) fn view() -> Value {
    let text = json!({ "type": "string" });
    let (time, day) = (json!({ "type": "string", "format": "date-time" }), json!({ "type": "string", "format": "date" }));
    let status = json!({ "enum": ["planned", "in-progress", "waiting", "done", "cancelled"] });
    let list = |required: &[&str], properties: Value| json!({ "type": "array", "items": { "type": "object", "required": required, "properties": properties, "additionalProperties": false } });
    let milestones = list(&["name", "status"], json!({ "name": text, "status": status, "due": day }));
    let deliverables = list(&["name", "status"], json!({ "name": text, "status": status, "link": text }));
    let phases = list(
        &["name", "status"],
        json!({ "name": text, "status": status, "start": day, "end": day, "milestones": milestones, "deliverables": deliverables }),
    );
    let updates = list(&["day", "title"], json!({ "day": day, "title": text, "text": text }));
    let project = json!({ "name": text, "language": text, "status": status, "start": day, "end": day, "closed": day, "phases": phases, "updates": updates });
    let billing = json!({
        "type": ["object", "null"],
        "description": "Null where the project has no client at Stripe; a part is null where Stripe did not answer.",
        "required": ["invoices", "transactions"],
        "properties": { "invoices": { "type": ["array", "null"] }, "transactions": { "type": ["array", "null"] } },
    });
    let properties = Map::from_iter([
        ("token".to_owned(), text),
        ("until".to_owned(), time.clone()),
        ("refreshed".to_owned(), time),
        (
            "project".to_owned(),
            json!({ "type": "object", "required": ["name", "status", "phases", "updates"], "properties": project, "additionalProperties": false }),
        ),
        (
            "progress".to_owned(),
            json!({ "description": "Of each phase, in order.", "type": "array", "items": { "type": ["integer", "null"], "minimum": 0, "maximum": 100 } }),
        ),
        ("billing".to_owned(), billing),
    ]);
    json!({
        "type": "object",
        "required": ["token", "until", "refreshed", "project", "progress", "billing"],
        "properties": properties,
        "additionalProperties": false,
    })
}
