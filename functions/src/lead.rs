//! A lead: what came in by a form, and the deliveries that follow.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use registry::model::{CaptureKind, Delivery, DeliveryKind, FormId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::personal::Personal;

/// A lead's id: a UUID made from the key under which the client repeats itself, so that a repetition has the same one wherever it is
/// stored. It says nothing about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeadId(Uuid);

impl LeadId {
    /// The id of what is sent under an idempotency key, in 16 bytes of a keyed digest of it.
    pub fn of_digest(digest: [u8; 16]) -> Self {
        Self(uuid::Builder::from_custom_bytes(digest).into_uuid())
    }
}

impl fmt::Display for LeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for LeadId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// The values of a form's fields by name: texts, and `true` for a ticked box. A field that was left empty is not there.
pub type Values = BTreeMap<String, Value>;

/// What came in by a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// The form.
    pub form: FormId,
    /// The language in which the form was filled in.
    pub language: String,
    /// When it came.
    pub received: Timestamp,
    /// When there was last contact; its retention counts from here.
    pub contacted: Timestamp,
    /// What was filled in.
    pub values: Personal<Values>,
    /// What was noted beside that. The campaign's parameters stand as one text, `utm_source=…&utm_medium=…`.
    pub captured: Personal<BTreeMap<CaptureKind, String>>,
    /// Why it is held back as suspected spam; empty for what is delivered.
    pub held: Vec<Suspicion>,
}

impl Lead {
    /// Whether a person's address stands in it as a whole value.
    pub fn is_of(&self, address: &Personal<String>) -> bool {
        let is_it = |value: &str| value.trim().eq_ignore_ascii_case(address.reveal().trim());
        self.values.reveal().values().filter_map(Value::as_str).any(is_it)
    }
}

/// Why a submission is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// The field that nobody sees was filled in.
    Honeypot,
    /// It was sent without a script, and its text has several links.
    Links,
}

/// One way of leads to a recipient: `notion:page`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SinkId(pub String);

impl SinkId {
    /// The sink of a declared delivery.
    pub fn of(delivery: &Delivery) -> Self {
        Self::new(delivery.to.as_str(), delivery.kind)
    }

    /// A recipient's sink of a kind.
    pub fn new(recipient: &str, kind: DeliveryKind) -> Self {
        Self(format!("{recipient}:{}", kind.name()))
    }

    /// The recipient's id.
    pub fn recipient(&self) -> &str {
        self.0.rsplit_once(':').map_or(&self.0, |(recipient, _)| recipient)
    }

    /// The kind of delivery; none for what no version of this program wrote.
    pub fn kind(&self) -> Option<DeliveryKind> {
        DeliveryKind::parse(self.0.rsplit_once(':')?.1)
    }
}

impl fmt::Display for SinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A delivery of a lead, as the outbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The lead.
    pub lead: LeadId,
    /// Where it goes.
    pub sink: SinkId,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was attempted.
    pub attempts: u32,
    /// When it was first attempted.
    pub first_attempt: Option<Timestamp>,
    /// When it is attempted next.
    pub due: Timestamp,
    /// What the last attempt failed with.
    pub failure: Option<Failure>,
    /// The recipient's own id of what was written, such as that of a page.
    pub reference: Option<String>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It waits for its time, or for a lease that another one holds to run out.
    Pending,
    /// It waits until somebody has looked at the lead.
    Held,
    /// The recipient has acknowledged it.
    Sent,
    /// It was given up; operations were told, and `plainsite outbox retry` takes it up again.
    Dead,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The recipient acknowledged it, now or at an earlier attempt that was found again.
    Sent {
        /// The recipient's own id of it, where it gives one.
        reference: Option<String>,
    },
    /// It is tried again, on the schedule or when the recipient says.
    Retry {
        /// Why.
        failure: Failure,
        /// When the recipient said to come back.
        after: Option<Duration>,
    },
    /// The recipient asks everybody to wait: the whole sink pauses.
    Pause {
        /// Why.
        failure: Failure,
        /// For how long.
        wait: Duration,
    },
    /// The recipient does not let us in: the whole sink waits for a person, and nothing is given up.
    Park {
        /// Why.
        failure: Failure,
    },
    /// No further attempt can succeed.
    GiveUp {
        /// Why.
        failure: Failure,
    },
}

/// Why an attempt failed, in words that hold no personal data: they reach logs, mails to operations and lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// No connection, or no answer in time.
    Unreachable,
    /// The registry declares no recipient with this host.
    Undeclared,
    /// The key is refused, or lacks a permission (401, 403).
    Refused,
    /// Too many requests, or the service is overloaded (429, 529).
    TooMany,
    /// The service has a fault of its own (5xx).
    Broken,
    /// The service does not take what was sent (400, 422), which is our mistake or a changed set-up.
    Rejected,
    /// What was to be written to is not there (404, 410).
    Missing,
    /// The queue of the automation is full.
    Full,
    /// The answer is none that the service's documents tell of.
    Strange,
    /// Replays are no longer recognised, so that another attempt could arrive twice.
    TooLate,
    /// Every attempt of the schedule has failed.
    Exhausted,
    /// The database was restored from a backup or copied, and nobody has said that it is whole.
    Restored,
}
