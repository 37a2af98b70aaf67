//! A program like the functions' own, with endpoints that only tests need: one that panics, and one that leaves work for after its answer.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use axum::routing::get;
use axum::{Extension, Router};
use functions::ports::{Background, ClientAddress};
use tokio::sync::Notify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let released = Arc::new(Notify::new());
    let later = released.clone();
    let endpoints = Router::new()
        .route("/api/panics", get(async || -> &'static str { panic!("canary") }))
        .route("/api/address", get(async |Extension(client): Extension<ClientAddress>| client.reveal().to_string()))
        .route(
            "/api/later",
            get(async move |Extension(background): Extension<Background>| {
                background.run(async move {
                    later.notified().await;
                    let _ = writeln!(std::io::stderr(), "the work is done");
                });
                "begun"
            }),
        )
        .route("/api/release", get(async move || released.notify_one()));
    match functions::host::run(endpoints).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
