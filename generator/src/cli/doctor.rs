//! `plainsite doctor`: whether the set-up that the environment describes is what the site declares and needs.
//!
//! It prints names of variables and never a value, except for the host of a database that nobody declares.

mod columns;
mod finding;
#[cfg(test)]
pub(in crate::cli) mod fixture;
mod portal;
mod services;
#[cfg(test)]
mod tests;
mod variables;

use std::sync::Arc;

use anyhow::bail;
use functions::config::{Config, VARIABLES};
use registry::diagnostic::has_errors;
use registry::model::Registry;
use serde_json::Value as Json;

use self::finding::{Finding, Grade};
use self::variables::Variables;
use super::{Outcome, Shell, build, counted, stores};
use crate::check::stale_headers;
use crate::render::vercel::{JOBS, has_jobs};
use crate::report::Format;

/// Arguments of `plainsite doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct DoctorArguments {
    /// Print the columns that the databases in Notion need, and ask nobody
    #[arg(long, conflicts_with = "migrate")]
    columns: bool,
    /// Make the tables of `DATABASE_URL`, or bring older ones up to date
    #[arg(long)]
    migrate: bool,
}

pub(super) fn doctor(shell: &Shell, arguments: &DoctorArguments) -> anyhow::Result<Outcome> {
    if arguments.migrate {
        return migrate(shell);
    }
    let source = shell.disk()?;
    let built = build::once(false, shell.today, &source);
    let contract = Arc::new(built.contract());
    if arguments.columns {
        shell.print(&columns::to_make(&contract.registry, shell.format));
        return Ok(Outcome::Clean);
    }
    let mut findings = vec![if has_errors(&built.diagnostics) {
        Finding::problem("site", format!("does not build: {}", counted(&built.diagnostics)), "`plainsite check` tells them")
    } else {
        Finding::ok("site", "builds, and its declarations agree with themselves")
    }];
    let set: Variables = VARIABLES.iter().filter_map(|&(name, _)| Some((name.to_owned(), std::env::var(name).ok()?))).collect();
    findings.extend(variables::examine(&contract.registry, &set));
    findings.extend(jobs(&contract.registry, std::fs::read_to_string(shell.root.join(stale_headers::PATH)).ok().as_deref()));
    match Config::from_variables(&set) {
        Ok(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            findings.extend(runtime.block_on(services::examine(&contract, &set, &config)));
        }
        Err(_) => {
            findings.push(Finding::note("services", "were not asked: the functions start with none of them until the variables are right"))
        }
    }
    shell.print(&finding::told(&findings, shell.format));
    let problems = findings.iter().filter(|finding| finding.grade == Grade::Problem).count();
    if shell.format == Format::Human {
        shell.print(&match problems {
            0 => "\nno problems".to_owned(),
            1 => "\n1 problem".to_owned(),
            more => format!("\n{more} problems"),
        });
    }
    Ok(if problems == 0 { Outcome::Clean } else { Outcome::Faulty })
}

/// Makes the tables.
fn migrate(shell: &Shell) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(store) = stores::database()? else {
            bail!("`DATABASE_URL` is not set, so that there are no tables to make\nhelp: set it to the address that the functions have")
        };
        store.migrate().await?;
        store.close().await;
        shell.print("the tables are those of this version");
        Ok(Outcome::Clean)
    })
}

/// Whether the host calls the jobs; nothing where there is nothing to do. `hosting` is the text of `vercel.json`.
fn jobs(registry: &Registry, hosting: Option<&str>) -> Option<Finding> {
    if !has_jobs(registry) {
        return None;
    }
    let Some(text) = hosting else {
        return Some(Finding::note(
            "jobs",
            "there is no `vercel.json`: have another scheduler call `/api/jobs/outbox` and `/api/jobs/retention`, with `CRON_SECRET`",
        ));
    };
    let hosting: Json = serde_json::from_str(text).unwrap_or_default();
    let called = |path: &str| hosting["crons"].as_array().is_some_and(|crons| crons.iter().any(|cron| cron["path"] == path));
    Some(match JOBS.iter().find(|(path, _)| !called(path)) {
        None => Finding::ok("jobs", "`vercel.json` has the host call them"),
        Some((path, _)) => Finding::problem("jobs", format!("`vercel.json` does not call `{path}`"), "`plainsite build` writes it"),
    })
}
