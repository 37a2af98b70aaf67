//! Databases to test on, and leads to put there.

use std::collections::BTreeMap;
use std::time::Duration;

use functions::lead::{DeliveryState, Lead, LeadId, SinkId, Suspicion};
use functions::personal::Personal;
use functions::ports::{Accepted, Entry, Filter, Settled, Spent, Store};
use functions::store::{self, Patience, SqlStore};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

/// A database of one test, empty at first.
pub(crate) struct Base {
    pub(crate) url: String,
    /// The folder of a database that is a file.
    pub(crate) folder: Option<TempDir>,
}

impl Base {
    /// A file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: format!("sqlite:{}/leads.db", folder.path().display()), folder: Some(folder) }
    }

    /// Another instance of the program on it.
    pub(crate) fn open(&self) -> SqlStore {
        // Others may keep this machine busy: no test may fail because an answer took seconds.
        let minute = Duration::from_secs(60);
        store::open(&self.url, Patience { connect: minute, answer: minute }).unwrap()
    }

    /// The first instance on it, with its tables.
    pub(crate) async fn store(&self) -> SqlStore {
        let store = self.open();
        store.migrate().await.unwrap();
        store
    }
}

/// The day of the tests, and so many seconds later.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn sinks() -> Vec<SinkId> {
    ["notion:page", "resend:confirmation", "make:webhook"].map(|name| SinkId(name.to_owned())).to_vec()
}

/// A lead that came so many seconds into the day, under a key of its own.
pub(crate) fn entry(seconds: i64) -> Entry {
    let id = LeadId::of_digest(uuid::Uuid::now_v7().into_bytes());
    let values = BTreeMap::from([("name".to_owned(), json!("Ada")), ("consent".to_owned(), json!(true))]);
    Entry {
        lead: Lead {
            id,
            form: "contact".into(),
            language: "en".to_owned(),
            received: at(seconds),
            contacted: at(seconds),
            values: Personal::new(values),
            captured: Personal::default(),
            held: Vec::new(),
        },
        key: id.to_string(),
        fingerprint: "one".to_owned(),
        proof: None,
        limits: Vec::new(),
        sinks: sinks(),
    }
}

/// The same, held back.
pub(crate) fn held(seconds: i64) -> Entry {
    let mut entry = entry(seconds);
    entry.lead.held = vec![Suspicion::Honeypot];
    entry
}

pub(crate) fn spent(nonce: &str, until: i64) -> Spent {
    Spent { nonce: nonce.to_owned(), until: at(until) }
}

pub(crate) async fn stored(store: &SqlStore, entry: &Entry) -> LeadId {
    assert_eq!(store.accept(entry).await.unwrap(), Accepted::New);
    entry.lead.id
}

/// An outcome at the given second.
pub(crate) fn settled(state: DeliveryState, seconds: i64) -> Settled {
    Settled { state, attempts: 1, due: at(seconds), failure: None, reference: None }
}

pub(crate) fn of_lead(lead: LeadId) -> Filter {
    Filter { lead: Some(lead), ..Filter::default() }
}

pub(crate) fn in_state(state: DeliveryState) -> Filter {
    Filter { state: Some(state), ..Filter::default() }
}
