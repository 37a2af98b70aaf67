//! The promises of the three sites: what keeps each one, which tests prove that, and whether these have run and passed.
//!
//! What can be known without running them is a test of this crate; what ran is known to `ci` alone.

mod carried;
mod declared;
mod manual;
mod results;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::report;
use crate::steps::{self, Outcome};
use carried::Carrier;
use declared::{FACTS, Keeper, Promise, SITES};
use results::End;
pub(crate) use results::{Evidence, Ran, libtest, nextest, node};

/// The name of the step.
const STEP: &str = "promises";

/// Where tests are that can prove something.
const TESTS: [&str; 7] =
    ["registry/src", "registry/tests", "generator/src", "generator/tests", "functions/src", "functions/tests", "e2e/tests"];

/// What is promised, and the tests that carry it.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    promises: Vec<Promise>,
    carriers: Vec<Carrier>,
    /// What could not be read.
    unread: Vec<String>,
}

impl Promises {
    /// Reads the facts and the marks of all tests.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read; what is wrong in one is told by `faults`.
    pub(crate) fn read(workspace: &Path) -> Result<Self> {
        let mut all = Self::default();
        for (site, _) in SITES {
            let text = text(&workspace.join(FACTS).join(format!("{site}.yaml")))?;
            all.declare(site, &text);
        }
        for folder in TESTS {
            for file in files(&workspace.join(folder))? {
                let name = file.strip_prefix(workspace).context("it was found below the workspace")?.to_string_lossy().into_owned();
                all.carry(&name, &text(&file)?);
            }
        }
        Ok(all)
    }

    fn declare(&mut self, site: &str, text: &str) {
        let (promises, faults) = declared::read(site, text);
        self.promises.extend(promises);
        self.unread.extend(faults);
    }

    fn carry(&mut self, file: &str, text: &str) {
        let (carriers, faults) = carried::read(file, text);
        self.carriers.extend(carriers);
        self.unread.extend(faults);
    }

    fn of_site(&self, site: &str) -> Vec<&Promise> {
        self.promises.iter().filter(|promise| site_of(&promise.id) == site).collect()
    }

    /// The tests that carry a promise, whatever keeps it.
    fn carriers_of<'a>(&'a self, promise: &'a Promise) -> impl Iterator<Item = &'a Carrier> {
        self.carriers.iter().filter(|carrier| promise.kept.iter().any(|keeper| proves(carrier, promise, *keeper)))
    }

    /// What is wrong before anything has run: ids that nobody declares, claims without a test, tests of what nobody claims.
    fn faults(&self) -> Vec<String> {
        let mut faults = self.unread.clone();
        for carrier in &self.carriers {
            faults.extend(carrier.ids.iter().filter_map(|id| self.unclaimed(carrier, id)));
        }
        for promise in &self.promises {
            for keeper in promise.kept.iter().filter(|keeper| !keeper.folders().is_empty()) {
                if !self.carriers.iter().any(|carrier| proves(carrier, promise, *keeper)) {
                    let (id, name, folders) = (&promise.id, keeper.name(), keeper.folders().join("` or `"));
                    faults.push(format!("{id}: kept by `{name}`, and no test below `{folders}` carries it"));
                }
            }
        }
        faults
    }

    /// What is wrong with an id that a test carries.
    fn unclaimed(&self, carrier: &Carrier, id: &str) -> Option<String> {
        let at = format!("{}: {}", carrier.file, carrier.name);
        if let Some(site) = id.strip_suffix("/*") {
            return SITES.iter().all(|(known, _)| *known != site).then(|| format!("{at}: `{id}` names no site"));
        }
        let Some(promise) = self.promises.iter().find(|promise| promise.id == id) else {
            return Some(format!("{at}: no promise has the id `{id}`"));
        };
        let is_claimed = promise.kept.iter().any(|keeper| proves(carrier, promise, *keeper));
        (!is_claimed).then(|| format!("{at}: `{id}` is not kept by anything that this test could prove"))
    }

    /// The claims that what ran does not bear out, each with the test: every test that carries a promise has run and passed.
    fn unproven(&self, evidence: &Evidence) -> Vec<String> {
        let mut faults = Vec::new();
        for promise in &self.promises {
            for carrier in self.carriers_of(promise) {
                let what = match evidence.of(carrier) {
                    Some(End::Passed) => continue,
                    Some(End::Failed) => "failed",
                    Some(End::Skipped) => "was skipped",
                    None => "did not run",
                };
                faults.push(format!("{}: {}: {}: it {what}", promise.id, carrier.file, carrier.name));
            }
        }
        faults
    }
}

/// Whether a test carries a promise as the proof of one of its keepers. That the pages say it is proven for all of a site at once.
fn proves(carrier: &Carrier, promise: &Promise, keeper: Keeper) -> bool {
    let all = format!("{}/*", site_of(&promise.id));
    let carried = if keeper == Keeper::Page { &all } else { &promise.id };
    carrier.ids.contains(carried) && keeper.folders().iter().any(|folder| carrier.file.starts_with(folder))
}

fn site_of(id: &str) -> &str {
    id.split_once('/').map_or("", |(site, _)| site)
}

fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))
}

/// The Rust and JavaScript files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("`{}` cannot be read", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "js") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The step of `ci`: every promise that claims a proof has tests, and all of them ran and passed.
pub(crate) fn step(evidence: &Evidence) -> Outcome {
    report::note(&format!("\n== {STEP}"));
    let end = match Promises::read(&crate::workspace()) {
        Ok(all) => {
            let mut faults = all.faults();
            faults.extend(manual::stale(&all, &crate::workspace()));
            faults.extend(all.unproven(evidence));
            if faults.is_empty() {
                report::note(&format!("{} promises; every test that carries one has run and passed", all.promises.len()));
                steps::End::Passed
            } else {
                evidence.missing().iter().chain(&faults).for_each(|line| report::note(line));
                steps::End::Failed(format!("{} faults of the promises, told above", faults.len()))
            }
        }
        Err(error) => steps::End::Failed(format!("{error:#}")),
    };
    Outcome::unbegun(STEP, end)
}
