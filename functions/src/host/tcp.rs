//! A port of this machine: for development, for tests, and behind a proxy of one's own.

use std::env;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::TaskTracker;

use super::HostError;
use crate::ports::{Background, ClientAddress};

/// The port where `PORT` says nothing.
const PORT: u16 = 3000;

/// How long requests and the work that they left may take once the program is to end.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn serve(endpoints: Router) -> Result<(), HostError> {
    let port = match env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| "`PORT` is not the number of a port")?,
        Err(_) => PORT,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let _ = writeln!(io::stderr(), "the functions listen on http://{}/api/health", listener.local_addr()?);
    let left = TaskTracker::new();
    let tasks = left.clone();
    let background = Background::new(move |work| drop(tasks.spawn(work)));
    let endpoints = endpoints.layer(middleware::from_fn(move |request, next| known(background.clone(), request, next)));
    let service = endpoints.into_make_service_with_connect_info::<SocketAddr>();
    let served = async {
        axum::serve(listener, service).with_graceful_shutdown(told_to_end()).await?;
        left.close();
        left.wait().await;
        Ok(())
    };
    let late = async {
        told_to_end().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        served = served => served,
        () = late => Ok(()),
    }
}

/// Puts what this host knows into a request.
async fn known(background: Background, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        request.extensions_mut().insert(ClientAddress::new(peer));
    }
    request.extensions_mut().insert(background);
    next.run(request).await
}

/// Ends when the program is interrupted or told to end. Without a way to be told, the process is ended by its host.
async fn told_to_end() {
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        },
        _ => std::future::pending().await,
    }
}
