//! What keeps project codes from being guessed: failures are counted for all instances together, and the more there are, the more work each
//! further attempt takes. Nobody is ever locked out: who has a valid code pays the same work as everybody, once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Difficulty, PER_ADDRESS};
use crate::ports::{Limit, Spent, Store, StoreError};

/// What proofs of the portal are made for, and the name of the count of all failures together.
pub const PORTAL: &str = "portal";

/// How long a proof of the portal holds. It is short, so that nobody gathers cheap ones before an attack.
pub const HOLDS: Duration = Duration::from_secs(60);

/// The failures of all clients together that take no more work than the first, within [`FAILURES`].
pub const BUDGET: u32 = 10;

/// The window of that budget.
pub const FAILURES: Duration = Duration::from_secs(60);

/// The failures of one network that take no more work than the first, within [`PER_ADDRESS`].
pub const BUDGET_OF_NETWORK: u32 = 3;

/// What an instance knows of guesses. Cloning it shares everything.
#[derive(Clone, Debug, Default)]
pub struct Guesses(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The proofs that were brought in this minute and in the one before: older ones are void.
    brought: [HashSet<String>; 2],
    minute: i64,
    /// The failures as they were read in this second, by the name of their limit.
    levels: HashMap<String, u32>,
    second: i64,
}

impl Guesses {
    /// Takes a proof. Whether it is the first time that somebody brings it here: one proof is one attempt, however many come at once.
    pub fn bring(&self, proof: &Spent, now: Timestamp) -> bool {
        let mut known = self.known();
        let minute = now.as_second().div_euclid(HOLDS.as_secs().cast_signed());
        if known.minute != minute {
            let last = std::mem::take(&mut known.brought[0]);
            known.brought[1] = if known.minute + 1 == minute { last } else { HashSet::new() };
            known.minute = minute;
        }
        !known.brought[1].contains(&proof.nonce) && known.brought[0].insert(proof.nonce.clone())
    }

    /// The work of an attempt from a network. The store is one that all instances share; it is asked at most once a second for each limit.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn difficulty(&self, store: &dyn Store, network: &str, now: Timestamp) -> Result<Difficulty, StoreError> {
        let [network, overall] = limits(network);
        Ok(Difficulty::Guesses { overall: self.level(store, &overall, now).await?, network: self.level(store, &network, now).await? })
    }

    /// Counts a failure that the store has counted, so that it is known here at once.
    pub fn failed(&self, network: &str, now: Timestamp) {
        let mut known = self.known();
        for limit in limits(network) {
            if let Some(level) = known.levels(now).get_mut(&limit.name) {
                *level = level.saturating_add(1);
            }
        }
    }

    async fn level(&self, store: &dyn Store, limit: &Limit, now: Timestamp) -> Result<u32, StoreError> {
        if let Some(level) = self.known().levels(now).get(&limit.name) {
            return Ok(*level);
        }
        let level = recent(store, limit, now).await?;
        Ok(*self.known().levels(now).entry(limit.name.clone()).or_insert(level))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// What was read in this second.
    fn levels(&mut self, now: Timestamp) -> &mut HashMap<String, u32> {
        if self.second != now.as_second() {
            self.second = now.as_second();
            self.levels.clear();
        }
        &mut self.levels
    }
}

/// What a failure from a network counts for. What everybody counts comes last.
pub fn limits(network: &str) -> [Limit; 2] {
    [
        Limit { name: format!("{PORTAL}:{network}"), window: PER_ADDRESS, most: BUDGET_OF_NETWORK },
        Limit { name: PORTAL.to_owned(), window: FAILURES, most: BUDGET },
    ]
}

/// How many there were within the length of a window until now: those of the present window, and of the one before the share that is as recent.
/// Where a window ends, the work does not fall at once.
async fn recent(store: &dyn Store, limit: &Limit, now: Timestamp) -> Result<u32, StoreError> {
    let length = SignedDuration::try_from(limit.window).unwrap_or(SignedDuration::MAX);
    let (_, end) = super::window(now, limit.window);
    let present = store.level(&limit.name, limit.window, now).await?;
    let before = store.level(&limit.name, limit.window, now - length).await?;
    let left = end.duration_since(now).as_secs().max(0).unsigned_abs();
    let share = u64::from(before) * left / limit.window.as_secs().max(1);
    Ok(present.saturating_add(u32::try_from(share).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_proof_is_brought_once_as_long_as_it_holds() {
        let guesses = Guesses::default();
        let proof = |nonce: &str| Spent { nonce: nonce.to_owned(), until: at(60) };
        assert!(guesses.bring(&proof("a"), at(50)) && guesses.bring(&proof("b"), at(50)));
        assert!(!guesses.bring(&proof("a"), at(50)) && !guesses.bring(&proof("a"), at(60)) && !guesses.bring(&proof("b"), at(110)));
        assert!(guesses.bring(&proof("a"), at(120)), "it is forgotten once it is void");
        assert!(guesses.bring(&proof("c"), at(121)) && guesses.bring(&proof("c"), at(1000)));
    }

    #[test]
    fn what_was_read_holds_for_its_second() {
        let guesses = Guesses::default();
        let known = |now| guesses.known().levels(now).get(PORTAL).copied();
        guesses.known().levels(at(0)).insert(PORTAL.to_owned(), 4);
        guesses.failed("x", at(0));
        assert_eq!([known(at(0)), known(at(1))], [Some(5), None]);
        guesses.failed("x", at(1));
        assert_eq!(known(at(1)), None, "what was not read is not made up");
    }
}
