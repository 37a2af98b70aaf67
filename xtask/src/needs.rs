//! What the tests need beyond Rust, found or installed: a browser and a database from Debian, packages from npm and from PyPI.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use crate::report;

/// Where a program of this name lies on `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A `chromium` on `PATH`, from Debian's package where there is none.
pub(crate) fn chromium() -> Result<()> {
    if on_path("chromium").is_some() { Ok(()) } else { debian_package("chromium") }
}

/// The programs of PostgreSQL, from Debian's package where there are none. Debian keeps them off `PATH`.
pub(crate) fn postgresql() -> Result<()> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file());
    if debian || on_path("initdb").is_some() { Ok(()) } else { debian_package("postgresql") }
}

/// Installs a package, where there is apt-get and the right to use it.
fn debian_package(name: &str) -> Result<()> {
    if on_path("apt-get").is_none() {
        bail!("`{name}` is missing, and there is no apt-get to install it with: install it, then run this again");
    }
    let root = Uid::effective().is_root();
    if !root && on_path("sudo").is_none() {
        bail!("`{name}` is missing: run `apt-get install --no-install-recommends {name}` as root, then run this again");
    }
    let apt = |args: &[&str]| {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("apt-get");
            sudo
        };
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        finish(command)
    };
    report::note(&format!("\n== installing {name}"));
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", name])
}

/// How npm installs what a lock file names.
#[derive(Clone, Copy)]
pub(crate) enum Npm {
    /// Exactly.
    Exactly,
    /// But for programs of other systems: `npm ci` would want these in the lock file, and not every registry has them.
    OfThisSystem,
}

/// The npm packages of a folder of the workspace, installed where its lock file has changed since.
pub(crate) fn npm_packages(folder: &str, how: Npm) -> Result<()> {
    if on_path("npm").is_none() {
        bail!("no `npm` on PATH: install Node.js, then run this again");
    }
    let folder = crate::workspace().join(folder);
    if is_fresh(&folder) {
        return Ok(());
    }
    let install: &[&str] = match how {
        Npm::Exactly => &["ci"],
        Npm::OfThisSystem => &["install", "--no-save"],
    };
    report::note(&format!("\n== npm {} in {}", install.join(" "), folder.display()));
    let mut command = Command::new("npm");
    command.args(install).args(["--no-audit", "--no-fund"]).current_dir(&folder);
    finish(command)
}

/// Whether what npm noted at its last install is at least as new as the lock file.
fn is_fresh(folder: &Path) -> bool {
    let changed = |file: PathBuf| fs::metadata(file).and_then(|data| data.modified()).ok();
    let installed = changed(folder.join("node_modules/.package-lock.json"));
    let wanted = ["package.json", "package-lock.json"].map(|name| changed(folder.join(name)));
    match installed {
        Some(installed) => wanted.into_iter().flatten().all(|time| time <= installed),
        None => false,
    }
}

/// The folder of the Python that has the packages of the tests.
const PYTHON: &str = "target/python";

/// The Python packages of the browser tests, in an environment of their own, installed anew where the list of them has changed.
pub(crate) fn python_packages() -> Result<()> {
    const LIST: &str = "e2e/outside/requirements.txt";
    let (folder, list) = (crate::workspace().join(PYTHON), crate::workspace().join(LIST));
    let wanted = fs::read(&list).with_context(|| format!("`{LIST}` cannot be read"))?;
    let installed = folder.join("installed.txt");
    if fs::read(&installed).is_ok_and(|known| known == wanted) {
        return Ok(());
    }
    if on_path("python3").is_none() {
        bail!("no `python3` on PATH: install Python, then run this again");
    }
    report::note(&format!("\n== pip install -r {LIST}"));
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(&folder);
    finish(command)?;
    let mut command = Command::new(folder.join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    finish(command)?;
    fs::write(&installed, wanted).with_context(|| format!("`{}` cannot be written", installed.display()))
}

fn finish(mut command: Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().with_context(|| format!("{shown} could not be started"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}
