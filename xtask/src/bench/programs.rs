//! The programs that are measured: built by cargo in release mode, found by what cargo says that it built.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Args, Work, builds, peers};
use crate::report;

/// Paths of the programs of one run.
pub(super) struct Programs {
    pub(super) ours: PathBuf,
    /// Built with `minify: full`, where it was asked for.
    pub(super) ours_full: Option<PathBuf>,
    pub(super) floor: PathBuf,
    pub(super) hugo: Option<PathBuf>,
}

/// Builds the program that the tests use, for what does not depend on how a program was built itself; its path.
pub(super) fn tested() -> Result<PathBuf> {
    let built = Command::new(crate::cargo())
        .args(["build", "--quiet", "--package", "plainsite"])
        .current_dir(crate::workspace())
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo")?;
    if !built.success() {
        bail!("plainsite does not build");
    }
    Ok(crate::workspace().join("target/debug/plainsite"))
}

/// The arguments that build the floor.
const FLOOR: [&str; 6] = ["--package", "xtask", "--features", "floor", "--bin", "floor"];

impl Programs {
    /// Builds the program of the functions, and the floor that sends to it; their paths.
    pub(super) fn functions() -> Result<(PathBuf, PathBuf)> {
        // Each by itself: features that the floor asks of shared dependencies are none of the program's.
        // Ours as the host does, in the folder that has it compiled for size.
        Ok((built_in("functions", &["--bin", "index"], "index")?, built(&FLOOR, "floor")?))
    }

    /// Builds what the figures asked for need.
    pub(super) fn build(work: &Work, args: &Args) -> Result<Self> {
        let floor = built(&FLOOR, "floor")?;
        let ours = built(&["--package", "plainsite", "--bin", "plainsite"], "plainsite")?;
        let target = work.folder("target-full");
        let ours_full = match (args.wants(builds::COLD_FULL), args.full) {
            (true, true) => Some(built(
                &[
                    "--package",
                    "plainsite",
                    "--bin",
                    "plainsite",
                    "--features",
                    "minify-full",
                    "--target-dir",
                    &target.display().to_string(),
                ],
                "plainsite",
            )?),
            (true, false) => {
                report::note("note: cold-build-minify-full is measured only with --full");
                None
            }
            (false, _) => None,
        };
        let hugo = if args.peers { peers::hugo(work)? } else { None };
        Ok(Self { ours, ours_full, floor, hugo })
    }
}

/// Runs `cargo build --release` and returns the program of that name.
fn built(args: &[&str], program: &str) -> Result<PathBuf> {
    built_in("", args, program)
}

/// The same, started in a folder of the workspace.
fn built_in(folder: &str, args: &[&str], program: &str) -> Result<PathBuf> {
    report::note(&format!("cargo build --release {}", args.join(" ")));
    let output = Command::new(crate::cargo())
        .args(["build", "--release", "--quiet", "--message-format", "json-render-diagnostics"])
        .args(args)
        .current_dir(crate::workspace().join(folder))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{program} does not build");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no program `{program}`"))
}
