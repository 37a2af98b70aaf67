//! What the endpoints work with.

use std::sync::Arc;

use registry::contract::Contract;

use crate::config::Config;
use crate::lead::SinkId;
use crate::ports::{Clock, Operations, Sink, Store};

/// What the endpoints work with.
#[derive(Clone)]
pub struct App {
    /// What the site declares.
    pub contract: Arc<Contract>,
    /// What operators have set.
    pub config: Arc<Config>,
    /// Where leads are kept.
    pub store: Arc<dyn Store>,
    /// The store that takes over where the first one is out of reach; none where there is no second one.
    pub fallback: Option<Arc<dyn Store>>,
    /// Where leads are delivered to.
    pub sinks: Arc<[Arc<dyn Sink>]>,
    /// Who is told what needs a person.
    pub operations: Option<Arc<dyn Operations>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl App {
    /// A sink by its id.
    pub fn sink(&self, id: &SinkId) -> Option<&Arc<dyn Sink>> {
        self.sinks.iter().find(|sink| sink.id() == id)
    }
}
