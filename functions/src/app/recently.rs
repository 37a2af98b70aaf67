//! What happened a moment ago in this instance.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// When some things last happened. Cloning it shares everything.
#[derive(Clone, Debug, Default)]
pub struct Recently(Arc<Mutex<BTreeMap<&'static str, Timestamp>>>);

impl Recently {
    /// Notes that something happens now.
    pub fn note(&self, what: &'static str, now: Timestamp) {
        self.times().insert(what, now);
    }

    /// Whether it happened within a time until now.
    pub fn has(&self, what: &'static str, now: Timestamp, within: Duration) -> bool {
        let within = SignedDuration::try_from(within).unwrap_or(SignedDuration::MAX);
        self.times().get(what).is_some_and(|at| now.duration_since(*at).abs() < within)
    }

    fn times(&self) -> MutexGuard<'_, BTreeMap<&'static str, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_recent_until_its_time_is_over() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (recently, within) = (Recently::default(), Duration::from_secs(5));
        assert!(!recently.has("a", at(100), within));
        recently.note("a", at(100));
        assert_eq!([100, 104, 105].map(|second| recently.has("a", at(second), within)), [true, true, false]);
        assert!(!recently.has("b", at(100), within));
    }
}
