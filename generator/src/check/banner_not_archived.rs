//! The check `banner-not-archived`: see its doc in `rules/banner-not-archived.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use crate::document::shown::Shown;

/// Choices are proven, and what visitors are shown now is not archived, or an archived banner is no longer what it was.
pub static BANNER_NOT_ARCHIVED: Rule = Rule {
    name: "banner-not-archived",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/banner-not-archived.md"),
};

/// Judges the banners that are shown now, one a language, by those that are archived.
pub fn check(shown: &[Shown], archived: &[Shown]) -> Option<Diagnostic> {
    let missing: Vec<&str> = shown.iter().filter(|shown| !archived.contains(shown)).map(|shown| shown.language.as_str()).collect();
    if missing.is_empty() {
        return None;
    }
    let languages = missing.join("`, `");
    Some(
        Diagnostic::new(&BANNER_NOT_ARCHIVED, format!("the banner as it is shown now in `{languages}` is not archived"))
            .in_file(&Arc::from(registry::model::FILE))
            .why("a proof of a choice is worth what can be shown of the question (GDPR Art. 7(1)); without it no proof is taken")
            .help("run `plainsite receipts archive`, and commit what it writes"),
    )
}

/// What is wrong with a file of an archived banner.
pub fn spoilt(path: &Arc<str>, what: String) -> Diagnostic {
    Diagnostic::new(&BANNER_NOT_ARCHIVED, what)
        .in_file(path)
        .why("archived banners are kept as they were shown; `plainsite receipts archive` writes these files")
        .help("restore the file from the site’s history")
}
