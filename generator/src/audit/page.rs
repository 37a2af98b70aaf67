//! The report for people: one page of HTML without a script, with the pictures beside it.

use registry::diagnostic::{Diagnostic, Severity};
use registry::model::Registry;

use super::report::{Report, picture};
use super::seen::{Seen, State, Store};
use super::table::Row;
use crate::html::escape;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn html(report: Report<'_>, registry: &Registry) -> String {
    let Report { audit, table, diagnostics, .. } = report;
    let title = escape(report.title);
    let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let verdict = match (errors, warnings) {
        (0, 0) => "<p class=\"verdict good\">What the browser did is what is declared, in every state.</p>".to_owned(),
        (0, n) => format!("<p class=\"verdict\">Nothing undeclared, and nothing without consent. Warnings: {n}.</p>"),
        (n, _) => format!("<p class=\"verdict bad\">What the browser did is not what is declared. Errors: {n}, warnings: {warnings}.</p>"),
    };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Audit of {title}, {day}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Audit of {title}</h1>\n{verdict}\n<dl class=\"facts\">\n",
        day = report.day
    );
    let sampled = match audit.visited.len() {
        n if n == audit.pages => format!("all {n}"),
        n => format!("{n} of {}, at even distances in the sorted list of addresses", audit.pages),
    };
    let others = if report.stand_ins { "not contacted: files stood in for them" } else { "contacted" };
    let audited =
        report.url.map_or_else(|| "the built site, served on the auditing machine with its production headers".to_owned(), escape);
    let facts = [
        ("Site", report.known.base.map(escape).unwrap_or_default()),
        ("Audited", audited),
        ("Day", report.day.to_string()),
        ("Browser", escape(&audit.browser)),
        ("Pages", sampled),
        ("Other hosts", others.to_owned()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        page.push_str(&format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"));
    }
    page.push_str("</dl>\n");
    findings(diagnostics, &mut page);
    section("Declared and seen", "The browser did what the declaration says.", &rows(&table.seen, registry), &mut page);
    section(
        "Declared and never seen",
        "What belongs to another system, or takes more than visiting pages, is not seen here.",
        &rows(&table.never_seen, registry),
        &mut page,
    );
    let strays = table.undeclared.iter().map(|stray| {
        [
            escape(stray.what),
            code(&stray.name),
            if stray.whose.is_empty() { String::new() } else { code(&stray.whose) },
            stray.states.join(", "),
        ]
    });
    let strays = grid(["What", "Name", "Whose", "States"], strays.collect());
    section("Seen and not declared", "", &strays, &mut page);
    page.push_str("<h2>The states</h2>\n<p>Each was visited with a fresh profile, all pages one after the other: loaded, scrolled to the end, hidden and shown again, left and returned to.</p>\n");
    audit.seen.iter().for_each(|(state, seen)| of_state(state, seen, &mut page));
    page.push_str(&format!("<h2>The pages</h2>\n<ul class=\"pages\">\n{}</ul>\n", list(audit.visited.iter().map(|page| code(page)))));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn findings(diagnostics: &[Diagnostic], page: &mut String) {
    if diagnostics.is_empty() {
        return;
    }
    page.push_str("<h2>Findings</h2>\n<ol class=\"findings\">\n");
    for found in diagnostics {
        let (class, word) = match found.severity {
            Severity::Error => ("bad", "Error"),
            Severity::Warning => ("warning", "Warning"),
        };
        let place = found.labels.first().map(|label| format!(" <span class=\"place\">{}</span>", escape(&label.file))).unwrap_or_default();
        let why = found.why.as_deref().map(|why| format!("<p>{}</p>", ticked(why))).unwrap_or_default();
        let help = found.help.as_deref().map(|help| format!("<p>What to do: {}</p>", ticked(help))).unwrap_or_default();
        page.push_str(&format!(
            "<li class=\"{class}\"><p><strong>{word}:</strong> {} <code>{}</code>{place}</p>{why}{help}</li>\n",
            ticked(&found.message),
            found.rule.name
        ));
    }
    page.push_str("</ol>\n");
}

fn of_state(state: &State, seen: &Seen, page: &mut String) {
    let name = state.to_string();
    let mut words = state.words();
    words[..1].make_ascii_uppercase();
    page.push_str(&format!("<section class=\"state\">\n<h3 id=\"{0}\">{1} <code>{0}</code></h3>\n", escape(&name), ticked(&words)));
    if seen.picture.is_some() {
        page.push_str(&format!(
            "<img src=\"{}\" alt=\"The first page in this state\" width=\"640\" loading=\"lazy\">\n",
            escape(&picture(state))
        ));
    }
    let mut hosts: Vec<(String, usize)> = Vec::new();
    for request in &seen.requests {
        let host = if request.url.starts_with('/') { "the site itself" } else { registry::derive::headers::host(&request.url) };
        match hosts.iter_mut().find(|(known, _)| known == host) {
            Some((_, count)) => *count += 1,
            None => hosts.push((host.to_owned(), 1)),
        }
    }
    let hosts = hosts.into_iter().map(|(host, count)| [escape(&host), count.to_string()]);
    page.push_str(&grid(["Requests went to", "How many"], hosts.collect()));
    if !seen.kept.is_empty() {
        let kept = seen.kept.iter().map(|kept| {
            let whose = if kept.key.whose == "self" { "the site".to_owned() } else { escape(&kept.key.whose) };
            let what = if kept.key.store == Store::Cache { "Cache Storage" } else { kept.key.store.words() };
            [
                what.to_owned(),
                code(&kept.key.name),
                whose,
                code(&kept.at.page),
                if kept.survived { "yes".to_owned() } else { String::new() },
            ]
        });
        page.push_str(&grid(["Kept", "Name", "Whose", "First on", "Survived"], kept.collect()));
    }
    if !seen.refused.is_empty() {
        let refused = seen.refused.iter().map(|refused| [code(&refused.url), escape(&refused.directive), code(&refused.page)]);
        page.push_str("<p>Held back by the Content-Security-Policy, so that it never left the browser:</p>\n");
        page.push_str(&grid(["Address", "Directive", "Page"], refused.collect()));
    }
    if !seen.notes.is_empty() {
        page.push_str(&format!("<ul class=\"notes\">\n{}</ul>\n", list(seen.notes.iter().map(|note| ticked(note)))));
    }
    page.push_str("</section>\n");
}

fn rows(rows: &[Row], registry: &Registry) -> String {
    let label = |id: &str| registry.service(&id.into()).map_or_else(|| escape(id), |service| escape(service.label.get("en")));
    let cells = rows.iter().map(|row| [label(&row.service), row.what.to_owned(), code(&row.name), escape(&row.states.join(", "))]);
    grid(["Service", "What", "Name", "States"], cells.collect())
}

fn section(title: &str, words: &str, content: &str, page: &mut String) {
    let nothing = if content.is_empty() { "<p>Nothing.</p>\n" } else { "" };
    let words = if words.is_empty() || content.is_empty() { String::new() } else { format!("<p>{words}</p>\n") };
    page.push_str(&format!("<h2>{title}</h2>\n{words}{content}{nothing}"));
}

/// A table; nothing where it has no rows.
fn grid<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head: String = head.iter().map(|cell| format!("<th scope=\"col\">{cell}</th>")).collect();
    let rows = rows.iter().map(|row| format!("<tr>{}</tr>\n", row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>()));
    format!(
        "<div class=\"grid\" tabindex=\"0\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{}</tbody>\n</table></div>\n",
        rows.collect::<String>()
    )
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("<li>{item}</li>\n")).collect()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// Text with what stands between backticks as code.
fn ticked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { code(part) } else { escape(part) }).collect()
}
