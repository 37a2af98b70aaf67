//! Who is told, how fast, and what stops a run; on a clock that stands still where nobody waits.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::date;
use tokio::time::Instant;

use super::*;
use crate::ports::SystemClock;

fn announcement() -> Announcement {
    let (policy, version, seal) = ("privacy".to_owned(), "2".to_owned(), "5ea1".to_owned());
    Announcement { policy, version, seal, effective: date(2027, 3, 1), texts: BTreeMap::new() }
}

fn keys() -> Keys {
    Keys::new("0123456789abcdef0123456789abcdef".into())
}

#[test]
fn hashes_of_two_versions_have_nothing_in_common() {
    let ada = keys().person(&Personal::new("ada@a.example".to_owned()));
    let [one, two] = ["5ea1", "0the"].map(|seal| ada.in_version(seal));
    assert!(one != two && one != ada && one == ada.in_version("5ea1"));
}

/// Notes what is told, without a database.
#[derive(Debug, Default)]
struct Book(Mutex<BTreeMap<PersonHash, (Telling, u32)>>);

#[async_trait]
impl Notices for Book {
    async fn held_back(&self) -> Result<BTreeSet<LeadId>, StoreError> {
        Ok(BTreeSet::new())
    }

    async fn told(&self, _: &str) -> Result<BTreeMap<PersonHash, Telling>, StoreError> {
        Ok(self.0.lock().unwrap().iter().map(|(person, (telling, _))| (person.clone(), *telling)).collect())
    }

    async fn take(&self, _: &Announcement, to: &Addressee, now: Timestamp, _: Duration) -> Result<Option<Attempt>, StoreError> {
        let mut book = self.0.lock().unwrap();
        let (_, attempts) = book.entry(to.person.clone()).or_insert((Telling::Pending, 0));
        *attempts += 1;
        Ok(Some(if *attempts == 1 { Attempt::First } else { Attempt::Again { since: now } }))
    }

    async fn note(&self, _: &str, person: &PersonHash, noted: Noted) -> Result<(), StoreError> {
        let mut book = self.0.lock().unwrap();
        match noted {
            Noted::Sent(_) => book.get_mut(person).unwrap().0 = Telling::Sent,
            Noted::Failed(_) => book.get_mut(person).unwrap().0 = Telling::Failed,
            Noted::Unknown(_) => {}
            Noted::NotTaken => _ = book.remove(person),
        }
        Ok(())
    }

    async fn forget_failed(&self, _: &str) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// A service that answers as it was told, and takes everything after that.
#[derive(Debug, Default)]
struct Service {
    answers: Mutex<VecDeque<Outcome>>,
    calls: Mutex<Vec<Instant>>,
}

#[async_trait]
impl Announcer for Service {
    async fn announce(&self, _: &Announcement, _: &Addressee, _: &str, _: Attempt, _: Timestamp) -> Outcome {
        self.calls.lock().unwrap().push(Instant::now());
        self.answers.lock().unwrap().pop_front().unwrap_or(Outcome::Sent { reference: None })
    }
}

/// A run with a service that answers so, to so many people: what was done, what is noted of whom, and when letters went out, in
/// milliseconds since the first.
async fn run(answers: impl IntoIterator<Item = Outcome>, people: u8, most: Option<u64>) -> (Done, Vec<Telling>, Vec<u128>) {
    let (book, service) = (Arc::new(Book::default()), Arc::new(Service::default()));
    service.answers.lock().unwrap().extend(answers);
    let addressee = |n| Addressee {
        address: Personal::new("canary@a.example".to_owned()),
        language: "en".to_owned(),
        form: "contact".into(),
        wrote: Timestamp::UNIX_EPOCH,
        in_log: PersonHash(String::new()),
        person: PersonHash(format!("{n:02}")),
    };
    let audience = Audience { addressees: (0..people).map(addressee).collect(), ..Audience::default() };
    let announcing = Announcing { notices: book.clone(), announcer: service.clone(), clock: Arc::new(SystemClock), pace: PACE };
    let done = announcing.run(&announcement(), &audience, most, |_| {}).await.unwrap();
    let calls = service.calls.lock().unwrap().clone();
    let noted = book.0.lock().unwrap().values().map(|(telling, _)| *telling).collect();
    (done, noted, calls.iter().map(|call| call.duration_since(calls[0]).as_millis()).collect())
}

const SENT: Outcome = Outcome::Sent { reference: None };
const BROKEN: Outcome = Outcome::Retry { failure: Failure::Broken, after: None };

fn pause(seconds: u64) -> Outcome {
    Outcome::Pause { failure: Failure::TooMany, wait: Duration::from_secs(seconds) }
}

#[tokio::test(start_paused = true)]
async fn two_letters_go_out_a_second() {
    let (done, noted, calls) = run([], 5, None).await;
    assert_eq!(calls, [0, 500, 1000, 1500, 2000]);
    assert_eq!((done.sent, noted), (5, vec![Telling::Sent; 5]));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_to_wait_is_waited_for() {
    let (done, noted, calls) = run([SENT, pause(7), SENT], 2, None).await;
    assert_eq!(calls, [0, 500, 7500]);
    assert_eq!((done.sent, done.stopped, noted), (2, None, vec![Telling::Sent; 2]));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_an_hour_or_again_and_again() {
    let (done, noted, calls) = run([SENT, pause(3600)], 3, None).await;
    assert_eq!((done.sent, done.left, done.stopped, calls.len()), (1, 2, Some(Stopped::Later(3600)), 2));
    assert_eq!(noted, [Telling::Sent], "nothing is kept of who was certainly not told");
    let (done, noted, calls) = run(std::iter::repeat_n(pause(1), 20), 3, None).await;
    assert_eq!((done.stopped, calls.len(), noted.len()), (Some(Stopped::Later(1)), 6, 0));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_answer_stays_and_three_in_a_row_end_the_run() {
    let (done, noted, _) = run([BROKEN, BROKEN, SENT, BROKEN, BROKEN, BROKEN], 8, None).await;
    assert_eq!((done.sent, done.left, done.stopped), (1, 7, Some(Stopped::OutOfReach(Failure::Broken))));
    assert_eq!(noted.iter().filter(|telling| **telling == Telling::Pending).count(), 5, "each of these may have arrived");
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_ends_the_run_and_a_refused_address_does_not() {
    let (refused, rejected) = (Failure::Refused, Failure::Rejected);
    let (done, noted, _) = run([Outcome::GiveUp { failure: rejected }, Outcome::Park { failure: refused }], 4, None).await;
    assert_eq!((done.failed, done.sent, done.left, done.stopped), (1, 0, 3, Some(Stopped::Refused(refused))));
    assert_eq!(noted, [Telling::Failed]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_kept() {
    let (done, _, calls) = run([], 5, Some(2)).await;
    assert_eq!((done.sent, done.left, done.stopped, calls.len()), (2, 3, Some(Stopped::Limit), 2));
    let (done, _, _) = run([], 2, Some(2)).await;
    assert_eq!((done.left, done.stopped), (0, None), "nobody is left");
}
