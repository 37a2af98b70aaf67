//! What a store without a database keeps within the instance: limits, spent proofs, stopped sinks, the times of jobs.
//!
//! Nothing of it is shared between instances, and all of it goes with this one: no lead depends on it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::lead::SinkId;
use crate::ports::{Accepted, Entry, Stopped};

/// The memory of an instance.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// By limit: the end of its window in milliseconds, and how many there are in it.
    counts: HashMap<String, (i64, u32)>,
    spent: HashMap<String, Timestamp>,
    stopped: BTreeMap<SinkId, Stopped>,
    ran: BTreeMap<String, Timestamp>,
}

impl Memory {
    /// Spends an entry's proof and counts it for its limits; what forbids that otherwise, in which case nothing is counted.
    pub(super) fn reserve(&self, entry: &Entry, now: Timestamp) -> Result<(), Accepted> {
        let mut kept = self.kept();
        if entry.proof.as_ref().is_some_and(|proof| kept.spent.contains_key(&proof.nonce)) {
            return Err(Accepted::SpentProof);
        }
        for limit in &entry.limits {
            let (end, count) = kept.level(&limit.name, limit.window, now);
            if count >= limit.most {
                return Err(Accepted::Limited { until: Timestamp::from_millisecond(end).unwrap_or(Timestamp::MAX) });
            }
        }
        for limit in &entry.limits {
            kept.add(&limit.name, limit.window, now);
        }
        kept.spent.extend(entry.proof.iter().map(|proof| (proof.nonce.clone(), proof.until)));
        Ok(())
    }

    /// Takes that back: the entry was not stored.
    pub(super) fn release(&self, entry: &Entry) {
        let mut kept = self.kept();
        for limit in &entry.limits {
            if let Some((_, count)) = kept.counts.get_mut(&limit.name) {
                *count = count.saturating_sub(1);
            }
        }
        if let Some(proof) = &entry.proof {
            kept.spent.remove(&proof.nonce);
        }
    }

    pub(super) fn count(&self, limit: &str, window: Duration, now: Timestamp) -> u32 {
        self.kept().add(limit, window, now)
    }

    pub(super) fn level(&self, limit: &str, window: Duration, now: Timestamp) -> u32 {
        self.kept().level(limit, window, now).1
    }

    pub(super) fn stop(&self, sink: &SinkId, stopped: Option<&Stopped>) {
        let mut kept = self.kept();
        match stopped {
            Some(stopped) => _ = kept.stopped.insert(sink.clone(), stopped.clone()),
            None => _ = kept.stopped.remove(sink),
        }
    }

    pub(super) fn stopped(&self) -> Vec<Stopped> {
        self.kept().stopped.values().cloned().collect()
    }

    /// Forgets what is void. How much that was.
    pub(super) fn sweep(&self, now: Timestamp) -> u64 {
        let mut kept = self.kept();
        let before = kept.counts.len() + kept.spent.len();
        kept.counts.retain(|_, (end, _)| *end > now.as_millisecond());
        kept.spent.retain(|_, until| *until > now);
        (before - kept.counts.len() - kept.spent.len()) as u64
    }

    pub(super) fn ran(&self, job: &str, now: Timestamp) {
        self.kept().ran.insert(job.to_owned(), now);
    }

    pub(super) fn last_run(&self, job: &str) -> Option<Timestamp> {
        self.kept().ran.get(job).copied()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The end of a limit's present window, and how many there are in it.
    fn level(&self, limit: &str, window: Duration, now: Timestamp) -> (i64, u32) {
        let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
        let end = now.as_millisecond().div_euclid(length).saturating_add(1).saturating_mul(length);
        let count = self.counts.get(limit).filter(|(known, _)| *known == end).map_or(0, |(_, count)| *count);
        (end, count)
    }

    fn add(&mut self, limit: &str, window: Duration, now: Timestamp) -> u32 {
        let (end, count) = self.level(limit, window, now);
        self.counts.insert(limit.to_owned(), (end, count + 1));
        count + 1
    }
}
