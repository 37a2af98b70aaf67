//! The developers' commands: `cargo xtask check`, `ci` and `bench`. What each one does is in its own module.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod gate;
mod needs;
mod promises;
mod report;
mod steps;

/// The developers' commands of Plainsite.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Formatting, lints and the fast tests; stops at the first failure
    Check,
    /// Everything a commit has to pass, installing what it needs; runs on after a failure
    Ci {
        /// Also run the benchmark, which takes minutes
        #[arg(long)]
        deep: bool,
    },
    /// Measure builds and saves against their floors
    Bench(bench::Args),
    /// Run one program and print its time and peak memory as JSON
    #[command(hide = true)]
    MeasureChild(bench::MeasureArgs),
}

/// Exits with 0 where all is well, 1 where a step or a figure falls short, 2 where a command could not run at all.
fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check => gate::check(),
        Command::Ci { deep: false } => gate::ci(gate::Depth::Usual),
        Command::Ci { deep: true } => gate::ci(gate::Depth::Deep),
        Command::Bench(args) => bench::run(&args),
        Command::MeasureChild(args) => bench::measure_child(&args),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            report::note(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map_or_else(|| own.clone(), PathBuf::from)
}

/// The cargo that started us, so that a toolchain chosen with `+name` holds for every step.
fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
