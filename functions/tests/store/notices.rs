//! Who was told of a change: each taken by one, told once, and taken up again where a run was killed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use functions::announcement::Announcement;
use functions::announcing::{Announcing, Audience};
use functions::lead::{Failure, Outcome};
use functions::personal::Personal;
use functions::ports::{Addressee, Announcer, Attempt, Clock, Erased, Noted, Notices, PersonHash, Plan, Requests, Telling, Told};
use functions::request::Deed;
use futures_util::future::join_all;
use jiff::Timestamp;
use sqlx::{AnyPool, Row};
use tokio::sync::watch;

use crate::requests::{asked, asking, plan};
use crate::sample::{Base, at};

const LEASE: Duration = Duration::from_secs(60);

fn announcement(seal: &str) -> Announcement {
    let (policy, version) = ("privacy".to_owned(), "2".to_owned());
    Announcement { policy, version, seal: seal.to_owned(), effective: jiff::civil::date(2027, 3, 1), texts: BTreeMap::new() }
}

/// Somebody who wrote before all that happens here.
fn to(name: &str) -> Addressee {
    Addressee {
        address: Personal::new(format!("canary-{name}@a.example")),
        language: "en".to_owned(),
        form: "contact".into(),
        wrote: at(-9),
        in_log: PersonHash(format!("{name} in the log")),
        person: PersonHash(name.to_owned()),
    }
}

fn person(name: &str) -> PersonHash {
    to(name).person
}

// Promises: cluently/notice-of-changes
pub(crate) async fn an_address_is_taken_by_one_and_told_once(base: &Base) {
    let store = base.store().await;
    let (version, ada) = (announcement("one"), to("ada"));
    let others = [base.open(), base.open(), base.open()];
    let taken = join_all(others.iter().map(|other| other.take(&version, &ada, at(0), LEASE))).await;
    let taken: Vec<Attempt> = taken.into_iter().filter_map(|taken| taken.unwrap()).collect();
    assert_eq!(taken, [Attempt::First]);
    assert_eq!(store.take(&version, &ada, at(59), LEASE).await.unwrap(), None, "somebody has it");
    let again = Some(Attempt::Again { since: at(0) });
    assert_eq!(store.take(&version, &ada, at(60), LEASE).await.unwrap(), again, "who had it was killed");
    store.note("one", &ada.person, Noted::Unknown(Failure::Unreachable)).await.unwrap();
    assert_eq!(store.take(&version, &ada, at(61), LEASE).await.unwrap(), again, "an attempt that has ended keeps nobody waiting");
    store.note("one", &ada.person, Noted::Sent(at(61))).await.unwrap();
    assert_eq!(store.take(&version, &ada, at(9999), LEASE).await.unwrap(), None);
    assert_eq!(
        store.take(&announcement("two"), &ada, at(0), LEASE).await.unwrap(),
        Some(Attempt::First),
        "another version is another letter"
    );
    assert_eq!(store.told("one").await.unwrap(), [(ada.person, Telling::Sent)].into());
}

pub(crate) async fn what_failed_is_attempted_when_somebody_says_so(base: &Base) {
    let store = base.store().await;
    let version = announcement("one");
    for name in ["failed", "sent", "refused"] {
        assert_eq!(store.take(&version, &to(name), at(0), LEASE).await.unwrap(), Some(Attempt::First));
    }
    store.note("one", &person("failed"), Noted::Failed(Failure::TooLate)).await.unwrap();
    store.note("one", &person("sent"), Noted::Sent(at(1))).await.unwrap();
    store.note("one", &person("refused"), Noted::NotTaken).await.unwrap();
    assert_eq!(store.told("one").await.unwrap(), [(person("failed"), Telling::Failed), (person("sent"), Telling::Sent)].into());
    assert_eq!(store.take(&version, &to("failed"), at(9999), LEASE).await.unwrap(), None);
    assert_eq!(store.take(&version, &to("refused"), at(1), LEASE).await.unwrap(), Some(Attempt::First));
    assert_eq!((store.forget_failed("two").await.unwrap(), store.forget_failed("one").await.unwrap()), (0, 1));
    assert_eq!(store.take(&version, &to("failed"), at(9999), LEASE).await.unwrap(), Some(Attempt::First));
    assert_eq!(store.take(&version, &to("sent"), at(9999), LEASE).await.unwrap(), None);
}

/// Somebody as two versions know them.
fn known(name: &str) -> [Addressee; 2] {
    ["one", "two"].map(|seal| {
        let to = to(name);
        Addressee { person: to.in_log.in_version(seal), ..to }
    })
}

pub(crate) async fn a_copy_has_the_notices_and_an_erasure_leaves_none(base: &Base) {
    let store = base.store().await;
    let people = ["ada", "bob"].map(known);
    for to in &people {
        for (seal, to, seconds) in [("one", &to[0], 0), ("two", &to[1], 5)] {
            assert_eq!(store.take(&announcement(seal), to, at(seconds), LEASE).await.unwrap(), Some(Attempt::First));
        }
    }
    let [ada, bob] = people;
    store.note("one", &ada[0].person, Noted::Sent(at(1))).await.unwrap();
    let told = |state, since, sent| Told { policy: "privacy".into(), version: "2".into(), state, since, sent };
    let noted = [told(Telling::Pending, at(5), None), told(Telling::Sent, at(0), Some(at(1)))];
    let of = |deed| Plan { person: ada[0].in_log.clone(), ..plan(deed, Vec::new()) };
    let copy = asked(&store, &asking(1, "access")).await;
    assert_eq!(store.confirm(copy, at(-1), at(10), &of(Deed::Export)).await.unwrap().unwrap().notices, noted);
    assert_eq!(store.told("one").await.unwrap().len(), 2, "a copy takes nothing away");
    let erasure = asked(&store, &asking(2, "erasure")).await;
    assert_eq!(store.confirm(erasure, at(-1), at(10), &of(Deed::Erase)).await.unwrap().unwrap().notices, noted);
    for (number, seal) in ["one", "two"].into_iter().enumerate() {
        assert_eq!(store.told(seal).await.unwrap().into_keys().collect::<Vec<_>>(), [bob[number].person.clone()]);
    }
    // A run that has had her in its list since before the erasure does not write to her; one that read what she sent later does.
    assert_eq!(store.take(&announcement("one"), &ada[0], at(20), LEASE).await.unwrap(), None);
    let again = Addressee { wrote: at(15), ..ada[0].clone() };
    assert_eq!(store.take(&announcement("one"), &again, at(20), LEASE).await.unwrap(), Some(Attempt::First));
    let log = |seconds| [Erased { person: ada[0].in_log.clone(), at: at(seconds) }];
    store.erase_again(&log(10), &[]).await.unwrap();
    assert_eq!(store.told("one").await.unwrap().len(), 2, "what was noted after an erasure stays");
    store.erase_again(&log(20), &[]).await.unwrap();
    assert_eq!(store.told("one").await.unwrap().len(), 1, "what a backup brought back goes");
}

/// A clock that a test moves.
#[derive(Debug)]
struct Moved(Mutex<Timestamp>);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A service that knows keys, and one of whose answers never comes.
#[derive(Debug, Default)]
struct Service {
    letters: Mutex<Vec<(String, String)>>,
    calls: watch::Sender<usize>,
    silent: usize,
}

#[async_trait]
impl Announcer for Service {
    async fn announce(&self, _: &Announcement, to: &Addressee, key: &str, _: Attempt, _: Timestamp) -> Outcome {
        let letter = (key.to_owned(), to.address.reveal().clone());
        {
            let mut letters = self.letters.lock().unwrap();
            if !letters.contains(&letter) {
                letters.push(letter);
            }
        }
        self.calls.send_modify(|calls| *calls += 1);
        let calls = *self.calls.borrow();
        if calls == self.silent {
            std::future::pending::<()>().await;
        }
        Outcome::Sent { reference: None }
    }
}

// Promises: cluently/notice-of-changes
pub(crate) async fn a_run_that_is_killed_goes_on_and_one_more_does_nothing(base: &Base) {
    let store = Arc::new(base.store().await);
    let audience = Audience { addressees: (0..7).map(|n| to(&format!("{n:064}"))).collect(), ..Audience::default() };
    let clock = Arc::new(Moved(Mutex::new(at(0))));
    let service = Arc::new(Service { silent: 4, ..Service::default() });
    let announcing =
        || Announcing { notices: store.clone(), announcer: service.clone(), clock: clock.clone(), pace: Duration::from_millis(1) };
    let first = {
        let (announcing, audience) = (announcing(), audience.clone());
        tokio::spawn(async move { announcing.run(&announcement("one"), &audience, None, |_| {}).await })
    };
    service.calls.subscribe().wait_for(|calls| *calls == 4).await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let run = async || announcing().run(&announcement("one"), &audience, None, |_| {}).await.unwrap();
    let soon = run().await;
    assert_eq!((soon.already, soon.sent, soon.taken), (3, 3, 1), "nobody knows whether the one that was killed still lives");
    *clock.0.lock().unwrap() = at(60);
    let later = run().await;
    assert_eq!((later.already, later.sent, later.taken), (6, 1, 0));
    let once_more = run().await;
    assert_eq!((once_more.already, once_more.sent), (7, 0));
    assert_eq!((service.letters.lock().unwrap().len(), *service.calls.borrow()), (7, 8), "one was sent again under its key");
    // Nothing of an address is kept.
    let pool = AnyPool::connect(&base.url).await.unwrap();
    let rows = sqlx::query("SELECT seal, person, policy, version, state FROM notices").fetch_all(&pool).await.unwrap();
    let texts: Vec<String> = rows.iter().flat_map(|row| (0..5).map(|column| row.get::<String, _>(column))).collect();
    assert!(rows.len() == 7 && !texts.iter().any(|text| text.contains('@') || text.contains("canary")), "{texts:?}");
}
