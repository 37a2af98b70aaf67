//! `POST /api/consent`: a choice of the banner is kept as a proof where the site declares that, and its cookie is set by the server, since
//! some browsers forget after seven days what a script sets.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use registry::derive::consent::{COOKIE, made};

use super::request;
use crate::app::App;
use crate::guard;
use crate::ports::ClientAddress;
use crate::problem::{Kind, Problem};
use crate::receipt::Receipt;

/// Takes a choice.
pub(super) async fn consent(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    if !app.contract.registry.asks_for_consent() {
        return Err(Kind::NotFound.into());
    }
    request::own_origin(request.headers(), request.uri())?;
    let (now, headers) = (app.clock.now(), request.headers().clone());
    let address = request.extensions().get::<ClientAddress>();
    let address = address.map(|address| guard::hash(&app.keys.of("address"), address.reveal(), now));
    if !is_json(&headers) {
        return Err(Kind::MediaType.into());
    }
    let receipt = Receipt::read(&request::body(request).await?, &app.contract, now)?;
    let mut response = match keep(&app, &receipt, address.as_deref(), now).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    };
    // The choice holds whether or not its proof could be kept.
    if let Some(cookie) = cookie(&app, &receipt, &headers, now) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, &header::CONTENT_TYPE).split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Keeps the receipt, where the site declares receipts and has a database.
async fn keep(app: &App, receipt: &Receipt, address: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let Some(receipts) = app.receipts.as_ref().filter(|_| app.contract.registry.keeps_receipts()) else { return Ok(()) };
    // Of the stores, the database alone is shared, and it is what keeps receipts too.
    let Some(store) = app.stores.iter().find(|store| store.is_shared()) else { return Ok(()) };
    let unavailable = |error| {
        app.failed(store, &error, now);
        Problem::from(Kind::Unavailable).retry_after(30)
    };
    let limit = guard::of_receipts(address);
    if store.count(&limit.name, limit.window, now).await.map_err(unavailable)? > limit.most {
        let (_, until) = guard::window(now, limit.window);
        return Err(Problem::from(Kind::TooMany).retry_after(until.duration_since(now).as_secs().max(1).unsigned_abs()));
    }
    receipts.keep(receipt).await.map_err(unavailable)
}

/// The cookie of a choice. None where the browser has a newer one by now: a receipt that had to wait brings no old choice back.
fn cookie(app: &App, receipt: &Receipt, headers: &HeaderMap, now: Timestamp) -> Option<HeaderValue> {
    let values = text(headers, &header::COOKIE).split(';').filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    if values.filter_map(made).any(|made| made > receipt.decided.as_second()) {
        return None;
    }
    let secure = if text(headers, &header::ORIGIN).starts_with("https:") { ";Secure" } else { "" };
    HeaderValue::try_from(receipt.choice().cookie(&app.contract.registry, now.as_second(), secure)?).ok()
}
