//! The floors that `cargo xtask bench` measures against: what nobody can do without, and nothing else.
//!
//! `floor limit CONTENT OUT` builds, `floor dev SITE PORT` serves. They are there to be fast and honest, not to be used:
//! they know this one corpus, report nothing to authors, and check nothing. `floor leads PORT FOLDER` sends forms to the functions, in turn
//! with bare transactions; `floor portal FOLDER` has project codes validated, in turn with bare look-ups.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod dev;
#[path = "../src/bench/http.rs"]
mod http;
mod leads;
mod limit;
mod page;
mod portal;
mod serve;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["limit", content, out] => limit::build(Path::new(content), Path::new(out)),
        ["dev", site, port] => dev::watch(Path::new(site), port.parse().context("the port is not a number")?),
        ["leads", port, folder] => leads::send(port.parse().context("the port is not a number")?, Path::new(folder)),
        ["portal", folder] => portal::validate(Path::new(folder)),
        _ => bail!("usage: floor limit CONTENT OUT | floor dev SITE PORT | floor leads PORT FOLDER | floor portal FOLDER"),
    }
}
