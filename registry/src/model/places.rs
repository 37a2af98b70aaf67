//! Where each declaration was written, by its path of keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Span};

/// Where each declaration was written, by its path of keys, such as `recipients.notion.country`; items of lists by their
/// number from 0. The fields of a form stand below `forms.NAME`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    by_path: BTreeMap<String, Place>,
}

/// Where a declaration was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The file.
    pub file: Arc<str>,
    /// Its key; its value, where it is an item of a list.
    pub key: Span,
    /// Its value.
    pub value: Span,
}

impl Places {
    /// Notes a place.
    pub fn insert(&mut self, path: String, place: Place) {
        self.by_path.insert(path, place);
    }

    /// The place of a declaration, or of the nearest one around it.
    pub fn get(&self, path: &str) -> Option<&Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.by_path.get(path) {
                return Some(place);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// Whether an author wrote this very declaration.
    pub fn has(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    /// Every place, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Place)> {
        self.by_path.iter().map(|(path, place)| (path.as_str(), place))
    }

    /// Points a diagnostic at a declaration: at its key, or at the nearest one around it; else at the file of the registry.
    #[must_use]
    pub fn point(&self, diagnostic: Diagnostic, path: &str) -> Diagnostic {
        match self.get(path) {
            Some(place) => diagnostic.at(&place.file, place.key, ""),
            None => diagnostic.in_file(&Arc::from(super::FILE)),
        }
    }
}
