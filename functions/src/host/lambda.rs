//! AWS Lambda behind an HTTP API: events in, answers out.
//!
//! Lambda freezes the program as soon as it has answered. So what is left to do is done before, for a moment; the store has the rest, for
//! later requests and for the jobs.

use std::future::ready;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use lambda_http::request::RequestContext;
use lambda_http::{IntoResponse, RequestExt, service_fn};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::HostError;
use crate::ports::{Background, ClientAddress};

/// How long an answer may wait for work that is left.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn serve(endpoints: Router) -> Result<(), HostError> {
    lambda_http::run(service_fn(move |event| answer(endpoints.clone(), event, PATIENCE))).await
}

/// An answer as the gateway takes it.
///
/// All of ours are text in UTF-8. What the runtime would do by itself knows every encoding there is, whose tables are larger than the contract.
struct Answer(lambda_http::Response<lambda_http::Body>);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = lambda_http::Response<lambda_http::Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}

async fn answer(endpoints: Router, event: lambda_http::Request, patience: Duration) -> Result<Answer, HostError> {
    let client = client(&event);
    let left = TaskTracker::new();
    let mut request = event.map(Body::new);
    if let Some(client) = client {
        request.extensions_mut().insert(client);
    }
    let tasks = left.clone();
    request.extensions_mut().insert(Background::new(move |work| drop(tasks.spawn(work))));
    let response = endpoints.oneshot(request).await?;
    left.close();
    // What takes longer goes on when the program is thawed for its next request, or is begun again by whoever finds it in the store.
    let _ = timeout(patience, left.wait()).await;
    let (parts, body) = response.into_parts();
    let body = match String::from_utf8(to_bytes(body, usize::MAX).await?.into()) {
        Ok(text) => lambda_http::Body::Text(text),
        Err(other) => lambda_http::Body::Binary(other.into_bytes()),
    };
    Ok(Answer(lambda_http::Response::from_parts(parts, body)))
}

/// The client's address, as the gateway saw it.
fn client(event: &lambda_http::Request) -> Option<ClientAddress> {
    let RequestContext::ApiGatewayV2(context) = event.request_context_ref()? else { return None };
    context.http.source_ip.as_deref()?.parse().ok().map(ClientAddress::new)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::Extension;
    use axum::routing::get;

    use super::*;

    async fn ask<W: Future<Output = ()> + Send + 'static>(patience: Duration, work: impl Fn() -> W + Clone + Send + Sync + 'static) {
        let endpoint = async move |Extension(background): Extension<Background>| background.run(work());
        let event = lambda_http::Request::new(lambda_http::Body::Empty);
        let response = answer(Router::new().route("/", get(endpoint)), event, patience).await.unwrap();
        assert!(response.0.status().is_success());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_left_is_done_before_the_answer() {
        let done = Arc::new(AtomicBool::new(false));
        let seen = done.clone();
        let work = move || {
            let done = done.clone();
            async move {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                done.store(true, Ordering::SeqCst);
            }
        };
        ask(PATIENCE, work).await;
        assert!(seen.load(Ordering::SeqCst));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_answer_does_not_wait_for_ever() {
        ask(Duration::from_millis(1), std::future::pending).await;
    }
}
