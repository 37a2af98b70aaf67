//! The router of every endpoint.

mod accept;
mod consent;
mod forms;
mod health;
mod jobs;
mod openapi;
mod portal;
mod request;
mod requests;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

pub use openapi::document;
pub use request::own_origin;

use crate::app::App;
use crate::log::{Event, Log};
use crate::problem::{Kind, Problem};

/// The endpoints, `/api` included.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/consent", post(consent::consent))
        .route("/api/contact", post(forms::contact))
        .route("/api/forms/{form}", post(forms::named))
        .route("/api/forms/{form}/challenge", get(forms::challenge))
        .route("/api/health", get(health::health))
        .route("/api/portal/challenge", get(portal::challenge))
        .route("/api/portal/validate", post(portal::validate))
        .route("/api/portal/refresh", post(portal::refresh))
        .route("/api/privacy-requests", post(requests::ask))
        .route("/api/privacy-requests/confirm", post(requests::confirm_form))
        .route("/api/privacy-requests/{token}", get(requests::tell).post(requests::press))
        .route("/api/jobs/outbox", get(jobs::outbox))
        .route("/api/jobs/retention", get(jobs::retention))
        .route("/api/openapi.json", get(openapi::openapi))
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(app.log.clone(), request::observed))
        .with_state(app)
}

/// What answers where the environment lacks something: nothing is accepted, and `/api/health` says why. The problems hold no values.
pub fn unconfigured(problems: Vec<String>, log: Log) -> Router {
    for problem in &problems {
        log.write(&Event::Configuration { problem });
    }
    let health = move || async move { (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing", "problems": problems }))) };
    Router::new()
        .route("/api/health", get(health))
        .fallback(|| async { Problem::from(Kind::Unavailable).retry_after(300) })
        .layer(axum::middleware::from_fn_with_state(log, request::observed))
}

async fn not_found() -> Problem {
    Kind::NotFound.into()
}

async fn other_method() -> Problem {
    Kind::Method.into()
}

/// The panic itself is in the log, by its place.
fn panicked(_panic: Box<dyn std::any::Any + Send>) -> Response {
    Problem::from(Kind::Internal).into_response()
}
