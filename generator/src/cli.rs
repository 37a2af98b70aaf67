//! The command line: arguments, reports, exit codes. 0 is clean, 1 is a fault of the site, 2 a fault of the world.

mod audit;
mod build;
mod code;
mod doctor;
mod explain;
mod export;
mod init;
mod leads;
mod listing;
mod new;
mod outbox;
mod policy;
mod projects;
mod receipts;
mod requests;
mod retention;
mod serve;
mod stores;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Severity};

use crate::render::theme::Theme;
use crate::report::{self, Format, Style};
use crate::site::Drafts;
use crate::source::{Disk, Source};

/// Builds websites that keep their privacy promises.
#[derive(Debug, Parser)]
#[command(name = "plainsite", version, about, max_term_width = 100)]
struct Arguments {
    /// The site's root: the folder that holds `content/`
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// How mistakes and lists are shown
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    /// The day of the build, `YYYY-MM-DD`: it decides which version of a policy is in force; today when absent
    #[arg(long, global = true, value_name = "DAY")]
    date: Option<Date>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site into `public/`, if nothing is wrong with it
    Build(build::BuildArguments),
    /// Build in memory, serve on this machine, and reload the browser on every change
    Serve(serve::ServeArguments),
    /// Tell everything that is wrong, and write nothing
    Check(build::CheckArguments),
    /// Watch a browser on every page in every state of consent, and hold what it does against what is declared
    Audit(audit::AuditArguments),
    /// Explain a check, or list all of them
    Explain(explain::ExplainArguments),
    /// Print what the site declares in a form for machines and records
    Export(export::ExportArguments),
    /// Write a small site that builds clean
    Init(init::InitArguments),
    /// Write a new page, post or policy
    New(new::NewArguments),
    /// Publish versions of a policy, and tell people of one before it applies
    Policy(policy::PolicyArguments),
    /// List, export and erase what came in by the forms
    Leads(leads::LeadsArguments),
    /// List, show and export the proofs of cookie choices, and archive the banner that they answer
    Receipts(receipts::ReceiptsArguments),
    /// List and answer privacy requests, export their register, and do erasures again after a backup was restored
    Requests(requests::RequestsArguments),
    /// List deliveries, and have them attempted again
    Outbox(outbox::OutboxArguments),
    /// Remove what is past its period, as the job does every day; or tell what would go, and when
    Retention(retention::RetentionArguments),
    /// Hand out the codes that open projects in the portal, list and revoke them
    Code(code::CodeArguments),
    /// List, import and export the projects that clients see in the portal
    Projects(projects::ProjectsArguments),
    /// Examine the set-up that the environment describes, against what the site declares
    Doctor(doctor::DoctorArguments),
}

/// What all commands share.
struct Shell {
    root: PathBuf,
    format: Format,
    today: Date,
}

/// How a command ended, when nothing outside failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Clean,
    Faulty,
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let Arguments { root, format, date, command } = Arguments::parse();
    let shell = Shell { root, format, today: date.unwrap_or_else(|| jiff::Zoned::now().date()) };
    let outcome = match command {
        Command::Build(arguments) => build::build(&shell, &arguments),
        Command::Serve(arguments) => serve::serve(&shell, &arguments),
        Command::Check(arguments) => build::check(&shell, &arguments),
        Command::Audit(arguments) => audit::audit(&shell, &arguments),
        Command::Explain(arguments) => explain::explain(&shell, &arguments),
        Command::Export(arguments) => export::export(&shell, &arguments),
        Command::Init(arguments) => init::init(&shell, &arguments),
        Command::New(arguments) => new::new(&shell, &arguments),
        Command::Policy(arguments) => policy::policy(&shell, &arguments),
        Command::Leads(arguments) => leads::leads(&shell, &arguments),
        Command::Receipts(arguments) => receipts::receipts(&shell, &arguments),
        Command::Requests(arguments) => requests::requests(&shell, &arguments),
        Command::Outbox(arguments) => outbox::outbox(&shell, &arguments),
        Command::Retention(arguments) => retention::retention(&shell, &arguments),
        Command::Code(arguments) => code::code(&shell, &arguments),
        Command::Projects(arguments) => projects::projects(&shell, &arguments),
        Command::Doctor(arguments) => doctor::doctor(&shell, &arguments),
    };
    let code = match outcome {
        Ok(Outcome::Clean) => 0,
        Ok(Outcome::Faulty) => 1,
        Err(error) => {
            shell.say(&format!("error: {error:#}"));
            2
        }
    };
    std::process::exit(code)
}

impl Shell {
    /// The site on the disk.
    fn disk(&self) -> anyhow::Result<Disk> {
        if !self.root.is_dir() {
            anyhow::bail!("there is no folder `{}`", self.root.display());
        }
        Ok(Disk::new(&self.root))
    }

    /// Where the site is built, unless the author says otherwise.
    fn public(&self) -> PathBuf {
        if self.root == Path::new(".") { "public".into() } else { self.root.join("public") }
    }

    /// Writes a result to standard output.
    fn print(&self, text: &str) {
        // A reader that went away needs no more.
        let _ = writeln!(anstream::stdout(), "{}", text.trim_end());
    }

    /// Writes anything else to standard error.
    fn say(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", text.trim_end());
    }

    /// Shows diagnostics: those a command was asked for as its result, JSON always so.
    fn show(&self, diagnostics: &[Diagnostic], source: &dyn Source, result: bool) {
        let rendered = report::render(diagnostics, self.format, Style::Coloured, &|path| Theme::text(source, path));
        match (rendered.trim().is_empty(), result || self.format == Format::Json) {
            (true, _) => {}
            (false, true) => self.print(&rendered),
            (false, false) => self.say(&rendered),
        }
    }
}

/// `2 errors, 1 warning`; nothing where there are none.
fn counted(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let parts = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" }));
    parts.collect::<Vec<_>>().join(", ")
}

fn drafts(shown: bool) -> Drafts {
    if shown { Drafts::Shown } else { Drafts::Left }
}

fn on_terminal() -> bool {
    std::io::stdout().is_terminal()
}
