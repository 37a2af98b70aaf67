//! The dev server: builds in memory, watches, serves with the production headers, tells browsers what changed, and runs the functions.
//!
//! It calls the same [`Builder`](crate::build::Builder) as a single build, and writes nothing to the disk but the leads of development.

mod answer;
mod api;
mod development;
mod events;
mod reload;
mod sample;
mod state;
mod watch;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use functions::log::Log;
use jiff::civil::Date;
use tokio::net::TcpListener;

use crate::site::Drafts;
use crate::source::Disk;
pub(crate) use answer::content_type;
pub use api::Api;
use events::Event;
pub use sample::CODE as SAMPLE_CODE;
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

/// Serves until `stop` resolves. Every build's report goes to `tell`, and what the functions do to `log`.
///
/// # Errors
/// A folder that cannot be watched; a store of leads that cannot be opened.
pub async fn run(
    server: Arc<Server>,
    listener: std::net::TcpListener,
    tell: impl Fn(&Report) + Send + 'static,
    log: Log,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let told = server.clone();
    let log = Log::new(move |event| {
        log.write(event);
        told.events.send(Event::Activity);
    });
    let api = Arc::new(Api::open(server.disk.root(), log).await?);
    let watcher = watch::start(server.clone(), tell)?;
    let listener = TcpListener::from_std(listener)?;
    let ended = server.clone();
    let stop = async move {
        stop.await;
        // Open event streams would keep the server waiting for its browsers.
        ended.end();
    };
    let service = router(server, api.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    drop(watcher);
    api.end().await;
    Ok(())
}

/// The dev server and the functions behind it, as its addresses need them.
#[derive(Clone, Debug)]
struct Running {
    server: Arc<Server>,
    api: Arc<Api>,
}

/// Every address of the dev server.
pub fn router(server: Arc<Server>, api: Arc<Api>) -> Router {
    let running = Running { server: server.clone(), api };
    let own = Router::new().nest("/_plainsite", reload::router()).fallback(answer::page).with_state(server.clone());
    let all = own.merge(development::router(running.clone()));
    guarded(all.layer(axum::middleware::from_fn_with_state(running, api::answer)), server)
}

/// Every address of a site as its host will send it. Nothing behind the forms is there: nobody sends any.
pub fn as_hosted(server: Arc<Server>) -> Router {
    let functions = functions::routes::unconfigured(vec!["these pages are only looked at".to_owned()], Log::new(|_| {}));
    guarded(Router::new().fallback(answer::page).with_state(server.clone()).nest("/api", functions), server)
}

/// What holds for every address: who may ask, and the headers of the host.
fn guarded(router: Router, server: Arc<Server>) -> Router {
    router
        .layer(axum::middleware::from_fn(answer::own_host))
        .layer(axum::middleware::from_fn_with_state(server, answer::production_headers))
}

#[cfg(test)]
mod tests;
