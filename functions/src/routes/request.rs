//! What is asked of every request: an id, its way from our own pages, a body of a size that is read in time.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Timestamp;
use registry::digest::hex;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::guard;
use crate::log::{Event, Log};
use crate::ports::ClientAddress;
use crate::problem::Kind;
use crate::submission::Encoding;

/// The most bytes of a body.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// The longest that a body may take.
const MOST_TIME: Duration = Duration::from_secs(10);

/// The header that carries a request's id in the answer.
const REQUEST_ID: &str = "x-request-id";

/// A request's id: made here, since one that is sent along could hold anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(pub String);

impl RequestId {
    fn new() -> Self {
        let mut bytes = [0; 8];
        // Without random bytes, requests cannot be told apart in the log, and all else works.
        let _ = getrandom::fill(&mut bytes);
        Self(hex(&bytes))
    }
}

/// Gives a request its id, keeps its answer from being stored on the way, and writes a line about both.
pub(super) async fn observed(State(log): State<Log>, mut request: Request, next: Next) -> Response {
    let (start, id) = (Instant::now(), RequestId::new());
    // The route's own path: that of the request could hold what somebody typed.
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = known(request.method());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::try_from(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    log.write(&Event::Answered {
        request: &id.0,
        method,
        route: &route,
        status: response.status().as_u16(),
        millis: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    response
}

/// A method's name for the log. Clients can make up others, and write anything there.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The id of a request that [`observed`] has seen.
pub(super) fn id(request: &Request) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// Whether a request that changes something comes from a page of the same origin. There are no answers for other sites, so no CORS.
///
/// # Errors
/// It comes from elsewhere, or from no page at all.
pub fn own_origin(headers: &HeaderMap, uri: &Uri) -> Result<(), Kind> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    // Browsers write this one themselves, and no page can.
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return if site == "same-origin" { Ok(()) } else { Err(Kind::Origin) };
    }
    let host = text(header::HOST).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some(("https" | "http", origin)), Some(host)) if origin.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(Kind::Origin),
    }
}

/// The keyed hash of the network that a request came from, where its host saw that.
pub(super) fn network(app: &App, request: &Request, now: Timestamp) -> Option<String> {
    let address = request.extensions().get::<ClientAddress>()?;
    Some(guard::hash(&app.keys.of("address"), address.reveal(), now))
}

/// A body of JSON.
///
/// # Errors
/// As [`body`]; and it is something else, or lacks what is read.
pub(super) async fn json<T: DeserializeOwned>(request: Request) -> Result<T, Kind> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.and_then(Encoding::of) != Some(Encoding::Json) {
        return Err(Kind::MediaType);
    }
    serde_json::from_slice(&body(request).await?).map_err(|_| Kind::Malformed)
}

/// A body, whole.
///
/// # Errors
/// It is too large or too slow, or breaks off.
pub(super) async fn body(request: Request) -> Result<Bytes, Kind> {
    let read = Limited::new(request.into_body(), MOST_BYTES).collect();
    match tokio::time::timeout(MOST_TIME, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Kind::TooLarge),
        Ok(Err(_)) => Err(Kind::Malformed),
        Err(_) => Err(Kind::Slow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(headers: &[(&'static str, &str)]) -> Result<(), Kind> {
        let headers = headers.iter().map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::try_from(*value).unwrap()));
        own_origin(&headers.collect(), &Uri::from_static("/api/contact"))
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let host = ("host", "acme.example");
        assert_eq!(judged(&[host, ("origin", "https://acme.example")]), Ok(()));
        assert_eq!(judged(&[host, ("origin", "null"), ("sec-fetch-site", "same-origin")]), Ok(()), "a page without a referrer");
        for refused in [
            &[host][..],
            &[host, ("origin", "https://evil.example")],
            &[host, ("origin", "https://acme.example.evil.example")],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://acme.example:444")],
            &[host, ("origin", "https://acme.example"), ("sec-fetch-site", "cross-site")],
            &[host, ("sec-fetch-site", "same-site")],
            &[("origin", "https://acme.example")],
        ] {
            assert_eq!(judged(refused), Err(Kind::Origin), "{refused:?}");
        }
    }
}
