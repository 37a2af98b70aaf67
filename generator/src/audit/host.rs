//! A host for one visit: what was built, on loopback, as the host will send it; and a second witness of what was asked for.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::seen::{self, Agreed, Moment, Seen};
use crate::serve::{self, Server};

/// The method and the path of what was asked for.
type Asked = Arc<Mutex<BTreeSet<(String, String)>>>;

/// A host, until it is dropped.
#[derive(Debug)]
pub(super) struct Host {
    /// Its address, without a `/` at the end.
    pub(super) address: String,
    asked: Asked,
    _stop: oneshot::Sender<()>,
}

impl Host {
    /// Opens one.
    pub(super) fn open(built: Arc<Server>, runtime: &Runtime) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot listen on this machine")?;
        listener.set_nonblocking(true)?;
        let address = format!("http://{}", listener.local_addr()?);
        let asked = Asked::default();
        let router = serve::as_hosted(built).layer(axum::middleware::from_fn_with_state(asked.clone(), note));
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            // Connections that browsers keep open end with the runtime.
            tokio::select! {
                _ = axum::serve(listener, router) => {}
                _ = stopped => {}
            }
        });
        Ok(Self { address, asked, _stop: stop })
    }

    /// Adds what was asked for here and not seen in the browser.
    pub(super) fn bear_witness(&self, told: &mut [(seen::State, Seen)]) {
        let seen: BTreeSet<(String, String)> =
            told.iter().flat_map(|(_, seen)| &seen.requests).map(|request| (request.method.clone(), request.url.clone())).collect();
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, last)) = told.last_mut() else { return };
        for (method, url) in asked.difference(&seen) {
            last.requests.push(seen::Request {
                url: url.clone(),
                method: method.clone(),
                kind: "Unseen".to_owned(),
                frame: None,
                by: None,
                at: Moment { page: "/".into(), agreed: Agreed::Nothing },
            });
        }
    }
}

async fn note(State(asked): State<Asked>, request: Request, next: Next) -> Response {
    let what = (request.method().to_string(), request.uri().path().to_owned());
    asked.lock().unwrap_or_else(PoisonError::into_inner).insert(what);
    next.run(request).await
}
