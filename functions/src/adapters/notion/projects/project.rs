//! A project as its row, without what belongs to it.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::super::columns::ColumnType;
use super::super::properties;
use super::{PROJECTS, day, progress, progress_name, property};
use crate::project::{Project, ProjectId};

/// A project from its row; none where the row has no id or no name.
pub(super) fn read(row: &Value) -> Option<Project> {
    let text = |column: &str, kind: ColumnType| properties::text(kind, &row["properties"][column]);
    Some(Project {
        id: ProjectId(text("Project id", ColumnType::RichText)?),
        name: text("Name", ColumnType::Title)?,
        language: text("Language", ColumnType::Select),
        status: progress(row),
        start: day(row, "Start"),
        end: day(row, "End"),
        closed: day(row, "Closed"),
        customer: text("Stripe customer", ColumnType::RichText),
        phases: Vec::new(),
        updates: Vec::new(),
    })
}

/// The properties of a project's row, but for its codes, which stay what they are.
pub(super) fn write(project: &Project) -> Value {
    let date = |day: Option<Date>| day.map(|day| json!(day));
    let value = |column: &str| match column {
        "Name" => Some(json!(project.name)),
        "Project id" => Some(json!(project.id)),
        "Status" => Some(progress_name(project.status)),
        "Start" => date(project.start),
        "End" => date(project.end),
        "Closed" => date(project.closed),
        "Language" => project.language.as_ref().map(|language| json!(language)),
        _ => project.customer.as_ref().map(|customer| json!(customer)),
    };
    let columns = PROJECTS.iter().filter(|(column, _)| *column != "Codes");
    Value::Object(columns.map(|&(column, kind)| (column.to_owned(), property(kind, value(column)))).collect::<Map<_, _>>())
}
