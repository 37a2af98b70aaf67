//! The router of every endpoint.

mod accept;
mod forms;
mod health;
mod jobs;
mod openapi;
mod request;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

pub use openapi::document;

use crate::app::App;
use crate::problem::{Kind, Problem};

/// The endpoints, `/api` included.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/contact", post(forms::contact))
        .route("/api/forms/{form}", post(forms::named))
        .route("/api/forms/{form}/challenge", get(forms::challenge))
        .route("/api/health", get(health::health))
        .route("/api/jobs/outbox", get(jobs::outbox))
        .route("/api/openapi.json", get(openapi::openapi))
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn(request::observed))
        .with_state(app)
}

async fn not_found() -> Problem {
    Kind::NotFound.into()
}

async fn other_method() -> Problem {
    Kind::Method.into()
}

/// The panic itself is in the log, by its place.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(_panic: Box<dyn std::any::Any + Send>) -> Response {
    Problem::from(Kind::Internal).into_response()
}
