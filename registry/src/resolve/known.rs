//! `use: NAME`: what the catalogue knows, below what the author wrote beside it.

use std::sync::Arc;

use crate::catalogue;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence, Span, nearest};
use crate::yaml::{Entry, Node, Scalar, Value};

/// The catalogue has no entry of that name.
pub(crate) static UNKNOWN_CATALOGUE_ENTRY: Rule = Rule {
    name: "unknown-catalogue-entry",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/unknown-catalogue-entry.md"),
};

/// The keys of an entry that say something about the entry itself.
const OWN: [&str; 2] = ["kind", "services"];

/// What may be taken from the catalogue.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    Recipients,
    Services,
}

/// Puts the catalogue's facts below every entry of `recipients` and `services` that asks for them by `use`.
pub(super) fn merge(root: &mut Node, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) {
    let Value::Map(entries) = &mut root.value else { return };
    for (key, wanted) in [("recipients", Wanted::Recipients), ("services", Wanted::Services)] {
        let found = entries.iter_mut().find(|entry| entry.key == key);
        if let Some(Entry { value: Node { value: Value::Map(each), .. }, .. }) = found {
            each.iter_mut().for_each(|entry| fill(&mut entry.value, wanted, file, diagnostics));
        }
    }
}

fn fill(node: &mut Node, wanted: Wanted, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) {
    let Value::Map(written) = &mut node.value else { return };
    let Some(at) = written.iter().position(|entry| entry.key == "use") else { return };
    let asked = written.remove(at);
    let span = asked.value.span;
    let name = asked.value.as_text().unwrap_or("").to_owned();
    let found = match wanted {
        Wanted::Recipients => catalogue::recipient(&name),
        Wanted::Services => catalogue::service(&name),
    };
    let Some(facts) = found else {
        let names = if wanted == Wanted::Recipients { catalogue::recipients() } else { catalogue::services() };
        let near = nearest(&name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        diagnostics.push(
            Diagnostic::new(&UNKNOWN_CATALOGUE_ENTRY, format!("the catalogue has no `{name}`"))
                .at(file, span, "")
                .help(near.unwrap_or_else(|| "`plainsite explain catalogue` lists what it has; or spell the facts out here".to_owned())),
        );
        return;
    };
    for mut entry in facts {
        let known = written.iter().any(|own| own.key == entry.key);
        if !known && !OWN.contains(&entry.key.as_str()) {
            entry.key_span = span;
            point(&mut entry.value, span);
            written.push(entry);
        }
    }
}

/// Lets everything in a node stand where it was asked for.
fn point(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::Scalar(Scalar { .. }) => {}
        Value::List(items) => items.iter_mut().for_each(|item| point(item, span)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_span = span;
            point(&mut entry.value, span);
        }),
    }
}
