//! The last store: the operations' mailbox. It accepts a lead by sending all of it there, and keeps nothing that could be listed or tried again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::message;
use registry::contract::Contract;
use registry::derive::deliveries;
use registry::model::DeliveryKind;
use tokio::sync::Mutex;

use super::email::{Envelope, Post, sender};
use super::failure;
use super::memory::Memory;
use crate::lead::{Lead, LeadId, OutboxRow, SinkId};
use crate::mail::Letters;
use crate::ports::{Accepted, Claim, Counts, Entry, Filter, Retains, Settled, Stopped, Store, StoreError};

/// The most keys that are remembered.
const KEYS: usize = 1000;

/// The mailbox.
#[derive(Debug)]
pub(super) struct Mailbox {
    contract: Arc<Contract>,
    letters: Letters,
    post: Post,
    to: message::Mailbox,
    memory: Memory,
    /// Keys with their fingerprints and leads, so that a client's repetition within the instance is known. One after the other: a repetition
    /// waits for what it repeats.
    accepted: Mutex<VecDeque<(String, String, LeadId)>>,
}

impl Mailbox {
    pub(super) fn new(contract: Arc<Contract>, post: Post, to: message::Mailbox) -> Self {
        let letters = Letters::new(Arc::clone(&contract));
        Self { contract, letters, post, to, memory: Memory::default(), accepted: Mutex::default() }
    }

    /// Sends a lead. Only what the form's own notification may hold is sent: a form without one cannot be accepted here.
    async fn send(&self, lead: &Lead) -> Result<(), StoreError> {
        let registry = &self.contract.registry;
        let form = registry.form(&lead.form);
        let notification = form.and_then(|form| form.deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Notification));
        let (Some(form), Some(delivery)) = (form, notification) else {
            return Err(StoreError::Failed("the form notifies nobody".to_owned()));
        };
        let carried = deliveries::declared(registry, form, delivery);
        let letter = self.letters.only_copy(form, &carried, lead).map_err(StoreError::Unreachable)?;
        let reply_to = sender(&carried, lead).ok().flatten();
        let envelope = Envelope { to: self.to.clone(), reply_to, key: format!("{}/only-copy", lead.id), letter, first: None };
        failure(&self.post.send(&envelope, lead.received).await).map_or(Ok(()), |failure| Err(StoreError::Unreachable(failure)))
    }
}

#[async_trait]
impl Retains for Mailbox {
    fn name(&self) -> &'static str {
        "mailbox"
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.memory.sweep(now))
    }
}

#[async_trait]
impl Store for Mailbox {
    async fn accept(&self, entry: &Entry) -> Result<Accepted, StoreError> {
        let mut accepted = self.accepted.lock().await;
        if let Some((_, fingerprint, lead)) = accepted.iter().find(|(key, _, _)| *key == entry.key) {
            return Ok(if *fingerprint == entry.fingerprint { Accepted::Replayed(*lead) } else { Accepted::OtherBody });
        }
        if let Err(forbidden) = self.memory.reserve(entry, entry.lead.received) {
            return Ok(forbidden);
        }
        if let Err(error) = self.send(&entry.lead).await {
            self.memory.release(entry);
            return Err(error);
        }
        if accepted.len() == KEYS {
            accepted.pop_front();
        }
        accepted.push_back((entry.key.clone(), entry.fingerprint.clone(), entry.lead.id));
        Ok(Accepted::New)
    }

    async fn claim(&self, _: Timestamp, _: Duration, _: u32) -> Result<Vec<Claim>, StoreError> {
        Ok(Vec::new())
    }

    async fn settle(&self, _: &Claim, _: &Settled) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn stop(&self, sink: &SinkId, stopped: Option<&Stopped>) -> Result<(), StoreError> {
        self.memory.stop(sink, stopped);
        Ok(())
    }

    async fn stopped(&self) -> Result<Vec<Stopped>, StoreError> {
        Ok(self.memory.stopped())
    }

    async fn counts(&self, _: Timestamp) -> Result<Counts, StoreError> {
        Ok(Counts::default())
    }

    async fn count(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        Ok(self.memory.count(limit, window, now))
    }

    async fn level(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        Ok(self.memory.level(limit, window, now))
    }

    async fn leads(&self, _: &Filter) -> Result<Vec<Lead>, StoreError> {
        Ok(Vec::new())
    }

    async fn deliveries(&self, _: &Filter) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(Vec::new())
    }

    async fn retry(&self, _: &Filter, _: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn erase(&self, _: LeadId) -> Result<Option<Vec<OutboxRow>>, StoreError> {
        Ok(None)
    }

    async fn ran(&self, job: &str, now: Timestamp) -> Result<(), StoreError> {
        self.memory.ran(job, now);
        Ok(())
    }

    async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.memory.last_run(job))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.post.ready().await.map_err(StoreError::Unreachable)
    }
}
