//! The program that a host runs.

use std::io::Write;
use std::process::ExitCode;

use functions::app::App;
use functions::log::Log;
use functions::{host, routes};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let endpoints = match App::from_environment() {
        Ok(app) => routes::router(app),
        // A program that ended here would be started again and again, and tell nobody why.
        Err(problems) => routes::unconfigured(problems, Log::default()),
    };
    match host::run(endpoints).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
