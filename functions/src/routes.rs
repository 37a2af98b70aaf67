//! The router of every endpoint.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use crate::problem::{Kind, Problem};

/// The endpoints, below `/api`.
pub fn router() -> Router {
    Router::new().route("/health", get(health)).fallback(not_found).layer(axum::middleware::map_response(never_stored))
}

/// Nothing of the functions is ever kept on the way.
async fn never_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether the functions answer at all.
async fn health() -> Response {
    axum::Json(json!({ "status": "ok" })).into_response()
}

async fn not_found() -> Problem {
    Kind::NotFound.into()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str) -> (StatusCode, String, String) {
        let response = router().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn it_answers_and_says_what_is_not_there() {
        assert_eq!(ask("/health").await, (StatusCode::OK, "application/json".into(), r#"{"status":"ok"}"#.into()));
        let (status, kind, body) = ask("/nothing").await;
        assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
        assert!(body.contains("urn:plainsite:problem:not-found"), "{body}");
    }
}
