//! The outbox: takes deliveries that are due, attempts them, and writes what became of each. What fails comes back; nothing is dropped.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::lead::{DeliveryState, Failure, OutboxRow, Outcome, SinkId};
use crate::log::{Event, Log};
use crate::ports::{Claim, Clock, Filter, Notice, Operations, Settled, Sink, Stopped, Store, StoreError};
use crate::schedule;

/// How long a delivery stays with whoever claimed it: longer than an attempt may take.
const LEASE: Duration = Duration::from_secs(60);

/// How many deliveries are claimed at once, and attempted side by side.
const AT_ONCE: u32 = 8;

/// The job under which it is noted when operations were last told.
const ALERTED: &str = "alert";

/// The job under which it is noted when operations last got a list of what is held back.
const DIGESTED: &str = "digest";

/// The deliveries of a store, on their way to the sinks.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Where they are kept.
    pub store: Arc<dyn Store>,
    /// Where they go.
    pub sinks: Arc<[Arc<dyn Sink>]>,
    /// Who is told what needs a person.
    pub operations: Option<Arc<dyn Operations>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where attempts are written.
    pub log: Log,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// Attempts that arrived.
    pub sent: u64,
    /// Attempts that come back.
    pub delayed: u64,
    /// Deliveries that were given up.
    pub dead: u64,
}

impl std::ops::Add for Done {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, delayed: self.delayed + other.delayed, dead: self.dead + other.dead }
    }
}

impl Outbox {
    /// Attempts what is due, until nothing is or the time is over. An attempt that has begun is not cut short.
    ///
    /// # Errors
    /// The store fails. Deliveries that were under way are claimed again when their lease has run out.
    pub async fn drain(&self, time: Duration) -> Result<Done, StoreError> {
        let start = std::time::Instant::now();
        let mut done = Done::default();
        let mut parked = false;
        loop {
            let claims = self.store.claim(self.clock.now(), LEASE, AT_ONCE).await?;
            if claims.is_empty() {
                break;
            }
            let mut attempts = JoinSet::new();
            for claim in claims {
                let this = self.clone();
                attempts.spawn(async move { this.attempt(claim).await });
            }
            while let Some(first) = attempts.join_next().await {
                // What has ended by now is written together. A sink that panicked has left its lease behind: the delivery comes back with it.
                let more = std::iter::from_fn(|| attempts.try_join_next());
                let attempted: Vec<_> = std::iter::once(first).chain(more).flatten().collect();
                for ended in self.settle(attempted).await? {
                    match ended {
                        Ended::Sent => done.sent += 1,
                        Ended::Delayed => done.delayed += 1,
                        Ended::Dead => done.dead += 1,
                        Ended::Parked => {
                            done.delayed += 1;
                            parked = true;
                        }
                        Ended::LeaseLost => {}
                    }
                }
            }
            if start.elapsed() >= time {
                break;
            }
        }
        if done.dead > 0 || parked {
            self.alert().await?;
        }
        Ok(done)
    }

    async fn attempt(&self, claim: Claim) -> (Claim, Outcome) {
        let outcome = match self.sinks.iter().find(|sink| *sink.id() == claim.row.sink) {
            Some(sink) => sink.deliver(&claim, self.clock.now()).await,
            // The delivery was declared when the lead came, and its recipient is no longer, or lacks its keys.
            None => Outcome::Retry { failure: Failure::Undeclared, after: None },
        };
        (claim, outcome)
    }

    /// Writes what became of attempts.
    async fn settle(&self, attempted: Vec<(Claim, Outcome)>) -> Result<Vec<Ended>, StoreError> {
        let now = self.clock.now();
        let (mut all, mut ends) = (Vec::new(), Vec::new());
        for (claim, outcome) in attempted {
            if let Some(stopped) = stopped(&claim.row.sink, &outcome, now) {
                self.store.stop(&claim.row.sink, Some(&stopped)).await?;
                let seconds = stopped.until.map(|until| until.duration_since(now).as_secs().unsigned_abs());
                self.log.write(&Event::Stopped { sink: &claim.row.sink, failure: stopped.failure, seconds });
            }
            let (settled, ended) = settled(&claim.row, &outcome, now, chance());
            all.push((claim, settled));
            ends.push(ended);
        }
        let held = self.store.settle_all(&all).await?;
        for (claim, settled) in &all {
            self.log.write(&Event::Delivered {
                lead: claim.row.lead,
                sink: &claim.row.sink,
                attempt: settled.attempts,
                failure: settled.failure,
                given_up: settled.state == DeliveryState::Dead,
            });
        }
        Ok(ends.into_iter().zip(held).map(|(ended, held)| if held { ended } else { Ended::LeaseLost }).collect())
    }

    /// Lets sinks that waited for a person run again where they let us in now.
    ///
    /// # Errors
    /// The store fails.
    pub async fn probe(&self) -> Result<(), StoreError> {
        for stopped in self.store.stopped().await?.into_iter().filter(|stopped| stopped.until.is_none()) {
            if let Some(sink) = self.sinks.iter().find(|sink| *sink.id() == stopped.sink)
                && sink.ready().await.is_ok()
            {
                self.store.stop(&stopped.sink, None).await?;
            }
        }
        Ok(())
    }

    /// Tells operations of deliveries that were given up since they were last told, and of sinks that wait for a person. Where they cannot
    /// be told, the next call tells them of the same again.
    ///
    /// # Errors
    /// The store fails.
    pub async fn alert(&self) -> Result<(), StoreError> {
        let since = self.store.last_run(ALERTED).await?.unwrap_or(Timestamp::MIN);
        let dead = self.store.deliveries(&Filter { state: Some(DeliveryState::Dead), ..Filter::default() }).await?;
        // The time at which a delivery was given up is the one at which it would have been due.
        let dead: Vec<_> = dead
            .into_iter()
            .filter(|row| row.due > since)
            .map(|row| (row.lead, row.sink, row.failure.unwrap_or(Failure::Exhausted)))
            .collect();
        let parked: Vec<_> = self.store.stopped().await?.into_iter().filter(|stopped| stopped.until.is_none()).collect();
        let parked: Vec<_> = parked.into_iter().map(|stopped| (stopped.sink, stopped.failure)).collect();
        if dead.is_empty() && parked.is_empty() {
            return Ok(());
        }
        self.tell(ALERTED, &Notice::Alert { dead, parked }).await
    }

    /// Tells operations of what was held back as suspected spam since they were last told.
    ///
    /// # Errors
    /// The store fails.
    pub async fn digest(&self) -> Result<(), StoreError> {
        let since = self.store.last_run(DIGESTED).await?;
        let held = self.store.leads(&Filter { held: Some(true), since, ..Filter::default() }).await?;
        if held.is_empty() {
            return Ok(());
        }
        let held = held.into_iter().map(|lead| (lead.id, lead.held)).collect();
        self.tell(DIGESTED, &Notice::Digest { held }).await
    }

    async fn tell(&self, what: &str, notice: &Notice) -> Result<(), StoreError> {
        let Some(operations) = &self.operations else { return Ok(()) };
        let now = self.clock.now();
        // The hour is in the key: the same notice is sent once an hour at most, whoever sends it.
        match operations.tell(notice, &format!("{what}/{}", now.as_second().div_euclid(3600))).await {
            Ok(()) => self.store.ran(what, now).await,
            Err(_) => Ok(()),
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Sent,
    Delayed,
    Parked,
    Dead,
    /// Somebody else has the delivery by now, and writes what becomes of it.
    LeaseLost,
}

/// What is written of an attempt.
fn settled(row: &OutboxRow, outcome: &Outcome, now: Timestamp, chance: f64) -> (Settled, Ended) {
    let pending = |attempts, due, failure| Settled {
        state: DeliveryState::Pending,
        attempts,
        due,
        failure: Some(failure),
        reference: row.reference.clone(),
    };
    let dead = |failure| {
        let settled = pending(row.attempts + 1, now, failure);
        (Settled { state: DeliveryState::Dead, ..settled }, Ended::Dead)
    };
    match outcome {
        Outcome::Sent { reference } => {
            let reference = reference.clone().or_else(|| row.reference.clone());
            (Settled { state: DeliveryState::Sent, attempts: row.attempts + 1, due: now, failure: None, reference }, Ended::Sent)
        }
        Outcome::Retry { failure, after } => match schedule::wait(row.attempts + 1, chance) {
            Some(wait) => (pending(row.attempts + 1, later(now, after.unwrap_or_default().max(wait)), *failure), Ended::Delayed),
            None => dead(Failure::Exhausted),
        },
        Outcome::Pause { failure, wait } => (pending(row.attempts, later(now, *wait), *failure), Ended::Delayed),
        Outcome::Park { failure } => (pending(row.attempts, now, *failure), Ended::Parked),
        Outcome::GiveUp { failure } => dead(*failure),
    }
}

fn stopped(sink: &SinkId, outcome: &Outcome, now: Timestamp) -> Option<Stopped> {
    let (until, failure) = match outcome {
        Outcome::Pause { failure, wait } => (Some(later(now, *wait)), *failure),
        Outcome::Park { failure } => (None, *failure),
        _ => return None,
    };
    Some(Stopped { sink: sink.clone(), until, failure })
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// A number from 0 to 1. Without random bytes everything comes back at the middle of its spread, which is no reason to fail.
fn chance() -> f64 {
    let mut byte = [128];
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use registry::model::DeliveryKind;

    use super::*;
    use crate::lead::LeadId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn row(attempts: u32) -> OutboxRow {
        OutboxRow {
            lead: LeadId::of_digest([7; 16]),
            sink: SinkId::new("notion", DeliveryKind::Page),
            state: DeliveryState::Pending,
            attempts,
            first_attempt: None,
            due: at(0),
            failure: None,
            reference: Some("page".to_owned()),
        }
    }

    fn after(attempts: u32, outcome: &Outcome) -> (DeliveryState, u32, i64, Option<Failure>) {
        let settled = settled(&row(attempts), outcome, at(0), 0.5).0;
        assert_eq!(settled.reference.as_deref(), Some("page"), "what is known of the recipient's side is kept");
        (settled.state, settled.attempts, settled.due.duration_since(at(0)).as_secs(), settled.failure)
    }

    #[test]
    fn each_outcome_has_its_consequence() {
        let failure = Failure::Broken;
        let wait = Duration::from_secs(90);
        assert_eq!(after(0, &Outcome::Sent { reference: None }), (DeliveryState::Sent, 1, 0, None));
        assert_eq!(after(0, &Outcome::Retry { failure, after: None }), (DeliveryState::Pending, 1, 5, Some(failure)));
        assert_eq!(after(0, &Outcome::Retry { failure, after: Some(wait) }), (DeliveryState::Pending, 1, 90, Some(failure)));
        assert_eq!(after(1, &Outcome::Retry { failure, after: Some(wait) }), (DeliveryState::Pending, 2, 300, Some(failure)));
        assert_eq!(after(13, &Outcome::Retry { failure, after: None }), (DeliveryState::Dead, 14, 0, Some(Failure::Exhausted)));
        assert_eq!(after(3, &Outcome::Pause { failure, wait }), (DeliveryState::Pending, 3, 90, Some(failure)));
        assert_eq!(after(3, &Outcome::Park { failure }), (DeliveryState::Pending, 3, 0, Some(failure)));
        assert_eq!(after(0, &Outcome::GiveUp { failure }), (DeliveryState::Dead, 1, 0, Some(failure)));
    }

    #[test]
    fn a_pause_has_an_end_and_a_park_has_none() {
        let failure = Failure::TooMany;
        let stopped = |outcome| stopped(&row(0).sink, &outcome, at(0)).map(|stopped| stopped.until);
        assert_eq!(stopped(Outcome::Pause { failure, wait: Duration::from_secs(7) }), Some(Some(at(7))));
        assert_eq!(stopped(Outcome::Park { failure }), Some(None));
        assert_eq!(stopped(Outcome::Retry { failure, after: None }), None);
    }
}
