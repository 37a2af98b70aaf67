//! Deliveries go out.

use std::collections::BTreeSet;
use std::time::Duration;

use functions::lead::{DeliveryState, Failure, SinkId};
use functions::ports::{Claim, Filter, Settled, Stopped, Store};
use futures_util::future::join_all;

use crate::sample::{Base, at, entry, held, in_state, of_lead, settled, sinks, stored};

const LEASE: Duration = Duration::from_secs(60);

pub(crate) async fn no_delivery_is_claimed_twice(base: &Base) {
    let stores = [base.store().await, base.open(), base.open()];
    for n in 0..20 {
        stored(&stores[0], &entry(n)).await;
    }
    let mut seen = BTreeSet::new();
    loop {
        let claims = join_all(stores.iter().map(|store| store.claim(at(100), LEASE, 7))).await;
        let claims: Vec<Claim> = claims.into_iter().flat_map(Result::unwrap).collect();
        if claims.is_empty() {
            break;
        }
        for claim in claims {
            assert!(seen.insert((claim.row.lead, claim.row.sink.clone())), "{:?} was claimed twice", claim.row);
            assert_eq!(claim.row.lead, claim.lead.id);
        }
    }
    assert_eq!(seen.len(), 20 * sinks().len());
}

pub(crate) async fn a_lease_that_ran_out_is_claimed_again(base: &Base) {
    let store = base.store().await;
    stored(&store, &entry(0)).await;
    let lost = store.claim(at(10), LEASE, 1).await.unwrap().remove(0);
    assert_eq!(lost.row.first_attempt, Some(at(10)));
    let others = store.claim(at(69), LEASE, 9).await.unwrap();
    assert_eq!(others.len(), 2, "the lease holds until its end");
    let again = store.claim(at(70), LEASE, 9).await.unwrap().remove(0);
    assert_eq!((&again.row.sink, again.row.first_attempt), (&lost.row.sink, Some(at(10))), "the first attempt counts although it was lost");
    let outcome = Settled { failure: Some(Failure::Broken), reference: Some("p\0age".to_owned()), ..settled(DeliveryState::Pending, 80) };
    let both = [(lost, outcome.clone()), (again.clone(), outcome.clone())];
    assert_eq!(store.settle_all(&both).await.unwrap(), [false, true], "a lease that ran out writes nothing");
    assert!(!store.settle(&again, &outcome).await.unwrap(), "a lease is given back once");
    let rows = store.deliveries(&of_lead(again.lead.id)).await.unwrap();
    let row = rows.iter().find(|row| row.sink == again.row.sink).unwrap();
    assert_eq!((row.state, row.attempts, row.due, row.failure), (DeliveryState::Pending, 1, at(80), Some(Failure::Broken)));
    assert_eq!(row.reference.as_deref(), Some("page"));
    assert_eq!(store.claim(at(79), LEASE, 9).await.unwrap().len(), 0);
    assert_eq!(store.claim(at(80), LEASE, 9).await.unwrap()[0].row.sink, row.sink, "a settled one is free for the next");
}

pub(crate) async fn a_stopped_sink_is_skipped(base: &Base) {
    let store = base.store().await;
    stored(&store, &entry(0)).await;
    let paused = Stopped { sink: sinks()[0].clone(), until: Some(at(60)), failure: Failure::TooMany };
    let parked = Stopped { sink: sinks()[1].clone(), until: None, failure: Failure::Refused };
    for stopped in [&paused, &parked] {
        store.stop(&stopped.sink, Some(&Stopped { until: Some(at(1)), ..stopped.clone() })).await.unwrap();
        store.stop(&stopped.sink, Some(stopped)).await.unwrap();
    }
    assert_eq!(store.stopped().await.unwrap(), [paused, parked.clone()]);
    let claimed = async |seconds| -> Vec<SinkId> {
        store.claim(at(seconds), LEASE, 9).await.unwrap().into_iter().map(|claim| claim.row.sink).collect()
    };
    assert_eq!(claimed(59).await, [sinks()[2].clone()]);
    assert_eq!(claimed(60).await, [sinks()[0].clone()]);
    store.stop(&parked.sink, None).await.unwrap();
    assert_eq!(claimed(61).await, [parked.sink]);
}

pub(crate) async fn what_is_held_waits(base: &Base) {
    let store = base.store().await;
    let id = stored(&store, &held(0)).await;
    let other = stored(&store, &held(1)).await;
    assert_eq!(store.claim(at(100), LEASE, 9).await.unwrap().len(), 0);
    assert_eq!(store.retry(&of_lead(id), at(100)).await.unwrap(), 3);
    let claims = store.claim(at(100), LEASE, 9).await.unwrap();
    assert_eq!(claims.len(), 3);
    assert!(claims.iter().all(|claim| claim.lead.id == id && claim.lead.held.is_empty()), "a lead that is released is no longer held");
    let held = store.leads(&Filter { held: Some(true), ..Filter::default() }).await.unwrap();
    assert_eq!(held.iter().map(|lead| lead.id).collect::<Vec<_>>(), [other]);
}

pub(crate) async fn retried_is_what_the_filter_says(base: &Base) {
    let store = base.store().await;
    let ids = [stored(&store, &entry(0)).await, stored(&store, &held(1)).await];
    let claims = store.claim(at(10), LEASE, 9).await.unwrap();
    for (claim, state) in claims.iter().zip([DeliveryState::Sent, DeliveryState::Dead, DeliveryState::Pending]) {
        let outcome = Settled { failure: Some(Failure::Exhausted), ..settled(state, 1000) };
        assert!(store.settle(claim, &outcome).await.unwrap());
    }
    let state = async |claim: &Claim| {
        let rows = store.deliveries(&of_lead(ids[0])).await.unwrap();
        let row = rows.into_iter().find(|row| row.sink == claim.row.sink).unwrap();
        (row.state, row.attempts, row.first_attempt, row.due, row.failure)
    };
    assert_eq!(store.retry(&in_state(DeliveryState::Sent), at(20)).await.unwrap(), 0, "what was sent stays sent");
    assert_eq!(store.retry(&in_state(DeliveryState::Dead), at(20)).await.unwrap(), 1);
    assert_eq!(state(&claims[0]).await.0, DeliveryState::Sent);
    assert_eq!(state(&claims[1]).await, (DeliveryState::Pending, 0, None, at(20), None), "what was given up begins anew");
    assert_eq!(state(&claims[2]).await, (DeliveryState::Pending, 1, Some(at(10)), at(1000), Some(Failure::Exhausted)));
    assert_eq!(store.retry(&of_lead(ids[0]), at(30)).await.unwrap(), 2);
    assert_eq!(state(&claims[2]).await, (DeliveryState::Pending, 0, Some(at(10)), at(30), None), "what is tried keeps its first attempt");
    assert_eq!(store.retry(&Filter::default(), at(40)).await.unwrap(), 5);
}

pub(crate) async fn the_longest_due_come_first(base: &Base) {
    let store = base.store().await;
    let mut ids = Vec::new();
    for seconds in [30, 10, 20] {
        ids.push(stored(&store, &entry(seconds)).await);
    }
    let leads =
        async |now, most| -> Vec<_> { store.claim(at(now), LEASE, most).await.unwrap().into_iter().map(|claim| claim.lead.id).collect() };
    assert_eq!(leads(25, 4).await, [ids[1], ids[1], ids[1], ids[2]]);
    assert_eq!(leads(25, 4).await, [ids[2], ids[2]], "what is not due waits");
    assert_eq!(leads(25, 0).await, []);
}
