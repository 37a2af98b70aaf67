//! The dev server: builds in memory, watches, serves with the production headers, and tells browsers what changed.
//!
//! It calls the same [`Builder`](crate::build::Builder) as a single build, and writes nothing to the disk.

mod answer;
mod events;
mod reload;
mod state;
mod watch;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use jiff::civil::Date;
use tokio::net::TcpListener;

use crate::site::Drafts;
use crate::source::Disk;
pub(crate) use answer::content_type;
use state::Delivery;
pub use state::{Report, Server};

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site's root.
    pub root: PathBuf,
    /// Which pages belong to it.
    pub drafts: Drafts,
    /// The day of the builds.
    pub today: Date,
    /// The port; without one the first free one from [`FIRST_PORT`] on.
    pub port: Option<u16>,
}

/// The port that is tried first.
pub const FIRST_PORT: u16 = 1717;

/// How many ports are tried.
const PORTS: u16 = 20;

/// Builds the site once, and opens the port.
///
/// # Errors
/// A port that is taken.
pub fn open(options: &Options) -> io::Result<(Arc<Server>, std::net::TcpListener)> {
    let listener = bind(options.port)?;
    listener.set_nonblocking(true)?;
    Ok((Arc::new(Server::new(Disk::new(&options.root), options.drafts, options.today)), listener))
}

fn bind(port: Option<u16>) -> io::Result<std::net::TcpListener> {
    let at = |port| std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    match port {
        Some(port) => at(port),
        None => (FIRST_PORT..FIRST_PORT + PORTS).find_map(|port| at(port).ok()).map_or_else(|| at(0), Ok),
    }
}

/// Serves until `stop` resolves. Every build's report goes to `tell`.
///
/// # Errors
/// A folder that cannot be watched.
pub async fn run(
    server: Arc<Server>,
    listener: std::net::TcpListener,
    tell: impl Fn(&Report) + Send + 'static,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let watcher = watch::start(server.clone(), tell)?;
    let listener = TcpListener::from_std(listener)?;
    let ended = server.clone();
    let stop = async move {
        stop.await;
        // Open event streams would keep the server waiting for its browsers.
        ended.end();
    };
    axum::serve(listener, router(server)).with_graceful_shutdown(stop).await?;
    drop(watcher);
    Ok(())
}

/// Every address of the server: those of the reload script only where there is one.
pub fn router(server: Arc<Server>) -> Router {
    let own = match server.delivery {
        Delivery::Live => Router::new().nest("/_plainsite", reload::router()),
        Delivery::AsHosted => Router::new(),
    };
    own.fallback(answer::page)
        .with_state(server.clone())
        .nest("/api", functions::routes::unconfigured(vec!["the dev server keeps no leads yet".to_owned()]))
        .layer(axum::middleware::from_fn(answer::own_host))
        .layer(axum::middleware::from_fn_with_state(server, answer::production_headers))
}

#[cfg(test)]
mod tests;
