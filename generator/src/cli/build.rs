//! `plainsite build` and `plainsite check`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use jiff::civil::Date;
use registry::diagnostic::has_errors;

use super::{Outcome, Shell, counted, drafts};
use crate::build::{Build, Builder, Changes};
use crate::check::stale_headers;
use crate::render::vercel;
use crate::report::Format;
use crate::source::Disk;
use crate::write;

/// Arguments of `plainsite build`.
#[derive(Debug, clap::Args)]
pub(super) struct BuildArguments {
    /// Where to write; `public/` in the site's root when absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build pages marked `draft: true` too
    #[arg(long)]
    drafts: bool,
}

/// Arguments of `plainsite check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// Check pages marked `draft: true` too
    #[arg(long)]
    drafts: bool,
}

pub(super) fn build(shell: &Shell, arguments: &BuildArguments) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let source = shell.disk()?;
    let out = arguments.out.clone().unwrap_or_else(|| shell.public());
    let mut built = once(arguments.drafts, shell.today, &source);
    let path = shell.root.join(stale_headers::PATH);
    let hosting = std::fs::read_to_string(&path).ok();
    let wanted = hosting.as_deref().map(|text| vercel::vercel_json(text, &built.site, &built.declared.registry));
    if let (Some(text), Some(wanted)) = (&hosting, &wanted) {
        let found = match wanted {
            Some(_) => stale_headers::unknown_keys(text),
            None => stale_headers::check(text, &built.site, &built.declared.registry),
        };
        if has_errors(&found) {
            built.output = None;
        }
        built.diagnostics.extend(found);
    }
    let Some(output) = &built.output else {
        shell.show(&built.diagnostics, &source, false);
        shell.say(&format!("{}; `{}` stays as it was", counted(&built.diagnostics), out.display()));
        return Ok(Outcome::Faulty);
    };
    let summary = match write::write(&out, output, &source)? {
        Ok(summary) => summary,
        Err(foreign) => {
            built.diagnostics.extend(foreign);
            shell.show(&built.diagnostics, &source, false);
            shell.say(&format!("{}; `{}` stays as it was", counted(&built.diagnostics), out.display()));
            return Ok(Outcome::Faulty);
        }
    };
    if let (Some(text), Some(Some(wanted))) = (&hosting, &wanted)
        && text != wanted
    {
        std::fs::write(&path, wanted).with_context(|| format!("cannot write `{}`", path.display()))?;
        shell.say("wrote headers, redirects and jobs into `vercel.json`");
    }
    shell.show(&built.diagnostics, &source, false);
    silences(shell, &built);
    if shell.format == Format::Human {
        shell.print(&format!(
            "built {} in {} ms: {} written, {} removed, in `{}`",
            files(output.len()),
            start.elapsed().as_millis(),
            summary.written,
            summary.removed,
            out.display()
        ));
    }
    Ok(Outcome::Clean)
}

pub(super) fn check(shell: &Shell, arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let mut built = once(arguments.drafts, shell.today, &source);
    if let Ok(text) = std::fs::read_to_string(shell.root.join(stale_headers::PATH)) {
        built.diagnostics.extend(stale_headers::check(&text, &built.site, &built.declared.registry));
    }
    shell.show(&built.diagnostics, &source, true);
    silences(shell, &built);
    if shell.format == Format::Human {
        let pages = built.site.pages.len();
        let found = counted(&built.diagnostics);
        shell.print(&format!("checked {pages} pages: {}", if found.is_empty() { "nothing is wrong" } else { &found }));
    }
    Ok(if has_errors(&built.diagnostics) { Outcome::Faulty } else { Outcome::Clean })
}

/// Builds the site. The process ends when the command does: nothing is taken apart before that, page by page.
pub(super) fn once(shown: bool, today: Date, source: &Disk) -> Build {
    let builder = Box::leak(Box::new(Builder::once(drafts(shown), today)));
    let build = Box::leak(Box::new(builder.build(source, Changes::Everything)));
    build.clone()
}

fn silences(shell: &Shell, built: &Build) {
    for (rule, reason, count) in &built.silenced {
        shell.say(&format!("silenced: `{rule}`, {count} times: {reason}"));
    }
}

fn files(n: usize) -> String {
    if n == 1 { "1 file".to_owned() } else { format!("{n} files") }
}
