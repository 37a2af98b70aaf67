//! What it takes to tell people of a change of a policy, each once: where it is noted who was told, and how letters go out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::model::FormId;
use serde::{Deserialize, Serialize};

use super::{PersonHash, StoreError};
use crate::announcement::Announcement;
use crate::lead::{Failure, LeadId, Outcome};
use crate::personal::Personal;

/// Somebody who is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// The address, as it was last typed.
    pub address: Personal<String>,
    /// The language of the last form that was sent from there.
    pub language: String,
    /// That form.
    pub form: FormId,
    /// When that was.
    pub wrote: Timestamp,
    /// The keyed hash by which the log of erasures would know the address.
    pub in_log: PersonHash,
    /// That hash for this one version, which is all that is noted.
    pub person: PersonHash,
}

/// How far somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// An attempt has begun, and nobody knows whether it arrived.
    Pending,
    /// The letter was taken.
    Sent,
    /// No further attempt is made by itself.
    Failed,
}

/// A notice that went to somebody, as it was noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The policy.
    pub policy: String,
    /// The version that it told of.
    pub version: String,
    /// How far.
    pub state: Telling,
    /// When it was first attempted.
    pub since: Timestamp,
    /// When the letter was taken; none where it was not.
    pub sent: Option<Timestamp>,
}

/// Which attempt an address was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The first.
    First,
    /// Another one: an earlier one may have arrived.
    Again {
        /// When the first one was made.
        since: Timestamp,
    },
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The letter was taken at this time.
    Sent(Timestamp),
    /// No further attempt can succeed, or one could arrive twice.
    Failed(Failure),
    /// It may have arrived; the next run tries again.
    Unknown(Failure),
    /// It has certainly not arrived, and nothing of it is kept.
    NotTaken,
}

/// Where it is noted who was told of which version. Every method is one transaction. No address is kept, only keyed hashes, another one for each
/// version ([`PersonHash::in_version`]).
#[async_trait]
pub trait Notices: Send + Sync + fmt::Debug {
    /// The leads that are held back, since their person objected, asked for a restriction, or was erased as far as the law allows.
    async fn held_back(&self) -> Result<BTreeSet<LeadId>, StoreError>;

    /// Who was told of a version, by its seal, and how far.
    async fn told(&self, seal: &str) -> Result<BTreeMap<PersonHash, Telling>, StoreError>;

    /// Takes an address under a lease, before anything is sent there; none where it was told or given up, another one has it, or its person was
    /// erased since they last wrote.
    async fn take(
        &self,
        announcement: &Announcement,
        to: &Addressee,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Attempt>, StoreError>;

    /// Writes what became of the attempt, and ends the lease.
    async fn note(&self, seal: &str, person: &PersonHash, noted: Noted) -> Result<(), StoreError>;

    /// Forgets what failed of a version, so that it is attempted like the first time. How many there were.
    async fn forget_failed(&self, seal: &str) -> Result<u64, StoreError>;
}

/// How letters go out to those who are told.
#[async_trait]
pub trait Announcer: Send + Sync + fmt::Debug {
    /// Sends the letter. `key` stays the same when it is sent again to the same person.
    async fn announce(&self, announcement: &Announcement, to: &Addressee, key: &str, attempt: Attempt, now: Timestamp) -> Outcome;
}
