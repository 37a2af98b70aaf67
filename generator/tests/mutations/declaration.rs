//! The declarations of a registry: every entry of a map and every item of a list, at any depth.

use serde_json::Value;

/// A declaration: its path of keys, and its value. The fields of a form stand below `forms.NAME`.
pub(crate) struct Declaration {
    pub(crate) path: Vec<String>,
    pub(crate) value: Value,
}

/// Every declaration, in the order in which they are written.
pub(crate) fn all(root: &Value) -> Vec<Declaration> {
    let mut found = Vec::new();
    below(root, &mut Vec::new(), &mut found);
    // `forms` and `forms.NAME` are no declarations but a folder and its files.
    found.retain(|declaration| declaration.path[0] != "forms" || declaration.path.len() > 2);
    found
}

fn below(value: &Value, path: &mut Vec<String>, found: &mut Vec<Declaration>) {
    let mut each = |key: String, value: &Value| {
        path.push(key);
        found.push(Declaration { path: path.clone(), value: value.clone() });
        below(value, path, found);
        path.pop();
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| each(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| each(n.to_string(), value)),
        _ => {}
    }
}
