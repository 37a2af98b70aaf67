//! E-mails: who they go to and what they say. By what they are sent is told in `resend` and `smtp`.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use registry::derive::deliveries::Carried;
use serde_json::Value;

use super::resend::Resend;
use super::smtp::Smtp;
use super::{Scope, failure};
use crate::config::{Config, Mail};
use crate::egress::Egress;
use crate::lead::{Failure, Lead, Outcome, SinkId};
use crate::mail::{Letter, Letters};
use crate::ports::{Claim, Notice, Operations, Sink};

/// A letter with its envelope. Addresses are parsed and the subject is one line, so that no value can begin a header.
pub(super) struct Envelope {
    /// Whom it goes to.
    pub(super) to: Mailbox,
    /// Whom an answer goes to, where that is not who it is from.
    pub(super) reply_to: Option<Address>,
    /// What stays the same when the same letter is sent again.
    pub(super) key: String,
    /// The letter.
    pub(super) letter: Letter,
    /// When it was first attempted; none for the first time.
    pub(super) first: Option<Timestamp>,
}

/// What e-mails are sent by.
#[derive(Debug)]
pub(super) enum Post {
    Resend(Resend),
    Smtp(Smtp),
}

impl Post {
    /// What the operators have set; none where that is nothing.
    pub(super) fn of(config: &Config, egress: &Arc<Egress>) -> Option<Self> {
        let from: Mailbox = config.mail_from.as_ref()?.parse().ok()?;
        Some(match config.mail.as_ref()? {
            Mail::Resend(key) => Self::Resend(Resend::new(Arc::clone(egress), &config.addresses.resend, key.clone(), from)),
            Mail::Smtp(url) => Self::Smtp(Smtp::new(Arc::clone(egress), url.clone(), from)),
        })
    }

    /// Sends a letter.
    pub(super) async fn send(&self, envelope: &Envelope, now: Timestamp) -> Outcome {
        match self {
            Self::Resend(resend) => resend.send(envelope, now).await,
            Self::Smtp(smtp) => smtp.send(envelope, now).await,
        }
    }

    pub(super) async fn ready(&self) -> Result<(), Failure> {
        match self {
            Self::Resend(resend) => resend.ready().await,
            Self::Smtp(smtp) => smtp.ready().await,
        }
    }
}

/// Tells who sent a form that it arrived.
#[derive(Debug)]
pub(super) struct Confirmation {
    scope: Scope,
    post: Post,
    letters: Arc<Letters>,
}

impl Confirmation {
    pub(super) fn new(scope: Scope, post: Post, letters: Arc<Letters>) -> Self {
        Self { scope, post, letters }
    }
}

#[async_trait]
impl Sink for Confirmation {
    fn id(&self) -> &SinkId {
        &self.scope.id
    }

    async fn deliver(&self, claim: &Claim, now: Timestamp) -> Outcome {
        let (form, carried) = match self.scope.of(&claim.lead.form) {
            Ok(declared) => declared,
            Err(outcome) => return outcome,
        };
        let to = match sender(&carried, &claim.lead) {
            Ok(Some(address)) => Mailbox::new(None, address),
            // Who gave no address expects no e-mail.
            Ok(None) => return Outcome::Sent { reference: None },
            Err(failure) => return Outcome::GiveUp { failure },
        };
        let letter = self.letters.confirmation(form, &claim.lead);
        post(&self.post, claim, to, None, letter, now).await
    }

    async fn ready(&self) -> Result<(), Failure> {
        self.post.ready().await
    }
}

/// Tells operations what was sent.
#[derive(Debug)]
pub(super) struct Notification {
    scope: Scope,
    post: Post,
    letters: Arc<Letters>,
    to: Mailbox,
}

impl Notification {
    pub(super) fn new(scope: Scope, post: Post, letters: Arc<Letters>, to: Mailbox) -> Self {
        Self { scope, post, letters, to }
    }
}

#[async_trait]
impl Sink for Notification {
    fn id(&self) -> &SinkId {
        &self.scope.id
    }

    async fn deliver(&self, claim: &Claim, now: Timestamp) -> Outcome {
        let (form, carried) = match self.scope.of(&claim.lead.form) {
            Ok(declared) => declared,
            Err(outcome) => return outcome,
        };
        // An address that mail cannot have is still worth reading: the letter goes without it in its header.
        let reply_to = sender(&carried, &claim.lead).ok().flatten();
        let letter = self.letters.notification(form, &carried, &claim.lead);
        post(&self.post, claim, self.to.clone(), reply_to, letter, now).await
    }

    async fn ready(&self) -> Result<(), Failure> {
        self.post.ready().await
    }
}

/// The address of who sent a lead.
///
/// # Errors
/// What was typed passes for an address in a browser, and is none that mail can go to.
pub(super) fn sender(carried: &Carried<'_>, lead: &Lead) -> Result<Option<Address>, Failure> {
    let typed = carried.address.and_then(|field| lead.values.reveal().get(&field.name)).and_then(Value::as_str);
    typed.map(|typed| typed.parse().map_err(|_| Failure::Rejected)).transpose()
}

async fn post(
    post: &Post,
    claim: &Claim,
    to: Mailbox,
    reply_to: Option<Address>,
    letter: Result<Letter, Failure>,
    now: Timestamp,
) -> Outcome {
    let kind = claim.row.sink.kind().map_or("letter", registry::model::DeliveryKind::name);
    match letter {
        Ok(letter) => {
            let key = format!("{}/{kind}", claim.lead.id);
            post.send(&Envelope { to, reply_to, key, letter, first: claim.row.first_attempt }, now).await
        }
        // A template of the site is wrong, which the next version of it may mend.
        Err(failure) => Outcome::Retry { failure, after: None },
    }
}

/// Operations, by e-mail.
#[derive(Debug)]
pub(super) struct ToOperations {
    post: Post,
    letters: Letters,
    to: Mailbox,
}

impl ToOperations {
    pub(super) fn new(post: Post, letters: Letters, to: Mailbox) -> Self {
        Self { post, letters, to }
    }
}

#[async_trait]
impl Operations for ToOperations {
    async fn tell(&self, notice: &Notice, key: &str) -> Result<(), Failure> {
        let letter = self.letters.notice(notice)?;
        let envelope = Envelope { to: self.to.clone(), reply_to: None, key: key.to_owned(), letter, first: None };
        failure(&self.post.send(&envelope, Timestamp::now()).await).map_or(Ok(()), Err)
    }
}
