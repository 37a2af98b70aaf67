//! Stand-ins for the outside services, on this machine. They refuse what the real ones refuse, and give every error that these are known to
//! give when they are told to.
//!
//! Each one ends when it is dropped, and keeps what it was sent, for tests and for the development pages.

mod desk;
mod make;
mod notion;
mod notion_rules;
mod resend;
mod smtp;
mod stripe;
mod stripe_sample;

pub use desk::{Call, Fault};
pub use make::Make;
pub use notion::Notion;
pub use resend::Resend;
pub use smtp::MailServer;
pub use stripe::{Customer, Stripe};

/// An e-mail that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who it is from.
    pub from: String,
    /// Whom it goes to.
    pub to: Vec<String>,
    /// Whom an answer goes to.
    pub reply_to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its text; for a mail server, the message as it was sent.
    pub text: String,
    /// Its HTML; blank for a mail server, where it is a part of the message.
    pub html: String,
    /// What tells a repetition: the idempotency key, or the message's id.
    pub key: String,
}
