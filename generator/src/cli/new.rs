//! `plainsite new page|post|policy`: a Markdown file with its front matter, ready to be written on.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::{Outcome, Shell};
use crate::document::slug::path_part;

/// Arguments of `plainsite new`.
#[derive(Debug, clap::Args)]
pub(super) struct NewArguments {
    /// What to write
    kind: Kind,
    /// Its title, in quotes
    title: String,
    /// The folder below `content/`; posts go into `posts/` when absent
    #[arg(long = "in", value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The language, for a translation: `fr` makes `name.fr.md`
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// The file's name without its ending; made from the title when absent, and the same for all translations of a page
    #[arg(long)]
    name: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A page
    Page,
    /// A dated post
    Post,
    /// A policy, with the sections that readers look for
    Policy,
}

pub(super) fn new(shell: &Shell, arguments: &NewArguments) -> anyhow::Result<Outcome> {
    let today = shell.today;
    let name = arguments.name.clone().unwrap_or_else(|| path_part(&arguments.title));
    if name.is_empty() || name.contains(['/', '\\']) {
        bail!("no file can be called after `{}`; give it a `--name`", arguments.title);
    }
    let (folder, name) = match arguments.kind {
        Kind::Post => ("posts", format!("{today}-{name}")),
        Kind::Page | Kind::Policy => ("", name),
    };
    let folder = arguments.folder.clone().unwrap_or_else(|| folder.into());
    let ending = arguments.lang.as_ref().map_or_else(|| "md".to_owned(), |code| format!("{code}.md"));
    let path = shell.root.join("content").join(folder).join(format!("{name}.{ending}"));
    let title = serde_json::to_string(&arguments.title)?;
    let text = match arguments.kind {
        Kind::Page => format!("---\ntitle: {title}\ndescription: \n---\n\n"),
        Kind::Post => format!("---\ntitle: {title}\ndescription: \ndate: {today}\ndraft: true\n---\n\n"),
        Kind::Policy => format!("---\ntitle: {title}\nupdated: {today}\n---\n\n{}", include_str!("init/policy.md")),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let mut file = match std::fs::File::create_new(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => bail!("`{}` exists, and stays as it is", path.display()),
        file => file.with_context(|| format!("cannot write `{}`", path.display()))?,
    };
    std::io::Write::write_all(&mut file, text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
    shell.print(&format!("wrote `{}`", path.display()));
    if matches!(arguments.kind, Kind::Post) {
        shell.say("it is a draft: `plainsite serve --drafts` shows it, and without `draft: true` it is published");
    }
    Ok(Outcome::Clean)
}
