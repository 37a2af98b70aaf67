//! `plainsite policy`: freezes what a policy says now, under its version; and tells people of one before it applies.

mod notify;
mod summary;

use anyhow::Context;
use registry::diagnostic::has_errors;

use super::{Outcome, Shell, counted};
use crate::build::{Builder, Changes};
use crate::document::version::Version;
use crate::site::Drafts;

/// Arguments of `plainsite policy`.
#[derive(Debug, clap::Args)]
pub(super) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PolicyCommand {
    /// Keep the policy as it reads now, in every language, under the version that its front matter names
    Publish {
        /// The policy: what its pages have as `policy:`
        #[arg(default_value = "privacy")]
        name: String,
    },
    /// Send the promised notice of a version to come to the addresses of the leads, each once, with what changes; run it again to go on
    Notify(notify::NotifyArguments),
}

pub(super) fn policy(shell: &Shell, arguments: &PolicyArguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        PolicyCommand::Publish { name } => publish(shell, name),
        PolicyCommand::Notify(arguments) => notify::notify(shell, arguments),
    }
}

fn publish(shell: &Shell, name: &str) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let mut builder = Builder::new(Drafts::Left, shell.today);
    let build = builder.build(&source, Changes::Everything);
    shell.show(&build.diagnostics, &source, false);
    if has_errors(&build.diagnostics) {
        shell.say(&format!("{}; nothing was published", counted(&build.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    let version = match builder.version(&build, name) {
        Ok(version) => version,
        Err(error) => {
            shell.say(&format!("error: {error}"));
            return Ok(Outcome::Faulty);
        }
    };
    let path = Version::path(&version.policy, &version.version);
    let file = shell.root.join(&path);
    let folder = file.parent().unwrap_or(&file);
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    std::fs::write(&file, version.to_json()).with_context(|| format!("cannot write `{}`", file.display()))?;
    shell.print(&format!(
        "published version {} of `{}` in {}: it applies from {}, and lies in `{path}`",
        version.version,
        version.policy,
        version.texts.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        version.effective,
    ));
    Ok(Outcome::Clean)
}
