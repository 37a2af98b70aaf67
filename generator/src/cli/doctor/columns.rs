//! The columns of Notion: what is to be made there for each form and for the portal, and what a data source lacks.

use functions::adapters::notion::{self, Column, ColumnType, PROGRESS, PROJECTS, STEP_KINDS, STEPS, Use};
use registry::model::{Delivery, DeliveryKind, Form, Registry};
use serde_json::{Value as Json, json};

use super::finding::Finding;
use crate::cli::listing::Listing;
use crate::report::Format;

/// The forms that deliver pages, each with its delivery.
fn pages(registry: &Registry) -> impl Iterator<Item = (&Form, &Delivery)> {
    registry.forms.iter().filter_map(|form| Some((form, form.deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Page)?)))
}

/// The data sources of the portal: what each is called here, and its columns.
pub(super) const OF_PORTAL: [(&str, &[(&str, ColumnType)]); 2] = [("portal: projects", &PROJECTS), ("portal: steps", &STEPS)];

/// When a column is needed that only a site without a database has.
const WITHOUT_DATABASE: &str = "without a database";

/// A column to make.
struct Row {
    /// The form whose leads it is for, or what it is of in the portal.
    of: String,
    name: String,
    kind: ColumnType,
    needed: &'static str,
    options: Vec<String>,
}

/// The columns to make. Those that only a site without a database has are marked.
pub(super) fn to_make(registry: &Registry, format: Format) -> String {
    let of_form = |(form, delivery): (&Form, &Delivery)| {
        let beside = notion::columns(registry, form, delivery, Use::Sink);
        let row = |column: Column<'_>| Row {
            of: form.id.to_string(),
            needed: if beside.contains(&column) { "always" } else { WITHOUT_DATABASE },
            options: column.options().into_iter().map(str::to_owned).collect(),
            kind: column.kind,
            name: column.name,
        };
        notion::columns(registry, form, delivery, Use::Store).into_iter().map(row).collect::<Vec<Row>>()
    };
    let mut rows: Vec<Row> = pages(registry).flat_map(of_form).collect();
    if registry.has_portal() {
        rows.extend(OF_PORTAL.into_iter().flat_map(|(of, columns)| columns.iter().map(move |&(name, kind)| of_portal(of, name, kind))));
    }
    if format == Format::Json {
        let object = |row: &Row| json!({ "form": row.of, "column": row.name, "type": row.kind.name(), "needed": row.needed, "options": row.options });
        return format!("{:#}\n", rows.iter().map(object).collect::<Json>());
    }
    let cells = |row: &Row| [row.of.clone(), row.name.clone(), row.kind.name().to_owned(), row.needed.to_owned(), row.options.join(", ")];
    let headings = ["form", "column", "type", "needed", "options"];
    Listing { headings, rows: rows.iter().map(cells).collect() }.text(format)
}

/// A column of the portal, with the options that people choose from, or the data source that it relates to.
fn of_portal(of: &str, name: &str, kind: ColumnType) -> Row {
    let options: Vec<&str> = match name {
        "Status" => PROGRESS.map(|(name, _)| name).into(),
        "Kind" => STEP_KINDS.into(),
        "Project" => vec![OF_PORTAL[0].0],
        "Phase" => vec![OF_PORTAL[1].0],
        _ => Vec::new(),
    };
    let options = options.into_iter().map(str::to_owned).collect();
    Row { of: of.to_owned(), name: name.to_owned(), kind, needed: WITHOUT_DATABASE, options }
}

/// Whether a data source has the columns of each form.
pub(super) fn judge(registry: &Registry, of: Use, data_source: &Json) -> Vec<Finding> {
    let judged = |(form, delivery): (&Form, &Delivery)| {
        let columns = notion::columns(registry, form, delivery, of);
        let name = format!("{}: columns", form.id);
        told(&name, columns.len(), notion::differences(notion::typed(&columns), data_source))
    };
    pages(registry).flat_map(judged).collect()
}

/// Whether a data source of the portal has its columns.
pub(super) fn judge_portal(of: &str, columns: &[(&str, ColumnType)], data_source: &Json) -> Vec<Finding> {
    told(of, columns.len(), notion::differences(columns.iter().copied(), data_source))
}

fn told(of: &str, columns: usize, lacking: Vec<String>) -> Vec<Finding> {
    if lacking.is_empty() {
        return vec![Finding::ok(of, format!("all {columns} are there, with their types"))];
    }
    lacking.into_iter().map(|text| Finding::problem(of, text, "`plainsite doctor --columns` lists them")).collect()
}
