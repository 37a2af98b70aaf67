//! `POST /api/forms/{form}`, `POST /api/contact`, and what a form's script needs before it can send.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use registry::derive::schema::{self, Ending};
use registry::model::Form;
use serde_json::json;

use super::accept::{self, Received};
use crate::app::App;
use crate::guard::{self, Difficulty};
use crate::lead::LeadId;
use crate::log::Event;
use crate::ports::{Background, Store};
use crate::problem::{Kind, Problem};
use crate::token;

/// How long deliveries are attempted after a response.
const AFTER_RESPONSE: Duration = Duration::from_secs(20);

/// `GET /api/forms/{form}/challenge`: a token, and a proof of work to solve. Who opens a form has what others left delivered meanwhile.
pub(super) async fn challenge(
    State(app): State<App>,
    Path(form): Path<String>,
    background: Option<Extension<Background>>,
) -> Result<Response, Problem> {
    let form = app.form(&form).ok_or(Kind::NotFound)?;
    let (name, now) = (form.id.as_str(), app.clock.now());
    // A store that cannot be asked is no reason to keep a form from opening; what it shares between instances is not known then.
    let difficulty = match app.stores.first() {
        Some(store) if store.is_shared() && !app.rests(store, now) => match store.level(guard::FORMS, guard::OVERALL, now).await {
            Ok(level) => Difficulty::Load(level),
            Err(error) => {
                app.failed(store, &error, now);
                Difficulty::Fixed
            }
        },
        _ => Difficulty::Fixed,
    };
    let challenge = app.keys.challenge(name, difficulty, token::MOST_AGE, now).map_err(|_| Kind::Internal)?;
    let token = token::issue(&app.keys.of("form token"), name, now);
    if app.looks(now) {
        app.stores.iter().for_each(|store| deliver_later(&app, background.as_deref().cloned(), store));
    }
    Ok(Json(json!({ "token": token, "challenge": challenge })).into_response())
}

/// `POST /api/contact`: the discovery form's own address.
pub(super) async fn contact(State(app): State<App>, request: Request) -> Response {
    send(app, "contact", request).await
}

/// `POST /api/forms/{form}`.
pub(super) async fn named(State(app): State<App>, Path(form): Path<String>, request: Request) -> Response {
    send(app, &form, request).await
}

async fn send(app: App, form: &str, request: Request) -> Response {
    let Some(form) = app.form(form) else { return Problem::from(Kind::NotFound).into_response() };
    let background = request.extensions().get::<Background>().cloned();
    let id = super::request::id(&request);
    match accept::receive(&app, form, request).await {
        Ok(received) => {
            app.log.write(&Event::Accepted { request: &id, lead: received.lead, store: received.store.name(), held: &received.held });
            deliver_later(&app, background, &received.store);
            accepted(&app, form, &received)
        }
        Err(refused) => match refused.again {
            // Who has no script reads a page: the form again, with what was typed and what is wrong.
            Some(typed) => {
                let token = token::issue(&app.keys.of("form token"), form.id.as_str(), app.clock.now());
                app.answers.form(&app.contract, form, &typed, &refused.problem, &token)
            }
            None => refused.problem.into_response(),
        },
    }
}

fn accepted(app: &App, form: &Form, received: &Received) -> Response {
    let id: LeadId = received.lead;
    match received.path {
        guard::Path::Script => (StatusCode::ACCEPTED, Json(json!({ "id": id }))).into_response(),
        guard::Path::Plain => {
            let site = &app.contract.site;
            let end = if site.folders { Ending::Slash } else { Ending::Name };
            let page = schema::thanks(form.id.as_str(), &received.language, &site.languages, end);
            // The reference is in the fragment, which no server and no log sees.
            (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{page}#{id}"))]).into_response()
        }
    }
}

/// Attempts deliveries after the response. Where the host gives no time for that, the next request or the job does it.
fn deliver_later(app: &App, background: Option<Background>, store: &Arc<dyn Store>) {
    let (outbox, turns) = (app.outbox(store), app.turns.clone());
    if let Some(background) = background {
        background.run(async move {
            let Some(_mine) = turns.take(&outbox.store).await else { return };
            if let Err(error) = outbox.drain(AFTER_RESPONSE).await {
                outbox.log.write(&Event::StoreFailed { store: outbox.store.name(), failure: error.failure() });
            }
        });
    }
}
