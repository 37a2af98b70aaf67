//! Notion as the store of a site without a database.

use std::time::Duration;

use functions::lead::{DeliveryState, Failure, LeadId, SinkId, Suspicion};
use functions::ports::{Accepted, Entry, Filter, Limit, Settled, Spent, Stopped, StoreError};
use functions::stand_ins::Fault;
use jiff::Timestamp;
use registry::model::DeliveryKind;

use crate::fixture::{LEASE, World, entry, lead, now};

fn another(world: &World, key: &str) -> Entry {
    let mut other = lead();
    other.id = LeadId::of_digest(uuid::Uuid::now_v7().into_bytes());
    entry(&world.contract, key, other)
}

fn sent(at: Timestamp) -> Settled {
    Settled { state: DeliveryState::Sent, attempts: 1, due: at, failure: None, reference: Some("r".into()) }
}

#[tokio::test]
async fn a_lead_is_kept_whole_and_under_its_key() {
    let world = World::new().await;
    let store = world.notion_store();
    store.ready().await.unwrap();
    let first = entry(&world.contract, "key", lead());
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::New);
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::Replayed(first.lead.id));
    let mut other = another(&world, "key");
    other.fingerprint = "another".into();
    assert_eq!(store.accept(&other).await.unwrap(), Accepted::OtherBody);
    assert_eq!(world.notion.pages().len(), 1);

    let leads = store.leads(&Filter::default()).await.unwrap();
    let mut expected = lead();
    // What Notion may not have is not there.
    let mut values = expected.values.reveal().clone();
    values.remove("trap");
    expected.values = functions::personal::Personal::new(values);
    let mut captured = expected.captured.reveal().clone();
    captured.remove(&registry::model::CaptureKind::IpAddress);
    expected.captured = functions::personal::Personal::new(captured);
    assert!(leads == [expected.clone()], "{:?} / {:?}", leads[0].values.reveal(), expected.values.reveal());
}

#[tokio::test]
async fn an_unclear_end_is_looked_into() {
    for fault in [Fault::BrokenAfterSaving, Fault::DroppedAfterSaving, Fault::Committed] {
        let world = World::new().await;
        let store = world.notion_store();
        // The first call looks for the key, the second one makes the page.
        world.notion.fail_next([Fault::Pass, fault]);
        assert_eq!(store.accept(&entry(&world.contract, "key", lead())).await.unwrap(), Accepted::New, "{fault:?}");
        let looked = usize::from(fault != Fault::Committed);
        assert_eq!((world.notion.pages().len(), world.notion.calls().len()), (1, 2 + looked), "{fault:?}");
    }
}

#[tokio::test]
async fn without_notion_nothing_is_accepted_and_nothing_is_counted() {
    let world = World::new().await;
    let store = world.notion_store();
    let mut first = entry(&world.contract, "key", lead());
    first.proof = Some(Spent { nonce: "n".into(), until: now() + Duration::from_secs(60) });
    first.limits = vec![Limit { name: "forms".into(), window: Duration::from_secs(600), most: 1 }];
    for fault in [Fault::Broken, Fault::Dropped, Fault::HtmlPage, Fault::TooMany(1)] {
        world.notion.fail_next([fault]);
        assert!(matches!(store.accept(&first).await, Err(StoreError::Unreachable(_))), "{fault:?}");
    }
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::New);
    let mut second = another(&world, "other");
    second.proof.clone_from(&first.proof);
    assert_eq!(store.accept(&second).await.unwrap(), Accepted::SpentProof);
    second.proof = None;
    second.limits.clone_from(&first.limits);
    assert_eq!(store.accept(&second).await.unwrap(), Accepted::Limited { until: "2026-06-01T10:30:00Z".parse().unwrap() });
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::Replayed(first.lead.id), "a repetition is known whatever the limits say");
    assert_eq!(world.notion.pages().len(), 1);
}

#[tokio::test]
async fn deliveries_are_claimed_settled_and_due_again() {
    let world = World::new().await;
    let (store, elsewhere) = (world.notion_store(), world.notion_store());
    store.accept(&entry(&world.contract, "key", lead())).await.unwrap();
    let claims = store.claim(now(), LEASE, 10).await.unwrap();
    let sinks: Vec<&str> = claims.iter().map(|claim| claim.row.sink.0.as_str()).collect();
    assert_eq!(sinks, ["resend:confirmation", "resend:notification", "make:webhook"], "the page is there already");
    assert!(elsewhere.claim(now(), LEASE, 10).await.unwrap().is_empty(), "they are under a lease");

    let later = now() + Duration::from_secs(5);
    assert!(store.settle(&claims[0], &sent(now())).await.unwrap());
    let retry = Settled { state: DeliveryState::Pending, attempts: 1, due: later, failure: Some(Failure::Broken), reference: None };
    assert!(store.settle(&claims[1], &retry).await.unwrap());
    assert!(!store.settle(&claims[1], &sent(now())).await.unwrap(), "its lease is gone");
    assert!(elsewhere.claim(now(), LEASE, 10).await.unwrap().is_empty());
    let again = elsewhere.claim(later, LEASE, 10).await.unwrap();
    assert_eq!((again.len(), again[0].row.attempts, again[0].row.first_attempt), (1, 1, Some(now())));

    // A lease that ran out is taken over, and its holder comes too late.
    let after = now() + LEASE;
    let taken = elsewhere.claim(after, LEASE, 10).await.unwrap();
    assert_eq!(taken.iter().map(|claim| claim.row.sink.0.as_str()).collect::<Vec<_>>(), ["make:webhook"]);
    assert!(!store.settle(&claims[2], &sent(after)).await.unwrap());
    assert!(elsewhere.settle(&taken[0], &sent(after)).await.unwrap());

    let rows = store.deliveries(&Filter { lead: Some(lead().id), ..Filter::default() }).await.unwrap();
    let states: Vec<DeliveryState> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [DeliveryState::Sent, DeliveryState::Sent, DeliveryState::Pending, DeliveryState::Sent]);
    assert_eq!(rows[0].reference.as_deref(), world.notion.pages()[0]["id"].as_str());
    let counts = store.counts(after).await.unwrap();
    assert_eq!((counts.pending, counts.dead, counts.oldest_due), (1, 0, Some(later)));
}

#[tokio::test]
async fn a_stopped_sink_is_passed_over() {
    let world = World::new().await;
    let store = world.notion_store();
    store.accept(&entry(&world.contract, "key", lead())).await.unwrap();
    let sink = SinkId::new("make", DeliveryKind::Webhook);
    let stopped = Stopped { sink: sink.clone(), until: Some(now() + LEASE), failure: Failure::TooMany };
    store.stop(&sink, Some(&stopped)).await.unwrap();
    assert_eq!(store.stopped().await.unwrap(), [stopped]);
    assert_eq!(store.claim(now(), LEASE, 10).await.unwrap().len(), 2);
    store.stop(&sink, None).await.unwrap();
    assert_eq!(store.claim(now(), LEASE, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_held_or_dead_is_taken_up_when_somebody_says_so() {
    let world = World::new().await;
    let store = world.notion_store();
    let mut held = lead();
    held.held = vec![Suspicion::Links];
    store.accept(&entry(&world.contract, "key", held)).await.unwrap();
    assert!(store.claim(now(), LEASE, 10).await.unwrap().is_empty());
    assert_eq!(store.counts(now()).await.unwrap().held, 3);
    assert_eq!(store.leads(&Filter { held: Some(true), ..Filter::default() }).await.unwrap().len(), 1);
    assert_eq!(store.retry(&Filter { state: Some(DeliveryState::Held), ..Filter::default() }, now()).await.unwrap(), 3);
    assert_eq!(store.leads(&Filter { held: Some(true), ..Filter::default() }).await.unwrap().len(), 0);

    let claims = store.claim(now(), LEASE, 10).await.unwrap();
    let dead = Settled { state: DeliveryState::Dead, attempts: 14, due: now(), failure: Some(Failure::Exhausted), reference: None };
    for claim in &claims {
        assert!(store.settle(claim, &dead).await.unwrap());
    }
    assert_eq!(store.counts(now()).await.unwrap().dead, 3);
    assert_eq!(store.retry(&Filter { lead: Some(lead().id), ..Filter::default() }, now()).await.unwrap(), 3);
    let again = store.claim(now(), LEASE, 10).await.unwrap();
    assert!(again.len() == 3 && again.iter().all(|claim| claim.row.attempts == 0));
}

#[tokio::test]
async fn what_is_erased_leaves_no_value_behind() {
    let world = World::new().await;
    let store = world.notion_store();
    store.accept(&entry(&world.contract, "key", lead())).await.unwrap();
    let rows = store.erase(lead().id).await.unwrap().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(store.erase(lead().id).await.unwrap(), None);
    assert!(world.notion.pages().is_empty() && store.leads(&Filter::default()).await.unwrap().is_empty());
    let last = world.notion.calls().into_iter().rfind(|call| call.method == "PATCH").unwrap();
    assert!(!last.body.to_string().contains("canary"));
}

#[tokio::test]
async fn a_missing_column_is_told_by_name() {
    let world = World::new().await;
    world.notion.drop_column("Next attempt");
    let Err(StoreError::Failed(what)) = world.notion_store().ready().await else { panic!("it is not ready") };
    assert_eq!(what, "the column `Next attempt` is missing: add it with the type `date`");
}

#[tokio::test]
async fn many_pages_are_read_to_the_end() {
    let world = World::new().await;
    let store = world.notion_store();
    for n in 0..103 {
        store.accept(&another(&world, &format!("key {n}"))).await.unwrap();
    }
    assert_eq!(store.leads(&Filter::default()).await.unwrap().len(), 103);
    assert_eq!(store.leads(&Filter { most: Some(5), ..Filter::default() }).await.unwrap().len(), 5);
}

#[tokio::test]
async fn clicks_at_the_same_time_make_one_page() {
    let world = World::new().await;
    let store = world.notion_store();
    let (first, second) = (another(&world, "key"), another(&world, "key"));
    let (a, b) = tokio::join!(store.accept(&first), store.accept(&second));
    let replayed = [a.unwrap(), b.unwrap()].into_iter().filter(|accepted| matches!(accepted, Accepted::Replayed(_))).count();
    assert_eq!((replayed, world.notion.pages().len()), (1, 1));
}
