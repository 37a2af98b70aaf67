//! `plainsite projects`: clients' projects are listed, imported and exported, a YAML file each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use functions::ports::Projects;
use functions::project::Project;
use registry::diagnostic::Diagnostic;
use serde_json::json;

use super::listing::Listing;
use super::{Outcome, Shell, counted, stores};
use crate::projects;
use crate::report::Format;
use crate::source::Disk;

/// Arguments of `plainsite projects`.
#[derive(Debug, clap::Args)]
pub(super) struct ProjectsArguments {
    #[command(subcommand)]
    command: ProjectsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ProjectsCommand {
    /// List projects
    List,
    /// Read projects from a YAML file, or from all in a folder, in place of those of the same ids; where one has a mistake, none is
    Import {
        /// The file, named by the project's id, or the folder
        from: PathBuf,
    },
    /// Write every project into a folder, as a YAML file named by its id
    Export {
        /// The folder; it is made where there is none
        folder: PathBuf,
    },
}

pub(super) fn projects(shell: &Shell, arguments: &ProjectsArguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ProjectsCommand::List => stores::with_projects(async |store| {
            shell.print(&listed(&store.list().await?, shell.format));
            Ok(Outcome::Clean)
        }),
        ProjectsCommand::Import { from } => {
            // Mistakes are told before any store is asked.
            let (folder, files) = files(from)?;
            let Some(read) = read(shell, &folder, &files)? else { return Ok(Outcome::Faulty) };
            stores::with_projects(async |store| import(shell, store, &read).await)
        }
        ProjectsCommand::Export { folder } => stores::with_projects(async |store| {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
            for project in store.list().await? {
                let path = folder.join(format!("{}.yaml", project.id));
                std::fs::write(&path, projects::write(&project)).with_context(|| format!("cannot write `{}`", path.display()))?;
                shell.print(&format!("wrote {}", path.display()));
            }
            Ok(Outcome::Clean)
        }),
    }
}

/// A folder, and the names of the projects' files in it, sorted.
fn files(from: &Path) -> anyhow::Result<(PathBuf, Vec<Arc<str>>)> {
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(Arc::from);
    if !from.is_dir() {
        let name = name(from).with_context(|| format!("`{}` is no file", from.display()))?;
        let folder = from.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok((folder.to_owned(), vec![name]));
    }
    let mut files: Vec<Arc<str>> = Vec::new();
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))? {
        let path = entry.with_context(|| format!("cannot read `{}`", from.display()))?.path();
        if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            files.extend(name(&path));
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("there is no `.yaml` in `{}`", from.display());
    }
    Ok((from.to_owned(), files))
}

/// The projects of all files; none where one of them has a mistake, which is shown.
fn read(shell: &Shell, folder: &Path, files: &[Arc<str>]) -> anyhow::Result<Option<Vec<Project>>> {
    let (mut read, mut diagnostics) = (Vec::new(), Vec::new());
    for file in files {
        let path = folder.join(&**file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        read.extend(projects::read(file, &text).into_value(&mut diagnostics));
    }
    twice(files, &mut diagnostics);
    if diagnostics.is_empty() {
        return Ok(Some(read));
    }
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    shell.show(&diagnostics, &Disk::new(folder), true);
    shell.say(&format!("{}: nothing was imported", counted(&diagnostics)));
    Ok(None)
}

/// `a.yaml` beside `a.yml`: nobody can say which of them is the project.
fn twice(files: &[Arc<str>], diagnostics: &mut Vec<Diagnostic>) {
    for pair in files.windows(2).filter(|pair| projects::id_of(&pair[0]) == projects::id_of(&pair[1])) {
        diagnostics.push(
            Diagnostic::new(&projects::INVALID_PROJECT, format!("`{}` is the same project", pair[0]))
                .in_file(&pair[1])
                .help("keep one of the two files"),
        );
    }
}

async fn import(shell: &Shell, store: &dyn Projects, read: &[Project]) -> anyhow::Result<Outcome> {
    let before = store.list().await?;
    store.put(read).await?;
    for project in read {
        let done = match before.iter().find(|known| known.id == project.id) {
            None => "new",
            Some(known) if known == project => "unchanged",
            Some(_) => "replaced",
        };
        shell.print(&format!("{done}: {}", project.id));
    }
    Ok(Outcome::Clean)
}

fn listed(found: &[Project], format: Format) -> String {
    if format == Format::Json {
        return format!("{:#}\n", json!(found));
    }
    let status = |project: &Project| json!(project.status).as_str().map(str::to_owned).unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let row = |project: &Project| {
        [project.id.to_string(), status(project), day(project.start), day(project.end), day(project.closed), project.name.clone()]
    };
    Listing { headings: ["project", "status", "start", "end", "closed", "name"], rows: found.iter().map(row).collect() }.text(format)
}
