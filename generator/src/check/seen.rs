//! The rules that a browser is held to: what the audit saw it do, and what is declared. See their docs in `rules/`.
//!
//! They stand here with all other rules; `audit` does the looking and the judging.

use registry::diagnostic::{Rule, Severity, Silence};

/// A browser did something that no service declares.
pub static SEEN_UNDECLARED: Rule = Rule {
    name: "seen-undeclared",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/seen-undeclared.md"),
};

/// A browser did something that waits for a consent which had not been given.
pub static SEEN_WITHOUT_CONSENT: Rule = Rule {
    name: "seen-without-consent",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/seen-without-consent.md"),
};

/// Something of a service is still in the browser after consent was withdrawn.
pub static SURVIVES_WITHDRAWAL: Rule = Rule {
    name: "survives-withdrawal",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/survives-withdrawal.md"),
};

/// Something is declared that no state of consent showed.
pub static DECLARED_NEVER_SEEN: Rule = Rule {
    name: "declared-never-seen",
    severity: Severity::Warning,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/declared-never-seen.md"),
};

/// All of them.
pub static RULES: [&Rule; 4] = [&SEEN_UNDECLARED, &SEEN_WITHOUT_CONSENT, &SURVIVES_WITHDRAWAL, &DECLARED_NEVER_SEEN];
