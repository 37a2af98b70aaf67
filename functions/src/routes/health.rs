//! `GET /api/health`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::health::{Portal, examine};

/// Answers; 503 where no lead can be accepted.
pub(super) async fn health(State(app): State<App>) -> Response {
    let now = app.clock.now();
    let health = match app.health.get(now) {
        Some(health) => health,
        None => {
            let portal = Portal::of(&app.contract.registry, app.projects.as_ref(), app.billing.as_ref()).await;
            let health = examine(&app.stores, &app.sinks, portal, now).await;
            app.health.put(now, &health);
            health
        }
    };
    let status = if health.status == "failing" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(health)).into_response()
}
