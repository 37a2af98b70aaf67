//! Vercel: HTTP on a port that the host names, and a socket on which it is told when a request's work has ended.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Response};
use tower::ServiceExt;
use vercel_runtime::{AppState, ResponseBody, service_fn};

use super::HostError;
use crate::ports::{Background, ClientAddress};

pub(super) async fn serve(endpoints: Router) -> Result<(), HostError> {
    vercel_runtime::run(service_fn(move |request, state| answer(endpoints.clone(), request, state))).await
}

/// The runtime's own layer for axum drops the state, and with it the time after the response; it also reads bodies of any length.
async fn answer(endpoints: Router, request: vercel_runtime::Request, state: AppState) -> Result<Response<ResponseBody>, HostError> {
    let mut request = request.map(Body::new);
    if let Some(client) = client(request.headers()) {
        request.extensions_mut().insert(client);
    }
    request.extensions_mut().insert(Background::new(move |work| state.wait_until(work)));
    let Ok(response) = endpoints.oneshot(request).await;
    let (parts, body) = response.into_parts();
    // The runtime takes only bodies that threads can share. Ours are short texts, so they are handed over whole.
    let bytes = to_bytes(body, usize::MAX).await?;
    Ok(Response::from_parts(parts, bytes.into()))
}

/// The client's address. The host overwrites both headers, so that nobody else can have written them.
fn client(headers: &HeaderMap) -> Option<ClientAddress> {
    let first = |name| headers.get(name)?.to_str().ok()?.split(',').next()?.trim().parse().ok();
    first("x-real-ip").or_else(|| first("x-forwarded-for")).map(ClientAddress::new)
}

#[cfg(test)]
mod tests {

    #[test]
    fn the_address_is_the_one_that_the_host_writes() {
        let client = |pairs: &[(&'static str, &str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            super::client(&headers.collect()).map(|client| client.reveal().to_string())
        };
        assert_eq!(client(&[("x-real-ip", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2")]), Some("192.0.2.1".into()));
        assert_eq!(client(&[("x-forwarded-for", "2001:db8::1, 192.0.2.2")]), Some("2001:db8::1".into()));
        assert_eq!(client(&[("forwarded", "for=192.0.2.1"), ("x-real-ip", "unknown")]), None);
    }
}
