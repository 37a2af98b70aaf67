//! Where something that a built page loads or runs was written: in the page's own raw HTML, else in the look, else
//! anywhere in the page's file, such as in a shortcode's argument.

use std::collections::BTreeMap;
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Label, Span};

use super::Built;
use super::facts::Facts;
use super::uses::{At, FileUses};
use crate::document::links;
use crate::render::theme::{ThemeFile, is_template};
use crate::site::config;

/// A fault of something that a page or a file makes browsers do.
pub(super) struct Told {
    /// The fault, without its place.
    pub(super) diagnostic: Diagnostic,
    /// Where it stands in the page or file.
    pub(super) at: At,
    /// Words to look for where the text at that place is not what the author wrote; none for an attribute, whose name will do.
    pub(super) words: Vec<String>,
}

/// The shortest text that is worth looking for: shorter ones stand anywhere.
const SHORTEST: usize = 4;

/// A fault of what a page makes browsers do.
#[derive(Debug)]
pub(super) struct Fault {
    /// The fault, without its place.
    diagnostic: Diagnostic,
    /// What to look for, the surest first.
    needles: Vec<String>,
    /// Where it stands in the page's own file.
    places: Vec<Span>,
}

impl Fault {
    /// What makes faults one.
    fn key(&self) -> (&str, &str, &[String]) {
        (self.diagnostic.rule.name, &self.diagnostic.message, &self.needles)
    }
}

/// The faults of a page, each once, where its author wrote them.
pub(super) fn found(told: Vec<Told>, built: Built<'_>, facts: &Arc<Facts>) -> Vec<Fault> {
    let mut found: Vec<Fault> = Vec::new();
    if told.is_empty() {
        return found;
    }
    let html = (built.html)(&facts.out);
    let origin = facts.origin.as_ref().filter(|origin| origin.ends_with(".md"));
    for Told { diagnostic, at, words } in told {
        let mut fault = Fault { needles: needles(&html, at, words), diagnostic, places: Vec::new() };
        if found.iter().all(|known| known.key() != fault.key()) {
            fault.places = origin.map(|origin| in_page(built, origin, &fault.needles)).unwrap_or_default();
            found.push(fault);
        }
    }
    found
}

/// The diagnostics of pages' faults, each at the place where the author wrote what is wrong.
pub(super) fn told<'f>(built: Built<'_>, faults: impl Iterator<Item = (&'f Fault, &'f Arc<Facts>)>) -> Vec<Diagnostic> {
    let mut found: BTreeMap<_, Vec<(&Fault, &Arc<Facts>)>> = BTreeMap::new();
    faults.for_each(|(fault, facts)| found.entry(fault.key()).or_default().push((fault, facts)));
    let mut diagnostics = Vec::new();
    for faults in found.into_values() {
        let (Fault { diagnostic, needles, .. }, _) = faults[0];
        let mut elsewhere = Vec::new();
        for (fault, facts) in faults {
            match facts.origin.as_ref().filter(|_| !fault.places.is_empty()) {
                Some(origin) => diagnostics.extend(fault.places.iter().map(|span| diagnostic.clone().at(origin, *span, ""))),
                None => elsewhere.push(facts),
            }
        }
        let Some(first) = elsewhere.first() else { continue };
        let label = in_look(built, needles).or_else(|| anywhere(built, first.origin.as_ref()?, needles));
        let is_its_own = elsewhere.len() == 1 && label.as_ref().is_some_and(|label| Some(&label.file) == first.origin.as_ref());
        let mut diagnostic = match label {
            Some(label) => Diagnostic { labels: vec![label], ..diagnostic.clone() },
            None => diagnostic.clone().in_file(first.origin.as_ref().unwrap_or(&first.out)),
        };
        if !is_its_own {
            let seen = super::locate::seen(&first.out, elsewhere.len());
            diagnostic.why = Some(diagnostic.why.map_or(seen.clone(), |why| format!("{why}; {seen}")));
        }
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// The faults of a file that is published as it is, or that an asset is made from.
pub(super) fn in_file(told: Vec<Told>, file: &FileUses) -> impl Iterator<Item = Diagnostic> {
    told.into_iter().map(|Told { diagnostic, at: (start, length), .. }| {
        let start = start as usize;
        diagnostic.at(&file.path, start..start + length as usize, "")
    })
}

/// What to look for, the surest first: the text itself, its first line, the words or the attribute's name.
fn needles(html: &str, (start, length): At, words: Vec<String>) -> Vec<String> {
    let text = html.get(start as usize..(start as usize).saturating_add(length as usize)).unwrap_or("").trim();
    let line = text.lines().next().unwrap_or("").trim_end();
    let mut needles = vec![text.to_owned(), crate::html::scan::decode(text).into_owned(), line.to_owned()];
    if let (true, Some((name, _))) = (words.is_empty(), text.split_once('=')) {
        needles.push(format!("{name}="));
    }
    needles.extend(words);
    let mut seen = Vec::new();
    needles.retain(|needle| {
        let wanted = needle.len() >= SHORTEST && !seen.contains(needle);
        seen.push(needle.clone());
        wanted
    });
    needles
}

/// Where one of some texts stands in a page's raw HTML, or is the address of an image.
fn in_page(built: Built<'_>, origin: &Arc<str>, needles: &[String]) -> Vec<Span> {
    let Some(text) = (built.text)(origin) else { return Vec::new() };
    let parts = links::embedded(&text);
    let standing = |needle: &String| {
        let found = parts.iter().filter_map(|(span, address)| match address {
            Some(address) => (address == needle).then_some(*span),
            None => {
                let start = text.get(span.start..span.end)?.find(needle.as_str())?;
                Some(Span { start, end: start + needle.len() }.shifted(span.start))
            }
        });
        Some(found.collect::<Vec<_>>()).filter(|found| !found.is_empty())
    };
    needles.iter().find_map(standing).unwrap_or_default()
}

/// Where one of some texts stands in the look or the configuration, templates first.
fn in_look(built: Built<'_>, needles: &[String]) -> Option<Label> {
    let (templates, others): (Vec<_>, Vec<_>) = built.theme.files.iter().partition(|(name, _)| is_template(name));
    let configuration = (built.text)(config::PATH);
    needles.iter().find_map(|needle| {
        let in_file = |(_, file): &(&String, &ThemeFile)| label(&file.path, std::str::from_utf8(&file.bytes).ok()?, needle);
        let in_configuration = || label(&config::PATH.into(), configuration.as_ref()?, needle);
        templates.iter().find_map(in_file).or_else(in_configuration).or_else(|| others.iter().find_map(in_file))
    })
}

fn anywhere(built: Built<'_>, origin: &Arc<str>, needles: &[String]) -> Option<Label> {
    let text = (built.text)(origin)?;
    needles.iter().find_map(|needle| label(origin, &text, needle))
}

fn label(file: &Arc<str>, text: &str, needle: &str) -> Option<Label> {
    let start = text.find(needle)?;
    Some(Label { file: file.clone(), span: Some(Span { start, end: start + needle.len() }), text: String::new() })
}
