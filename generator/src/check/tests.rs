//! The rules' own form: names, docs, the manual made from them.

use std::collections::BTreeSet;
use std::path::Path;

use registry::diagnostic::Silence;

use super::*;

/// The folders with the rules' docs, seen from this crate.
const FOLDERS: [&str; 2] = ["rules", "../registry/rules"];

/// The manual, likewise.
const MANUAL: &str = "../docs/checks.md";

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file of the rules' docs: its name without the ending, and its text.
fn files() -> Vec<(String, String)> {
    let entries = FOLDERS.iter().flat_map(|folder| std::fs::read_dir(here(folder)).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The headings of the second level, outside code.
fn headings(doc: &str) -> Vec<&str> {
    let mut in_code = false;
    let lines = doc.lines().filter(|line| {
        in_code ^= line.starts_with("```");
        !in_code
    });
    lines.filter_map(|line| line.strip_prefix("## ")).collect()
}

#[test]
fn every_file_of_a_rule_is_listed_and_every_rule_has_one() {
    let files: BTreeSet<String> = files().into_iter().map(|(name, _)| name).collect();
    let rules: BTreeSet<String> = rules().iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(rules, files);
    assert_eq!(rules.len(), super::rules().len(), "a name stands twice");
}

#[test]
fn a_rule_has_the_doc_of_its_file() {
    let files = files();
    for rule in rules() {
        let file = files.iter().find(|(name, _)| name == rule.name).unwrap();
        assert!(rule.doc == file.1, "`{}` includes the doc of another rule", rule.name);
    }
}

#[test]
fn names_are_in_kebab_case() {
    for rule in rules() {
        let words = rule.name.split('-');
        let plain = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        assert!(words.clone().all(plain) && words.count() > 1, "{}", rule.name);
    }
}

#[test]
fn every_doc_has_its_summary_and_its_parts() {
    for rule in rules() {
        assert!(rule.doc.starts_with(&format!("# {}\n\n", rule.name)), "`{}` does not begin with its name", rule.name);
        assert_eq!(headings(rule.doc), ["What it does", "Why it matters", "Example", "Source"], "the headings of `{}`", rule.name);
        let summary = summary(rule.doc);
        let line = rule.doc.lines().nth(2).unwrap();
        assert_eq!(summary, line);
        assert!(rule.doc.lines().nth(3) == Some(""), "the summary of `{}` is more than one line", rule.name);
        let sentence = summary.ends_with('.') && !summary.trim_end_matches('.').contains(". ");
        assert!(sentence && summary.chars().count() < 90, "the summary of `{}` is no short sentence: {summary}", rule.name);
    }
}

#[test]
fn only_docs_of_rules_that_can_be_silenced_say_how() {
    for rule in rules() {
        let says = rule.doc.contains(&format!("silence: [{{ rule: {}, reason: … }}]", rule.name));
        assert_eq!(says, rule.silence == Silence::Allowed, "{}", rule.name);
    }
}

#[test]
fn these_rules_can_be_silenced() {
    let allowed: Vec<&str> = rules().iter().filter(|rule| rule.silence == Silence::Allowed).map(|rule| rule.name).collect();
    assert_eq!(
        allowed,
        [
            "authority-missing",
            "automated-decisions-undecided",
            "banner-without-need",
            "broken-anchor",
            "broken-link",
            "california-incomplete",
            "change-without-notice",
            "choice-kept-too-long",
            "choice-undeclared",
            "consent-control-missing",
            "contact-unreadable",
            "controller-incomplete",
            "declared-never-seen",
            "dpo-undecided",
            "erasure-unstated",
            "field-without-purpose",
            "inline-script",
            "interest-unstated",
            "large-page",
            "legal-notice-incomplete",
            "missing-alternative",
            "obligation-unstated",
            "policy-stale",
            "promise-not-shown",
            "prose-contradicts-registry",
            "purpose-without-basis",
            "recipient-incomplete",
            "recipient-unused",
            "retention-missing",
            "retention-unenforced",
            "right-missing",
            "right-without-channel",
            "seen-undeclared",
            "service-without-purpose",
            "tracker-without-consent",
            "transfer-without-safeguard",
            "undeclared-field",
            "undeclared-origin",
            "ungated-service",
            "untranslated-interface",
            "untranslated-text",
            "withdrawal-missing",
        ]
    );
}

#[test]
fn the_manual_is_made_from_the_rules() {
    let (path, made) = (here(MANUAL), document());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == made,
        "docs/checks.md is stale: run `UPDATE_DOCS=1 cargo test -p plainsite --lib check::tests`, and commit the file"
    );
}

#[test]
fn the_manual_tells_severity_silence_and_place() {
    let manual = document();
    assert!(manual.contains("\n- [`broken-link`](#broken-link): "));
    assert!(manual.contains("\n## broken-link\n\n*Error; can be silenced.*\n"));
    assert!(manual.contains("\n## large-page\n\n*Warning; can be silenced.*\n"));
    assert!(manual.contains("\n## empty-site\n\n*Error; cannot be silenced.*\n"));
    assert!(manual.contains("\n### What it does\n") && !manual.contains("\n## What it does\n"));
}
