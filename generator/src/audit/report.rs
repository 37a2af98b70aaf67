//! The report for programs: one JSON object, whose shape `docs/audit.md` tells; and the folder that it is left in.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;
use registry::diagnostic::Diagnostic;
use registry::model::Registry;
use serde_json::{Value, json};

use super::belongs::{Known, Owner};
use super::seen::{Request, Seen, State};
use super::table::{Row, Table};
use super::{Audit, page};
use crate::report;

/// The version of the report's shape.
pub const VERSION: u32 = 1;

/// All that a report tells.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The site's name.
    pub title: &'a str,
    /// The address that was audited; none for what was built, on this machine.
    pub url: Option<&'a str>,
    /// The day.
    pub day: Date,
    /// Whether other hosts were stood in for.
    pub stand_ins: bool,
    /// What was seen.
    pub audit: &'a Audit,
    /// What it was held against.
    pub known: Known<'a>,
    /// What came of it.
    pub table: &'a Table,
    /// What is wrong.
    pub diagnostics: &'a [Diagnostic],
    /// The texts that diagnostics point into.
    pub texts: report::Texts<'a>,
}

/// The file of a state's picture.
pub fn picture(state: &State) -> String {
    format!("{}.png", state.to_string().replace(':', "-"))
}

/// The report as JSON.
pub fn json(report: Report<'_>) -> Value {
    let Report { audit, table, known, .. } = report;
    let diagnostics = report::render(report.diagnostics, report::Format::Json, report::Style::Plain, report.texts);
    json!({
        "plainsite_audit": VERSION,
        "site": { "title": report.title, "address": known.base, "audited": report.url.unwrap_or("the built site") },
        "day": report.day.to_string(),
        "browser": audit.browser,
        "other_hosts": if report.stand_ins { "stand-ins" } else { "contacted" },
        "pages": { "all": audit.pages, "visited": audit.visited.iter().map(|page| &**page).collect::<Vec<_>>() },
        "states": audit.seen.iter().map(|(state, seen)| of_state(known, state, seen)).collect::<Vec<_>>(),
        "declared_and_seen": table.seen.iter().map(of_row).collect::<Vec<_>>(),
        "declared_and_never_seen": table.never_seen.iter().map(of_row).collect::<Vec<_>>(),
        "seen_and_not_declared": table.undeclared.iter().map(|stray| json!({
            "what": stray.what, "name": stray.name, "whose": stray.whose, "states": stray.states,
        })).collect::<Vec<_>>(),
        "diagnostics": serde_json::from_str::<Value>(&diagnostics).unwrap_or_default(),
    })
}

fn of_row(row: &Row) -> Value {
    json!({ "service": row.service, "what": row.what, "name": row.name, "states": row.states })
}

fn of_state(known: Known<'_>, state: &State, seen: &Seen) -> Value {
    // The same request of many pages is told once.
    let mut requests: BTreeMap<(&str, &str, &str), Vec<&Request>> = BTreeMap::new();
    for request in &seen.requests {
        requests.entry((&request.url, &request.method, &request.kind)).or_default().push(request);
    }
    let requests = requests.into_iter().map(|((url, method, kind), all)| {
        let mut pages: Vec<&str> = Vec::new();
        for request in &all {
            if !pages.contains(&&*request.at.page) {
                pages.push(&request.at.page);
            }
        }
        let owner = known.request(all[0]);
        let by = all.iter().find_map(|request| request.by.as_deref());
        let declared = owner != Owner::Nobody;
        json!({
            "url": url, "method": method, "type": kind, "pages": pages, "started_by": by, "services": names(&owner), "declared": declared,
        })
    });
    let kept = |is_cookie: bool| {
        let of_kind = seen.kept.iter().filter(move |kept| (kept.key.store == super::seen::Store::Cookie) == is_cookie);
        of_kind.map(|kept| {
            let owner = known.key(&kept.key);
            json!({
                "store": kept.key.store.name(), "name": kept.key.name, "whose": kept.key.whose, "page": &*kept.at.page, "written_by": kept.by,
                "services": names(&owner), "declared": matches!(owner, Owner::Services(_)), "survived_withdrawal": kept.survived,
            })
        })
    };
    json!({
        "state": state.to_string(),
        "picture": seen.picture.as_ref().map(|_| picture(state)),
        "requests": requests.collect::<Vec<_>>(),
        "refused_by_the_policy": seen.refused.iter().map(|refused| json!({
            "url": refused.url, "directive": refused.directive, "page": &*refused.page, "started_by": refused.by,
        })).collect::<Vec<_>>(),
        "cookies": kept(true).collect::<Vec<_>>(),
        "storage": kept(false).collect::<Vec<_>>(),
        "notes": seen.notes,
    })
}

fn names(owner: &Owner<'_>) -> Vec<String> {
    owner.services().iter().map(|service| service.id.to_string()).collect()
}

/// Writes the reports and the pictures into a folder, which version control leaves alone.
///
/// # Errors
/// What the disk refused.
pub fn write(folder: &Path, report: Report<'_>, registry: &Registry) -> anyhow::Result<()> {
    let said = || format!("cannot write into `{}`", folder.display());
    std::fs::create_dir_all(folder).with_context(said)?;
    let put = |name: &str, content: &[u8]| std::fs::write(folder.join(name), content).with_context(said);
    put(".gitignore", b"*\n")?;
    put("audit.json", format!("{:#}\n", json(report)).as_bytes())?;
    put("index.html", page::html(report, registry).as_bytes())?;
    for (state, seen) in &report.audit.seen {
        if let Some(png) = &seen.picture {
            put(&picture(state), png)?;
        }
    }
    Ok(())
}
