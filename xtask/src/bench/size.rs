//! How large the banner is: script and style of a site with three categories and fifteen services of the catalogue, as `gzip -9` sends them.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::figure::{Figure, Unit};

/// The banner's size, in kilobytes of a thousand bytes.
pub(super) const SIZE: &str = "banner-size";

/// The same of well-known banners, without anything that a site configures: the files that they tell sites to load, taken from their npm
/// packages of these versions on 2026-11-21. Tarteaucitron's are its script, its services, its English and its style sheet.
const OTHERS: [(&str, f64); 4] =
    [("cookieconsent_3.1.1", 8.07), ("vanilla-cookieconsent_3.1.0", 15.47), ("tarteaucitronjs_1.34.0", 60.16), ("klaro_0.7.22", 68.88)];

/// Builds the site, and weighs its banner.
pub(super) fn measure() -> Result<Figure> {
    let plainsite = super::programs::tested()?;
    let out = crate::workspace().join("target/banner-size");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let root = crate::workspace().join("xtask/corpus/consent");
    let built = Command::new(plainsite).arg("build").arg("--root").arg(root).arg("--out").arg(&out).stdin(Stdio::null()).output();
    let built = built.context("cannot start plainsite")?;
    if !built.status.success() {
        bail!("the site of the banner does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(out.join("assets"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What stands in pages has a style sheet of its own, which is no part of the banner.
        if name.starts_with("consent.") {
            sizes.push((if name.ends_with(".js") { "script_kB" } else { "style_kB" }, zipped(&entry.path())?));
        }
    }
    ensure!(sizes.len() == 2, "the banner is a script and a style sheet, and there are {}", sizes.len());
    let value = sizes.iter().map(|(_, size)| size).sum();
    let absolute = sizes.into_iter().chain(OTHERS).collect();
    Ok(Figure { name: SIZE, value, unit: Unit::Kilobytes, bound: Some(5.0), decides: true, absolute, samples: Vec::new() })
}

/// A file's size as it is sent, in kilobytes.
fn zipped(file: &Path) -> Result<f64> {
    let zipped = Command::new("gzip").arg("-9nc").arg(file).stdin(Stdio::null()).output().context("cannot start gzip")?;
    ensure!(zipped.status.success(), "gzip ended with {}", zipped.status);
    Ok(zipped.stdout.len() as f64 / 1e3)
}
