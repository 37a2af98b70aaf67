//! The program that a host runs: the router on plain TCP, on loopback, for as long as nobody interrupts it.

use std::io::Write;
use std::net::Ipv4Addr;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 3000)).await?;
    let _ = writeln!(std::io::stderr(), "the functions listen on http://{}/api/health", listener.local_addr()?);
    let app = Router::new().nest("/api", functions::routes::router());
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await
}

async fn interrupted() {
    // Without a way to be interrupted, the process is ended by its host.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
