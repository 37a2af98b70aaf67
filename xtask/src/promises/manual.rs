//! The list of promises, `docs/promises.md`: made from the facts and from the marks of tests, so that it cannot differ from them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::Promises;
use super::declared::{Keeper, Promise, SITES};

/// Where it is.
pub(crate) const MANUAL: &str = "docs/promises.md";

const PREFACE: &str = "\
# The promises

<!-- Made from `generator/tests/facts/` and the marks above tests: `UPDATE_DOCS=1 cargo test -p xtask promises` -->

Every promise of the [three sites](three-sites.md), what keeps it, and the tests that prove it. `cargo xtask ci` fails where one of
these tests did not run and pass. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add a promise.

Each promise can be read in the site's pages, in both languages, in words that a test looks for. For what is kept by:

- **page**: that is all. It is a statement, about the company or somebody else, and nothing more is claimed than that the site makes it.
- **check**: the build fails where the site and what is declared differ, or where the declaration falls short of the law.
- **browser**: pages, scripts and headers behave as promised, in a real browser.
- **function**: the functions do what is promised as they answer, with real databases and stand-ins of the services.
- **job**: the functions' jobs do it when the time has come.
- **organisation**: the company itself sees to it, outside of this software. Nothing here proves it. Where the company stands beside another
  keeper, that one does its part, and the rest is the company's.
";

/// The list: a table for each site.
pub(crate) fn document(promises: &Promises) -> String {
    let mut text = PREFACE.to_owned();
    for (site, company) in SITES {
        let own = promises.of_site(site);
        let proven = own.iter().filter(|promise| promise.kept.iter().any(|keeper| !matches!(keeper, Keeper::Page | Keeper::Organisation)));
        let only = |keeper: Keeper| own.iter().filter(|promise| promise.kept == [keeper]).count();
        writeln!(
            text,
            "\n## {company}\n\n{} promises. Kept by this software, wholly or in part: {}. Statements alone: {}. Kept by the company alone: \
             {}.\n\n| promise | id | kept by | tests |\n| --- | --- | --- | --- |",
            own.len(),
            proven.count(),
            only(Keeper::Page),
            only(Keeper::Organisation)
        )
        .expect("writing into a string never fails");
        for promise in own {
            row(promises, promise, &mut text);
        }
    }
    text
}

/// What to do where the file is not the list that would be made.
pub(crate) fn stale(promises: &Promises, workspace: &Path) -> Option<String> {
    let is_current = fs::read_to_string(workspace.join(MANUAL)).is_ok_and(|written| written == document(promises));
    (!is_current).then(|| format!("{MANUAL} is stale: run `UPDATE_DOCS=1 cargo test -p xtask promises`, and commit the file"))
}

fn row(promises: &Promises, promise: &Promise, text: &mut String) {
    let kept: Vec<&str> = promise.kept.iter().map(|keeper| keeper.name()).collect();
    let tests: Vec<String> =
        promises.carriers_of(promise).map(|test| format!("`{}`: {}", test.file, test.name.replace('|', "\\|"))).collect();
    writeln!(text, "| {} | `{}` | {} | {} |", promise.words, promise.id, kept.join(", "), tests.join("<br>"))
        .expect("writing into a string never fails");
}
