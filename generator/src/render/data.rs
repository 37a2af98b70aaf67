//! Data files: `content/_data/NAME.yaml`, `.json` and `.csv`, which templates read as `data.NAME`.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};
use registry::yaml;
use serde_json::{Map, Value as Json};

use crate::document::front_matter::json;

/// A data file that cannot be read.
pub static INVALID_DATA: Rule =
    Rule { name: "invalid-data", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-data.md") };

/// Where data files lie.
pub const FOLDER: &str = "content/_data/";

/// Reads the data files, given by path and bytes.
pub fn read(files: &BTreeMap<Arc<str>, Arc<[u8]>>, diagnostics: &mut Vec<Diagnostic>) -> Json {
    let mut data = Map::new();
    for (path, bytes) in files {
        let Some((name, ending)) = path.strip_prefix(FOLDER).and_then(|name| name.rsplit_once('.')) else { continue };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                diagnostics.push(crate::document::not_utf8(path, bytes, error));
                continue;
            }
        };
        let value = match ending {
            "yaml" | "yml" => yaml::parse(path, text, 0).into_value(diagnostics).map(|root| json(&root)),
            "json" => from_json(path, text, diagnostics),
            "csv" => from_csv(path, text, diagnostics),
            _ => {
                diagnostics.push(
                    Diagnostic::new(&INVALID_DATA, format!("`.{ending}` is no form of data that templates can read"))
                        .in_file(path)
                        .help("write it as `.yaml`, `.json` or `.csv`"),
                );
                None
            }
        };
        if let Some(value) = value
            && data.insert(name.to_owned(), value).is_some()
        {
            diagnostics.push(
                Diagnostic::new(&INVALID_DATA, format!("two files are called `data.{name}`")).in_file(path).help("rename one of them"),
            );
        }
    }
    Json::Object(data)
}

fn from_json(path: &Arc<str>, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Json> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let line: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (line + error.column().saturating_sub(1)).min(text.len());
    diagnostics.push(Diagnostic::new(&INVALID_DATA, format!("this is not JSON: {error}")).at(path, Span { start: at, end: at }, ""));
    None
}

/// The rows as maps, by the names in the first row.
fn from_csv(path: &Arc<str>, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Json> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Result<Vec<BTreeMap<String, String>>, csv::Error> = reader.deserialize().collect();
    match rows {
        Ok(rows) => Some(rows.into_iter().map(|row| row.into_iter().map(|(k, v)| (k, Json::from(v))).collect::<Map<_, _>>()).collect()),
        Err(error) => {
            let at = error.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0)).min(text.len());
            diagnostics.push(
                Diagnostic::new(&INVALID_DATA, format!("this is not CSV: {error}"))
                    .at(path, Span { start: at, end: at }, "")
                    .help("every row needs as many fields as the first one; put quotes around a field with a comma"),
            );
            None
        }
    }
}
