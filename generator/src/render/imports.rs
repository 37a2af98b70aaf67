//! The order in which files that import each other are made: each behind those that it imports, whose names come from their content.

use std::collections::{BTreeMap, BTreeSet};

/// Files in their order, and the circles that keep some of them out of it.
#[derive(Debug, Default)]
pub(super) struct Order<'a> {
    /// The files, each behind those that it imports; no member of a circle.
    pub(super) files: Vec<&'a str>,
    /// Each circle once, from the member that was met first.
    pub(super) circles: Vec<Vec<&'a str>>,
}

/// Orders files, given by name with the names that each imports. Names that are none of the files count for nothing.
pub(super) fn ordered<'a>(imports: &BTreeMap<&'a str, Vec<String>>) -> Order<'a> {
    let mut walk = Walk { imports, done: Vec::new(), round: BTreeSet::new(), under_way: Vec::new() };
    let circles = imports.keys().flat_map(|name| walk.visit(name)).collect();
    let Walk { mut done, round, .. } = walk;
    done.retain(|name| !round.contains(name));
    Order { files: done, circles }
}

/// A circle in words: `` `a.css` → `b.css` → `a.css` ``.
pub(super) fn spoken(circle: &[&str]) -> String {
    circle.iter().chain(circle.first()).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ")
}

/// A walk along imports.
struct Walk<'m, 'a> {
    imports: &'m BTreeMap<&'a str, Vec<String>>,
    /// The files seen to the end, each behind those that it imports.
    done: Vec<&'a str>,
    /// The members of circles.
    round: BTreeSet<&'a str>,
    under_way: Vec<&'a str>,
}

impl<'a> Walk<'_, 'a> {
    /// Goes through all that a file imports; the circles found on the way.
    fn visit(&mut self, name: &str) -> Vec<Vec<&'a str>> {
        let Some((name, imports)) = self.imports.get_key_value(name) else { return Vec::new() };
        if let Some(at) = self.under_way.iter().position(|above| above == name) {
            let circle = self.under_way[at..].to_vec();
            self.round.extend(&circle);
            return vec![circle];
        }
        if self.done.contains(name) {
            return Vec::new();
        }
        self.under_way.push(name);
        let circles = imports.iter().flat_map(|import| self.visit(import)).collect();
        self.under_way.pop();
        self.done.push(name);
        circles
    }
}

/// The name below `templates/` of a file that another one names by a relative address; none where that leads out of the folder.
pub(super) fn resolve(from: &str, url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
