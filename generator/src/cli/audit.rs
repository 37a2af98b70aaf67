//! `plainsite audit`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use registry::diagnostic::has_errors;

use super::{Outcome, Shell, build, counted};
use crate::audit::belongs::Known;
use crate::audit::judge::{self, Subject};
use crate::audit::report::{self, Report};
use crate::audit::table::{self, Table};
use crate::audit::{self, Options, sample};
use crate::check::silence;
use crate::render::theme::Theme;
use crate::report::Format;
use crate::serve::Server;

/// Arguments of `plainsite audit`.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArguments {
    /// The address of the site where it is served already; without it, it is built and served on this machine
    #[arg(long)]
    url: Option<String>,
    /// Where to leave the report; `audit/` in the site's root when absent
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// The browser, a Chromium; the first of `chromium`, `chromium-browser` and `google-chrome` on `PATH` when absent
    #[arg(long, value_name = "PATH")]
    browser: Option<PathBuf>,
    /// The most pages to visit in each state
    #[arg(long, value_name = "N", default_value_t = sample::PAGES)]
    pages: usize,
    /// Files that stand in for other hosts, by host and path; no other host is contacted then
    #[arg(long, value_name = "DIR")]
    stand_ins: Option<PathBuf>,
}

pub(super) fn audit(shell: &Shell, arguments: &AuditArguments) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let source = shell.disk()?;
    let browser = audit::find_browser(arguments.browser.as_deref())?;
    if let Some(folder) = arguments.stand_ins.as_deref().filter(|folder| !folder.is_dir()) {
        anyhow::bail!("there is no folder `{}`", folder.display());
    }
    let built = build::once(false, shell.today, &source);
    if has_errors(&built.diagnostics) {
        shell.show(&built.diagnostics, &source, true);
        shell.say(&format!("{}; a site is audited when it builds", counted(&built.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    if arguments.stand_ins.is_none() {
        shell.say("other hosts that the site turns to are contacted; `--stand-ins DIR` keeps the audit to itself");
    }
    let url = arguments.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let options = Options { browser, url: url.clone(), pages: arguments.pages, stand_ins: arguments.stand_ins.clone() };
    let (site, declared) = (built.site.clone(), built.declared.clone());
    let server = Arc::new(Server::as_hosted(shell.disk()?, built));
    let looked = audit::look(&server, &site, &declared.registry, &options)?;

    let is_built = |path: &str| server.has(path);
    let known = Known { registry: &declared.registry, base: site.config.base_url.as_deref(), built: &is_built };
    let file = |page: &str| site.pages.iter().find(|known| &*known.url == page)?.outline.as_ref().map(|outline| outline.path.clone());
    let table = table::table(known, &looked.seen);
    let mut diagnostics = judge::judge(Subject { declared: &declared, known, file: &file }, &looked.seen, &table);
    let silenced: Vec<String> = silence::apply(&site.config, &mut diagnostics)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(silenced, count)| format!("silenced: `{}`, {count} times: {}", silenced.rule, silenced.reason))
        .collect();

    let folder = arguments.report.clone().unwrap_or_else(|| shell.root.join("audit"));
    let report = Report {
        title: &site.config.title.default,
        url: url.as_deref(),
        day: shell.today,
        stand_ins: arguments.stand_ins.is_some(),
        audit: &looked,
        known,
        table: &table,
        diagnostics: &diagnostics,
        texts: &|path| Theme::text(&source, path),
    };
    report::write(&folder, report, &declared.registry)?;
    shell.show(&diagnostics, &source, true);
    silenced.iter().for_each(|line| shell.say(line));
    if shell.format == Format::Human {
        shell.print(&lines(&table));
        let found = counted(&diagnostics);
        shell.print(&format!(
            "\naudited {} pages in {} states with {} in {:.1} s: {}; the report is `{}`",
            looked.visited.len(),
            looked.seen.len(),
            looked.browser,
            start.elapsed().as_secs_f64(),
            if found.is_empty() { "nothing is wrong" } else { &found },
            folder.join("index.html").display()
        ));
    }
    Ok(if has_errors(&diagnostics) { Outcome::Faulty } else { Outcome::Clean })
}

/// The table as text.
fn lines(table: &Table) -> String {
    let row = |row: &table::Row| (row.service.clone(), format!("{} {}", row.what, row.name), row.states.join(", "));
    let stray = |stray: &table::Stray| {
        let of = if stray.whose.is_empty() || stray.whose == "self" { String::new() } else { format!(" of {}", stray.whose) };
        ("-".to_owned(), format!("{} {}{of}", stray.what, stray.name), stray.states.join(", "))
    };
    let parts = [
        ("declared and seen", table.seen.iter().map(row).collect::<Vec<_>>()),
        ("declared and never seen", table.never_seen.iter().map(row).collect()),
        ("seen and not declared", table.undeclared.iter().map(stray).collect()),
    ];
    let wide = |of: fn(&(String, String, String)) -> usize| parts.iter().flat_map(|(_, rows)| rows).map(of).max().unwrap_or(0);
    let (first, second) = (wide(|row| row.0.chars().count()), wide(|row| row.1.chars().count()));
    let mut text = String::new();
    for (title, rows) in &parts {
        text.push_str(&format!("{title}{}\n", if rows.is_empty() { ": nothing" } else { "" }));
        for (service, what, states) in rows {
            text.push_str(format!("  {service:first$}  {what:second$}  {states}").trim_end());
            text.push('\n');
        }
    }
    text
}
