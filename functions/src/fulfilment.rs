//! Privacy requests on their way: what follows from one, and what is still to do for it is done, again and again until it is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use registry::contract::Contract;
use registry::derive::rights::{self, Asked};
use registry::model::{CaliforniaRight, Erasure, Form, From, Holding, Recipient, Registry, Right, System};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::guard::Keys;
use crate::lead::{Failure, Lead, LeadId, Outcome};
use crate::log::{Event, Log};
use crate::personal::Personal;
use crate::ports::{
    Clock, Correspondence, Erased, Filter, Notice, Operations, PersonHash, Plan, RequestFilter, Requests, Sink, Store, StoreError,
};
use crate::request::{Deed, HOLDS, Person, PrivacyRequest, RequestId, Task, Work, after};
use crate::schedule;

/// How long a task stays with whoever took it: longer than an attempt may take.
const LEASE: Duration = Duration::from_secs(60);

/// How many tasks are taken at once.
const AT_ONCE: u32 = 8;

/// How long before an answer is due operations are reminded.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often they are reminded of what is overdue, and how long a task waits at the most.
const DAILY: Duration = Duration::from_secs(24 * 3600);

/// The bytes of a code's keyed digest.
const DIGEST: usize = 16;

/// The requests of a site, and all that they reach.
#[derive(Clone, Debug)]
pub struct Fulfilment {
    /// What the site declares.
    pub contract: Arc<Contract>,
    /// The keys that codes and hashes are made with.
    pub keys: Keys,
    /// Where requests are kept.
    pub requests: Arc<dyn Requests>,
    /// Where leads are kept.
    pub stores: Arc<[Arc<dyn Store>]>,
    /// Where they were delivered to.
    pub sinks: Arc<[Arc<dyn Sink>]>,
    /// How people are written to.
    pub correspondence: Option<Arc<dyn Correspondence>>,
    /// Who is told what needs a person.
    pub operations: Option<Arc<dyn Operations>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where attempts are written.
    pub log: Log,
}

/// The code by which a request is confirmed: its id and a keyed digest of that. It is kept nowhere.
pub fn code(keys: &Keys, id: RequestId) -> Personal<String> {
    Personal::new(URL_SAFE_NO_PAD.encode([id.bytes().as_slice(), &signed(keys, id)].concat()))
}

/// The request of a code; none where it is none of ours.
pub fn read(keys: &Keys, code: &str) -> Option<RequestId> {
    let bytes = URL_SAFE_NO_PAD.decode(code.trim()).ok()?;
    let (id, given) = bytes.split_first_chunk::<16>()?;
    let id = RequestId::of_bytes(*id);
    bool::from(signed(keys, id).as_slice().ct_eq(given)).then_some(id)
}

fn signed(keys: &Keys, id: RequestId) -> [u8; DIGEST] {
    let digest = keys.digest("request code", &[&id.to_string()]);
    digest.first_chunk().copied().expect("32 bytes begin with 16")
}

/// What is done about a request in the store when it is confirmed.
pub fn deed(asked: Asked) -> Deed {
    match asked {
        Asked::Right(Right::Access | Right::Portability) | Asked::California(CaliforniaRight::Know) => Deed::Export,
        Asked::Right(Right::Erasure) | Asked::California(CaliforniaRight::Delete) => Deed::Erase,
        Asked::Right(Right::Objection | Right::Restriction) => Deed::Hold,
        Asked::Right(Right::Rectification | Right::Withdrawal | Right::Complaint) | Asked::California(_) => Deed::Wait,
    }
}

/// What follows when a request is confirmed. `elsewhere` names the stores beside the one that keeps requests.
pub fn plan(registry: &Registry, keys: &Keys, request: &PrivacyRequest, person: &Personal<Person>, elsewhere: &[&str]) -> Plan {
    let deed = deed(request.asked);
    let mut work = Vec::new();
    match deed {
        Deed::Export if lives_elsewhere(registry) => work.push(Work::Answer),
        Deed::Export => {}
        Deed::Erase => {
            work.extend(elsewhere.iter().map(|store| Work::Store((*store).to_owned())));
            let by_hand = registry.recipients.iter().filter(|recipient| !recipient.self_hosted && is_by_hand(recipient));
            work.extend(by_hand.map(|recipient| Work::Recipient(recipient.id.clone())));
        }
        Deed::Hold | Deed::Wait => work.push(Work::Answer),
    }
    let reached = |recipient: &&Recipient| stated(recipient) == Some(Erasure::Api);
    Plan {
        deed,
        kept: registry.forms.iter().filter(|form| is_demanded(registry, form)).map(|form| form.id.clone()).collect(),
        erased_at: registry.recipients.iter().filter(reached).map(|recipient| recipient.id.clone()).collect(),
        work,
        due: after(request.received, rights::answering(registry, request.asked).within),
        person: keys.person(&Personal::new(person.reveal().email.clone())),
    }
}

fn stated(recipient: &Recipient) -> Option<Erasure> {
    recipient.erasure.as_ref().and_then(|stated| stated.known().copied())
}

/// Whether a person sees to the erasure at a recipient: so it is stated, or nobody knows better.
fn is_by_hand(recipient: &Recipient) -> bool {
    matches!(stated(recipient), None | Some(Erasure::Manual))
}

/// Whether a form asks for data that an obligation keeps.
fn is_demanded(registry: &Registry, form: &Form) -> bool {
    let asked: BTreeSet<_> = form.fields.iter().filter_map(|field| field.data.as_ref()).collect();
    rights::remains(registry).iter().any(|(data, _)| asked.contains(&data.id))
}

/// Whether there is data that the functions cannot look up by an address, so that a person has to complete a copy.
fn lives_elsewhere(registry: &Registry) -> bool {
    registry.data.iter().any(|data| match &data.from {
        Some(From::Recipient(_) | From::Other(_) | From::Functions(Holding::Projects)) => true,
        Some(From::Form(_) | From::Service(_) | From::Functions(_)) | None => data.system == System::Product,
    })
}

impl Fulfilment {
    /// Does what is due, until nothing is or the time is over. How many tasks were done.
    ///
    /// # Errors
    /// The store of requests fails. Tasks that were under way are taken again when their lease has run out.
    pub async fn run(&self, time: Duration) -> Result<u64, StoreError> {
        let start = std::time::Instant::now();
        let mut done = 0;
        loop {
            let tasks = self.requests.tasks(self.clock.now(), LEASE, AT_ONCE).await?;
            if tasks.is_empty() {
                return Ok(done);
            }
            for (request, task) in tasks {
                done += u64::from(self.attempt(&request, &task).await?);
            }
            if start.elapsed() >= time {
                return Ok(done);
            }
        }
    }

    /// Attempts a task, and writes what came of it. Whether it is done.
    async fn attempt(&self, request: &PrivacyRequest, task: &Task) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let id = request.id.to_string();
        let outcome = self.work(request, &task.work, now).await;
        let (failure, after) = match outcome {
            Outcome::Sent { .. } => {
                self.log.write(&Event::Worked { privacy_request: &id, attempt: task.attempts + 1, failure: None });
                return self.requests.done(request.id, task.number, now).await;
            }
            Outcome::Retry { failure, after } => (failure, after),
            Outcome::Pause { failure, wait } => (failure, Some(wait)),
            Outcome::Park { failure } | Outcome::GiveUp { failure } => (failure, Some(DAILY)),
        };
        // Nothing is given up: what is promised to a person is done, or stays in the list of those who see to it.
        let wait = schedule::wait(task.attempts + 1, 0.5).unwrap_or(DAILY).max(after.unwrap_or_default());
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.log.write(&Event::Worked { privacy_request: &id, attempt: task.attempts + 1, failure: Some(failure) });
        self.requests.failed_task(request.id, task.number, failure, now.saturating_add(wait).unwrap_or(Timestamp::MAX)).await?;
        Ok(false)
    }

    async fn work(&self, request: &PrivacyRequest, work: &Work, now: Timestamp) -> Outcome {
        let done = Outcome::Sent { reference: None };
        match work {
            // Who waited too long asks again: a link that has run out is not sent.
            Work::Link if request.confirmed.is_some() || now.duration_since(request.received) >= HOLDS => done,
            Work::Link => match &self.correspondence {
                Some(correspondence) => correspondence.link(request, &code(&self.keys, request.id), now).await,
                None => Outcome::Retry { failure: Failure::Undeclared, after: None },
            },
            Work::Sink { sink, lead, form, reference } => {
                let erased = match self.sinks.iter().find(|known| known.id() == sink) {
                    Some(sink) => sink.erase(*lead, form, reference.as_deref()).await,
                    None => None,
                };
                erased.unwrap_or(Outcome::Retry { failure: Failure::Undeclared, after: None })
            }
            Work::Store(name) => match (self.stores.iter().find(|store| store.name() == name), &request.person) {
                (Some(store), Some(person)) => erase_in(store.as_ref(), person, request.confirmed.unwrap_or(now)).await,
                // It is no store of the site any more, or the request was closed by a person.
                _ => done,
            },
            Work::Recipient(_) | Work::Answer => Outcome::Retry { failure: Failure::Undeclared, after: None },
        }
    }

    /// Tells operations of requests that wait for a person: when they come, a week before they are due, and daily once they are overdue.
    ///
    /// # Errors
    /// The store of requests fails.
    pub async fn remind(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let open = self.requests.requests(&RequestFilter { open: true, ..RequestFilter::default() }).await?;
        let told: Vec<&PrivacyRequest> = open.iter().filter(|request| is_to_be_told(request, now)).collect();
        let entry = |request: &&PrivacyRequest| Some((request.id, request.asked, request.due?));
        let Some(operations) = self.operations.as_ref().filter(|_| !told.is_empty()) else { return Ok(()) };
        let notice = Notice::Requests { open: told.iter().filter_map(entry).collect() };
        // The minute is in the key: two instances that find the same at once send it once.
        if operations.tell(&notice, &format!("requests/{}", now.as_second().div_euclid(60))).await.is_ok() {
            let ids: Vec<RequestId> = told.iter().map(|request| request.id).collect();
            self.requests.reminded(&ids, now).await?;
        }
        Ok(())
    }

    /// Forgets requests whose link has run out without being used. How many.
    ///
    /// # Errors
    /// The store of requests fails.
    pub async fn forget(&self) -> Result<u64, StoreError> {
        self.requests.forget_unconfirmed(self.clock.now().saturating_sub(HOLDS).unwrap_or(Timestamp::MIN)).await
    }

    /// Tells operations of an erasure, so that its entry is known outside of the database.
    pub async fn note(&self, entry: Erased) {
        if let Some(operations) = &self.operations {
            let key = format!("erased/{}/{}", entry.person.0, entry.at.as_microsecond());
            // Whoever could not be told still has the log: `plainsite requests erasures` prints it.
            let _ = operations.tell(&Notice::Erased { entry }, &key).await;
        }
    }
}

/// Erases a person's leads in a store. Whoever writes again after asking is kept.
async fn erase_in(store: &dyn Store, person: &Personal<Person>, asked: Timestamp) -> Outcome {
    let failed = |error: StoreError| Outcome::Retry { failure: error.failure(), after: None };
    let leads = match store.of_person(&Personal::new(person.reveal().email.clone())).await {
        Ok(leads) => leads,
        Err(error) => return failed(error),
    };
    for lead in leads.iter().filter(|lead| lead.received <= asked) {
        if let Err(error) = store.erase(lead.id).await {
            return failed(error);
        }
    }
    Outcome::Sent { reference: None }
}

/// Whether operations are to be told of a request now.
fn is_to_be_told(request: &PrivacyRequest, now: Timestamp) -> bool {
    let Some(due) = request.due.filter(|_| request.waits_for_a_person()) else { return false };
    let Some(last) = request.reminded else { return true };
    let ahead = due.saturating_sub(AHEAD).unwrap_or(Timestamp::MIN);
    let daily = SignedDuration::try_from(DAILY).unwrap_or(SignedDuration::MAX);
    (now >= ahead && last < ahead) || (now >= due && now.duration_since(last) >= daily)
}

/// The leads that the log of erasures says are gone: those in which an erased address stands, and that came before it was erased. Whoever writes
/// again after an erasure is kept.
///
/// # Errors
/// The store cannot be read.
pub async fn back_again(store: &dyn Store, keys: &Keys, log: &[Erased]) -> Result<Vec<LeadId>, StoreError> {
    let is_erased = |lead: &Lead| {
        let texts = lead.values.reveal().values().filter_map(Value::as_str).filter(|text| text.contains('@'));
        let hashes: BTreeSet<PersonHash> = texts.map(|text| keys.person(&Personal::new(text.to_owned()))).collect();
        log.iter().any(|entry| entry.at >= lead.received && hashes.contains(&entry.person))
    };
    let leads = store.leads(&Filter::default()).await?;
    Ok(leads.iter().filter(|lead| is_erased(lead)).map(|lead| lead.id).collect())
}

#[cfg(test)]
mod tests;
