//! Which tests ran, and how each ended: the report of nextest, the text of `cargo test`, and the lines of `e2e/support/results.js`.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::carried::{Carrier, Test};

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed,
    Skipped,
}

/// A test that was seen to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    place: Place,
    end: End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Rust { binary: String, name: String },
    Node { file: String, line: usize },
}

/// What ran in all steps, and which steps left no results.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    ran: Vec<Ran>,
    missing: Vec<String>,
}

impl Evidence {
    /// Takes what a step left.
    pub(crate) fn add(&mut self, step: &str, results: Result<Vec<Ran>>) {
        match results {
            Ok(ran) if ran.is_empty() => self.missing.push(format!("the step `{step}` ended before any test did")),
            Ok(ran) => self.ran.extend(ran),
            Err(error) => self.missing.push(format!("the step `{step}` left no results: {error:#}")),
        }
    }

    /// The steps that left no results, each in a sentence.
    pub(crate) fn missing(&self) -> &[String] {
        &self.missing
    }

    /// How a test ended, in all places where it ran: nothing where it did not.
    pub(crate) fn of(&self, carrier: &Carrier) -> Option<End> {
        let ends = || self.ran.iter().filter(|ran| is_of(carrier, &ran.place)).map(|ran| ran.end);
        let worst = [End::Failed, End::Skipped, End::Passed];
        worst.into_iter().find(|end| ends().any(|other| other == *end))
    }
}

fn is_of(carrier: &Carrier, place: &Place) -> bool {
    match (&carrier.test, place) {
        (Test::Rust { binary, module }, Place::Rust { binary: ran, name }) => {
            let (path, own) = name.rsplit_once("::").unwrap_or(("", name));
            let is_in = |module: &String| module.is_empty() || path == module || path.starts_with(&format!("{module}::"));
            binary == ran && carrier.name == own && module.as_ref().is_none_or(is_in)
        }
        (Test::Node { line }, Place::Node { file, line: ran }) => carrier.file == *file && line == ran,
        _ => false,
    }
}

/// The report that nextest writes for programs, in JUnit's XML. A test that passed at a second attempt has passed.
///
/// # Errors
///
/// Where it is no XML: nextest was stopped as it wrote it.
pub(crate) fn nextest(report: &str) -> Result<Vec<Ran>> {
    let document = roxmltree::Document::parse(report).context("the report of nextest cannot be read")?;
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    let ran = cases.filter_map(|case| {
        let (binary, name) = (case.attribute("classname")?.to_owned(), case.attribute("name")?.to_owned());
        let has = |tag: &str| case.children().any(|node| node.has_tag_name(tag));
        let end = if has("failure") || has("error") {
            End::Failed
        } else if has("skipped") {
            End::Skipped
        } else {
            End::Passed
        };
        Some(Ran { place: Place::Rust { binary, name }, end })
    });
    Ok(ran.collect())
}

/// What `cargo test` says, both streams in their order. It names programs of tests by the path within their package, so that the
/// package is the one that has such a file.
pub(crate) fn libtest(said: &str, workspace: &Path) -> Vec<Ran> {
    let (mut ran, mut binary) = (Vec::new(), None);
    for line in said.lines() {
        if let Some(program) = line.trim_start().strip_prefix("Running ") {
            binary = program_of(program, workspace);
        } else if let Some((name, end)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
            let end = match end {
                "ok" => End::Passed,
                "FAILED" => End::Failed,
                ignored if ignored.starts_with("ignored") => End::Skipped,
                _ => continue,
            };
            let name = name.trim_end_matches(" - should panic").to_owned();
            ran.extend(binary.clone().map(|binary| Ran { place: Place::Rust { binary, name }, end }));
        }
    }
    ran
}

/// The program of `unittests src/lib.rs (target/debug/deps/registry-0123)` or `tests/portal/main.rs (…)`, as nextest names it.
fn program_of(said: &str, workspace: &Path) -> Option<String> {
    let (path, executable) = said.split_once(" (")?;
    let stem = executable.rsplit('/').next()?.rsplit_once('-')?.0;
    if path.starts_with("unittests src/lib.rs") {
        return Some(stem.to_owned());
    }
    let folder = ["registry", "generator", "functions"].into_iter().find(|folder| workspace.join(folder).join(path).is_file())?;
    Some(format!("{}::{stem}", if folder == "generator" { "plainsite" } else { folder }))
}

/// The lines of `e2e/support/results.js`. A last line that was cut short is left out: its test has not ended.
///
/// # Errors
///
/// Where a line is not as that file writes it.
pub(crate) fn node(lines: &str, workspace: &Path) -> Result<Vec<Ran>> {
    let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| node_line(line, workspace).with_context(|| format!("no result is `{line}`"))).collect()
}

fn node_line(line: &str, workspace: &Path) -> Option<Ran> {
    let told: Value = serde_json::from_str(line).ok()?;
    let file = Path::new(told["file"].as_str()?);
    let file = file.strip_prefix(workspace).unwrap_or(file).to_string_lossy().into_owned();
    let end = match told["end"].as_str()? {
        "passed" => End::Passed,
        "failed" => End::Failed,
        "skipped" => End::Skipped,
        _ => return None,
    };
    Some(Ran { place: Place::Node { file, line: usize::try_from(told["line"].as_u64()?).ok()? }, end })
}
