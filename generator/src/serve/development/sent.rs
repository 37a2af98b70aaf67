//! What the stand-ins of Notion and of the automation were sent.

use axum::extract::State;
use axum::response::Response;
use functions::stand_ins::Call;
use serde_json::Value;

use super::{Running, facts, nothing, page};
use crate::html::escape;

/// The pages of the workspace, the newest first.
pub(super) async fn notion(State(Running { api, .. }): State<Running>) -> Response {
    let pages = api.notion().pages();
    let articles: String = pages.iter().rev().map(written).collect();
    let main = if pages.is_empty() { nothing("No page yet. Send a form that delivers <code>as: page</code>.") } else { articles };
    page("Notion", &main)
}

fn written(page: &Value) -> String {
    let properties = page["properties"].as_object();
    let rows = properties.into_iter().flatten().map(|(name, property)| (name.as_str(), text(property)));
    format!("<article><h2><code>{}</code></h2>{}</article>", escape(page["id"].as_str().unwrap_or_default()), facts(rows))
}

/// A property's value as a workspace shows it.
fn text(property: &Value) -> String {
    let value = &property[property["type"].as_str().unwrap_or_default()];
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"]["content"].as_str()).collect(),
        Value::Object(object) => ["name", "start"].iter().find_map(|key| object.get(*key)?.as_str()).unwrap_or_default().to_owned(),
        other => other.to_string(),
    }
}

/// The calls of the webhook, the newest first.
pub(super) async fn automation(State(Running { api, .. }): State<Running>) -> Response {
    let calls = api.automation().calls();
    let articles: String = calls.iter().rev().map(called).collect();
    let main = if calls.is_empty() { nothing("No call yet. Send a form that delivers <code>as: webhook</code>.") } else { articles };
    page("Automation", &main)
}

fn called(call: &Call) -> String {
    let body = serde_json::to_string_pretty(&call.body).unwrap_or_default();
    let (method, path) = (escape(&call.method), escape(&call.path));
    format!("<article><h2>{method} {path} <small>{} bytes</small></h2><pre tabindex=\"0\">{}</pre></article>", call.bytes, escape(&body))
}
