//! The router of every endpoint. So far it tells that it is there; forms and the portal join it here.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

/// The endpoints, below `/api`.
pub fn router() -> Router {
    Router::new().route("/health", get(health)).fallback(not_found)
}

/// Whether the functions answer at all. There is no part yet that could be out of reach.
async fn health() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "status": "ok" }))).into_response()
}

/// RFC 9457: an error that programs can read.
async fn not_found() -> Response {
    let body = json!({ "type": "about:blank", "title": "Not Found", "status": 404 });
    let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::NOT_FOUND, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str) -> (StatusCode, String, String) {
        let response = router().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
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
        assert!(body.contains("Not Found"));
    }
}
