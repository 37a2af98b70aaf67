//! Embeds the contract: what the functions know of the site is resolved from its content while they are compiled.
//!
//! The site is the repository's own, or the one whose root folder the variable `PLAINSITE_SITE` names.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "build/contract.rs"]
mod contract;

fn main() -> io::Result<ExitCode> {
    let folder = |name| env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(format!("`{name}` is not set")));
    let own = folder("CARGO_MANIFEST_DIR")?;
    let root = env::var_os("PLAINSITE_SITE").map_or_else(|| own.join(".."), PathBuf::from);
    let gathered = contract::gather(&root, &own.join("../generator/templates"))?;
    let mut cargo = io::stdout().lock();
    writeln!(cargo, "cargo::rerun-if-env-changed=PLAINSITE_SITE")?;
    for path in &gathered.watched {
        writeln!(cargo, "cargo::rerun-if-changed={}", path.display())?;
    }
    // Functions that came out equal are one: nothing here compares their addresses. The linker that Rust brings knows how, on this system.
    if env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
        writeln!(cargo, "cargo::rustc-link-arg-bin=index=-Wl,--icf=all")?;
    }
    match gathered.contract {
        // In one line: nobody reads it there, and the program is smaller.
        Ok(contract) => {
            write_anew(&folder("OUT_DIR")?.join("contract.json"), &serde_json::to_string(&contract)?).map(|()| ExitCode::SUCCESS)
        }
        Err(mistakes) => {
            for mistake in mistakes {
                writeln!(cargo, "cargo::error={mistake}")?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Writes what is not there already, so that the compiler sees no change where there is none.
fn write_anew(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) { Ok(()) } else { fs::write(path, text) }
}
