//! The program on its host: Vercel, AWS Lambda, or a plain address of this machine. The environment tells which.
//!
//! Every host puts into a request's extensions what only it knows: the client's address, and a way to work on after the response.

mod lambda;
mod tcp;
mod vercel;

use std::any::Any;
use std::env;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::log;
use crate::problem::{Kind, Problem};

/// The most bytes of a body.
const MOST: u64 = 16 * 1024;

/// Why a host could not be served.
pub type HostError = Box<dyn std::error::Error + Send + Sync>;

/// Serves the endpoints until the host ends the program.
///
/// # Errors
/// The host's own way in cannot be opened: its port is taken, its interface does not answer.
pub async fn run(endpoints: Router) -> Result<(), HostError> {
    log::hide_panics();
    let endpoints = guarded(endpoints);
    if env::var_os("VERCEL_IPC_PATH").is_some() {
        vercel::serve(endpoints).await
    } else if env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        lambda::serve(endpoints).await
    } else {
        tcp::serve(endpoints).await
    }
}

/// What holds for every endpoint: a body that says it is too large is not read, and a panic is an answer. A host drops the connection of
/// a program that ends in the midst of a request.
fn guarded(endpoints: Router) -> Router {
    endpoints.layer(middleware::from_fn(refuse_large)).layer(CatchPanicLayer::custom(fault))
}

async fn refuse_large(request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MOST) { never_stored(Kind::TooLarge) } else { next.run(request).await }
}

/// The message of a panic may hold what was being read, so nobody sees it.
fn fault(_: Box<dyn Any + Send>) -> Response {
    never_stored(Kind::Internal)
}

fn never_stored(kind: Kind) -> Response {
    let mut response = Problem::from(kind).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::{get, post};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(request: Request) -> (StatusCode, String) {
        async fn panics() {
            panic!("canary");
        }
        let endpoints = Router::new().route("/panics", get(panics)).route("/takes", post(|body: String| async move { body }));
        let response = guarded(endpoints).oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_panic_is_an_answer_without_its_message() {
        let (status, body) = ask(Request::get("/panics").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("urn:plainsite:problem:internal") && !body.contains("canary"), "{body}");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_body_that_announces_too_much_is_refused() {
        let sent = |bytes: usize| Request::post("/takes").header("content-length", bytes).body(Body::from(vec![b'a'; bytes])).unwrap();
        assert_eq!(ask(sent(16 * 1024)).await.0, StatusCode::OK);
        let (status, body) = ask(sent(16 * 1024 + 1)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(body.contains("urn:plainsite:problem:too-large"), "{body}");
    }
}
