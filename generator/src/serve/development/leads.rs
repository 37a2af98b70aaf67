//! The leads of the store, and how their deliveries stand.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use functions::lead::{DeliveryState, Lead, LeadId, OutboxRow};
use functions::ports::{Filter, StoreError};
use functions::routes::own_origin;
use serde::Serialize;
use serde_json::Value;

use super::{Running, facts, nothing, page, second};
use crate::html::escape;

/// The most leads that are shown.
const MOST: u32 = 100;

/// The newest leads.
pub(super) async fn leads(State(Running { api, .. }): State<Running>) -> Response {
    let store = api.store();
    let found = async {
        let leads = store.leads(&Filter { most: Some(MOST), ..Filter::default() }).await?;
        Ok::<_, StoreError>((leads, store.deliveries(&Filter::default()).await?))
    };
    let (leads, rows) = match found.await {
        Ok(found) => found,
        Err(error) => return page("Leads", &nothing(&escape(&error.to_string()))),
    };
    if leads.is_empty() {
        return page("Leads", &nothing("No lead yet. Open a page of the site that has a form, and send it."));
    }
    let mut deliveries: BTreeMap<LeadId, Vec<OutboxRow>> = BTreeMap::new();
    for row in rows {
        deliveries.entry(row.lead).or_default().push(row);
    }
    let articles: String = leads.iter().map(|lead| shown(lead, deliveries.get(&lead.id).map_or(&[], Vec::as_slice))).collect();
    let main = format!(
        "<form method=\"post\" action=\"/_plainsite/leads/deliver\"><button>Deliver now</button> \
         <span>attempts at once what waits or was given up</span></form>{articles}"
    );
    page("Leads", &main)
}

fn shown(lead: &Lead, rows: &[OutboxRow]) -> String {
    let typed = lead.values.reveal().iter().map(|(name, value)| (name.as_str(), plain(value)));
    let noted = lead.captured.reveal().iter().map(|(kind, value)| (kind.name(), value.clone()));
    let held = match lead.held.is_empty() {
        true => String::new(),
        false => {
            let reasons: Vec<String> = lead.held.iter().map(word).collect();
            format!("<p class=\"held\">Held back as suspected spam: {}</p>", reasons.join(", "))
        }
    };
    format!(
        "<article><h2>{} <small>{}, {}</small></h2><p><code>{}</code></p>{held}{}{}</article>",
        escape(lead.form.as_str()),
        second(lead.received),
        escape(&lead.language),
        lead.id,
        facts(typed.chain(noted)),
        table(rows),
    )
}

fn table(rows: &[OutboxRow]) -> String {
    if rows.is_empty() {
        return nothing("The form delivers it nowhere: <code>deliver:</code> in the form's file says where leads go.");
    }
    let row = |row: &OutboxRow| {
        let state = word(&row.state);
        let failure = row.failure.map(|failure| failure.to_string()).unwrap_or_default();
        let next = if row.state == DeliveryState::Pending { second(row.due) } else { String::new() };
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"{state}\">{state}</td><td>{}</td><td>{failure}</td><td>{next}</td></tr>",
            escape(&row.sink.0),
            row.attempts
        )
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Deliveries\"><table><thead><tr><th scope=\"col\">Delivery</th><th scope=\"col\">State</th>\
         <th scope=\"col\">Attempts</th><th scope=\"col\">Failure</th><th scope=\"col\">Next attempt</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// A value of a form as its visitor typed it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The written name of a word of a closed vocabulary.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).as_ref().map(plain).unwrap_or_default()
}

/// `POST /_plainsite/leads/deliver`, from these pages alone.
pub(super) async fn deliver(State(Running { server, api }): State<Running>, request: Request) -> Response {
    if own_origin(request.headers(), request.uri()).is_err() {
        return (StatusCode::FORBIDDEN, "only the page of leads may ask for this\n").into_response();
    }
    let delivered = match &server.shown().contract {
        Some(contract) => api.deliver_now(contract).await,
        None => Ok(()),
    };
    match delivered {
        Ok(()) => Redirect::to("/_plainsite/leads").into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
