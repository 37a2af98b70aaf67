//! `plainsite retention`: what is past its period goes, as the job does it; or it is told what would go, and when.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use functions::ports::{Other, Report, Retains};
use functions::retention::{self, Plan, Planned};
use jiff::Timestamp;
use registry::diagnostic::has_errors;
use registry::model::RetentionId;
use serde_json::json;

use super::leads::minute;
use super::listing::Listing;
use super::{Outcome, Shell, build, counted, stores};
use crate::report::Format;

/// Arguments of `plainsite retention`.
#[derive(Debug, clap::Args)]
pub(super) struct RetentionArguments {
    /// Tell what would go now, what stays and when the next goes, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn retention(shell: &Shell, arguments: &RetentionArguments) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let built = build::once(false, shell.today, &source);
    // Rules that the site's checks refuse must not remove anything.
    if has_errors(&built.diagnostics) {
        shell.show(&built.diagnostics, &source, false);
        shell.say(&format!("{}; nothing was removed", counted(&built.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    let contract = Arc::new(built.contract());
    let now = Timestamp::now();
    stores::with_retained(&contract, async |stores: &[Arc<dyn Retains>]| {
        if arguments.dry_run {
            shell.print(&planned(shell, &retention::plan(&contract, stores, now).await?));
            return Ok(Outcome::Clean);
        }
        let report = retention::run(&contract, stores, now, Duration::MAX).await;
        shell.print(&removed(shell, &report));
        match report.failed {
            None => Ok(Outcome::Clean),
            Some((store, failure)) => bail!("{store} failed ({failure}): what is left goes at the next run"),
        }
    })
}

fn planned(shell: &Shell, plan: &Plan) -> String {
    if shell.format == Format::Json {
        let record = |planned: &Planned| {
            json!({
                "what": planned.what,
                "rules": planned.limit.rules,
                "store": planned.store,
                "due": planned.held.over,
                "kept": planned.held.rest,
                "next": planned.next,
                "then": planned.limit.then,
            })
        };
        let records: Vec<_> = plan.records.iter().map(record).collect();
        return format!("{:#}", json!({ "records": records, "outlasted": plan.outlasted, "others": plan.others }));
    }
    let row = |planned: &Planned| {
        let next = planned.next.map(minute).unwrap_or_default();
        let held = &planned.held;
        [
            planned.what.clone(),
            planned.store.to_owned(),
            held.over.to_string(),
            held.rest.to_string(),
            next,
            planned.limit.then.name().to_owned(),
        ]
    };
    let headings = ["what", "store", "due now", "kept", "next due", "then"];
    let listing = Listing { headings, rows: plan.records.iter().map(row).collect() };
    listing.text(shell.format) + &not_ours(shell, &plan.outlasted, &plan.others)
}

fn removed(shell: &Shell, report: &Report) -> String {
    if shell.format == Format::Json {
        return format!("{:#}", json!(report));
    }
    let rows = report.gone.iter().chain([&report.void]).filter(|gone| !gone.rules.is_empty());
    let rows = rows.map(|gone| [gone.what.clone(), gone.records.to_string()]).collect();
    Listing { headings: ["what", "removed"], rows }.text(shell.format) + &not_ours(shell, &report.outlasted, &report.others)
}

/// What the job does not do, and who does.
fn not_ours(shell: &Shell, outlasted: &[RetentionId], others: &[Other]) -> String {
    let kept = outlasted.iter().map(|rule| [rule.to_string(), "another rule, which keeps the same data".to_owned()]);
    let rows: Vec<[String; 2]> = kept.chain(others.iter().map(|other| [other.what.clone(), other.by.clone()])).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", Listing { headings: ["not the job's", "carried out by"], rows }.text(shell.format))
}
