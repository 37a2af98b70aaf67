//! `plainsite init`: a small site that builds clean, or what an existing folder of Markdown lacks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use walkdir::WalkDir;

use super::{Outcome, Shell};

/// Arguments of `plainsite init`.
#[derive(Debug, clap::Args)]
pub(super) struct InitArguments {
    /// The folder to write into; made if need be
    dir: PathBuf,
}

/// The configuration of a new site.
const CONFIGURATION: &str = include_str!("init/site.yaml");

/// What every site gets.
const FRAME: [(&str, &str); 1] = [("public/.gitignore", "*\n!.gitignore\n")];

/// What a site without a page of its own gets.
const PAGES: [(&str, &str); 5] = [
    ("content/privacy.yaml", include_str!("init/privacy.yaml")),
    ("content/_index.md", include_str!("init/_index.md")),
    ("content/privacy.md", include_str!("init/privacy.md")),
    ("content/posts/_index.md", include_str!("init/posts.md")),
    ("content/posts/2026-01-05-hello.md", include_str!("init/hello.md")),
];

pub(super) fn init(shell: &Shell, arguments: &InitArguments) -> anyhow::Result<Outcome> {
    let dir = shell.root.join(&arguments.dir);
    let has_pages = pages_below(&dir.join("content"));
    let mut files = FRAME.to_vec();
    if has_pages == 0 {
        files.push(("content/site.yaml", CONFIGURATION));
        files.extend(PAGES);
    } else {
        // The menus name pages that only a new site has.
        files.push(("content/site.yaml", CONFIGURATION.split("\nmenus:").next().unwrap_or(CONFIGURATION)));
    }
    for (name, text) in files {
        write_new(shell, &dir.join(name), text)?;
    }
    if has_pages > 0 {
        shell.print(&format!("`content/` has {has_pages} pages already, so none was added"));
    } else if fs::read_dir(&dir).is_ok_and(|mut entries| entries.any(|e| e.is_ok_and(|e| e.path().extension().is_some_and(|x| x == "md"))))
    {
        shell.say("note: the Markdown files beside `content/` are not a part of the site: move those you want to publish into it");
    }
    let shown = dir.display();
    shell.print(&format!("next: `plainsite serve --root {shown}`, and change `{shown}/content/site.yaml`"));
    Ok(Outcome::Clean)
}

fn pages_below(content: &Path) -> usize {
    let files = WalkDir::new(content).into_iter().filter_map(Result::ok);
    files.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "md")).count()
}

/// Writes a file unless there is one.
fn write_new(shell: &Shell, path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    match fs::File::create_new(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => shell.print(&format!("kept  `{}`", path.display())),
        file => {
            let mut file = file.with_context(|| format!("cannot write `{}`", path.display()))?;
            std::io::Write::write_all(&mut file, text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
            shell.print(&format!("wrote `{}`", path.display()));
        }
    }
    Ok(())
}
