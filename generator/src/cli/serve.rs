//! `plainsite serve`.

use std::time::Duration;

use anyhow::Context;
use registry::diagnostic::has_errors;

use functions::log::{Event, Log};

use super::{Outcome, Shell, counted, drafts, on_terminal};
use crate::build::Changes;
use crate::report::{Format, Style};
use crate::serve::{self, Options, Report};

/// Arguments of `plainsite serve`.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArguments {
    /// The port; the first free one from 1717 on when absent
    #[arg(long)]
    port: Option<u16>,
    /// Show pages marked `draft: true` too
    #[arg(long)]
    drafts: bool,
}

pub(super) fn serve(shell: &Shell, arguments: &ServeArguments) -> anyhow::Result<Outcome> {
    let root = shell.root.canonicalize().with_context(|| format!("there is no folder `{}`", shell.root.display()))?;
    let options = Options { root, drafts: drafts(arguments.drafts), today: shell.today, port: arguments.port };
    let (server, listener) = serve::open(&options).with_context(|| match arguments.port {
        Some(port) => format!("cannot listen on port {port}; another `--port` may be free"),
        None => "cannot listen on this machine".to_owned(),
    })?;
    if crate::write::recover(&shell.public())? {
        shell.say("completed a build of `public/` that was cut short");
    }
    let first = server.rebuild(Changes::Everything);
    let teller = { Shell { root: shell.root.clone(), format: shell.format, today: shell.today } };
    let told = server.clone();
    let tell = move |report: &Report| teller.tell(report, &told.text(&report.diagnostics, Style::Coloured));
    tell(&first);
    let address = listener.local_addr()?;
    let portal = server.portal().map(|path| format!("    http://{address}{path}#{} opens a sample project\n", serve::SAMPLE_CODE));
    shell.print(&format!(
        "\n    http://{address}/\n    http://{address}/_plainsite/ shows e-mails, leads, checks and the registry\n{}",
        portal.unwrap_or_default()
    ));
    if on_terminal() {
        shell.say("Ctrl+C ends it");
    }
    let writer = { Shell { root: shell.root.clone(), format: shell.format, today: shell.today } };
    let log = Log::new(move |event| writer.log(event));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve::run(server, listener, tell, log, interrupted()))?;
    runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(Outcome::Clean)
}

async fn interrupted() {
    // Without a way to be interrupted, the process is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What the functions did, in a line.
fn line(event: &Event<'_>) -> String {
    match event {
        Event::Answered { method, route, status, millis, .. } => format!("{method} {route}: {status} in {millis} ms"),
        Event::Accepted { lead, held: [], .. } => format!("stored lead {lead}"),
        Event::Accepted { lead, .. } => format!("stored lead {lead}, held back as suspected spam"),
        Event::Delivered { sink, failure: None, .. } => format!("delivered to {sink}"),
        Event::Delivered { sink, failure: Some(failure), given_up, .. } => {
            let end = if *given_up { "given up" } else { "tried again later" };
            format!("not delivered to {sink}: {failure}; {end}")
        }
        Event::Stopped { sink, failure, seconds } => {
            let end = seconds.map_or_else(|| "until somebody mends it".to_owned(), |seconds| format!("for {seconds} s"));
            format!("nothing is delivered to {sink} {end}: {failure}")
        }
        Event::BillingFailed { list, failure } => format!("the {list} of a client could not be had: {failure}"),
        Event::StoreFailed { store, failure } => format!("the store {store} failed: {failure}"),
        Event::Panicked { file, line } => format!("a fault of our own at {file}:{line}"),
        Event::Expired { rules, records } => {
            let rules: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
            format!("{records} records are past the period of {}, and gone", rules.join(", "))
        }
        Event::Worked { failure: None, .. } => "a privacy request is a step further".to_owned(),
        Event::Worked { failure: Some(failure), .. } => format!("a privacy request waits: {failure}; tried again later"),
        Event::Ran { job, done } => format!("the job {job} has run: {done} done"),
        Event::Configuration { problem } => format!("the functions are not ready: {problem}"),
    }
}

impl Shell {
    /// Tells what the functions did: a line, or an object for machines.
    fn log(&self, event: &Event<'_>) {
        match self.format {
            Format::Json => self.say(&serde_json::to_string(event).unwrap_or_default()),
            Format::Human | Format::Short => self.say(&line(event)),
        }
    }

    fn tell(&self, report: &Report, text: &str) {
        if !report.diagnostics.is_empty() {
            self.say(text);
        }
        let what = match report.changed.as_slice() {
            [] => "the site".to_owned(),
            [one] => one.clone(),
            [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        };
        let took = report.took.as_secs_f64() * 1e3;
        match report.files {
            Some(_) => self.say(&format!("built {what} in {took:.1} ms")),
            None if has_errors(&report.diagnostics) => {
                self.say(&format!("{} in {what}; the last good site is still shown", counted(&report.diagnostics)))
            }
            None => {}
        }
    }
}
