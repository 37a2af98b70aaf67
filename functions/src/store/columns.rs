//! What each column of the store holds: a check of the build holds this against what the registry declares, and a test against the real
//! tables.

use registry::model::Holding;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// What the form asks for and captures, with what tells one submission from another.
    Lead,
    /// What was tried of each delivery, and what tells a repetition.
    Deliveries,
    /// What protects the forms.
    Protection,
    /// What clients see of their projects.
    Projects,
    /// The codes that open these: their keyed hashes, and when each was made and revoked.
    Codes,
    /// The proof of a choice of cookies.
    Receipts,
    /// What people have asked for, and what was done.
    Requests,
    /// Who was told of a change of the policy.
    Notices,
    /// How the program itself fares; nothing of it comes from a visitor.
    Operation,
}

impl Holds {
    /// What the registry must declare for it beside the fields of forms; none where these, or nobody, stand for it.
    pub const fn holding(self) -> Option<Holding> {
        match self {
            Self::Deliveries => Some(Holding::Deliveries),
            Self::Protection => Some(Holding::Protection),
            Self::Projects => Some(Holding::Projects),
            Self::Codes => Some(Holding::Codes),
            Self::Receipts => Some(Holding::Receipts),
            Self::Requests => Some(Holding::Requests),
            Self::Notices => Some(Holding::Notices),
            Self::Lead | Self::Operation => None,
        }
    }
}

/// Each column of each table that migrations make.
pub const COLUMNS: &[(&str, &str, Holds)] = &[
    ("leads", "id", Holds::Lead),
    ("leads", "form", Holds::Lead),
    ("leads", "language", Holds::Lead),
    ("leads", "received", Holds::Lead),
    ("leads", "contacted", Holds::Lead),
    ("leads", "fields", Holds::Lead),
    ("leads", "captured", Holds::Lead),
    ("leads", "held", Holds::Protection),
    ("leads", "key_digest", Holds::Deliveries),
    ("leads", "fingerprint", Holds::Deliveries),
    ("deliveries", "lead", Holds::Deliveries),
    ("deliveries", "sink", Holds::Deliveries),
    ("deliveries", "state", Holds::Deliveries),
    ("deliveries", "attempts", Holds::Deliveries),
    ("deliveries", "first_attempt", Holds::Deliveries),
    ("deliveries", "due", Holds::Deliveries),
    ("deliveries", "failure", Holds::Deliveries),
    ("deliveries", "reference", Holds::Deliveries),
    ("deliveries", "lease", Holds::Deliveries),
    ("deliveries", "leased_until", Holds::Deliveries),
    ("stopped_sinks", "sink", Holds::Operation),
    ("stopped_sinks", "until", Holds::Operation),
    ("stopped_sinks", "failure", Holds::Operation),
    ("counted", "name", Holds::Protection),
    ("counted", "length", Holds::Protection),
    ("counted", "begins", Holds::Protection),
    ("counted", "number", Holds::Protection),
    ("spent_proofs", "nonce", Holds::Protection),
    ("spent_proofs", "until", Holds::Protection),
    ("projects", "id", Holds::Projects),
    ("projects", "content", Holds::Projects),
    ("codes", "hash", Holds::Codes),
    ("codes", "id", Holds::Codes),
    ("codes", "project", Holds::Codes),
    ("codes", "made", Holds::Codes),
    ("codes", "revoked", Holds::Codes),
    ("jobs", "job", Holds::Operation),
    ("jobs", "ran", Holds::Operation),
    ("place", "part", Holds::Operation),
    ("place", "stands", Holds::Operation),
    ("receipts", "id", Holds::Receipts),
    ("receipts", "decided", Holds::Receipts),
    ("receipts", "received", Holds::Receipts),
    ("receipts", "how", Holds::Receipts),
    ("receipts", "language", Holds::Receipts),
    ("receipts", "revision", Holds::Receipts),
    ("receipts", "banner", Holds::Receipts),
    ("receipts", "signalled", Holds::Receipts),
    ("receipts", "accepted", Holds::Receipts),
    ("receipts", "refused", Holds::Receipts),
    ("requests", "id", Holds::Requests),
    ("requests", "asked", Holds::Requests),
    ("requests", "language", Holds::Requests),
    ("requests", "received", Holds::Requests),
    ("requests", "person", Holds::Requests),
    ("requests", "confirmed", Holds::Requests),
    ("requests", "due", Holds::Requests),
    ("requests", "extended", Holds::Requests),
    ("requests", "reminded", Holds::Requests),
    ("requests", "found", Holds::Requests),
    ("requests", "closed", Holds::Requests),
    ("requests", "answer", Holds::Requests),
    ("request_tasks", "request", Holds::Requests),
    ("request_tasks", "number", Holds::Requests),
    ("request_tasks", "work", Holds::Requests),
    ("request_tasks", "attempts", Holds::Requests),
    ("request_tasks", "attempted_next", Holds::Requests),
    ("request_tasks", "failure", Holds::Requests),
    ("request_tasks", "done", Holds::Requests),
    ("restrictions", "lead", Holds::Requests),
    ("restrictions", "asked", Holds::Requests),
    ("restrictions", "since", Holds::Requests),
    ("erasures", "person", Holds::Requests),
    ("erasures", "erased", Holds::Requests),
    ("notices", "seal", Holds::Notices),
    ("notices", "person", Holds::Notices),
    ("notices", "policy", Holds::Notices),
    ("notices", "version", Holds::Notices),
    ("notices", "state", Holds::Notices),
    ("notices", "attempts", Holds::Notices),
    ("notices", "first_attempt", Holds::Notices),
    ("notices", "leased_until", Holds::Notices),
    ("notices", "failure", Holds::Notices),
    ("notices", "sent", Holds::Notices),
];
