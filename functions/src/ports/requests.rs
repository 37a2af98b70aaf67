//! What the functions need to take privacy requests: where they are kept, and how people and operations are written to.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::digest::hex;
use registry::model::{FormId, RecipientId};
use sha2::{Digest, Sha256};

use super::{Limit, Spent, StoreError, Told};
use crate::lead::{Failure, Lead, LeadId, OutboxRow, Outcome};
use crate::personal::Personal;
use crate::request::{Answered, Deed, PrivacyRequest, RequestId, Task, Work};

/// A request that passed every check, about to be stored. Nothing was looked up for it.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The request, unconfirmed.
    pub request: PrivacyRequest,
    /// The proof of work that was spent for it; none on the path without a script.
    pub proof: Option<Spent>,
    /// The limits that it counts for.
    pub limits: Vec<Limit>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is stored, now or before.
    Kept,
    /// Its proof of work was spent on something else.
    SpentProof,
    /// One of its limits is reached. Nothing is stored.
    Limited {
        /// When that limit's window ends.
        until: Timestamp,
    },
}

/// What follows when a request is confirmed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is done in this store.
    pub deed: Deed,
    /// Forms whose leads are kept in spite of an erasure, since an obligation demands it; their deliveries are held back then.
    pub kept: BTreeSet<FormId>,
    /// Recipients at which the functions erase what was delivered.
    pub erased_at: BTreeSet<RecipientId>,
    /// What else is left to do.
    pub work: Vec<Work>,
    /// By when the request is answered.
    pub due: Timestamp,
    /// The keyed hash of the address, for the log of erasures and by which it is told what notices went there.
    pub person: PersonHash,
}

/// The keyed hash of a person's address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonHash(pub String);

impl PersonHash {
    /// The same person as the notices of a version know them, by its seal. Nobody can put what two versions know together without the first hash,
    /// which nothing but the log of erasures keeps.
    pub fn in_version(&self, seal: &str) -> Self {
        let digest = Sha256::new().chain_update(b"notice\0").chain_update(seal).chain_update(b"\0").chain_update(&self.0).finalize();
        Self(hex(&digest))
    }
}

impl fmt::Debug for PersonHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonHash")
    }
}

/// What a confirmation found, and what it left.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The request as it stands now.
    pub request: PrivacyRequest,
    /// The person's leads as they were, each with its deliveries.
    pub leads: Vec<(Lead, Vec<OutboxRow>)>,
    /// Those of them that are still there.
    pub kept: Vec<LeadId>,
    /// The notices of changes that went to the person as they were noted, the newest first. An erasure leaves none of them.
    pub notices: Vec<Told>,
}

/// Which requests a list is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// This one.
    pub id: Option<RequestId>,
    /// Confirmed ones that are not closed.
    pub open: bool,
}

/// An entry of the log of erasures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Erased {
    /// Who.
    pub person: PersonHash,
    /// When.
    pub at: Timestamp,
}

/// Where privacy requests are kept. Every method is one transaction.
#[async_trait]
pub trait Requests: Send + Sync + fmt::Debug {
    /// Stores a request with the sending of its link. One that is there with its id stays as it is.
    async fn ask(&self, asking: &Asking) -> Result<Taken, StoreError>;

    /// Requests with their tasks, the newest first.
    async fn requests(&self, filter: &RequestFilter) -> Result<Vec<PrivacyRequest>, StoreError>;

    /// Confirms a request and carries the plan out, in one transaction; none where it is not there, was confirmed before, or came before `since`.
    /// A request for which nothing is left to do is closed.
    async fn confirm(&self, id: RequestId, since: Timestamp, now: Timestamp, plan: &Plan) -> Result<Option<Confirmed>, StoreError>;

    /// Takes tasks that are due, and puts each off by the lease: whoever does not live to settle one leaves it to the next.
    async fn tasks(&self, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<(PrivacyRequest, Task)>, StoreError>;

    /// Notes that a task is done. With the last one of a confirmed request, that is closed as granted. Whether it was still to do.
    async fn done(&self, id: RequestId, number: u32, now: Timestamp) -> Result<bool, StoreError>;

    /// Notes that a task failed, and when it is attempted next.
    async fn failed_task(&self, id: RequestId, number: u32, failure: Failure, next: Timestamp) -> Result<(), StoreError>;

    /// Closes a request, and forgets who asked. Whether it was open.
    async fn answer(&self, id: RequestId, now: Timestamp, answer: Answered) -> Result<bool, StoreError>;

    /// Puts off by when a request is answered. Whether it was open, and not extended before.
    async fn extend(&self, id: RequestId, now: Timestamp, due: Timestamp) -> Result<bool, StoreError>;

    /// Notes that operations were reminded.
    async fn reminded(&self, ids: &[RequestId], now: Timestamp) -> Result<(), StoreError>;

    /// Forgets requests that nobody confirmed and that came at a time or before. How many.
    async fn forget_unconfirmed(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// The log of erasures, the oldest first.
    async fn erasures(&self) -> Result<Vec<Erased>, StoreError>;

    /// Adds entries to the log of erasures, and erases leads and the notices that went to these people before, in one transaction. How many leads
    /// there were.
    async fn erase_again(&self, log: &[Erased], leads: &[LeadId]) -> Result<u64, StoreError>;
}

/// How people and operations are written to about requests.
#[async_trait]
pub trait Correspondence: Send + Sync + fmt::Debug {
    /// Sends a person the code by which a request is confirmed.
    async fn link(&self, request: &PrivacyRequest, code: &Personal<String>, now: Timestamp) -> Outcome;

    /// Passes a request on to operations as a whole, where no database can keep it.
    async fn forward(&self, request: &PrivacyRequest, now: Timestamp) -> Result<(), Failure>;
}
