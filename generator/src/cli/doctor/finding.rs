//! What an examination found, and how it is told: a line each.

use serde_json::{Value as Json, json};

use crate::cli::listing::Listing;
use crate::report::Format;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) grade: Grade,
    /// What was looked at.
    pub(super) of: String,
    /// What it is like. No value of a variable is in it.
    pub(super) text: String,
    /// What to do.
    pub(super) help: Option<String>,
}

/// How good it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// To be mended.
    Problem,
}

impl Grade {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }
}

impl Finding {
    pub(super) fn ok(of: impl Into<String>, text: impl Into<String>) -> Self {
        Self { grade: Grade::Ok, of: of.into(), text: text.into(), help: None }
    }

    pub(super) fn note(of: impl Into<String>, text: impl Into<String>) -> Self {
        Self { grade: Grade::Note, of: of.into(), text: text.into(), help: None }
    }

    pub(super) fn problem(of: impl Into<String>, text: impl Into<String>, help: impl Into<String>) -> Self {
        Self { grade: Grade::Problem, of: of.into(), text: text.into(), help: Some(help.into()) }
    }
}

/// The findings as text.
pub(super) fn told(findings: &[Finding], format: Format) -> String {
    if format == Format::Json {
        let object =
            |finding: &Finding| json!({ "result": finding.grade.name(), "of": finding.of, "finding": finding.text, "help": finding.help });
        return format!("{:#}\n", findings.iter().map(object).collect::<Json>());
    }
    let row = |finding: &Finding| {
        let help = finding.help.as_ref().map(|help| format!("; help: {help}")).unwrap_or_default();
        [finding.grade.name().to_owned(), finding.of.clone(), format!("{}{help}", finding.text)]
    };
    Listing { headings: ["result", "of", "finding"], rows: findings.iter().map(row).collect() }.text(format)
}
