//! Notes where each declaration stands, by its path of keys.

use std::sync::Arc;

use crate::model::{Place, Places};
use crate::yaml::{Node, Value};

/// Notes everything in a node, below a path.
pub(super) fn note(node: &Node, file: &Arc<str>, path: &str, places: &mut Places) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Scalar(_) => {}
        Value::List(items) => {
            for (n, item) in items.iter().enumerate() {
                let path = below(&n.to_string());
                places.insert(path.clone(), Place { file: file.clone(), key: item.span, value: item.span });
                note(item, file, &path, places);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let path = below(&entry.key);
                places.insert(path.clone(), Place { file: file.clone(), key: entry.key_span, value: entry.value.span });
                note(&entry.value, file, &path, places);
            }
        }
    }
}
