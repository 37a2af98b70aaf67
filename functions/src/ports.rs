//! What the functions need of the world: a store of leads, sinks that deliver them, a clock, and time after the response.

mod notices;
mod portal;
mod receipts;
mod requests;
mod retention;

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::derive::rights::Asked;
use registry::model::FormId;

use crate::lead::{DeliveryState, Failure, Lead, LeadId, OutboxRow, Outcome, SinkId};
use crate::personal::Personal;
use crate::request::RequestId;
pub use notices::{Addressee, Announcer, Attempt, Noted, Notices, Telling, Told};
pub use portal::{BillingSource, ProjectSource, Projects};
pub use receipts::{ReceiptFilter, Receipts};
pub use requests::{Asking, Confirmed, Correspondence, Erased, PersonHash, Plan, RequestFilter, Requests, Taken};
pub use retention::{CUT, Gone, Held, Other, Over, Report, Retains};

/// The time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Work that a host lets run after the response is sent. Each host puts its own into the extensions of a request.
#[derive(Clone)]
pub struct Background(Arc<dyn Fn(Work) + Send + Sync>);

/// A piece of such work.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Background {
    /// By the host's way to run it.
    pub fn new(run: impl Fn(Work) + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    /// Runs it. It holds no guarantee: what must not be lost is in the store before.
    pub fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        (self.0)(Box::pin(work));
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Background")
    }
}

/// The address that a request came from, as its host saw it. Each host puts it into the extensions of a request; nothing else tells it.
#[derive(Clone, Debug)]
pub struct ClientAddress(Personal<IpAddr>);

impl ClientAddress {
    /// What the host saw.
    pub const fn new(address: IpAddr) -> Self {
        Self(Personal::new(address))
    }

    /// The address, for what the registry declares of it.
    pub const fn reveal(&self) -> IpAddr {
        *self.0.reveal()
    }
}

/// Why the store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is out of reach, or too slow: somebody else may take over, or the caller comes back.
    #[error("the store cannot be reached: {0}")]
    Unreachable(Failure),
    /// It answered, and not as it should: a missing table, a full disk. The text holds no values.
    #[error("the store failed: {0}")]
    Failed(String),
    /// It stands elsewhere than when it was last known whole, so that people who were erased may be in it: nothing of what was there goes out.
    #[error("the database was restored or copied, so that people who were erased may be back: run `plainsite requests replay`")]
    Restored,
}

impl StoreError {
    /// The same in one word.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Unreachable(failure) => *failure,
            Self::Failed(_) => Failure::Broken,
            Self::Restored => Failure::Restored,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = serde_json::to_value(self).map_err(|_| fmt::Error)?;
        f.write_str(name.as_str().unwrap_or_default())
    }
}

/// A submission that passed every check, about to be stored with all that follows from it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The lead.
    pub lead: Lead,
    /// The key under which the client repeats itself.
    pub key: String,
    /// The digest of what was sent, to tell a repetition from another submission with the same key.
    pub fingerprint: String,
    /// The proof of work that was spent for it, which nobody may spend again; none on the path without a script.
    pub proof: Option<Spent>,
    /// The limits that it counts for. They are counted in the transaction that stores it, and by nothing that is not stored.
    pub limits: Vec<Limit>,
    /// Where it goes.
    pub sinks: Vec<SinkId>,
}

/// At most so many within a window of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Of what: `forms`, or `forms:` and the keyed hash of a shortened address.
    pub name: String,
    /// The window's length. Windows begin at its multiples.
    pub window: Duration,
    /// The most that are let through.
    pub most: u32,
}

/// Something that may be used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Its nonce.
    pub nonce: String,
    /// From when on it is void anyway, so that it needs not be remembered.
    pub until: Timestamp,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored.
    New,
    /// The same was stored before, under this id.
    Replayed(LeadId),
    /// Another submission was stored under its key.
    OtherBody,
    /// Its proof of work was spent on another submission.
    SpentProof,
    /// One of its limits is reached. Nothing is stored.
    Limited {
        /// When that limit's window ends.
        until: Timestamp,
    },
}

/// A delivery under a lease, to be attempted now.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The delivery.
    pub row: OutboxRow,
    /// Its lead.
    pub lead: Lead,
    /// What proves the lease when the outcome is written.
    pub lease: String,
}

/// What is written of an attempt. The time of the next one is decided by the outbox, not by the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// How often it was attempted; a pause of its sink counts for nothing.
    pub attempts: u32,
    /// When it is due again.
    pub due: Timestamp,
    /// What it failed with.
    pub failure: Option<Failure>,
    /// The recipient's id of it.
    pub reference: Option<String>,
}

/// A sink that takes nothing for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Which.
    pub sink: SinkId,
    /// Until when; none where it waits for a person.
    pub until: Option<Timestamp>,
    /// Why.
    pub failure: Failure,
}

/// How full the outbox is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries that wait.
    pub pending: u64,
    /// Deliveries of leads that are held.
    pub held: u64,
    /// Deliveries that were given up.
    pub dead: u64,
    /// Since when the oldest one that is due has waited.
    pub oldest_due: Option<Timestamp>,
}

/// Which leads or deliveries a list is of. `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this lead.
    pub lead: Option<LeadId>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// Held back or not.
    pub held: Option<bool>,
    /// Received at this time or later.
    pub since: Option<Timestamp>,
    /// At most so many, the newest first.
    pub most: Option<u32>,
}

/// Where leads and their deliveries are kept.
///
/// Every method is one transaction: it has happened as a whole or not at all.
#[async_trait]
pub trait Store: Retains + fmt::Debug {
    /// Whether all instances count their limits here together.
    fn is_shared(&self) -> bool {
        false
    }

    /// Whether storing a lead here delivers it to a sink already, so that nothing is left to do for that one.
    fn delivers(&self, _sink: &SinkId) -> bool {
        false
    }

    /// Stores a lead, its key and its deliveries; or tells that it was there. The key is looked up first, so that a repetition is known
    /// whatever its proof and the limits say.
    async fn accept(&self, entry: &Entry) -> Result<Accepted, StoreError>;

    /// Takes deliveries that are due under a lease: at most `most`, none of a stopped sink, none under another's lease.
    async fn claim(&self, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<Claim>, StoreError>;

    /// Writes what became of an attempt. Whether the lease still held: without it, nothing is written.
    async fn settle(&self, claim: &Claim, settled: &Settled) -> Result<bool, StoreError>;

    /// The same for several attempts, in their order; where each is a write to a disk, they are one.
    async fn settle_all(&self, attempted: &[(Claim, Settled)]) -> Result<Vec<bool>, StoreError> {
        let mut held = Vec::new();
        for (claim, settled) in attempted {
            held.push(self.settle(claim, settled).await?);
        }
        Ok(held)
    }

    /// Stops a sink, or lets it run again with `stopped: None`.
    async fn stop(&self, sink: &SinkId, stopped: Option<&Stopped>) -> Result<(), StoreError>;

    /// The sinks that are stopped.
    async fn stopped(&self) -> Result<Vec<Stopped>, StoreError>;

    /// How full the outbox is.
    async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError>;

    /// Counts one more in a limit's present window, and returns how many there are in it, this one included.
    async fn count(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError>;

    /// How many there are in a limit's present window. Nothing is written.
    async fn level(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError>;

    /// Notes a guess that failed: spends its proof, and counts one in the present window of each limit. Whether the proof was not spent before.
    /// A store that instances do not share keeps none of it.
    async fn failed(&self, _proof: &Spent, _limits: &[Limit], _now: Timestamp) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Leads, the newest first.
    async fn leads(&self, filter: &Filter) -> Result<Vec<Lead>, StoreError>;

    /// Deliveries, those of the newest leads first.
    async fn deliveries(&self, filter: &Filter) -> Result<Vec<OutboxRow>, StoreError>;

    /// Has deliveries attempted again from `now` on, with a schedule from its beginning: those of the filter that are dead, pending or held.
    /// Leads that were held are so no longer. How many there were.
    async fn retry(&self, filter: &Filter, now: Timestamp) -> Result<u64, StoreError>;

    /// Erases a lead and all that belongs to it here. Whether it was there; its deliveries, for whoever follows them to the recipients.
    async fn erase(&self, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, StoreError>;

    /// The leads in which a person's address stands as a whole value, in letters of either case; the newest first.
    async fn of_person(&self, address: &Personal<String>) -> Result<Vec<Lead>, StoreError> {
        let mut leads = self.leads(&Filter::default()).await?;
        leads.retain(|lead| lead.is_of(address));
        Ok(leads)
    }

    /// Notes that a job has run.
    async fn ran(&self, job: &str, now: Timestamp) -> Result<(), StoreError>;

    /// When a job last ran.
    async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, StoreError>;

    /// Whether it answers and has the tables of this version.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Whether it is what it was when it was last known whole. Where it was restored from a backup it takes what comes in, and hands out nothing of
    /// what was there: no delivery, no request that is to be carried out, no notice of a change, no project.
    async fn whole(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A recipient that leads are delivered to.
#[async_trait]
pub trait Sink: Send + Sync + fmt::Debug {
    /// Which one.
    fn id(&self) -> &SinkId;

    /// Delivers a lead. An earlier attempt may have arrived without our knowing: it is found again, never repeated.
    async fn deliver(&self, claim: &Claim, now: Timestamp) -> Outcome;

    /// Erases what was delivered of a lead of a form; `reference` is the recipient's own id of it, where that is known. What is not there counts
    /// as erased. None where this recipient takes no erasure from us.
    async fn erase(&self, _lead: LeadId, _form: &FormId, _reference: Option<&str>) -> Option<Outcome> {
        None
    }

    /// Whether it answers and lets us in, for `health` and `doctor`.
    async fn ready(&self) -> Result<(), Failure>;

    /// What may end it although it works, for `health` and `doctor`: `free-workspace`. None where nothing is known.
    async fn warning(&self) -> Option<&'static str> {
        None
    }
}

/// What operations are told by e-mail. Nothing in it is about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Deliveries that were given up, and sinks that wait for a person.
    Alert {
        /// Deliveries given up since the last alert.
        dead: Vec<(LeadId, SinkId, Failure)>,
        /// Sinks that wait for a person.
        parked: Vec<(SinkId, Failure)>,
    },
    /// Submissions held back as suspected spam.
    Digest {
        /// Each with its reasons.
        held: Vec<(LeadId, Vec<crate::lead::Suspicion>)>,
    },
    /// What went because its period was over, and what others see to.
    Retention(Report),
    /// Jobs that the host no longer calls, each with the time since which it was not.
    Late(Vec<(&'static str, Timestamp)>),
    /// Privacy requests that wait for a person, with by when they are answered.
    Requests {
        /// Each with what is asked for.
        open: Vec<(RequestId, Asked, Timestamp)>,
    },
    /// Somebody was erased: the entry of the log of erasures, kept apart from the database for the day when an older one is restored.
    Erased {
        /// The entry.
        entry: Erased,
    },
}

/// Tells operations what needs a person.
#[async_trait]
pub trait Operations: Send + Sync + fmt::Debug {
    /// Sends a notice. `key` stays the same when the same notice is sent again.
    async fn tell(&self, notice: &Notice, key: &str) -> Result<(), Failure>;
}
