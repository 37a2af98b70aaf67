//! Privacy requests by e-mail: the link goes to who asks, and what no database keeps goes to operations.

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::message::Mailbox;

use super::email::{Envelope, Post};
use super::failure;
use crate::lead::{Failure, Outcome};
use crate::mail::Letters;
use crate::personal::Personal;
use crate::ports::Correspondence;
use crate::request::PrivacyRequest;

/// Correspondence by e-mail.
#[derive(Debug)]
pub(super) struct ByMail {
    post: Post,
    letters: Letters,
    operations: Option<Mailbox>,
}

impl ByMail {
    pub(super) fn new(post: Post, letters: Letters, operations: Option<Mailbox>) -> Self {
        Self { post, letters, operations }
    }
}

#[async_trait]
impl Correspondence for ByMail {
    async fn link(&self, request: &PrivacyRequest, code: &Personal<String>, now: Timestamp) -> Outcome {
        let Some(to) = request.person.as_ref().and_then(|person| person.reveal().email.parse().ok()) else {
            // What passes for an address in a browser is none that mail can go to: nobody can be asked.
            return Outcome::Sent { reference: None };
        };
        let letter = match self.letters.link(request, code) {
            Ok(letter) => letter,
            Err(failure) => return Outcome::Retry { failure, after: None },
        };
        let key = format!("{}/link", request.id);
        let envelope = Envelope { to: Mailbox::new(None, to), reply_to: None, key, letter, first: Some(request.received) };
        self.post.send(&envelope, now).await
    }

    async fn forward(&self, request: &PrivacyRequest, now: Timestamp) -> Result<(), Failure> {
        let to = self.operations.clone().ok_or(Failure::Missing)?;
        let reply_to = request.person.as_ref().and_then(|person| person.reveal().email.parse().ok());
        let letter = self.letters.request(request)?;
        let envelope = Envelope { to, reply_to, key: format!("{}/request", request.id), letter, first: None };
        failure(&self.post.send(&envelope, now).await).map_or(Ok(()), Err)
    }
}
