//! Data files: `content/_data/NAME.yaml`, `.json` and `.csv`, which templates read as `data.NAME`.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};
use registry::yaml;
use serde_json::{Map, Value as Json};

/// A data file that cannot be read.
pub static INVALID_DATA: Rule =
    Rule { name: "invalid-data", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-data.md") };

/// Where data files lie.
pub const FOLDER: &str = "content/_data/";

/// Reads the data files, given by path and bytes.
pub fn read(files: &BTreeMap<Arc<str>, Arc<[u8]>>, diagnostics: &mut Vec<Diagnostic>) -> Json {
    let mut data = Map::new();
    let mut seen: BTreeMap<&str, &Arc<str>> = BTreeMap::new();
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
            "yaml" | "yml" => yaml::parse(path, text, 0).into_value(diagnostics).map(|root| root.to_json()),
            "json" => from_json(path, text, diagnostics),
            "csv" => from_csv(path, text, diagnostics),
            _ => {
                diagnostics.push(
                    Diagnostic::new(&INVALID_DATA, format!("templates cannot read `.{ending}` files"))
                        .in_file(path)
                        .help("write it as `.yaml`, `.json` or `.csv`"),
                );
                None
            }
        };
        if let Some(value) = value {
            data.insert(name.to_owned(), value);
            if let Some(first) = seen.insert(name, path) {
                let diagnostic = Diagnostic::new(&INVALID_DATA, format!("two files are called `data.{name}`"));
                diagnostics.push(diagnostic.in_file(path).in_file(first).help("rename one of them"));
            }
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
            let row = text.get(at..).unwrap_or("").trim_start_matches(['\r', '\n']);
            let start = text.len() - row.len();
            let message = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!(
                        "this row has {}, the first one has {expected_len}",
                        if *len == 1 { "1 field".to_owned() } else { format!("{len} fields") }
                    )
                }
                _ => format!("this is not CSV: {error}"),
            };
            diagnostics.push(
                Diagnostic::new(&INVALID_DATA, message)
                    .at(path, Span { start, end: start + row.lines().next().unwrap_or("").len() }, "")
                    .help("every row needs as many fields as the first one; put quotes around a field with a comma"),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(files: &[(&str, &str)]) -> Vec<Diagnostic> {
        let files = files.iter().map(|(name, text)| (Arc::from(format!("{FOLDER}{name}")), Arc::from(text.as_bytes()))).collect();
        let mut diagnostics = Vec::new();
        read(&files, &mut diagnostics);
        diagnostics
    }

    #[test]
    fn a_row_of_another_length_is_counted_and_shown() {
        let text = "name,town\nAda,Paris\n\nGrace\n";
        let found = told(&[("team.csv", text)]).remove(0);
        assert_eq!(found.message, "this row has 1 field, the first one has 2");
        let span = found.labels[0].span.unwrap();
        assert_eq!(&text[span.start..span.end], "Grace");
        assert_eq!(told(&[("team.csv", "a\n1,2,3\n")])[0].message, "this row has 3 fields, the first one has 1");
    }

    #[test]
    fn two_files_of_one_name_are_both_shown() {
        let found = told(&[("team.csv", "a\n1\n"), ("team.json", "[]")]);
        assert_eq!(found.len(), 1);
        let files: Vec<_> = found[0].labels.iter().map(|label| label.file.as_ref()).collect();
        assert_eq!(files, ["content/_data/team.json", "content/_data/team.csv"]);
    }

    #[test]
    fn a_spreadsheet_is_no_data() {
        assert_eq!(told(&[("team.xlsx", "PK")])[0].message, "templates cannot read `.xlsx` files");
    }
}
