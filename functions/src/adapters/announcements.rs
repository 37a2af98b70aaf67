//! Changes of a policy by e-mail. A letter goes by those recipients alone that may have the addresses of its form.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::message::Mailbox;
use registry::model::FormId;

use super::email::{Envelope, Post};
use crate::announcement::Announcement;
use crate::lead::{Failure, Outcome};
use crate::mail::Letters;
use crate::ports::{Addressee, Announcer, Attempt};

/// Announcements by e-mail.
#[derive(Debug)]
pub(super) struct Announcements {
    /// By what each form's addresses are written to.
    posts: BTreeMap<FormId, Post>,
    letters: Letters,
}

impl Announcements {
    pub(super) fn new(posts: BTreeMap<FormId, Post>, letters: Letters) -> Self {
        Self { posts, letters }
    }
}

#[async_trait]
impl Announcer for Announcements {
    async fn announce(&self, announcement: &Announcement, to: &Addressee, key: &str, attempt: Attempt, now: Timestamp) -> Outcome {
        let Some(post) = self.posts.get(&to.form) else { return Outcome::Park { failure: Failure::Undeclared } };
        // What passes for an address in a browser may be none that mail can go to.
        let Ok(address) = to.address.reveal().trim().parse() else { return Outcome::GiveUp { failure: Failure::Rejected } };
        let letter = match self.letters.announcement(announcement, &to.language) {
            Ok(letter) => letter,
            // No letter to anybody would come out better.
            Err(failure) => return Outcome::Park { failure },
        };
        let first = match attempt {
            Attempt::First => None,
            Attempt::Again { since } => Some(since),
        };
        let envelope = Envelope { to: Mailbox::new(None, address), reply_to: None, key: key.to_owned(), letter, first };
        post.send(&envelope, now).await
    }
}
