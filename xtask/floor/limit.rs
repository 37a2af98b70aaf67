//! The floor of a build: walk, read, parse Markdown, write each page to a folder of its own. On all cores.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pulldown_cmark::{Options, Parser, html};
use rayon::prelude::*;
use walkdir::WalkDir;

/// Builds `content` into `out`, which is not there yet.
pub(crate) fn build(content: &Path, out: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in WalkDir::new(content) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            fs::create_dir_all(out.join(entry.path().strip_prefix(content)?))?;
        } else if entry.path().extension().is_some_and(|extension| extension == "md") {
            files.push(entry.into_path());
        }
    }
    files
        .par_iter()
        .try_for_each(|file| page(file, &out.join(file.strip_prefix(content)?)).with_context(|| format!("cannot build {}", file.display())))
}

/// The front matter is skipped, not read.
fn page(file: &Path, place: &Path) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let body = text.find("\n---\n").map_or(&text[..], |end| &text[end + 5..]);
    let mut markup = String::with_capacity(body.len() * 3 / 2);
    html::push_html(&mut markup, Parser::new_ext(body, Options::ENABLE_TABLES));
    if place.file_stem().is_some_and(|stem| stem == "_index") {
        fs::write(place.with_file_name("index.html"), markup)?;
    } else {
        let folder = place.with_extension("");
        fs::create_dir(&folder)?;
        fs::write(folder.join("index.html"), markup)?;
    }
    Ok(())
}
