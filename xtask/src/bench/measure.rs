//! One run of one program: wall time, processor time, peak memory.
//!
//! The kernel's account of finished children is the reliable one for peak memory, but it keeps the greatest of all of
//! them. So each run gets a small process of its own to be the parent: `xtask measure-child`. It must be small because
//! a child starts out with its parent's peak.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use crate::report;

/// The program to run and its arguments.
#[derive(clap::Args)]
pub(crate) struct MeasureArgs {
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// Wall time in seconds, from before the start of the process until it was waited for.
    pub(super) wall: f64,
    /// Processor time in seconds, of all threads.
    pub(super) cpu: f64,
    /// The most memory it ever had, in megabytes of a million bytes.
    pub(super) peak: f64,
}

/// The command line's part: runs the program, prints the cost; whether the program succeeded.
pub(crate) fn measure_child(args: &MeasureArgs) -> Result<bool> {
    let (program, rest) = args.command.split_first().context("no program to measure")?;
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.spawn().and_then(|mut child| child.wait()).with_context(|| format!("cannot run {}", program.display()))?;
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6;
    report::result(&json!({ "wall": wall, "cpu": cpu, "peak": peak_bytes(usage.max_rss()) / 1e6 }).to_string());
    Ok(status.success())
}

/// Linux and the BSDs count in kilobytes, macOS in bytes.
fn peak_bytes(max_rss: i64) -> f64 {
    if cfg!(target_os = "macos") { max_rss as f64 } else { max_rss as f64 * 1024.0 }
}

/// Runs a program through `measure-child`. One that fails is an error with the end of what it wrote.
pub(super) fn cost(program: &OsStr, args: &[&OsStr]) -> Result<Cost> {
    let shown = || {
        let parts: Vec<String> = std::iter::once(&program).chain(args).map(|part| part.display().to_string()).collect();
        parts.join(" ")
    };
    let output = Command::new(std::env::current_exe()?)
        .arg("measure-child")
        .arg("--")
        .arg(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .context("cannot start the measuring process")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().collect();
        bail!("{} failed:\n{}", shown(), lines[lines.len().saturating_sub(20)..].join("\n"));
    }
    let value: Value = serde_json::from_slice(&output.stdout).context("the measuring process printed no cost")?;
    let number = |name: &str| value[name].as_f64().with_context(|| format!("the cost has no `{name}`"));
    Ok(Cost { wall: number("wall")?, cpu: number("cpu")?, peak: number("peak")? })
}
