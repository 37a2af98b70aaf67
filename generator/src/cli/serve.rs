//! `plainsite serve`.

use std::time::Duration;

use anyhow::Context;
use registry::diagnostic::has_errors;

use super::{Outcome, Shell, counted, drafts, on_terminal};
use crate::build::Changes;
use crate::report::Style;
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
    shell.print(&format!("\n    http://{}/\n", listener.local_addr()?));
    if on_terminal() {
        shell.say("Ctrl+C ends it");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve::run(server, listener, tell, interrupted()))?;
    runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(Outcome::Clean)
}

async fn interrupted() {
    // Without a way to be interrupted, the process is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Shell {
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
