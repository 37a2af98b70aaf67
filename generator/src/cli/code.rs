//! `plainsite code`: project codes are handed out, listed and revoked.

use anyhow::{Context, bail};
use functions::code::{self, Code};
use functions::guard::Keys;
use functions::ports::Projects;
use functions::project::{CodeHash, Issued, ProjectId};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value as Json, json};

use super::leads::minute;
use super::listing::Listing;
use super::{Outcome, Shell, build, stores};
use crate::report::Format;

/// The variable that codes are hashed with, and the fewest characters that the functions take.
const SECRET: (&str, usize) = ("PLAINSITE_SECRET", 32);

/// Arguments of `plainsite code`.
#[derive(Debug, clap::Args)]
pub(super) struct CodeArguments {
    #[command(subcommand)]
    command: CodeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CodeCommand {
    /// Make a code that opens a project, and print it this once: only a hash of it is kept
    New {
        /// The project's id
        project: String,
    },
    /// Revoke a code: from then on it opens nothing
    Revoke {
        /// The code's id, as `plainsite code list` has it, or the code itself
        code: String,
    },
    /// List codes by their ids, the newest first, with their projects
    List,
}

pub(super) fn code(shell: &Shell, arguments: &CodeArguments) -> anyhow::Result<Outcome> {
    stores::with_projects(async |projects| match &arguments.command {
        CodeCommand::New { project } => new(shell, projects, project).await,
        CodeCommand::Revoke { code } => revoke(shell, projects, code).await,
        CodeCommand::List => {
            shell.print(&listed(&projects.codes().await?, shell.format));
            Ok(Outcome::Clean)
        }
    })
}

async fn new(shell: &Shell, projects: &dyn Projects, project: &str) -> anyhow::Result<Outcome> {
    let keys = keys()?;
    let code = code::generate().ok().context("the system has no random bytes")?;
    let issued = code::issued(ProjectId(project.to_owned()), Timestamp::now()).ok().context("the system has no random bytes")?;
    if !projects.issue(&code::hash(&keys, &code), &issued).await? {
        shell.say(&format!(
            "error: there is no project `{}`\nhelp: `plainsite projects list` has those that there are",
            project.escape_debug()
        ));
        return Ok(Outcome::Faulty);
    }
    // The code alone goes to who reads our output; what a person needs beside it goes to the terminal.
    shell.print(&code.grouped());
    shell.say(&format!("it opens the project `{project}`, and is shown this once; its id is {}", issued.id));
    if let Some(link) = link(shell, &code) {
        shell.say(&format!("with a link: {link}"));
    }
    Ok(Outcome::Clean)
}

/// The portal's address with the code in its fragment, which no server sees; none where the site has no address.
fn link(shell: &Shell, code: &Code) -> Option<String> {
    let built = build::once(false, shell.today, &shell.disk().ok()?);
    let base = built.contract().site.base_url;
    (!base.is_empty()).then(|| format!("{}/portal/#{}", base.trim_end_matches('/'), code.grouped()))
}

async fn revoke(shell: &Shell, projects: &dyn Projects, text: &str) -> anyhow::Result<Outcome> {
    let codes = projects.codes().await?;
    let by_id = codes.iter().find(|(_, issued)| issued.id == text);
    let found = match (by_id, code::read(text)) {
        (Some(found), _) => Some(found),
        (None, Some(code)) => {
            let hash = code::hash(&keys()?, &code);
            codes.iter().find(|(known, _)| *known == hash)
        }
        (None, None) => None,
    };
    let Some((_, issued)) = found else {
        shell.say("error: there is no such code\nhelp: `plainsite code list` has the ids of those that there are");
        return Ok(Outcome::Faulty);
    };
    if let Some(revoked) = issued.revoked {
        shell.print(&format!("code {} was revoked before, at {}", issued.id, minute(revoked)));
        return Ok(Outcome::Clean);
    }
    projects.revoke(&issued.id, Timestamp::now()).await?;
    shell.print(&format!("revoked code {} of the project `{}`", issued.id, issued.project));
    Ok(Outcome::Clean)
}

/// The keys of the functions: with another secret, a code would open nothing there.
fn keys() -> anyhow::Result<Keys> {
    let (name, least) = SECRET;
    let secret = std::env::var(name).unwrap_or_default().trim().to_owned();
    if secret.len() < least {
        bail!("`{name}` is not set, or too short\nhelp: set it to the secret that the functions have, since codes are hashed with it");
    }
    Ok(Keys::new(SecretString::from(secret)))
}

fn listed(codes: &[(CodeHash, Issued)], format: Format) -> String {
    if format == Format::Json {
        let shown = |(_, issued): &(CodeHash, Issued)| json!({ "id": issued.id, "project": issued.project, "made": issued.made, "revoked": issued.revoked });
        return format!("{:#}\n", codes.iter().map(shown).collect::<Json>());
    }
    let row = |(_, issued): &(CodeHash, Issued)| {
        [issued.id.clone(), issued.project.to_string(), minute(issued.made), issued.revoked.map(minute).unwrap_or_default()]
    };
    Listing { headings: ["id", "project", "made", "revoked"], rows: codes.iter().map(row).collect() }.text(format)
}
