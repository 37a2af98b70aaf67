//! Leads come in.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use functions::lead::{DeliveryState, Lead, LeadId, Suspicion};
use functions::personal::Personal;
use functions::ports::{Accepted, Entry, Filter, Limit, Store};
use functions::store::{Patience, SqlStore};
use futures_util::future::join_all;
use registry::model::CaptureKind;
use serde_json::json;

use crate::sample::{Base, at, entry, of_lead, sinks, spent, stored};

pub(crate) async fn a_lead_comes_back_as_it_came(base: &Base) {
    let store = base.store().await;
    let texts = ["", "\0", "a\0b", "É, ‏שלום, 你好, 👩‍👩‍👧‍👦", "\u{feff}\u{202e}\u{10ffff}\u{fffd}", "'; DROP TABLE leads; --", "\\u0000", "$1"];
    let mut values: BTreeMap<_, _> = texts.iter().enumerate().map(|(n, text)| (format!("{n} {text}"), json!(text))).collect();
    values.insert("ticked".to_owned(), json!(true));
    values.insert("long".to_owned(), json!("€".repeat(20_000)));
    let mut entry = entry(0);
    entry.key = format!("\0{}", "k".repeat(10_000));
    entry.lead = Lead {
        id: LeadId::of_digest(uuid::Uuid::now_v7().into_bytes()),
        form: "lead".into(),
        language: "pt-BR".to_owned(),
        received: "2027-01-15T08:00:00.123456Z".parse().unwrap(),
        contacted: "1969-12-31T23:59:59.999999Z".parse().unwrap(),
        values: Personal::new(values),
        captured: Personal::new(BTreeMap::from([
            (CaptureKind::IpAddress, "2001:db8::1".to_owned()),
            (CaptureKind::Utm, "a=\0".to_owned()),
        ])),
        held: vec![Suspicion::Honeypot, Suspicion::Links],
    };
    let id = stored(&store, &entry).await;
    assert!(store.leads(&of_lead(id)).await.unwrap() == vec![entry.lead.clone()], "the lead has changed on its way");
    assert_eq!(store.accept(&entry).await.unwrap(), Accepted::Replayed(id));
    let rows = store.deliveries(&of_lead(id)).await.unwrap();
    assert_eq!(rows.len(), sinks().len());
    for row in rows {
        assert_eq!((row.state, row.attempts, row.first_attempt, row.due), (DeliveryState::Held, 0, None, entry.lead.received));
        assert_eq!((row.failure, row.reference), (None, None));
    }
}

pub(crate) async fn a_key_is_for_one_submission(base: &Base) {
    let store = base.store().await;
    let limit = Limit { name: "forms".to_owned(), window: Duration::from_secs(600), most: 1 };
    let first = Entry { proof: Some(spent("nonce", 900)), limits: vec![limit], ..entry(0) };
    let id = stored(&store, &first).await;
    // A repetition makes another lead of the same submission; neither its spent proof nor the limit, which is reached, counts.
    let again = Entry { key: first.key.clone(), proof: first.proof.clone(), limits: first.limits.clone(), ..entry(1) };
    assert_eq!(store.accept(&again).await.unwrap(), Accepted::Replayed(id));
    let other = Entry { fingerprint: "another".to_owned(), ..again };
    assert_eq!(store.accept(&other).await.unwrap(), Accepted::OtherBody);
    assert_eq!(store.level("forms", Duration::from_secs(600), at(0)).await.unwrap(), 1);
    assert_eq!(store.leads(&Filter::default()).await.unwrap(), [first.lead]);
}

pub(crate) async fn equal_keys_at_once_are_one_lead(base: &Base) {
    let stores = [base.store().await, base.open()];
    let entries: Vec<Entry> = (0..24)
        .map(|n| {
            let fingerprint = if n % 4 == 3 { "another" } else { "one" }.to_owned();
            Entry { key: "one key".to_owned(), fingerprint, proof: Some(spent("nonce", 900)), ..entry(n) }
        })
        .collect();
    let tasks = entries.iter().enumerate().map(|(n, entry)| stores[n % 2].accept(entry));
    let answers: Vec<Accepted> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let leads = stores[0].leads(&Filter::default()).await.unwrap();
    assert_eq!(leads.len(), 1);
    let stored = entries.iter().position(|entry| entry.lead.id == leads[0].id).unwrap();
    for (n, answer) in answers.iter().enumerate() {
        let same = entries[n].fingerprint == entries[stored].fingerprint;
        let right = match answer {
            Accepted::New => n == stored,
            Accepted::Replayed(id) => same && *id == leads[0].id,
            Accepted::OtherBody => !same,
            _ => false,
        };
        assert!(right, "{n}: {answer:?}, and {stored} was stored");
    }
    assert_eq!(stores[0].deliveries(&Filter::default()).await.unwrap().len(), sinks().len());
}

pub(crate) async fn a_proof_is_spent_once(base: &Base) {
    let stores = [base.store().await, base.open()];
    let entries: Vec<Entry> = (0..12).map(|n| Entry { proof: Some(spent("nonce", 900)), ..entry(n) }).collect();
    let answers = join_all(entries.iter().enumerate().map(|(n, entry)| stores[n % 2].accept(entry))).await;
    let count = |wanted| answers.iter().filter(|answer| *answer.as_ref().unwrap() == wanted).count();
    assert_eq!((count(Accepted::New), count(Accepted::SpentProof)), (1, 11));
    assert_eq!(stores[0].leads(&Filter::default()).await.unwrap().len(), 1);
}

pub(crate) async fn limits_hold_across_instances(base: &Base) {
    let stores = [base.store().await, base.open()];
    let limit = |name: &str, most| Limit { name: name.to_owned(), window: Duration::from_secs(600), most };
    let entries: Vec<Entry> = (0..20)
        .map(|n| {
            // The order differs, which must not make two wait for each other.
            let mut limits = vec![limit("forms", 5), limit("forms:a", 50)];
            limits.rotate_left(usize::from(n % 2 == 0));
            Entry { proof: Some(spent(&n.to_string(), 900)), limits, ..entry(n) }
        })
        .collect();
    let answers = join_all(entries.iter().enumerate().map(|(n, entry)| stores[n / 2 % 2].accept(entry))).await;
    let count = |wanted| answers.iter().filter(|answer| *answer.as_ref().unwrap() == wanted).count();
    assert_eq!((count(Accepted::New), count(Accepted::Limited { until: at(600) })), (5, 15));
    for name in ["forms", "forms:a"] {
        assert_eq!(stores[1].level(name, Duration::from_secs(600), at(599)).await.unwrap(), 5, "{name} counts what is stored");
    }
    // Nothing of what was refused is kept: neither its key nor its proof.
    let refused = answers.iter().position(|answer| *answer.as_ref().unwrap() != Accepted::New).unwrap();
    let mut later = entries[refused].clone();
    later.lead.received = at(600);
    stored(&stores[0], &later).await;
    // Counts by hand go into the same windows.
    let counted = join_all((0..10).map(|n| stores[n % 2].count("forms", Duration::from_secs(600), at(601)))).await;
    let mut counted: Vec<u32> = counted.into_iter().map(Result::unwrap).collect();
    counted.sort_unstable();
    assert_eq!(counted, (2..=11).collect::<Vec<_>>());
    assert_eq!(stores[0].level("forms", Duration::from_secs(60), at(601)).await.unwrap(), 0, "another length is another window");
}

/// The caller goes away after each number of steps in turn: the connection is dropped wherever the transaction is then.
pub(crate) async fn what_is_cut_short_is_whole_or_not_there(base: &Base) {
    let store = base.store().await;
    for steps in 1.. {
        let entry = entry(0);
        let (mut work, mut polled) = (store.accept(&entry), 0);
        let finished = poll_fn(|context| {
            polled += 1;
            match work.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending if polled == steps => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        drop(work);
        let there = async || {
            let leads = store.leads(&of_lead(entry.lead.id)).await.unwrap().len();
            (leads, store.deliveries(&of_lead(entry.lead.id)).await.unwrap().len())
        };
        // A transaction that was being committed may end at any time from here on, between these two questions too.
        let whole = (1, sinks().len());
        assert!([(0, 0), (0, sinks().len()), whole].contains(&there().await), "after {steps} steps");
        let again = store.accept(&entry).await.unwrap();
        assert!([Accepted::New, Accepted::Replayed(entry.lead.id)].contains(&again), "after {steps} steps: {again:?}");
        assert_eq!(there().await, whole, "after {steps} steps");
        if finished.is_some() {
            assert!(steps > 1, "it was never cut short");
            return;
        }
    }
}

/// The caller goes away after each number of steps in turn: what its connection is used for next is written all the same.
pub(crate) async fn a_connection_that_was_let_down_writes_what_comes_next(base: &Base) {
    let (store, other) = (base.store().await, base.open());
    let entry = entry(0);
    for steps in 1..12 {
        cut_short(store.accept(&entry), steps).await;
        for time in 0..4 {
            store.ran("job", at(steps * 10 + time)).await.unwrap();
            assert_eq!(other.last_run("job").await.unwrap(), Some(at(steps * 10 + time)), "after {steps} steps");
        }
    }
}

/// A host freezes instances wherever they are: who waits for what they have locked gets it in time.
pub(crate) async fn what_is_frozen_holds_nobody_up(base: &Base) {
    let store = base.store().await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(stored(&store, &entry(0)).await);
    }
    let instances: Vec<SqlStore> = ids.iter().map(|_| base.open()).collect();
    let mut frozen = Vec::new();
    for (steps, (instance, id)) in ids.iter().enumerate().map(|(number, id)| (number as i64 + 1, (&instances[number], id))) {
        let mut work = instance.erase(*id);
        poll_steps(&mut work, steps).await;
        frozen.push(work);
    }
    let patient = functions::store::open(&base.url, Patience::default()).unwrap();
    for erased in join_all(ids.iter().map(|id| patient.erase(*id))).await {
        erased.unwrap();
    }
    assert!(store.leads(&Filter::default()).await.unwrap().is_empty());
}

/// Polls some work so many times at most, and drops it then.
async fn cut_short<T>(mut work: Pin<Box<dyn Future<Output = T> + Send + '_>>, steps: i64) {
    poll_steps(&mut work, steps).await;
}

/// Polls some work so many times at most.
async fn poll_steps<T>(work: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>, steps: i64) {
    let mut polled = 0;
    poll_fn(|context| {
        polled += 1;
        match work.as_mut().poll(context) {
            Poll::Pending if polled < steps => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}
