//! People who use their rights: they ask, use the link or not, and get an answer from a person in time or late. The job for it runs every night.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use functions::announcement::Announcement;
use functions::fulfilment::{self, Fulfilment};
use functions::guard::Keys;
use functions::lead::{Failure, LeadId, Outcome};
use functions::log::Log;
use functions::personal::Personal;
use functions::ports::{
    self, Addressee, Correspondence, Erased, Noted, Notice, Notices, Operations, PersonHash, RequestFilter, Requests, Store, Taken,
};
use functions::request::{Answered, HOLDS, Person, PrivacyRequest, RequestId};
use functions::store::SqlStore;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use registry::derive::rights::Asked;

use crate::walk::{Model, killed, later};
use crate::world::{Base, Instance};

/// How many people there are.
pub(crate) const PEOPLE: usize = 6;

/// Somebody asks for something.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The second of the month in which the request comes.
    pub(crate) second: i64,
    who: usize,
    what: &'static str,
    /// After how many seconds the link is used; after a day it holds no longer.
    pub(crate) pressed: Option<i64>,
    /// After how many steps an instance is killed that carries the request out, and another one that works at night; the link is used again.
    killed: Option<(u16, u16)>,
    /// After how many days a person has done what is theirs.
    answered: i64,
}

pub(crate) fn asking() -> impl Strategy<Value = Asking> {
    let what = prop_oneof![2 => Just("erasure"), 1 => Just("access"), 1 => Just("objection"), 1 => Just("rectification")];
    let pressed = prop_oneof![8 => (0..23 * 3600_i64).prop_map(Some), 1 => Just(Some(25 * 3600)), 1 => Just(None)];
    let answered = prop_oneof![3 => 0..25_i64, 2 => 25..60_i64];
    (0..26 * 24 * 3600_i64, 0..PEOPLE, what, pressed, proptest::option::of((0..60_u16, 0..200_u16)), answered)
        .prop_map(|(second, who, what, pressed, killed, answered)| Asking { second, who, what, pressed, killed, answered })
}

pub(crate) fn address(who: usize) -> String {
    format!("person_{who}@a.example")
}

/// What there should be of requests, and what operations were told.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) requests: BTreeMap<RequestId, Request>,
    pub(crate) erasures: BTreeSet<Erased>,
    /// Who was told of the version of a month, and until when that is noted; none of who was erased since.
    pub(crate) notices: BTreeMap<(usize, usize), Option<Timestamp>>,
    told: Arc<Told>,
    /// After how many steps the next night's work is killed.
    killed: Option<u16>,
}

/// A request.
pub(crate) struct Request {
    pub(crate) received: Timestamp,
    /// By when it is answered; none where nobody confirmed it.
    pub(crate) due: Option<Timestamp>,
    pub(crate) closed: Option<Timestamp>,
    /// When a person has done what is theirs.
    answered: Timestamp,
}

impl People {
    /// Whether operations were told of a request from one time on and before another.
    pub(crate) fn told_of(&self, id: RequestId, from: Timestamp, before: Timestamp) -> bool {
        self.told.0.lock().unwrap().iter().any(|(at, told)| (from..before).contains(at) && told.contains(&id))
    }
}

/// Operations that note of which requests they were told, and when.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<(Timestamp, Vec<RequestId>)>>);

/// Operations and the mail at a time.
#[derive(Debug)]
struct Post {
    told: Arc<Told>,
    now: Timestamp,
}

#[async_trait]
impl Operations for Post {
    async fn tell(&self, notice: &Notice, _: &str) -> Result<(), Failure> {
        if let Notice::Requests { open } = notice {
            self.told.0.lock().unwrap().push((self.now, open.iter().map(|(id, ..)| *id).collect()));
        }
        Ok(())
    }
}

#[async_trait]
impl Correspondence for Post {
    async fn link(&self, _: &PrivacyRequest, _: &Personal<String>, _: Timestamp) -> Outcome {
        Outcome::Sent { reference: None }
    }

    async fn forward(&self, _: &PrivacyRequest, _: Timestamp) -> Result<(), Failure> {
        Ok(())
    }
}

fn keys() -> Keys {
    Keys::new("0123456789abcdef0123456789abcdef".into())
}

/// The requests as an instance works on them; none without a database, where they are in the operations' mailbox.
fn fulfilment(base: &Base, instance: &Instance, model: &Model, now: Timestamp) -> Option<Fulfilment> {
    let post = Arc::new(Post { told: model.people.told.clone(), now });
    Some(Fulfilment {
        contract: base.contract.clone(),
        keys: keys(),
        requests: instance.database.clone()?,
        stores: instance.stores.clone().into(),
        sinks: Vec::new().into(),
        correspondence: Some(post.clone()),
        operations: Some(post),
        clock: base.clock.clone(),
        log: Log::new(|_| {}),
    })
}

async fn one(store: &SqlStore, id: RequestId) -> Option<PrivacyRequest> {
    store.requests(&RequestFilter { id: Some(id), open: false }).await.unwrap().pop()
}

/// The seal of the version that is announced in a month.
pub(crate) fn seal(month: usize) -> String {
    format!("seal of version {month}")
}

/// Somebody as a version knows them.
pub(crate) fn known(month: usize, who: usize) -> PersonHash {
    keys().person(&Personal::new(address(who))).in_version(&seal(month))
}

/// Somebody is told of the version of a month, where it can be noted; who was told of it is not told again.
pub(crate) async fn told(base: &Base, model: &mut Model, month: usize, who: usize, now: Timestamp) {
    let Some(database) = &base.instance.database else { return };
    let (policy, version) = ("privacy".to_owned(), month.to_string());
    let announcement =
        Announcement { policy, version, seal: seal(month), effective: jiff::civil::date(2027, 1, 1), texts: BTreeMap::new() };
    let address = Personal::new(address(who));
    let (in_log, person) = (keys().person(&address), known(month, who));
    // Whoever was erased has written again.
    let wrote = now + SignedDuration::from_secs(1);
    let to = Addressee { address, language: "en".to_owned(), form: "contact".into(), wrote, in_log, person };
    let taken = database.take(&announcement, &to, now, Duration::from_secs(60)).await.unwrap();
    assert_eq!(taken.is_some(), !matches!(model.people.notices.get(&(month, who)), Some(Some(_))));
    if taken.is_some() {
        database.note(&announcement.seal, &to.person, Noted::Sent(now)).await.unwrap();
        model.people.notices.insert((month, who), Some(later(now, 2.years())));
    }
}

/// A request comes in.
pub(crate) async fn ask(base: &Base, model: &mut Model, asking: &Asking, now: Timestamp) -> RequestId {
    let id = RequestId::of_digest(uuid::Uuid::now_v7().into_bytes());
    let Some(database) = &base.instance.database else { return id };
    let person = Person { email: address(asking.who), message: Some("canary words".to_owned()) };
    let request = PrivacyRequest::new(id, Asked::parse(asking.what).unwrap(), "en", now, person);
    assert_eq!(database.ask(&ports::Asking { request, proof: None, limits: Vec::new() }).await.unwrap(), Taken::Kept);
    let answered = now + SignedDuration::from_hours(24 * asking.answered);
    model.people.requests.insert(id, Request { received: now, due: None, closed: None, answered });
    id
}

/// The link is used. Whoever is to be erased is so as a whole, wherever an instance was killed before.
pub(crate) async fn press(base: &Base, model: &mut Model, asking: &Asking, id: RequestId, now: Timestamp) -> Result<(), TestCaseError> {
    let Some(database) = &base.instance.database else { return Ok(()) };
    let Some(request) = one(database, id).await else { return Ok(()) };
    let elsewhere: Vec<&str> = base.instance.stores.iter().filter(|store| !store.is_shared()).map(|store| store.name()).collect();
    let person = request.person.clone().unwrap();
    let plan = fulfilment::plan(&base.contract.registry, &keys(), &request, &person, &elsewhere);
    let since = now - HOLDS;
    let mine: BTreeSet<LeadId> = model.leads.iter().filter(|(_, (_, who))| *who == asking.who).map(|(id, _)| *id).collect();
    let email = Personal::new(address(asking.who));
    let here = async || database.of_person(&email).await.unwrap().iter().map(|lead| lead.id).collect::<BTreeSet<LeadId>>();
    let before = here().await;
    if let Some((polls, at_night)) = asking.killed {
        let other = base.another().database.unwrap();
        killed(other.confirm(id, since, now, &plan), polls).await;
        model.people.killed = Some(at_night);
    }
    // Where the killed one has come to its end, the link is used; where it has not, nothing of it is left.
    if let Some(confirmed) = database.confirm(id, since, now, &plan).await.unwrap() {
        let found: BTreeSet<LeadId> = confirmed.leads.iter().map(|(lead, _)| lead.id).collect();
        prop_assert_eq!(&found, &before, "somebody was half erased");
    }
    let confirmed = one(database, id).await.unwrap().confirmed;
    prop_assert_eq!(confirmed.is_some(), request.received > since, "a link holds for a day");
    if confirmed.is_none() {
        return Ok(());
    }
    if asking.what == "erasure" {
        prop_assert_eq!(here().await, BTreeSet::new(), "somebody is half erased");
        model.leads.retain(|id, _| !mine.contains(id));
        model.erased.extend(mine);
        model.people.notices.iter_mut().filter(|((_, told), _)| *told == asking.who).for_each(|(_, over)| *over = None);
        model.people.erasures.insert(Erased { person: plan.person.clone(), at: now });
    } else {
        prop_assert_eq!(here().await, before, "nobody asked for an erasure");
    }
    let kept = model.people.requests.get_mut(&id).unwrap();
    (kept.due, kept.answered) = (Some(plan.due), kept.answered.max(now));
    Ok(())
}

/// What the job does every night, and then people. There is nothing to do where nobody waits for anything.
pub(crate) async fn night(base: &Base, model: &mut Model, now: Timestamp) {
    let waits = |request: &Request| request.closed.is_none() && (request.due.is_some() || now.duration_since(request.received) < 2 * HOLDS);
    let open: Vec<RequestId> = model.people.requests.iter().filter(|(_, request)| waits(request)).map(|(id, _)| *id).collect();
    let Some(database) = base.instance.database.as_ref().filter(|_| !open.is_empty()) else { return };
    if let Some(polls) = model.people.killed.take() {
        let other = base.another();
        let work = fulfilment(base, &other, model, now).unwrap();
        killed(work.run(Duration::MAX), polls).await;
    }
    let work = fulfilment(base, &base.instance, model, now).unwrap();
    work.run(Duration::MAX).await.unwrap();
    work.remind().await.unwrap();
    work.forget().await.unwrap();
    for id in open {
        let kept = model.people.requests.get_mut(&id).unwrap();
        let Some(request) = one(database, id).await else { continue };
        if kept.due.is_some() && kept.answered <= now {
            answer(database, &request, now).await;
        }
        kept.closed = one(database, id).await.unwrap().closed;
    }
}

/// A person does what is left to them, and closes what the functions are done with.
async fn answer(database: &SqlStore, request: &PrivacyRequest, now: Timestamp) {
    let (theirs, ours): (Vec<_>, Vec<_>) =
        request.tasks.iter().filter(|task| task.done.is_none()).partition(|task| task.work.is_a_person_s());
    if ours.is_empty() && request.asked.to_string() == "rectification" {
        assert!(database.answer(request.id, now, Answered::Refused).await.unwrap());
        return;
    }
    for task in theirs {
        assert!(database.done(request.id, task.number, now).await.unwrap());
    }
}
