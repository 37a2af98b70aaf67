//! The checks on the registry: each a promise that the law demands, one rule a file.

mod authority_missing;
mod automated_decisions_undecided;
mod california_incomplete;
mod choice_kept_too_long;
mod choice_undeclared;
mod controller_incomplete;
mod dpo_undecided;
mod erasure_unstated;
mod field_without_purpose;
#[cfg(test)]
mod fixture;
mod interest_unstated;
mod legal_notice_incomplete;
mod obligation_unstated;
mod payload_beyond_declaration;
mod policy_stale;
mod purpose_without_basis;
mod recipient_incomplete;
mod recipient_unused;
mod retention_missing;
mod retention_unenforced;
mod right_missing;
mod right_without_channel;
mod service_without_purpose;
mod tracker_without_consent;
mod transfer_without_safeguard;
mod undeclared_storage;
mod unknown_fact;
pub mod untranslated_text;
mod withdrawal_missing;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::{Place, Places, Registry, Service};
use crate::resolve::Declared;

/// What the checks judge.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// What is declared.
    pub(crate) registry: &'a Registry,
    /// Where each declaration was written.
    pub(crate) places: &'a Places,
    /// The day of the build, `YYYY-MM-DD`.
    pub(crate) today: &'a str,
}

impl Judged<'_> {
    /// Whether the site handles personal data, so that people must be told of it. A stored setting that reaches nobody is none.
    pub(crate) fn handles_data(&self) -> bool {
        let registry = self.registry;
        let reaches_out = |service: &Service| service.needs_consent() || service.recipient.is_some();
        registry.has_policy() || !registry.forms.is_empty() || registry.services.iter().any(reaches_out)
    }

    /// A diagnostic at the declaration of a path.
    pub(crate) fn at(&self, rule: &'static Rule, path: &str, message: impl Into<String>) -> Diagnostic {
        self.places.point(Diagnostic::new(rule, message), path)
    }
}

/// A check: it adds what it finds.
type Check = fn(Judged<'_>, &mut Vec<Diagnostic>);

/// Every check with its rules.
const CHECKS: &[(Check, &[&Rule])] = &[
    (authority_missing::check, &[&authority_missing::AUTHORITY_MISSING]),
    (automated_decisions_undecided::check, &[&automated_decisions_undecided::AUTOMATED_DECISIONS_UNDECIDED]),
    (california_incomplete::check, &[&california_incomplete::CALIFORNIA_INCOMPLETE]),
    (choice_kept_too_long::check, &[&choice_kept_too_long::CHOICE_KEPT_TOO_LONG]),
    (choice_undeclared::check, &[&choice_undeclared::CHOICE_UNDECLARED]),
    (controller_incomplete::check, &[&controller_incomplete::CONTROLLER_INCOMPLETE]),
    (dpo_undecided::check, &[&dpo_undecided::DPO_UNDECIDED]),
    (erasure_unstated::check, &[&erasure_unstated::ERASURE_UNSTATED]),
    (field_without_purpose::check, &[&field_without_purpose::FIELD_WITHOUT_PURPOSE]),
    (interest_unstated::check, &[&interest_unstated::INTEREST_UNSTATED]),
    (legal_notice_incomplete::check, &[&legal_notice_incomplete::LEGAL_NOTICE_INCOMPLETE]),
    (obligation_unstated::check, &[&obligation_unstated::OBLIGATION_UNSTATED]),
    (payload_beyond_declaration::check, &[&payload_beyond_declaration::PAYLOAD_BEYOND_DECLARATION]),
    (policy_stale::check, &[&policy_stale::POLICY_STALE]),
    (purpose_without_basis::check, &[&purpose_without_basis::PURPOSE_WITHOUT_BASIS]),
    (recipient_incomplete::check, &[&recipient_incomplete::RECIPIENT_INCOMPLETE]),
    (recipient_unused::check, &[&recipient_unused::RECIPIENT_UNUSED]),
    (retention_missing::check, &[&retention_missing::RETENTION_MISSING]),
    (retention_unenforced::check, &[&retention_unenforced::RETENTION_UNENFORCED]),
    (right_missing::check, &[&right_missing::RIGHT_MISSING]),
    (right_without_channel::check, &[&right_without_channel::RIGHT_WITHOUT_CHANNEL]),
    (service_without_purpose::check, &[&service_without_purpose::SERVICE_WITHOUT_PURPOSE]),
    (tracker_without_consent::check, &[&tracker_without_consent::TRACKER_WITHOUT_CONSENT]),
    (transfer_without_safeguard::check, &[&transfer_without_safeguard::TRANSFER_WITHOUT_SAFEGUARD]),
    (undeclared_storage::check, &[&undeclared_storage::UNDECLARED_STORAGE]),
    (unknown_fact::check, &[&unknown_fact::UNKNOWN_FACT]),
    (withdrawal_missing::check, &[&withdrawal_missing::WITHDRAWAL_MISSING]),
];

/// Every rule of the checks.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    CHECKS.iter().flat_map(|(_, rules)| rules.iter().copied()).chain([&untranslated_text::UNTRANSLATED_TEXT])
}

/// Judges what is declared. Where no more than a controller is declared, it is judged by that alone. What could not be
/// read is not judged, and what was refused is not missed: its author has been told of it already.
pub fn registry(declared: &Declared, today: &str) -> Vec<Diagnostic> {
    if declared.unreadable {
        return Vec::new();
    }
    let judged = Judged { registry: &declared.registry, places: &declared.places, today };
    let mut diagnostics = Vec::new();
    for (check, _) in CHECKS {
        check(judged, &mut diagnostics);
    }
    diagnostics.retain(|diagnostic| !holds_refused(declared, diagnostic));
    diagnostics
}

/// Whether a diagnostic points at a declaration whose value, or a part of it, was refused. The keys of a section's entry,
/// such as `retention.leads.by`, are judged by one another: each stands for the whole entry.
fn holds_refused(declared: &Declared, diagnostic: &Diagnostic) -> bool {
    let Some(label) = diagnostic.labels.first() else { return false };
    let within = |refused: &str, path: &str| refused.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let pointed_at = |place: &Place| place.file == label.file && Some(place.key) == label.span;
    let mut paths = declared.places.iter().filter(|(_, place)| pointed_at(place));
    paths.any(|(path, _)| {
        let entry = path.rsplit_once('.').map(|(entry, _)| entry).filter(|entry| entry.split('.').count() == 2);
        let path = entry.unwrap_or(path);
        declared.refused.iter().any(|refused| within(refused, path))
    })
}

#[cfg(test)]
mod tests;
