//! Where lines go: results to standard output, the rest to standard error. A closed pipe is nobody's mistake.

use std::io::Write;

/// A line of the result.
pub(crate) fn result(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A line for whoever is watching.
pub(crate) fn note(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
