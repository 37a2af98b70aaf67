//! What is configured and reachable, without a secret and without a figure about people.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use registry::model::Registry;
use serde::Serialize;

use crate::lead::{Failure, SinkId};
use crate::ports::{BillingSource, ProjectSource, Sink, Store, StoreError};

/// The job for deliveries.
pub const OUTBOX_JOB: &str = "outbox";

/// The job for what is past its period.
pub const RETENTION_JOB: &str = "retention";

/// How long a job may be away: a daily one has then been missed once, and the day after is not over.
const AWAY: SignedDuration = SignedDuration::from_hours(48);

/// What to do about a database that was restored.
const REPLAY: &str = "run `plainsite requests replay`";

/// How long an answer is given again: whoever asks must not make us ask others each time.
const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// The state of the functions.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// `ok`, `degraded` where something waits for a person or is out of reach, `failing` where no lead can be accepted.
    pub status: &'static str,
    /// Each store, in the order in which they are tried.
    pub stores: Vec<Part<&'static str>>,
    /// Each sink.
    pub sinks: Vec<Part<SinkId>>,
    /// What the client portal is read from; none where the site has no portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portal: Option<Portal>,
    /// How many deliveries wait.
    pub pending: u64,
    /// How many were given up.
    pub dead: u64,
    /// How many leads are held back as suspected spam.
    pub held: u64,
    /// When the job for deliveries last ran.
    pub outbox_job: Option<Timestamp>,
    /// When the job for what is past its period last ran through.
    pub retention_job: Option<Timestamp>,
    /// The jobs that have not run for two days.
    pub late_jobs: Vec<&'static str>,
}

/// What the client portal is read from.
#[derive(Clone, Debug, Serialize)]
pub struct Portal {
    /// Where projects are; without it the portal is closed.
    pub projects: Option<Part<&'static str>>,
    /// Where invoices and payments are; without it none are shown.
    pub billing: Option<Part<&'static str>>,
}

impl Portal {
    /// Asks both, where the site has a portal.
    pub async fn of(
        registry: &Registry,
        projects: Option<&Arc<dyn ProjectSource>>,
        billing: Option<&Arc<dyn BillingSource>>,
    ) -> Option<Self> {
        if !registry.has_portal() {
            return None;
        }
        let mut portal = Self { projects: None, billing: None };
        if let Some(source) = projects {
            portal.projects = Some(Part::of(source.name(), source.ready().await.err().map(|error| error.failure())));
        }
        if let Some(source) = billing {
            portal.billing = Some(Part::of("stripe", source.ready().await.err()));
        }
        Some(portal)
    }

    /// Whether somebody has to see to it.
    fn lacks(&self) -> bool {
        let fails = |part: &Part<&'static str>| part.failure.is_some();
        self.projects.as_ref().is_none_or(fails) || self.billing.as_ref().is_some_and(fails)
    }
}

/// A store or a sink, or a source of the portal.
#[derive(Clone, Debug, Serialize)]
pub struct Part<N> {
    /// Its name.
    pub name: N,
    /// Why it does not work; none where it does.
    pub failure: Option<Failure>,
    /// What may end it although it works, as [`Sink::warning`] tells it; and what to do about a database that was restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<&'static str>,
}

impl<N> Part<N> {
    fn of(name: N, failure: Option<Failure>) -> Self {
        Self { name, failure, warning: None }
    }
}

/// The last answer, with its time.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Option<(Timestamp, Health)>>);

impl Remembered {
    /// The last answer, as long as it is fresh.
    pub fn get(&self, now: Timestamp) -> Option<Health> {
        self.kept().as_ref().filter(|(at, _)| now.duration_since(*at).abs() < FRESH).map(|(_, health)| health.clone())
    }

    /// Keeps an answer.
    pub fn put(&self, now: Timestamp, health: &Health) {
        *self.kept() = Some((now, health.clone()));
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Timestamp, Health)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks everything there is. `stores` are in the order in which they are tried; figures are those of the first one, and zero where it cannot
/// be asked, which its own part says.
pub async fn examine(stores: &[Arc<dyn Store>], sinks: &[Arc<dyn Sink>], portal: Option<Portal>, now: Timestamp) -> Health {
    let (counts, stopped, [outbox_job, retention_job], late) = match stores.first() {
        Some(store) => (
            store.counts(now).await.unwrap_or_default(),
            store.stopped().await.unwrap_or_default(),
            [last(store, OUTBOX_JOB).await, last(store, RETENTION_JOB).await],
            late(store, now).await.unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let (stores, sinks) = (parts_of_stores(stores).await, parts_of_sinks(sinks).await);
    // One that was restored takes leads.
    let all_fail = stores.iter().all(|store| store.failure.is_some_and(|failure| failure != Failure::Restored));
    let some_fail = stores.iter().any(|store| store.failure.is_some()) || sinks.iter().any(|sink| sink.failure.is_some());
    let some_fail = some_fail || portal.as_ref().is_some_and(Portal::lacks);
    let status = match () {
        () if all_fail => "failing",
        () if some_fail || counts.dead > 0 || !late.is_empty() || stopped.iter().any(|stopped| stopped.until.is_none()) => "degraded",
        () => "ok",
    };
    let late_jobs = late.into_iter().map(|(job, _)| job).collect();
    let (pending, dead, held) = (counts.pending, counts.dead, counts.held);
    Health { status, stores, sinks, portal, pending, dead, held, outbox_job, retention_job, late_jobs }
}

async fn last(store: &Arc<dyn Store>, job: &str) -> Option<Timestamp> {
    store.last_run(job).await.unwrap_or_default()
}

/// The jobs that have been away for too long, each with the time since which it was. One that never ran is away since another one first missed
/// it.
///
/// # Errors
/// The store fails.
pub async fn late(store: &Arc<dyn Store>, now: Timestamp) -> Result<Vec<(&'static str, Timestamp)>, StoreError> {
    let mut late = Vec::new();
    for job in [OUTBOX_JOB, RETENTION_JOB] {
        let since = match store.last_run(job).await? {
            Some(ran) => Some(ran),
            None => store.last_run(&missed(job)).await?,
        };
        late.extend(since.filter(|since| now.duration_since(*since) > AWAY).map(|since| (job, since)));
    }
    Ok(late)
}

/// Notes that a job has not run yet, so that it is late when it stays away.
///
/// # Errors
/// The store fails.
pub async fn expect(store: &Arc<dyn Store>, now: Timestamp) -> Result<(), StoreError> {
    for job in [OUTBOX_JOB, RETENTION_JOB] {
        if store.last_run(job).await?.is_none() && store.last_run(&missed(job)).await?.is_none() {
            store.ran(&missed(job), now).await?;
        }
    }
    Ok(())
}

/// The name under which it is noted since when a job is missed.
fn missed(job: &str) -> String {
    format!("{job} missed")
}

async fn parts_of_stores(stores: &[Arc<dyn Store>]) -> Vec<Part<&'static str>> {
    let mut parts = Vec::new();
    for store in stores {
        let fault = match store.ready().await {
            Ok(()) => store.whole().await,
            Err(error) => Err(error),
        };
        let failure = fault.err().map(|error| error.failure());
        let warning = (failure == Some(Failure::Restored)).then_some(REPLAY);
        parts.push(Part { name: store.name(), failure, warning });
    }
    parts
}

async fn parts_of_sinks(sinks: &[Arc<dyn Sink>]) -> Vec<Part<SinkId>> {
    let mut parts = Vec::new();
    for sink in sinks {
        let mut part = Part::of(sink.id().clone(), sink.ready().await.err());
        if part.failure.is_none() {
            part.warning = sink.warning().await;
        }
        parts.push(part);
    }
    parts
}
