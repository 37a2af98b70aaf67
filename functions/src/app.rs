//! What the endpoints work with.

mod recently;
mod turns;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use registry::contract::Contract;
use registry::derive::rights;
use registry::derive::words::Words;
use registry::model::{Form, FormId};

pub use recently::Recently;
pub use turns::Turns;

use crate::answers::Answers;
use crate::config::Config;
use crate::contract;
use crate::fulfilment::Fulfilment;
use crate::guard::{Guesses, Keys};
use crate::health::Remembered;
use crate::lead::LeadId;
use crate::log::{Event, Log};
use crate::outbox::Outbox;
use crate::ports::{
    BillingSource, Clock, Correspondence, Operations, ProjectSource, Receipts, Requests, Retains, Sink, Store, StoreError, SystemClock,
};
use crate::submission::Judge;
use crate::world::World;

/// How long a database that was out of reach is asked last. That it is takes seconds to find out, which every request would wait.
const REST: Duration = Duration::from_secs(5);

/// How long an instance waits until it looks again for what others have left to deliver.
const LOOK: Duration = Duration::from_secs(30);

/// What the endpoints work with. Cloning it shares everything.
#[derive(Clone, Debug)]
pub struct App {
    /// What the site declares.
    pub contract: Arc<Contract>,
    /// What operators have set.
    pub config: Arc<Config>,
    /// The keys that tokens, proofs and hashes are made with.
    pub keys: Keys,
    /// Where leads are kept: the first that can take one does. Without one, none is accepted.
    pub stores: Arc<[Arc<dyn Store>]>,
    /// Where proofs of cookie choices are kept; none without a database.
    pub receipts: Option<Arc<dyn Receipts>>,
    /// Where privacy requests are kept; none without a database.
    pub requests: Option<Arc<dyn Requests>>,
    /// How people are written to about their requests; none where nothing sends e-mails.
    pub correspondence: Option<Arc<dyn Correspondence>>,
    /// The form for privacy requests, where the site takes some.
    pub request_form: Option<Arc<Form>>,
    /// Where leads are delivered to.
    pub sinks: Arc<[Arc<dyn Sink>]>,
    /// Where clients' projects are read from; without one, the portal is closed.
    pub projects: Option<Arc<dyn ProjectSource>>,
    /// Where their invoices and payments are read from.
    pub billing: Option<Arc<dyn BillingSource>>,
    /// Who is told what needs a person.
    pub operations: Option<Arc<dyn Operations>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where what happens is written.
    pub log: Log,
    /// The leads that are being stored at this moment.
    pub in_flight: InFlight,
    /// What this instance knows of guesses of project codes.
    pub guesses: Guesses,
    /// The databases that were out of reach a moment ago.
    pub out_of_reach: Recently,
    /// Whose turn it is to deliver.
    pub turns: Turns,
    /// When this instance last looked for what is left to deliver.
    pub looked: Recently,
    /// The last answer about our health.
    pub health: Arc<Remembered>,
    /// The pages that answer forms which were sent without a script.
    pub answers: Arc<Answers>,
    /// The rules of the forms, made ready when the first submission comes.
    pub judges: Arc<OnceLock<BTreeMap<FormId, Judge>>>,
}

impl App {
    /// What a program works with.
    pub fn new(contract: Arc<Contract>, config: Config, world: World) -> Self {
        Self {
            keys: Keys::new(config.secret.clone()),
            request_form: request_form(&contract).map(Arc::new),
            contract,
            config: Arc::new(config),
            turns: Turns::of(&world.stores),
            stores: world.stores.into(),
            receipts: world.receipts,
            requests: world.requests,
            correspondence: world.correspondence,
            sinks: world.sinks.into(),
            projects: world.projects,
            billing: world.billing,
            operations: world.operations,
            clock: world.clock,
            log: Log::default(),
            in_flight: InFlight::default(),
            guesses: Guesses::default(),
            out_of_reach: Recently::default(),
            looked: Recently::default(),
            health: Arc::default(),
            answers: Arc::default(),
            judges: Arc::default(),
        }
    }

    /// What the program on a host works with: the site that it was built for, and the environment.
    ///
    /// # Errors
    /// Everything that is wrong with the environment, one sentence each, without any value.
    pub fn from_environment() -> Result<Self, Vec<String>> {
        let contract = Arc::new(contract::embedded().map_err(|error| vec![error.to_string()])?);
        let config = Config::from_environment()?;
        let world = World::configured(&contract, &config, Arc::new(SystemClock))?;
        Ok(Self::new(contract, config, world))
    }

    /// A form by its name.
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms().find(|form| form.id.as_str() == name)
    }

    /// The site's forms, and the one for privacy requests.
    fn forms(&self) -> impl Iterator<Item = &Form> {
        self.contract.registry.forms.iter().chain(self.request_form.as_deref())
    }

    /// The rules of a form of the contract, ready to judge.
    pub fn judge(&self, form: &Form) -> &Judge {
        let judges = self.judges.get_or_init(|| self.forms().map(|form| (form.id.clone(), Judge::of(form))).collect());
        judges.get(&form.id).expect("every form of the contract has its rules")
    }

    /// The stores in the order in which they are tried now: databases that rest come last, since all the others may fail too.
    pub fn stores_now(&self, now: Timestamp) -> impl Iterator<Item = &Arc<dyn Store>> {
        let (rest, awake): (Vec<_>, Vec<_>) = self.stores.iter().partition(|store| self.rests(store, now));
        awake.into_iter().chain(rest)
    }

    /// The store in which all instances count together; none where each is on its own.
    pub fn shared(&self) -> Option<&Arc<dyn Store>> {
        self.stores.iter().find(|store| store.is_shared())
    }

    /// All that lets go of what is past its period: the stores, and what the portal reads where that is none of them.
    pub fn retained(&self) -> Vec<Arc<dyn Retains>> {
        let stores = self.stores.iter().cloned().map(|store| -> Arc<dyn Retains> { store });
        stores.chain(self.projects.clone().and_then(ProjectSource::retained)).collect()
    }

    /// Whether a store was out of reach a moment ago.
    pub fn rests(&self, store: &Arc<dyn Store>, now: Timestamp) -> bool {
        self.out_of_reach.has(store.name(), now, REST)
    }

    /// Notes what a store failed with. Only a database rests: what takes over for it keeps less, so that each is asked every time.
    pub fn failed(&self, store: &Arc<dyn Store>, error: &StoreError, now: Timestamp) {
        self.log.write(&Event::StoreFailed { store: store.name(), failure: error.failure() });
        if store.is_shared() && matches!(error, StoreError::Unreachable(_)) {
            self.out_of_reach.note(store.name(), now);
        }
    }

    /// Whether it is time to look for what is left to deliver; from then on it is not, for a while.
    pub fn looks(&self, now: Timestamp) -> bool {
        let is_time = !self.looked.has("left", now, LOOK);
        if is_time {
            self.looked.note("left", now);
        }
        is_time
    }

    /// The privacy requests, where a database keeps them.
    pub fn fulfilment(&self) -> Option<Fulfilment> {
        Some(Fulfilment {
            contract: self.contract.clone(),
            keys: self.keys.clone(),
            requests: self.requests.clone()?,
            stores: self.stores.clone(),
            sinks: self.sinks.clone(),
            correspondence: self.correspondence.clone(),
            operations: self.operations.clone(),
            clock: self.clock.clone(),
            log: self.log.clone(),
        })
    }

    /// The deliveries of a store.
    pub fn outbox(&self, store: &Arc<dyn Store>) -> Outbox {
        Outbox {
            store: store.clone(),
            sinks: self.sinks.clone(),
            operations: self.operations.clone(),
            clock: self.clock.clone(),
            log: self.log.clone(),
        }
    }
}

/// The form for privacy requests in the site's languages, where the site takes some.
pub fn request_form(contract: &Contract) -> Option<Form> {
    let site = &contract.site;
    let get = |language: &'_ String| {
        let language = language.clone();
        move |key: &str| site.word(&language, key)
    };
    let spoken: Vec<_> = site.languages.iter().map(|language| (language, get(language))).collect();
    let words: Vec<Words<'_>> = spoken.iter().map(|(language, get)| Words { language: language.as_str(), get }).collect();
    rights::form(&contract.registry, &words)
}

/// The leads that this instance is storing at this moment.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Mutex<HashSet<LeadId>>>);

/// A lead in flight. It has landed when this is dropped, however storing it ended.
#[derive(Debug)]
pub struct Flight {
    lead: LeadId,
    all: InFlight,
}

impl InFlight {
    /// Takes off with a lead; none where it is in flight already.
    pub fn take_off(&self, lead: LeadId) -> Option<Flight> {
        self.leads().insert(lead).then(|| Flight { lead, all: self.clone() })
    }

    fn leads(&self) -> MutexGuard<'_, HashSet<LeadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.all.leads().remove(&self.lead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_in_flight_once_until_it_has_landed() {
        let (all, [a, b]) = (InFlight::default(), [1, 2].map(|byte| LeadId::of_digest([byte; 16])));
        let flight = all.take_off(a);
        assert!(flight.is_some() && all.take_off(a).is_none() && all.take_off(b).is_some());
        drop(flight);
        assert!(all.take_off(a).is_some());
    }
}
