//! What a change has to pass: `check` while working, `ci` before it counts.

use anyhow::Result;

use crate::needs::{self, Npm};
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
    let mut outcomes: Vec<Outcome> = before.iter().map(Step::run).collect();
    outcomes.push(match needs::postgresql() {
        Ok(()) => tests(&[all, "--no-fail-fast"]).run(),
        Err(error) => Outcome::unbegun(TESTS, End::Failed(format!("{error:#}"))),
    });
    outcomes.extend(after.iter().map(Step::run));
    outcomes.push(browser_tests());
    outcomes.push(hosting_tests(depth));
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
    let mut args = if needs::on_path("cargo-nextest").is_some() {
        vec!["nextest", "run", "--workspace"]
    } else {
        vec!["test", "--workspace", "--lib", "--bins", "--examples", "--tests"]
    };
    args.extend(more);
    Step::cargo(TESTS, &args)
}

fn browser_tests() -> Outcome {
    const NAME: &str = "e2e";
    if !crate::workspace().join("e2e/package.json").is_file() {
        return Outcome::unbegun(NAME, End::Skipped("e2e/package.json is not there".to_owned()));
    }
    match needs::chromium().and_then(|()| needs::npm_packages("e2e", Npm::Exactly)).and_then(|()| needs::python_packages()) {
        Ok(()) => Step::program(NAME, "npm", &["test"]).within("e2e").run(),
        Err(error) => Outcome::unbegun(NAME, End::Failed(format!("{error:#}"))),
    }
}

/// The host's own command line builds the repository, and the functions are called as each host calls them. It works on the programs that
/// the tests have built; in depth it builds all as the host does, which takes as long as a release.
fn hosting_tests(depth: Depth) -> Outcome {
    const NAME: &str = "hosting";
    const FOLDER: &str = "e2e/vercel";
    if let Err(error) = needs::npm_packages(FOLDER, Npm::OfThisSystem) {
        return Outcome::unbegun(NAME, End::Failed(format!("{error:#}")));
    }
    let step = Step::program(NAME, "npm", &["test"]).within(FOLDER);
    match depth {
        Depth::Usual => step.run(),
        Depth::Deep => step.env("HOSTING", "whole").run(),
    }
}

/// Prints the summary; whether nothing failed.
fn close(outcomes: &[Outcome]) -> bool {
    report::note("");
    for line in summary(outcomes) {
        report::result(&line);
    }
    !outcomes.iter().any(|outcome| matches!(outcome.end, End::Failed(_)))
}
