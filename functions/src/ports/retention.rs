//! What the functions need to remove what is past its period.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::derive::retention::Record;
use registry::model::{RetentionId, Since, Then};
use serde::Serialize;

use super::StoreError;
use crate::lead::{Failure, LeadId};

/// A kind of record whose time is over, as far as it began long enough ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// The kind.
    pub record: Record,
    /// What becomes of it.
    pub then: Then,
    /// The latest time from which each of its periods is over by now. All of them must be.
    pub before: BTreeMap<Since, Timestamp>,
    /// Leads that stay, since another store knows of later contact.
    pub spared: BTreeSet<LeadId>,
}

impl Over {
    /// Whether a record is over that began at these times. A time that it does not have never ends.
    pub fn is_over(&self, begun: &BTreeMap<Since, Timestamp>) -> bool {
        self.before.iter().all(|(since, before)| begun.get(since).is_some_and(|begun| begun <= before))
    }

    /// The latest begin of a period, where one counts from there; without one, every begin is early enough.
    pub fn before(&self, since: Since) -> Timestamp {
        self.before.get(&since).copied().unwrap_or(Timestamp::MAX)
    }

    /// What remains of something that was noted with a lead; nothing where it goes as a whole.
    pub fn rest_of(&self, noted: &str) -> Option<String> {
        match self.then {
            Then::Delete => None,
            Then::Anonymise => Some(cut(noted.parse().ok()?)),
        }
    }
}

/// What an address that was cut begins with; no address does.
pub const CUT: char = '~';

/// An address cut so that it stands for thousands of connections: the first 16 bits, or 32 of IPv6, such as `~203.0.0.0/16`.
fn cut(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            format!("{CUT}{a}.{b}.0.0/16")
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            format!("{CUT}{a:x}:{b:x}::/32")
        }
    }
}

/// How much there is of a kind of record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many are over.
    pub over: u64,
    /// How many are not.
    pub rest: u64,
    /// When the first of these began to count; none where none did.
    pub next: Option<BTreeMap<Since, Timestamp>>,
}

/// What was removed, and what is not the job's, in the site's first language. Nothing of it is about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all that was over is gone; the next run goes on where it is not.
    pub finished: bool,
    /// The store that failed, and why. What is in it and in those behind it waits for the next run, since these follow what it knows.
    pub failed: Option<(&'static str, Failure)>,
    /// What went, by the rules that asked for it.
    pub gone: Vec<Gone>,
    /// Counts and spent proofs that were void, which go at every run of a job.
    pub void: Gone,
    /// Rules of the job whose data another rule keeps: nothing went by them.
    pub outlasted: Vec<RetentionId>,
    /// The rules that somebody else carries out.
    pub others: Vec<Other>,
}

/// How many records went by some rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// The rules.
    pub rules: Vec<RetentionId>,
    /// What they are about.
    pub what: String,
    /// How many records.
    pub records: u64,
}

/// A rule that the job does not carry out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The rule.
    pub rule: RetentionId,
    /// What it is about.
    pub what: String,
    /// Who or what does.
    pub by: String,
}

/// A store that lets go of what is past its period. What keeps nothing that could be found again has nothing to let go.
#[async_trait]
pub trait Retains: Send + Sync {
    /// Which one it is, for reports, `health` and `doctor`: `sqlite`, `postgresql`, `notion`.
    fn name(&self) -> &'static str;

    /// Forgets what is void: counts of past windows, spent proofs that have expired. How many there were.
    async fn sweep(&self, _now: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// How many records it lets go at once: few enough for one short transaction, or for a moment's calls of a service.
    fn at_once(&self) -> u32 {
        50
    }

    /// How much of a kind of record is here, and how much of that is over; none where no such record is kept here. Nothing is changed.
    async fn held(&self, _over: &Over) -> Result<Option<Held>, StoreError> {
        Ok(None)
    }

    /// Lets at most `most` records go that are over, the oldest first; each as a whole or not at all. How many there were: fewer than `most`
    /// means that nothing is left.
    async fn expire(&self, _over: &Over, _most: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Leads of a kind of record that are here although they came in long enough ago: what stands of them elsewhere stays too.
    async fn outlasting(&self, _over: &Over) -> Result<BTreeSet<LeadId>, StoreError> {
        Ok(BTreeSet::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_or_goes() {
        let over = |then| Over { record: Record::Receipt, then, before: BTreeMap::new(), spared: BTreeSet::new() };
        let cut = |address: &str| over(Then::Anonymise).rest_of(address);
        assert_eq!(cut("203.0.113.77").as_deref(), Some("~203.0.0.0/16"));
        assert_eq!(cut("::ffff:203.0.113.77").as_deref(), Some("~203.0.0.0/16"));
        assert_eq!(cut("2001:db8:12:34::1").as_deref(), Some("~2001:db8::/32"));
        assert_eq!(cut("canary"), None, "what is no address goes as a whole");
        assert_eq!(over(Then::Delete).rest_of("203.0.113.77"), None);
    }
}
