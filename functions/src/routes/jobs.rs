//! What the host's clock calls. Each call does what is due; calling twice, late or never loses nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::fulfilment::Fulfilment;
use crate::health::{self, OUTBOX_JOB, RETENTION_JOB};
use crate::log::Event;
use crate::outbox::Done;
use crate::ports::{Notice, Report, Store, StoreError};
use crate::problem::{Kind, Problem};
use crate::retention;

/// How long a call works at most. The host ends it after ten seconds.
const TIME: Duration = Duration::from_secs(8);

/// The job under which it is noted when operations were last told of jobs that stay away.
const LATE: &str = "late";

/// How long that lasts before they are told again.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);

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
    watch(app, store, now).await?;
    Ok(done)
}

/// Works off what is due for privacy requests, tells operations of what waits for a person, and forgets links that have run out.
async fn promises(fulfilment: &Fulfilment) -> Result<(), StoreError> {
    fulfilment.run(TIME).await?;
    fulfilment.remind().await?;
    fulfilment.forget().await.map(drop)
}

/// `GET /api/jobs/retention`: lets go what is past its period, and tells operations what went. What takes longer than a call goes on at the
/// next one.
pub(super) async fn retention(State(app): State<App>, headers: HeaderMap) -> Response {
    if !authorized(&app, &headers) {
        return Problem::from(Kind::Unauthorized).into_response();
    }
    for store in app.stores.iter() {
        // What is past its period goes all the same.
        if let Err(error @ StoreError::Restored) = store.whole().await {
            app.log.write(&Event::StoreFailed { store: store.name(), failure: error.failure() });
        }
    }
    let report = expire(&app).await;
    match report.failed {
        None => Json(report).into_response(),
        Some((store, failure)) => {
            app.log.write(&Event::StoreFailed { store, failure });
            Problem::from(Kind::Unavailable).retry_after(60).into_response()
        }
    }
}

async fn expire(app: &App) -> Report {
    let now = app.clock.now();
    let mut report = retention::run(&app.contract, &app.retained(), now, TIME).await;
    for gone in report.gone.iter().chain([&report.void]) {
        app.log.write(&Event::Expired { rules: &gone.rules, records: gone.records });
    }
    let records = report.gone.iter().map(|gone| gone.records).sum();
    app.log.write(&Event::Ran { job: RETENTION_JOB, done: records });
    if let Some(operations) = app.operations.as_ref().filter(|_| records > 0) {
        // What went is gone, whether or not anybody can be told; the log has it too.
        let _ = operations.tell(&Notice::Retention(report.clone()), &format!("{RETENTION_JOB}/{}", now.as_second())).await;
    }
    for store in app.stores.iter() {
        let noted = async {
            if report.finished {
                store.ran(RETENTION_JOB, now).await?;
            }
            watch(app, store, now).await
        };
        if let Err(error) = noted.await {
            report.failed.get_or_insert((store.name(), error.failure()));
        }
    }
    report
}

/// Tells operations of jobs that stay away, once a day: each job looks after the others, since one that is not called cannot tell.
async fn watch(app: &App, store: &Arc<dyn Store>, now: Timestamp) -> Result<(), StoreError> {
    health::expect(store, now).await?;
    let late = health::late(store, now).await?;
    let told = store.last_run(LATE).await?;
    let Some(operations) = app.operations.as_ref().filter(|_| !late.is_empty()) else { return Ok(()) };
    if told.is_some_and(|told| now.duration_since(told) < AGAIN) {
        return Ok(());
    }
    match operations.tell(&Notice::Late(late), &format!("{LATE}/{}", now.as_second())).await {
        Ok(()) => store.ran(LATE, now).await,
        Err(_) => Ok(()),
    }
}

/// Whether a call brings the jobs' secret. Without one that is set, nobody does.
fn authorized(app: &App, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    app.config.cron_secret.as_ref().is_some_and(|secret| {
        let wanted = format!("Bearer {}", secret.expose_secret());
        bool::from(wanted.as_bytes().ct_eq(given))
    })
}
