//! What is kept is listed, counted and forgotten.

use std::time::Duration;

use functions::lead::{DeliveryState, Failure};
use functions::personal::Personal;
use functions::ports::{Accepted, Counts, Entry, Filter, Limit, ReceiptFilter, Receipts, Retains, Settled, Stopped, Store};
use functions::receipt::{How, Receipt};
use functions::store::COLUMNS;
use registry::model::CaptureKind;
use sqlx::{AnyPool, AssertSqlSafe, Row};

use crate::sample::{Base, at, entry, held, in_state, of_lead, settled, sinks, spent, stored};

const LEASE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) async fn lists_are_filtered_and_sorted(base: &Base) {
    let store = base.store().await;
    let (older, newer, spam) = (entry(0), entry(20), held(10));
    for entry in [&older, &newer, &spam] {
        stored(&store, entry).await;
    }
    let claim = store.claim(at(5), LEASE, 1).await.unwrap().remove(0);
    assert!(store.settle(&claim, &settled(DeliveryState::Sent, 5)).await.unwrap());
    let [older, newer, spam] = [older, newer, spam].map(|entry| entry.lead.id);
    let pending = DeliveryState::Pending;
    let cases = [
        (Filter::default(), vec![newer, spam, older], 9),
        (Filter { most: Some(2), ..Filter::default() }, vec![newer, spam], 2),
        (Filter { since: Some(at(10)), ..Filter::default() }, vec![newer, spam], 6),
        (Filter { held: Some(true), ..Filter::default() }, vec![spam], 3),
        (Filter { held: Some(false), ..Filter::default() }, vec![newer, older], 6),
        (in_state(DeliveryState::Sent), vec![older], 1),
        (in_state(pending), vec![newer, older], 5),
        (in_state(DeliveryState::Dead), vec![], 0),
        (of_lead(spam), vec![spam], 3),
        (Filter { lead: Some(older), state: Some(pending), since: Some(at(0)), held: Some(false), most: Some(1) }, vec![older], 1),
        (Filter { since: Some(at(1)), ..of_lead(older) }, vec![], 0),
    ];
    for (filter, leads, deliveries) in cases {
        let found: Vec<_> = store.leads(&filter).await.unwrap().iter().map(|lead| lead.id).collect();
        assert_eq!(found, leads, "{filter:?}");
        assert_eq!(store.deliveries(&filter).await.unwrap().len(), deliveries, "{filter:?}");
    }
    let sorted: Vec<_> = store.deliveries(&Filter::default()).await.unwrap().into_iter().map(|row| (row.lead, row.sink)).collect();
    let mut sinks = sinks();
    sinks.sort();
    let expected: Vec<_> = [newer, spam, older].iter().flat_map(|lead| sinks.iter().map(|sink| (*lead, sink.clone()))).collect();
    assert_eq!(sorted, expected);
}

// Promises: cresco/right-erasure
pub(crate) async fn nothing_remains_of_an_erased_lead(base: &Base) {
    let store = base.store().await;
    let kept = stored(&store, &entry(0)).await;
    let mut entry = entry(1);
    entry.fingerprint = "canary-fingerprint".to_owned();
    entry.lead.values = Personal::new([("name".to_owned(), "canary-name".into())].into());
    entry.lead.captured = Personal::new([(CaptureKind::IpAddress, "canary-address".to_owned())].into());
    let id = stored(&store, &entry).await;
    let claims = store.claim(at(1), LEASE, 9).await.unwrap();
    let claim = claims.iter().find(|claim| claim.lead.id == id).unwrap();
    let outcome = Settled { reference: Some("canary-page".to_owned()), ..settled(DeliveryState::Sent, 1) };
    assert!(store.settle(claim, &outcome).await.unwrap());
    let inside = claims.iter().rfind(|claim| claim.lead.id == id).unwrap();
    assert!(places(base, "canary").await.contains(&"deliveries.reference".to_owned()), "the search finds nothing at all");

    let told = store.erase(id).await.unwrap().expect("the lead was there");
    assert_eq!(told.iter().filter(|row| row.reference.as_deref() == Some("canary-page")).count(), 1, "who got it is told");
    assert_eq!(told.len(), sinks().len());
    assert_eq!((places(base, "canary").await, places(base, &id.to_string()).await), (vec![], vec![]));
    assert_eq!(store.erase(id).await.unwrap(), None);
    assert!(!store.settle(inside, &settled(DeliveryState::Sent, 2)).await.unwrap(), "an attempt that was under way writes nothing");
    assert_eq!(store.leads(&Filter::default()).await.unwrap().iter().map(|lead| lead.id).collect::<Vec<_>>(), [kept]);
    assert_eq!(store.accept(&entry).await.unwrap(), Accepted::New, "its key is free");

    assert!(store.erase(id).await.unwrap().is_some());
    if let Some(folder) = &base.folder {
        // Neither the pages that became free nor the log of what was written.
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|part| part == b"canary"), "the file still has it");
        }
    }
}

/// The columns in which a text stands, as `table.column`.
async fn places(base: &Base, text: &str) -> Vec<String> {
    let pool = AnyPool::connect(&base.url).await.unwrap();
    let mut found = Vec::new();
    for (table, column, _) in COLUMNS {
        let count = format!("SELECT COUNT(*) AS number FROM {table} WHERE CAST({column} AS TEXT) LIKE $1");
        let row = sqlx::query(AssertSqlSafe(count)).bind(format!("%{text}%")).fetch_one(&pool).await.unwrap();
        if row.get::<i64, _>("number") > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    pool.close().await;
    found
}

pub(crate) async fn counts_tell_what_waits(base: &Base) {
    let store = base.store().await;
    assert_eq!(store.counts(at(0)).await.unwrap(), Counts::default());
    for seconds in [7, 5, 9] {
        stored(&store, &entry(seconds)).await;
    }
    stored(&store, &held(0)).await;
    for (claim, state) in store.claim(at(6), LEASE, 2).await.unwrap().iter().zip([DeliveryState::Dead, DeliveryState::Sent]) {
        assert!(store.settle(claim, &settled(state, 6)).await.unwrap());
    }
    let counts = Counts { pending: 7, held: 3, dead: 1, oldest_due: None };
    assert_eq!(store.counts(at(4)).await.unwrap(), counts);
    assert_eq!(store.counts(at(8)).await.unwrap(), Counts { oldest_due: Some(at(5)), ..counts });
}

pub(crate) async fn sweeping_forgets_what_is_void(base: &Base) {
    let store = base.store().await;
    let limit = Limit { name: "forms".to_owned(), window: HOUR, most: 9 };
    let first = Entry { proof: Some(spent("nonce", 100)), limits: vec![limit], ..entry(0) };
    let id = stored(&store, &first).await;
    // The day of the tests begins with a full hour.
    assert_eq!(store.count("forms", HOUR, at(3600)).await.unwrap(), 1);
    let pause = |sink: usize, until| Stopped { sink: sinks()[sink].clone(), until, failure: Failure::TooMany };
    for stopped in [pause(0, Some(at(100))), pause(1, None)] {
        store.stop(&stopped.sink, Some(&stopped)).await.unwrap();
    }
    assert_eq!(store.sweep(at(99)).await.unwrap(), 0);
    assert_eq!(store.sweep(at(100)).await.unwrap(), 2, "the proof and the pause");
    assert_eq!(store.stopped().await.unwrap(), [pause(1, None)], "what waits for a person waits on");
    assert_eq!(store.sweep(at(3600)).await.unwrap(), 1, "the count of the first hour");
    assert_eq!(store.level("forms", HOUR, at(0)).await.unwrap(), 0);
    assert_eq!(store.level("forms", HOUR, at(3600)).await.unwrap(), 1);
    assert_eq!(store.deliveries(&of_lead(id)).await.unwrap().len(), sinks().len(), "a lead is never void");
}

pub(crate) async fn jobs_note_when_they_ran(base: &Base) {
    let store = base.store().await;
    assert_eq!(store.last_run("outbox").await.unwrap(), None);
    store.ran("outbox", at(0)).await.unwrap();
    store.ran("retention", at(5)).await.unwrap();
    store.ran("outbox", at(9)).await.unwrap();
    assert_eq!(store.last_run("outbox").await.unwrap(), Some(at(9)));
    assert_eq!(store.last_run("retention").await.unwrap(), Some(at(5)));
}

pub(crate) async fn a_receipt_is_kept_once_and_comes_back_as_it_came(base: &Base) {
    let store = base.store().await;
    let receipt = |number: u8, seconds: i64| Receipt {
        id: format!("00000000-0000-4000-8000-0000000000{number:02}").parse().unwrap(),
        decided: at(seconds - 5),
        received: at(seconds),
        how: How::Choices,
        language: "fr".to_owned(),
        revision: "ab12".to_owned(),
        banner: "0123456789abcdef".to_owned(),
        signalled: number == 2,
        accepted: vec!["film".into(), "count".into()],
        refused: Vec::new(),
    };
    let (first, second) = (receipt(1, 10), receipt(2, 20));
    for kept in [&first, &second] {
        store.keep(kept).await.unwrap();
    }
    store.keep(&Receipt { refused: vec!["film".into()], accepted: Vec::new(), ..first.clone() }).await.unwrap();
    let all = ReceiptFilter::default();
    let listed = async |filter: ReceiptFilter| store.receipts(&filter).await.unwrap();
    assert_eq!(listed(all).await, [second.clone(), first.clone()], "the newest first, and what came first stays");
    assert_eq!(listed(ReceiptFilter { id: Some(first.id), ..all }).await, [first]);
    assert_eq!(listed(ReceiptFilter { since: Some(at(20)), ..all }).await, std::slice::from_ref(&second));
    assert_eq!(listed(ReceiptFilter { most: Some(1), ..all }).await, [second]);
    assert_eq!(listed(ReceiptFilter { id: Some(receipt(3, 0).id), ..all }).await, []);
}
