//! What the host's clock calls. Each call does what is due; calling twice, late or never loses nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::fulfilment::Fulfilment;
use crate::health::OUTBOX_JOB;
use crate::log::Event;
use crate::outbox::Done;
use crate::ports::{Store, StoreError};
use crate::problem::{Kind, Problem};

/// How long a call works at most. The host ends it after ten seconds.
const TIME: Duration = Duration::from_secs(8);

/// `GET /api/jobs/outbox`: attempts what is due, lets sinks run again that let us in, tells operations what needs a person, and forgets
/// what is void.
pub(super) async fn outbox(State(app): State<App>, headers: HeaderMap) -> Response {
    if !authorized(&app, &headers) {
        return Problem::from(Kind::Unauthorized).into_response();
    }
    let (mut all, mut failed) = (Done::default(), false);
    for store in app.stores.iter() {
        match run(&app, store).await {
            Ok(done) => all = all + done,
            Err(error) => {
                failed = true;
                app.log.write(&Event::StoreFailed { store: store.name(), failure: error.failure() });
            }
        }
    }
    if let Some(fulfilment) = app.fulfilment()
        && let Err(error) = promises(&fulfilment).await
    {
        failed = true;
        app.log.write(&Event::StoreFailed { store: "requests", failure: error.failure() });
    }
    app.log.write(&Event::Ran { job: OUTBOX_JOB, done: all.sent });
    if failed { Problem::from(Kind::Unavailable).retry_after(60).into_response() } else { Json(all).into_response() }
}

async fn run(app: &App, store: &Arc<dyn Store>) -> Result<Done, StoreError> {
    let outbox = app.outbox(store);
    outbox.probe().await?;
    let done = outbox.drain(TIME).await?;
    outbox.alert().await?;
    outbox.digest().await?;
    let now = app.clock.now();
    store.sweep(now).await?;
    store.ran(OUTBOX_JOB, now).await?;
    Ok(done)
}

/// Works off what is due for privacy requests, tells operations of what waits for a person, and forgets links that have run out.
async fn promises(fulfilment: &Fulfilment) -> Result<(), StoreError> {
    fulfilment.run(TIME).await?;
    fulfilment.remind().await?;
    fulfilment.forget().await.map(drop)
}

/// Whether a call brings the jobs' secret. Without one that is set, nobody does.
fn authorized(app: &App, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    app.config.cron_secret.as_ref().is_some_and(|secret| {
        let wanted = format!("Bearer {}", secret.expose_secret());
        bool::from(wanted.as_bytes().ct_eq(given))
    })
}
