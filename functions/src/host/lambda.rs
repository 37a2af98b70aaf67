//! AWS Lambda behind an HTTP API: events in, answers out.
//!
//! Lambda freezes the program as soon as it has answered. So what is left to do is done before, for a moment; the store has the rest, for
//! later requests and for the jobs.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use lambda_http::request::RequestContext;
use lambda_http::{RequestExt, service_fn};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::HostError;
use crate::ports::{Background, ClientAddress};

/// How long an answer may wait for work that is left.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn serve(endpoints: Router) -> Result<(), HostError> {
    lambda_http::run(service_fn(move |event| answer(endpoints.clone(), event))).await
}

async fn answer(endpoints: Router, event: lambda_http::Request) -> Result<Response, Infallible> {
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
    let _ = timeout(PATIENCE, left.wait()).await;
    Ok(response)
}

/// The client's address, as the gateway saw it.
fn client(event: &lambda_http::Request) -> Option<ClientAddress> {
    let RequestContext::ApiGatewayV2(context) = event.request_context_ref()? else { return None };
    context.http.source_ip.as_deref()?.parse().ok().map(ClientAddress::new)
}
