//! The outside services as sinks of leads, as a store without a database, as the way to operations, and as what the portal shows.
//!
//! Each adapter sends what [`registry::derive::deliveries`] lets its recipient have, through [`Egress`]; what an answer means is told in
//! [`Outcome`]s. When to try again is left to the outbox.

mod announcements;
mod email;
mod files;
mod letters;
mod mailbox;
mod memory;
pub mod notion;
mod resend;
mod smtp;
pub mod stripe;
mod webhook;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use registry::contract::Contract;
use registry::derive::deliveries::{self, Carried};
use registry::derive::notices;
use registry::model::{DeliveryKind, Form, FormId};

pub use files::Files;

use crate::config::Config;
use crate::egress::{Answer, Egress};
use crate::lead::{Failure, Outcome, SinkId};
use crate::log::Log;
use crate::mail::Letters;
use crate::ports::{Announcer, BillingSource, Clock, Correspondence, Operations, Sink, Store};

/// The sinks of all that the forms deliver. A delivery whose service nobody has set up has none: its leads wait in the outbox.
pub fn sinks(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>) -> Vec<Arc<dyn Sink>> {
    let letters = Arc::new(Letters::new(Arc::clone(contract)));
    let deliveries = contract.registry.forms.iter().flat_map(|form| &form.deliver);
    let ids: BTreeSet<(SinkId, DeliveryKind)> = deliveries.map(|delivery| (SinkId::of(delivery), delivery.kind)).collect();
    let sink = |(id, kind): (SinkId, DeliveryKind)| -> Option<Arc<dyn Sink>> {
        let egress = egress.only([id.recipient()]);
        let scope = Scope { contract: Arc::clone(contract), id };
        Some(match kind {
            DeliveryKind::Page => Arc::new(notion::Page::new(scope, notion::Api::of(config, &egress)?)),
            DeliveryKind::Webhook => Arc::new(webhook::Webhook::new(scope, config.webhook.clone()?, egress)),
            DeliveryKind::Confirmation => {
                Arc::new(email::Confirmation::new(scope, email::Post::of(config, &egress)?, Arc::clone(&letters)))
            }
            DeliveryKind::Notification => {
                let to = config.operations.as_ref()?.parse().ok()?;
                Arc::new(email::Notification::new(scope, email::Post::of(config, &egress)?, Arc::clone(&letters), to))
            }
        })
    };
    ids.into_iter().filter_map(sink).collect()
}

/// The way to operations; none where no mailbox is set, or nothing that sends e-mails.
pub fn operations(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>) -> Option<Arc<dyn Operations>> {
    let (post, to) = (email::Post::of(config, egress)?, config.operations.as_ref()?.parse().ok()?);
    Some(Arc::new(email::ToOperations::new(post, Letters::new(Arc::clone(contract)), to)))
}

/// How people are written to about their privacy requests; none where the site takes none, or nothing sends e-mails.
pub fn correspondence(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>) -> Option<Arc<dyn Correspondence>> {
    contract.registry.requests()?;
    let post = email::Post::of(config, egress)?;
    let operations = config.operations.as_ref().and_then(|address| address.parse().ok());
    Some(Arc::new(letters::ByMail::new(post, Letters::new(Arc::clone(contract)), operations)))
}

/// How people are told of a change of a policy; none where nothing sends e-mails, or no form asks for an address that may be used for it.
pub fn announcer(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>) -> Option<Arc<dyn Announcer>> {
    let posts = contract.registry.forms.iter().filter_map(|form| {
        let carriers = notices::reach(&contract.registry, form)?.carriers;
        let egress = egress.only(carriers.iter().map(|carrier| carrier.as_str()));
        Some((form.id.clone(), email::Post::of(config, &egress)?))
    });
    let posts: BTreeMap<FormId, email::Post> = posts.collect();
    let announcer =
        |posts| -> Arc<dyn Announcer> { Arc::new(announcements::Announcements::new(posts, Letters::new(Arc::clone(contract)))) };
    Some(posts).filter(|posts| !posts.is_empty()).map(announcer)
}

/// The store of a site without a database: the pages of Notion, where a form delivers some.
pub fn notion_store(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>, clock: &Arc<dyn Clock>) -> Option<Arc<dyn Store>> {
    let recipients = recipients(contract, DeliveryKind::Page);
    let api = notion::Api::of(config, &egress.only(recipients.iter().copied())).filter(|_| !recipients.is_empty())?;
    Some(Arc::new(notion::NotionStore::new(Arc::clone(contract), api, Arc::clone(clock))))
}

/// What takes over where that fails: the operations' mailbox, which gets the whole lead and keeps nothing else.
pub fn mailbox_store(contract: &Arc<Contract>, config: &Config, egress: &Arc<Egress>) -> Option<Arc<dyn Store>> {
    let egress = egress.only(recipients(contract, DeliveryKind::Notification));
    let (post, to) = (email::Post::of(config, &egress)?, config.operations.as_ref()?.parse().ok()?);
    Some(Arc::new(mailbox::Mailbox::new(Arc::clone(contract), post, to)))
}

/// Clients' projects in Notion; none where its connection for them is not set up.
pub fn notion_projects(config: &Config, egress: &Arc<Egress>) -> Option<Arc<notion::NotionProjects>> {
    Some(Arc::new(notion::NotionProjects::new(notion::ProjectsApi::of(config, egress)?)))
}

/// What clients owe and have paid; none where no key of Stripe is set. What cannot be had is written to `log`.
pub fn billing(config: &Config, egress: &Arc<Egress>, log: Log) -> Option<Arc<dyn BillingSource>> {
    Some(Arc::new(stripe::Stripe::of(config, egress, log)?))
}

/// Who gets deliveries of a kind.
fn recipients(contract: &Contract, kind: DeliveryKind) -> BTreeSet<&str> {
    let deliveries = contract.registry.forms.iter().flat_map(|form| &form.deliver).filter(|delivery| delivery.kind == kind);
    deliveries.map(|delivery| delivery.to.as_str()).collect()
}

/// What a sink is of: a site's deliveries to one recipient in one form.
#[derive(Clone, Debug)]
struct Scope {
    contract: Arc<Contract>,
    id: SinkId,
}

impl Scope {
    /// What may be sent here of a form.
    ///
    /// # Errors
    /// The site no longer declares this delivery of the form. Nothing may be sent, and operations are told.
    fn of(&self, form: &FormId) -> Result<(&Form, Carried<'_>), Outcome> {
        let registry = &self.contract.registry;
        let declared = || {
            let form = registry.form(form)?;
            let delivery = form.deliver.iter().find(|delivery| SinkId::of(delivery) == self.id)?;
            Some((form, deliveries::declared(registry, form, delivery)))
        };
        declared().ok_or(Outcome::GiveUp { failure: Failure::Undeclared })
    }
}

/// The longest wait that a service can ask for: a slip in a header must not stop a sink for years.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The wait where a service asks for one and does not say how long.
const WAIT: Duration = Duration::from_secs(60);

/// What came of a call that got no answer.
fn unanswered(failure: Failure) -> Outcome {
    match failure {
        // Nobody mends that but who declares recipients: nothing is given up meanwhile.
        Failure::Undeclared => Outcome::Park { failure },
        _ => Outcome::Retry { failure, after: None },
    }
}

/// What an answer means that is no success, where a service's documents say nothing else.
fn refused(answer: &Answer) -> Outcome {
    let after = answer.retry_after().map(|wait| wait.min(LONGEST));
    match answer.status {
        401 | 403 => Outcome::Park { failure: Failure::Refused },
        404 | 410 => Outcome::Park { failure: Failure::Missing },
        429 | 529 => Outcome::Pause { failure: Failure::TooMany, wait: after.unwrap_or(WAIT) },
        400 | 413 | 422 => Outcome::GiveUp { failure: Failure::Rejected },
        408 | 409 | 500..=599 => Outcome::Retry { failure: Failure::Broken, after },
        _ => Outcome::Retry { failure: Failure::Strange, after },
    }
}

/// The failure of an outcome; none of a success.
fn failure(outcome: &Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Sent { .. } => None,
        Outcome::Retry { failure, .. } | Outcome::Pause { failure, .. } | Outcome::Park { failure } | Outcome::GiveUp { failure } => {
            Some(*failure)
        }
    }
}
