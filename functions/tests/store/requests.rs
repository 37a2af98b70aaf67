//! Privacy requests: confirmed once, carried out as a whole or not at all, and forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use functions::fulfilment;
use functions::guard::Keys;
use functions::lead::{DeliveryState, Failure, LeadId};
use functions::personal::Personal;
use functions::ports::{Asking, Erased, Filter, Limit, PersonHash, Plan, RequestFilter, Requests, Store, Taken};
use functions::request::{Answered, Deed, Person, PrivacyRequest, RequestId, Work};
use functions::store::SqlStore;
use registry::derive::rights::Asked;

use crate::sample::{Base, at, entry, settled, stored};

const LEASE: Duration = Duration::from_secs(60);

pub(crate) fn asking(byte: u8, asked: &str) -> Asking {
    let person = Person { email: "Ada_1@a.example".to_owned(), message: Some("canary-words".to_owned()) };
    let request = PrivacyRequest::new(RequestId::of_digest([byte; 16]), Asked::parse(asked).unwrap(), "fr", at(0), person);
    Asking { request, proof: None, limits: Vec::new() }
}

pub(crate) fn plan(deed: Deed, work: Vec<Work>) -> Plan {
    let erased_at = BTreeSet::from(["notion".into()]);
    Plan { deed, kept: BTreeSet::new(), erased_at, work, due: at(1000), person: PersonHash("hash".to_owned()) }
}

/// A lead of an address.
pub(crate) async fn lead_of(store: &SqlStore, seconds: i64, email: &str) -> LeadId {
    let mut entry = entry(seconds);
    entry.lead.values = Personal::new([("email".to_owned(), email.into())].into());
    stored(store, &entry).await
}

pub(crate) async fn asked(store: &SqlStore, asking: &Asking) -> RequestId {
    assert_eq!(store.ask(asking).await.unwrap(), Taken::Kept);
    asking.request.id
}

async fn one(store: &SqlStore, id: RequestId) -> PrivacyRequest {
    store.requests(&RequestFilter { id: Some(id), open: false }).await.unwrap().remove(0)
}

async fn ids(store: &SqlStore) -> Vec<LeadId> {
    store.leads(&Filter::default()).await.unwrap().iter().map(|lead| lead.id).collect()
}

pub(crate) async fn a_request_is_confirmed_once_and_in_time(base: &Base) {
    let store = base.store().await;
    let access = asking(1, "access");
    let id = asked(&store, &access).await;
    asked(&store, &access).await;
    let found = one(&store, id).await;
    assert_eq!(PrivacyRequest { tasks: Vec::new(), ..found.clone() }, access.request, "it comes back as it came");
    assert_eq!(found.tasks.iter().map(|task| task.work.clone()).collect::<Vec<_>>(), [Work::Link]);
    assert!(store.requests(&RequestFilter { open: true, ..RequestFilter::default() }).await.unwrap().is_empty());
    let lead = lead_of(&store, 1, "ADA_1@a.example ").await;
    for other in ["adax1@a.example", "ada_1@a.example.org", "x ada_1@a.example"] {
        lead_of(&store, 2, other).await;
    }
    let export = plan(Deed::Export, Vec::new());
    assert!(store.confirm(id, at(0), at(5), &export).await.unwrap().is_none(), "it came too long ago");
    let confirmed = store.confirm(id, at(-1), at(5), &export).await.unwrap().unwrap();
    assert_eq!(confirmed.leads.iter().map(|(found, rows)| (found.id, rows.len())).collect::<Vec<_>>(), [(lead, 3)]);
    assert_eq!(confirmed.kept, [lead]);
    assert_eq!((confirmed.request.closed, confirmed.request.found), (Some(at(5)), Some(1)));
    assert!(store.confirm(id, at(-1), at(6), &export).await.unwrap().is_none(), "it was used");
    assert_eq!(ids(&store).await.len(), 4, "a copy takes nothing away");
    let limited = Asking { limits: vec![Limit { name: "requests".into(), window: LEASE, most: 0 }], ..asking(2, "access") };
    assert!(matches!(store.ask(&limited).await.unwrap(), Taken::Limited { .. }));
    let spent = || Some(crate::sample::spent("nonce", 1000));
    asked(&store, &Asking { proof: spent(), ..asking(3, "access") }).await;
    assert_eq!(store.ask(&Asking { proof: spent(), ..asking(4, "access") }).await.unwrap(), Taken::SpentProof);
    assert_eq!(store.forget_unconfirmed(at(-1)).await.unwrap(), 0);
    assert_eq!(store.forget_unconfirmed(at(0)).await.unwrap(), 1, "the confirmed one stays, the limited one never was");
}

// Promises: cresco/right-erasure
pub(crate) async fn an_erasure_leaves_nothing_but_what_is_left_to_do(base: &Base) {
    let store = base.store().await;
    let (gone, fresh, other) = (
        lead_of(&store, 0, "ada_1@a.example").await,
        lead_of(&store, 20, "ada_1@a.example").await,
        lead_of(&store, 0, "bob@a.example").await,
    );
    for claim in store.claim(at(10), LEASE, 6).await.unwrap() {
        let mut sent = settled(DeliveryState::Sent, 10);
        sent.reference = Some(format!("page of {}", claim.row.lead));
        assert!(store.settle(&claim, &sent).await.unwrap());
    }
    let id = asked(&store, &asking(1, "erasure")).await;
    let confirmed = store.confirm(id, at(-1), at(30), &plan(Deed::Erase, vec![Work::Recipient("stripe".into())])).await.unwrap().unwrap();
    assert_eq!((confirmed.leads.len(), confirmed.kept.len()), (2, 0));
    assert_eq!(ids(&store).await, [other]);
    assert!(store.deliveries(&Filter { lead: Some(fresh), ..Filter::default() }).await.unwrap().is_empty());
    let work: Vec<Work> = confirmed.request.tasks.into_iter().filter(|task| task.done.is_none()).map(|task| task.work).collect();
    let page = Work::Sink {
        sink: functions::lead::SinkId("notion:page".into()),
        lead: gone,
        form: "contact".into(),
        reference: Some(format!("page of {gone}")),
    };
    assert_eq!(work, [Work::Recipient("stripe".into()), page], "what was never attempted is at nobody's");
    assert_eq!(store.erasures().await.unwrap(), [Erased { person: PersonHash("hash".into()), at: at(30) }]);
    let held = asked(&store, &asking(2, "erasure")).await;
    let lead = lead_of(&store, 40, "ada_1@a.example").await;
    let kept = Plan { kept: BTreeSet::from(["contact".into()]), ..plan(Deed::Erase, Vec::new()) };
    assert_eq!(store.confirm(held, at(-1), at(50), &kept).await.unwrap().unwrap().kept, [lead], "an obligation demands this one");
}

// Promises: cresco/right-objection, cresco/right-restriction, cresco/restriction-suspends
pub(crate) async fn what_is_held_back_is_delivered_to_nobody(base: &Base) {
    let store = base.store().await;
    let lead = lead_of(&store, 0, "ada_1@a.example").await;
    let id = asked(&store, &asking(1, "objection")).await;
    let confirmed = store.confirm(id, at(-1), at(1), &plan(Deed::Hold, vec![Work::Answer])).await.unwrap().unwrap();
    assert_eq!(confirmed.kept, [lead]);
    assert!(confirmed.request.waits_for_a_person());
    assert!(store.claim(at(10), LEASE, 9).await.unwrap().is_empty());
    store.retry(&Filter::default(), at(10)).await.unwrap();
    assert!(store.claim(at(10), LEASE, 9).await.unwrap().is_empty(), "taking deliveries up again lets none go");
    let other = lead_of(&store, 0, "bob@a.example").await;
    assert!(store.claim(at(10), LEASE, 9).await.unwrap().iter().all(|claim| claim.row.lead == other));
}

pub(crate) async fn tasks_are_taken_by_one_and_close_their_request(base: &Base) {
    let store = base.store().await;
    let id = asked(&store, &asking(1, "erasure")).await;
    let [(request, link)] = store.tasks(at(0), LEASE, 9).await.unwrap().try_into().unwrap();
    assert_eq!((request.id, &link.work), (id, &Work::Link));
    assert!(store.tasks(at(59), LEASE, 9).await.unwrap().is_empty(), "somebody has it");
    assert_eq!(store.tasks(at(60), LEASE, 9).await.unwrap().len(), 1, "who had it did not live to settle it");
    store.failed_task(id, 0, Failure::Unreachable, at(500)).await.unwrap();
    assert!(store.tasks(at(499), LEASE, 9).await.unwrap().is_empty());
    assert!(store.done(id, 0, at(500)).await.unwrap());
    assert!(!store.done(id, 0, at(500)).await.unwrap());
    assert_eq!(one(&store, id).await.closed, None, "nobody confirmed it");
    let work = vec![Work::Store("notion".into()), Work::Recipient("stripe".into())];
    store.confirm(id, at(-1), at(510), &plan(Deed::Erase, work)).await.unwrap().unwrap();
    let taken = store.tasks(at(510), LEASE, 9).await.unwrap();
    assert_eq!(taken.iter().map(|(_, task)| task.number).collect::<Vec<_>>(), [1], "what a person has to do is never attempted");
    assert!(store.done(id, 1, at(511)).await.unwrap());
    assert_eq!(one(&store, id).await.closed, None);
    assert!(store.done(id, 2, at(512)).await.unwrap());
    let closed = one(&store, id).await;
    assert_eq!((closed.closed, closed.answer, closed.person), (Some(at(512)), Some(Answered::Granted), None));
}

pub(crate) async fn a_closed_request_names_nobody(base: &Base) {
    let store = base.store().await;
    let id = asked(&store, &asking(1, "rectification")).await;
    assert!(!store.answer(id, at(1), Answered::Refused).await.unwrap(), "nobody confirmed it");
    store.confirm(id, at(-1), at(1), &plan(Deed::Wait, vec![Work::Answer])).await.unwrap().unwrap();
    assert!(store.extend(id, at(2), at(2000)).await.unwrap());
    assert!(!store.extend(id, at(3), at(3000)).await.unwrap(), "it is extended once");
    store.reminded(&[id], at(4)).await.unwrap();
    assert!(store.answer(id, at(5), Answered::Refused).await.unwrap());
    assert!(!store.answer(id, at(6), Answered::Granted).await.unwrap());
    let request = one(&store, id).await;
    assert_eq!((request.due, request.extended, request.reminded), (Some(at(2000)), Some(at(2)), Some(at(4))));
    assert_eq!((request.closed, request.answer, request.person), (Some(at(5)), Some(Answered::Refused), None));
    // Nothing of what was written is in the file any more.
    if let Some(folder) = &base.folder {
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(12).any(|part| part == b"canary-words"));
        }
    }
}

pub(crate) async fn erased_leads_that_come_back_are_found(base: &Base) {
    let store = base.store().await;
    let keys = Keys::new("0123456789abcdef0123456789abcdef".into());
    let [back, _new, _other] = [
        lead_of(&store, 0, "ADA_1@a.example").await,
        lead_of(&store, 20, "ada_1@a.example").await,
        lead_of(&store, 0, "bob@a.example").await,
    ];
    let entry = Erased { person: keys.person(&Personal::new("ada_1@a.example".to_owned())), at: at(10) };
    let log = [entry.clone()];
    let found = fulfilment::back_again(&store, &keys, &log).await.unwrap();
    assert_eq!(found, [back], "who wrote again after the erasure stays");
    assert_eq!(store.erase_again(&log, &found).await.unwrap(), 1);
    assert_eq!(store.erase_again(&log, &found).await.unwrap(), 0);
    assert_eq!(store.erasures().await.unwrap(), log);
    assert_eq!(ids(&store).await.len(), 2);
}

// Promises: cresco/right-erasure
pub(crate) async fn an_erasure_that_is_cut_short_has_not_happened(base: &Base) {
    let store = base.store().await;
    for seconds in 0..30 {
        lead_of(&store, seconds, "ada_1@a.example").await;
    }
    let id = asked(&store, &asking(1, "erasure")).await;
    let erase = plan(Deed::Erase, vec![Work::Answer]);
    for micros in (0..40).map(|step| step * 400) {
        let cut = tokio::time::timeout(Duration::from_micros(micros), store.confirm(id, at(-1), at(5), &erase)).await;
        let other = base.open();
        let (left, request) = (ids(&other).await.len(), one(&other, id).await);
        let happened = request.confirmed.is_some();
        assert_eq!(left, if happened { 0 } else { 30 }, "whoever is erased is erased as a whole");
        assert_eq!(other.erasures().await.unwrap().len(), usize::from(happened));
        if cut.is_ok() || happened {
            return;
        }
    }
    assert!(store.confirm(id, at(-1), at(5), &erase).await.unwrap().is_some(), "and can still be asked for");
    assert!(ids(&store).await.is_empty());
}
