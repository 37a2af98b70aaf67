//! What a change has to pass: `check` while working, `ci` before it counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, anyhow, ensure};
use serde_json::Value;

use crate::needs::{self, Npm};
use crate::promises::{self, Evidence, Ran};
use crate::report;
use crate::steps::{End, Outcome, Step, summary};

/// How much `ci` runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    Usual,
    /// With the benchmark.
    Deep,
}

/// The name of the step that runs the tests, which need PostgreSQL.
const TESTS: &str = "tests";

/// The beginning of the names of the tests that only `ci` runs: they mutate every declaration of three registries.
const SLOW: &str = "every_declaration_of_";

/// Formatting, lints and fast tests, each only where the one before it passed.
pub(crate) fn check() -> Result<bool> {
    let steps =
        [fmt(), Step::cargo("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]), tests(&["--", "--skip", SLOW])];
    let mut outcomes = Vec::new();
    for step in steps {
        let outcome = step.run();
        let failed = matches!(outcome.end, End::Failed(_));
        outcomes.push(outcome);
        if failed {
            break;
        }
    }
    Ok(close(&outcomes))
}

/// Every step, also after one has failed: they do not depend on each other, and one run should tell all.
pub(crate) fn ci(depth: Depth) -> Result<bool> {
    let all = "--all-features";
    let before = [fmt(), Step::cargo("clippy", &["clippy", "--workspace", "--all-targets", all, "--", "-D", "warnings"])];
    let after = [
        Step::cargo("doctests", &["test", "--workspace", all, "--doc"]),
        Step::cargo("doc", &["doc", "--workspace", all, "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"),
    ];
    let mut evidence = Evidence::default();
    let mut outcomes: Vec<Outcome> = before.iter().map(Step::run).collect();
    outcomes.push(all_tests(&mut evidence));
    outcomes.extend(after.iter().map(Step::run));
    outcomes.push(browser_tests(&mut evidence));
    outcomes.push(hosting_tests(depth, &mut evidence));
    outcomes.push(promises::step(&evidence));
    if depth == Depth::Deep {
        outcomes.push(Step::cargo("bench", &["xtask", "bench"]).run());
    }
    Ok(close(&outcomes))
}

fn fmt() -> Step {
    Step::cargo("fmt", &["fmt", "--all", "--", "--check"])
}

/// nextest where it is installed. Installing it takes minutes, more than it saves in one run, so `cargo test` stands in.
fn tests(more: &[&str]) -> Step {
    let mut args = if has_nextest() {
        vec!["nextest", "run", "--workspace"]
    } else {
        vec!["test", "--workspace", "--lib", "--bins", "--examples", "--tests"]
    };
    args.extend(more);
    Step::cargo(TESTS, &args)
}

fn has_nextest() -> bool {
    needs::on_path("cargo-nextest").is_some()
}

/// The tests with all features. nextest writes a report; of `cargo test` there is only what it says.
fn all_tests(evidence: &mut Evidence) -> Outcome {
    const ALL: &str = "--all-features";
    if let Err(error) = needs::postgresql() {
        return unbegun(TESTS, error, evidence);
    }
    if !has_nextest() {
        let (outcome, said) = tests(&[ALL, "--no-fail-fast"]).env("CARGO_TERM_COLOR", "never").run_heard();
        evidence.add(TESTS, Ok(promises::libtest(&said, &crate::workspace())));
        return outcome;
    }
    match target() {
        Ok(target) => {
            recorded(tests(&[ALL, "--no-fail-fast", "--profile", "ci"]), &target.join("nextest/ci/junit.xml"), promises::nextest, evidence)
        }
        Err(error) => unbegun(TESTS, error, evidence),
    }
}

/// Where cargo puts what it makes.
fn target() -> Result<PathBuf> {
    let told = Command::new(crate::cargo())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(crate::workspace())
        .output()
        .context("cargo could not be started")?;
    let told: Value = serde_json::from_slice(&told.stdout).context("cargo does not describe the workspace")?;
    told["target_directory"].as_str().map(PathBuf::from).context("cargo does not say where it puts what it makes")
}

/// Runs a step that writes down which tests ran, and takes it up.
fn recorded(step: Step, results: &Path, read: impl Fn(&str) -> Result<Vec<Ran>>, evidence: &mut Evidence) -> Outcome {
    // What an earlier run left proves nothing.
    let gone = fs::remove_file(results).is_ok() || !results.exists();
    let outcome = step.run();
    let text = || -> Result<String> {
        ensure!(gone, "`{}` is an earlier run's, and cannot be removed", results.display());
        fs::read_to_string(results).with_context(|| format!("`{}` cannot be read", results.display()))
    };
    evidence.add(outcome.name, text().and_then(|text| read(&text)));
    outcome
}

fn browser_tests(evidence: &mut Evidence) -> Outcome {
    const NAME: &str = "e2e";
    if !crate::workspace().join("e2e/package.json").is_file() {
        let why = "e2e/package.json is not there";
        evidence.add(NAME, Err(anyhow!(why)));
        return Outcome::unbegun(NAME, End::Skipped(why.to_owned()));
    }
    match needs::chromium().and_then(|()| needs::npm_packages("e2e", Npm::Exactly)).and_then(|()| needs::python_packages()) {
        Ok(()) => by_node(Step::program(NAME, "npm", &["test"]), "e2e", evidence),
        Err(error) => unbegun(NAME, error, evidence),
    }
}

/// The host's own command line builds the repository, and the functions are called as each host calls them. It works on the programs that
/// the tests have built; in depth it builds all as the host does, which takes as long as a release.
fn hosting_tests(depth: Depth, evidence: &mut Evidence) -> Outcome {
    const NAME: &str = "hosting";
    const FOLDER: &str = "e2e/vercel";
    if let Err(error) = needs::npm_packages(FOLDER, Npm::OfThisSystem) {
        return unbegun(NAME, error, evidence);
    }
    let step = Step::program(NAME, "npm", &["test"]);
    match depth {
        Depth::Usual => by_node(step, FOLDER, evidence),
        Depth::Deep => by_node(step.env("HOSTING", "whole"), FOLDER, evidence),
    }
}

/// A step within a folder whose package writes down what ran.
fn by_node(step: Step, folder: &str, evidence: &mut Evidence) -> Outcome {
    let workspace = crate::workspace();
    recorded(step.within(folder), &workspace.join(folder).join("results.jsonl"), |lines| promises::node(lines, &workspace), evidence)
}

/// A step that lacks something to begin with, and proves nothing.
fn unbegun(name: &'static str, error: Error, evidence: &mut Evidence) -> Outcome {
    let why = format!("{error:#}");
    evidence.add(name, Err(error));
    Outcome::unbegun(name, End::Failed(why))
}

/// Prints the summary; whether nothing failed.
fn close(outcomes: &[Outcome]) -> bool {
    report::note("");
    for line in summary(outcomes) {
        report::result(&line);
    }
    !outcomes.iter().any(|outcome| matches!(outcome.end, End::Failed(_)))
}
