//! The published versions of the site's policies as they were read last, and the documents that they become.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Span};
use serde_json::json;

use super::inputs::Inputs;
use crate::digest::{Digest, Hasher};
use crate::document::version::{FOLDER, Version};
use crate::document::{Document, Fill, FrontMatter, Outline, Slot, difference};
use crate::html::escape_into;

/// The published versions as they were read last.
#[derive(Debug, Default)]
pub(super) struct VersionsMemory {
    key: Option<Digest>,
    /// Sorted by policy, then by the day from which they apply.
    pub(super) versions: Vec<Version>,
    pub(super) documents: Vec<Arc<Document>>,
    diagnostics: Vec<Diagnostic>,
}

impl VersionsMemory {
    /// Reads the versions again where any of them changed.
    pub(super) fn refresh(&mut self, inputs: &Inputs) {
        let key = Some(inputs.digest_below(FOLDER));
        if self.key == key {
            return;
        }
        self.key = key;
        self.diagnostics.clear();
        self.versions.clear();
        for (path, bytes) in &inputs.kept_below(FOLDER) {
            match Version::parse(path, bytes) {
                Ok(version) => self.versions.push(version),
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
        self.versions.sort_by(|a, b| (&a.policy, a.effective, a.published).cmp(&(&b.policy, b.effective, b.published)));
        if self.diagnostics.is_empty() {
            self.diagnostics.extend(Version::gap(&self.versions).map(|gap| *gap));
        }
        self.documents = documents(&self.versions);
    }

    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }
}

/// One document for each version in each of its languages, and one for each policy that tells what changed.
fn documents(versions: &[Version]) -> Vec<Arc<Document>> {
    let mut documents = Vec::new();
    for of_policy in versions.chunk_by(|a, b| a.policy == b.policy) {
        let languages: BTreeSet<&String> = of_policy.iter().flat_map(|version| version.texts.keys()).collect();
        for language in languages {
            let told: Vec<&Version> = of_policy.iter().filter(|version| version.texts.contains_key(language)).collect();
            for (n, version) in told.iter().enumerate() {
                let until = told.get(n + 1).map(|next| next.effective);
                documents.push(Arc::new(version_document(version, language, until)));
            }
            documents.extend(changes(&told, language).map(Arc::new));
        }
    }
    documents.sort_by(|a, b| a.outline.path.cmp(&b.outline.path));
    documents
}

fn version_document(version: &Version, language: &str, until: Option<Date>) -> Document {
    let text = &version.texts[language];
    let front = FrontMatter {
        template: Some(("policy-version.html".to_owned(), Span::default())),
        version: Some((version.version.clone(), Span::default())),
        effective: Some(version.effective),
        extra: json!({ "published": version.published.to_string(), "until": until.map(|day| day.to_string()).unwrap_or_default() }),
        ..FrontMatter::default()
    };
    let path = format!("{FOLDER}{}/{}.{language}.md", version.policy, version.version);
    document(&path, &text.title, front, text.html.clone(), Vec::new())
}

/// What changed from each version to the next one, the newest first.
fn changes(versions: &[&Version], language: &str) -> Option<Document> {
    let newest = versions.last()?;
    let mut html = String::new();
    let mut slots = Vec::new();
    for pair in versions.windows(2).rev() {
        let [old, new] = pair else { continue };
        heading(new, &mut html, &mut slots);
        let changed = difference::between(&old.texts[language].html, &new.texts[language].html);
        if changed.html.is_empty() {
            paragraph("changes_none", &mut html, &mut slots);
        }
        slots.extend(changed.words.into_iter().map(|(at, fill)| Slot { at: html.len() + at, span: Span::default(), fill }));
        html.push_str(&changed.html);
    }
    if let Some(first) = versions.first() {
        heading(first, &mut html, &mut slots);
        paragraph("changes_first", &mut html, &mut slots);
    }
    let updated = newest.published;
    let front = FrontMatter {
        template: Some(("policy-changes.html".to_owned(), Span::default())),
        updated: Some(updated),
        ..FrontMatter::default()
    };
    let path = format!("{FOLDER}{}/changes.{language}.md", newest.policy);
    Some(document(&path, &newest.texts[language].title, front, html, slots))
}

/// The heading of a version.
fn heading(version: &Version, html: &mut String, slots: &mut Vec<Slot>) {
    html.push_str("<h2 id=\"version-");
    escape_into(&version.version, html);
    html.push_str("\">");
    slot(Fill::Word("version"), html, slots);
    html.push(' ');
    escape_into(&version.version, html);
    html.push_str(", ");
    slot(Fill::Day(version.effective), html, slots);
    html.push_str("</h2>\n");
}

/// A paragraph with a word of the interface.
fn paragraph(key: &'static str, html: &mut String, slots: &mut Vec<Slot>) {
    html.push_str("<p>");
    slot(Fill::Word(key), html, slots);
    html.push_str("</p>\n");
}

fn slot(fill: Fill, html: &str, slots: &mut Vec<Slot>) {
    slots.push(Slot { at: html.len(), span: Span::default(), fill });
}

fn document(path: &str, title: &str, front: FrontMatter, html: String, slots: Vec<Slot>) -> Document {
    let mut hasher = Hasher::default();
    let digest = hasher.add(path).add(title).add(format!("{front:?}")).add(&html).add(format!("{slots:?}")).finish();
    let outline = Outline { path: path.into(), front, title: Some(title.to_owned()), summary: String::new(), portal: false, digest };
    Document { outline: Arc::new(outline), digest, html, slots, toc: Vec::new(), heading_in_content: false }
}
