//! The columns of Notion: what is to be made there for each form, and what a data source lacks.

use functions::adapters::notion::{self, Column, Use};
use registry::model::{Delivery, DeliveryKind, Form, Registry};
use serde_json::{Value as Json, json};

use super::finding::Finding;
use crate::cli::listing::Listing;
use crate::report::Format;

/// The forms that deliver pages, each with its delivery.
fn pages(registry: &Registry) -> impl Iterator<Item = (&Form, &Delivery)> {
    registry.forms.iter().filter_map(|form| Some((form, form.deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Page)?)))
}

/// The columns to make. Those that only a site without a database has are marked.
pub(super) fn to_make(registry: &Registry, format: Format) -> String {
    let rows: Vec<(&Form, Column<'_>, &'static str)> = pages(registry)
        .flat_map(|(form, delivery)| {
            let beside = notion::columns(registry, form, delivery, Use::Sink);
            let all = notion::columns(registry, form, delivery, Use::Store);
            let when = move |column: &Column<'_>| if beside.contains(column) { "always" } else { "without a database" };
            all.into_iter().map(move |column| (form, when(&column), column)).map(|(form, when, column)| (form, column, when))
        })
        .collect();
    if format == Format::Json {
        let object = |(form, column, when): &(&Form, Column<'_>, &str)| json!({ "form": form.id, "column": column.name, "type": column.kind.name(), "needed": when, "options": column.options() });
        return format!("{:#}\n", rows.iter().map(object).collect::<Json>());
    }
    let cells = |(form, column, when): &(&Form, Column<'_>, &'static str)| {
        let kind = column.kind.name().to_owned();
        [form.id.to_string(), column.name.clone(), kind, (*when).to_owned(), column.options().join(", ")]
    };
    let headings = ["form", "column", "type", "needed", "options"];
    Listing { headings, rows: rows.iter().map(cells).collect() }.text(format)
}

/// Whether a data source has the columns of each form.
pub(super) fn judge(registry: &Registry, of: Use, data_source: &Json) -> Vec<Finding> {
    let judged = |(form, delivery): (&Form, &Delivery)| {
        let columns = notion::columns(registry, form, delivery, of);
        let name = format!("{}: columns", form.id);
        let lacking = notion::differences(&columns, data_source);
        if lacking.is_empty() {
            return vec![Finding::ok(name, format!("all {} are there, with their types", columns.len()))];
        }
        let help = "`plainsite doctor --columns` lists them";
        lacking.into_iter().map(|text| Finding::problem(name.clone(), text, help)).collect()
    };
    pages(registry).flat_map(judged).collect()
}
