//! A port of this machine: for development, for tests, and behind a proxy of one's own.

use std::env;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::HostError;
use crate::ports::{Background, ClientAddress};

/// The port where `PORT` says nothing.
const PORT: u16 = 3000;

/// How long requests and the work that they left may take once the program is to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long nobody is let in where the system has nothing left to let them in with.
const PAUSE: Duration = Duration::from_secs(1);

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
    let connections = GracefulShutdown::new();
    let let_in = async {
        loop {
            let (stream, peer) = accept(&listener).await;
            let connection = talk(stream, peer, endpoints.clone(), background.clone());
            // A client that goes away in the midst of a request is no fault of ours.
            tokio::spawn(connections.watch(connection));
        }
    };
    tokio::select! {
        () = let_in => {}
        () = told_to_end() => {}
    }
    drop(listener);
    let done = async {
        connections.shutdown().await;
        left.close();
        left.wait().await;
    };
    let _ = tokio::time::timeout(PATIENCE, done).await;
    Ok(())
}

/// The next connection. One that ended before it was let in is none.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {}
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// One connection, in HTTP/1 alone: whoever is in front speaks it, and the other doubles what is linked for it.
fn talk(stream: TcpStream, peer: SocketAddr, endpoints: Router, background: Background) -> impl GracefulConnection<Error = hyper::Error> {
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        // What this host knows.
        request.extensions_mut().insert(ClientAddress::new(peer.ip()));
        request.extensions_mut().insert(background.clone());
        endpoints.clone().oneshot(request)
    });
    http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer)
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
