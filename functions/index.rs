//! The program that a host runs.

use std::io::Write;
use std::process::ExitCode;

use axum::Router;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match functions::host::run(Router::new().nest("/api", functions::routes::router())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
