//! The dev server's own addresses, below `/_plainsite`: the script in every page, its style, events, what is wrong now.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{Stream, unfold};
use registry::model::{Category, Directive, Localized, Service, ServiceId, System};
use tokio::sync::broadcast::error::RecvError;

use super::events::Event;
use super::state::Server;

const SCRIPT: &str = include_str!("client/reload.js");
const STYLE: &str = include_str!("client/overlay.css");

/// These addresses.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/reload.js", get(async || fixed("text/javascript; charset=utf-8", SCRIPT)))
        .route("/overlay.css", get(async || fixed("text/css; charset=utf-8", STYLE)))
        .route("/problem", get(problem))
        .route("/events", get(events))
}

/// The reload script, as what a page may load.
pub(super) fn service() -> Service {
    let origins = [Directive::Connect, Directive::Script, Directive::Style].map(|directive| (directive, vec!["/_plainsite/".to_owned()]));
    Service {
        id: ServiceId::from("plainsite-serve"),
        label: Localized::everywhere("Reload"),
        does: Localized::everywhere("reloads pages that changed"),
        category: Category::Essential,
        exempt: false,
        purpose: None,
        recipient: None,
        receives: None,
        origins: origins.into(),
        cookies: Vec::new(),
        storage: Vec::new(),
        consent_mode: false,
        loosens: None,
        system: System::Site,
        facts: None,
    }
}

/// A file of the dev server's own.
pub(super) fn fixed(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

/// The tag that brings a page the script; its version is the one of the output that the page is from.
pub(super) fn tag(version: &str) -> String {
    format!("<script src=\"/_plainsite/reload.js?v={version}\" defer></script>")
}

/// What is wrong now, as the terminal says it; empty when nothing is.
async fn problem(State(server): State<Arc<Server>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, server.shown().problem.clone()).into_response()
}

/// The stream of events. It begins with what a page may have missed while it loaded, and ends with the server.
async fn events(State(server): State<Arc<Server>>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let later = server.events.subscribe();
    let shown = server.shown();
    let mut now = vec![Event::Changed { version: shown.version }];
    if !shown.problem.is_empty() {
        now.push(Event::Problem);
    }
    let stream = unfold((now.into_iter(), later, server), async |(mut now, mut later, server)| {
        let event = match now.next() {
            Some(event) => event,
            None => tokio::select! {
                () = server.ended() => return None,
                event = later.recv() => match event {
                    Ok(event) => event,
                    // A browser that slept through many events needs the site as it is now.
                    Err(RecvError::Lagged(_)) => Event::Changed { version: server.shown().version },
                    Err(RecvError::Closed) => return None,
                },
            },
        };
        Some((event.encode(), (now, later, server)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
