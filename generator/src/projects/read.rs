//! Reads a project's file, and reports all that is wrong with it at once.

use std::sync::Arc;

use functions::project::{Deliverable, Milestone, Phase, Progress, Project, ProjectId, Update};
use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Reported, Span, has_errors, suggest};
use registry::yaml::{self, Fields, Node, Value, wrong_type};

use super::{INVALID_PROJECT, STATUSES};

/// What a day is.
const DAY: &str = "a day, such as `2027-01-31`";

/// Reads a file. The project is there where nothing is wrong.
pub fn read(file: &Arc<str>, text: &str) -> Reported<Option<Project>> {
    let mut diagnostics = Vec::new();
    let root = yaml::parse(file, text, 0).into_value(&mut diagnostics);
    let mut project = None;
    match &root {
        Some(root) => {
            if let Some(mut fields) = Fields::of(root, file, "the project", &mut diagnostics) {
                project = Some(read_project(file, &mut fields));
                fields.finish();
            }
        }
        None if diagnostics.is_empty() => {
            diagnostics
                .push(Diagnostic::new(&INVALID_PROJECT, "the file is empty").in_file(file).help("write at least `name` and `status`"));
        }
        None => {}
    }
    project = project.filter(|_| !has_errors(&diagnostics));
    Reported { value: project, diagnostics }
}

/// The id that a file's name gives its project.
pub fn id_of(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
}

fn read_project(file: &Arc<str>, fields: &mut Fields<'_>) -> Project {
    let id = id(file, fields);
    let whole = Span::default();
    let (start, end, closed) = dates(fields);
    let customer = fields.typed("customer", "Stripe's id of a client, such as `cus_NffrFeUfNV2Hib`", |node| {
        let of_stripe =
            |text: &&str| text.strip_prefix("cus_").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        node.as_text().filter(of_stripe).map(str::to_owned)
    });
    let language = fields.typed("language", "the code of a language, such as `fr`", |node| {
        let letters = |text: &&str| {
            (2..=3).contains(&text.split('-').next().unwrap_or("").len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        node.as_text().filter(letters).map(str::to_owned)
    });
    let mut updates = each(fields, "updates", "an update", update);
    // The newest comes first, however they were written; those of one day stay as they are.
    updates.sort_by(|a, b| b.day.cmp(&a.day));
    Project {
        id: ProjectId(id),
        name: name(fields, "name", whole),
        language,
        status: status(fields, whole),
        start,
        end,
        closed,
        customer,
        phases: each(fields, "phases", "a phase", phase),
        updates,
    }
}

/// The id: the file's name, which `id` may say again.
fn id(file: &Arc<str>, fields: &mut Fields<'_>) -> String {
    let named = id_of(file).to_owned();
    let can_be = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !can_be(&named) || named.len() > 100 {
        fields.diagnostics().push(
            Diagnostic::new(&INVALID_PROJECT, format!("`{named}` is no id of a project"))
                .in_file(file)
                .why("the file's name is the project's id: small letters, digits and dashes")
                .help("name the file in such letters, such as `acme-website.yaml`"),
        );
    }
    if let Some(node) = fields.take("id")
        && node.as_text() != Some(named.as_str())
    {
        fields.diagnostics().push(
            Diagnostic::new(&INVALID_PROJECT, format!("the id is not the name of the file, which is `{named}`"))
                .at(file, node.span, "")
                .why("a project is replaced by the file that has its id: two names for one would leave two projects")
                .help(format!("write `id: {named}`, or give the file the other name")),
        );
    }
    named
}

fn phase(fields: &mut Fields<'_>, span: Span) -> Phase {
    let (start, end) = period(fields);
    Phase {
        name: name(fields, "name", span),
        status: status(fields, span),
        start,
        end,
        milestones: each(fields, "milestones", "a milestone", |fields, span| Milestone {
            name: name(fields, "name", span),
            status: status(fields, span),
            due: fields.typed("due", DAY, day),
        }),
        deliverables: each(fields, "deliverables", "a deliverable", |fields, span| Deliverable {
            name: name(fields, "name", span),
            status: status(fields, span),
            link: fields.typed("link", "an address that begins with `https://`", link),
        }),
    }
}

fn update(fields: &mut Fields<'_>, span: Span) -> Update {
    if fields.take("day").is_none() {
        missing(fields, "day", span, "write the day on which the client was told, such as `day: 2027-01-31`");
    }
    Update {
        day: fields.typed("day", DAY, day).unwrap_or_default(),
        title: name(fields, "title", span),
        text: fields
            .typed("text", "a text without control characters", |node| {
                node.as_text().filter(|text| text.chars().all(is_of_lines)).map(str::to_owned)
            })
            .unwrap_or_default(),
    }
}

/// A text of one line that must be there.
fn name(fields: &mut Fields<'_>, key: &'static str, span: Span) -> String {
    if fields.take(key).is_none() {
        missing(fields, key, span, "write a few words that the client understands");
    }
    let line = |node: &Node| node.as_text().filter(|text| !text.chars().any(char::is_control)).map(str::to_owned);
    fields.typed(key, "a text on one line", line).unwrap_or_default()
}

fn status(fields: &mut Fields<'_>, span: Span) -> Progress {
    let names = STATUSES.map(|(name, _)| name);
    if fields.take("status").is_none() {
        missing(fields, "status", span, "write one of `planned`, `in-progress`, `waiting`, `done` and `cancelled`");
    }
    let read = |node: &Node| STATUSES.iter().find(|(name, _)| node.as_text() == Some(*name)).map(|(_, status)| *status);
    let status = fields.typed_or("status", "a status", read, |node| Some(suggest(node.as_text().unwrap_or(""), &names)));
    status.unwrap_or(Progress::Planned)
}

fn missing(fields: &mut Fields<'_>, key: &str, span: Span, help: &str) {
    let file = fields.file();
    let place = Span { start: span.start, end: span.start };
    fields.diagnostics().push(Diagnostic::new(&INVALID_PROJECT, format!("`{key}` is missing")).at(file, place, "").help(help));
}

/// `start`, `end` and `closed`.
fn dates(fields: &mut Fields<'_>) -> (Option<Date>, Option<Date>, Option<Date>) {
    let (start, end) = period(fields);
    let closed = fields.typed("closed", DAY, day);
    ordered(fields, start, closed, "closed");
    (start, end, closed)
}

/// `start` and `end`, which is not before.
fn period(fields: &mut Fields<'_>) -> (Option<Date>, Option<Date>) {
    let (start, end) = (fields.typed("start", DAY, day), fields.typed("end", DAY, day));
    ordered(fields, start, end, "end");
    (start, end)
}

fn ordered(fields: &mut Fields<'_>, start: Option<Date>, later: Option<Date>, key: &'static str) {
    if let (Some(start), Some(later)) = (start, later)
        && later < start
        && let Some(node) = fields.take(key)
    {
        let file = fields.file();
        fields.diagnostics().push(
            Diagnostic::new(&INVALID_PROJECT, format!("`{key}` is before `start`"))
                .at(file, node.span, "")
                .why(format!("it starts on {start}"))
                .help("correct one of the two days"),
        );
    }
}

/// A key's list of maps; `read` gets each with its place.
fn each<T>(fields: &mut Fields<'_>, key: &'static str, of: &str, read: impl Fn(&mut Fields<'_>, Span) -> T) -> Vec<T> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    let Value::List(items) = &node.value else {
        let file = fields.file();
        fields.diagnostics().push(wrong_type(&format!("`{key}`"), "a list", file, node.span));
        return Vec::new();
    };
    items.iter().filter_map(|item| fields.nested(item, of, |fields| read(fields, item.span))).collect()
}

fn day(node: &Node) -> Option<Date> {
    // The parser of dates takes times along; nothing here has one.
    node.as_text().filter(|text| text.len() == "2027-01-31".len())?.parse().ok()
}

fn link(node: &Node) -> Option<String> {
    let text = node.as_text()?;
    let rest = text.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    (plain && !host.is_empty() && !host.contains(['@', '\\'])).then(|| text.to_owned())
}

/// Whether a character may stand in a text of several lines.
fn is_of_lines(c: char) -> bool {
    c == '\n' || !c.is_control()
}
