//! E-mails by a mail server. Nothing there recognises a repetition for us: the message's id stays the same, so that readers can.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::email::Envelope;
use super::unanswered;
use crate::egress::{Egress, TOTAL};
use crate::lead::{Failure, Outcome};

/// A whole conversation with a server is several calls.
const CONVERSATION: Duration = Duration::from_secs(30);

/// A mail server.
pub(super) struct Smtp {
    egress: Arc<Egress>,
    address: SecretString,
    from: Mailbox,
}

impl Smtp {
    pub(super) fn new(egress: Arc<Egress>, address: SecretString, from: Mailbox) -> Self {
        Self { egress, address, from }
    }

    pub(super) async fn send(&self, envelope: &Envelope, now: Timestamp) -> Outcome {
        let transport = match self.transport() {
            Ok(transport) => transport,
            Err(failure) => return unanswered(failure),
        };
        let Ok(message) = message(&self.from, envelope, now) else { return Outcome::GiveUp { failure: Failure::Rejected } };
        match tokio::time::timeout(CONVERSATION, transport.send(message)).await {
            Ok(Ok(_)) => Outcome::Sent { reference: None },
            Ok(Err(error)) => outcome(&error),
            Err(_) => unanswered(Failure::Unreachable),
        }
    }

    pub(super) async fn ready(&self) -> Result<(), Failure> {
        let transport = self.transport()?;
        match tokio::time::timeout(CONVERSATION, transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(Failure::Strange),
            Ok(Err(error)) => Err(super::failure(&outcome(&error)).unwrap_or(Failure::Strange)),
            Err(_) => Err(Failure::Unreachable),
        }
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
        let address = Url::parse(self.address.expose_secret()).map_err(|_| Failure::Undeclared)?;
        self.egress.permit(&address)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(address.as_str()).map_err(|_| Failure::Undeclared)?;
        let host = address.host_str().ok_or(Failure::Undeclared)?;
        // Only a stand-in on this machine is spoken to in clear.
        let builder = match address.scheme() {
            "smtp" if !is_local(host) => {
                let tls = TlsParameters::new(host.to_owned()).map_err(|_| Failure::Unreachable)?;
                builder.port(address.port().unwrap_or(587)).tls(Tls::Required(tls))
            }
            _ => builder,
        };
        Ok(builder.timeout(Some(TOTAL)).build())
    }
}

/// The address holds a password.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp")
    }
}

fn is_local(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

fn message(from: &Mailbox, envelope: &Envelope, now: Timestamp) -> Result<Message, lettre::error::Error> {
    let letter = &envelope.letter;
    let id = format!("<{}@{}>", envelope.key.replace('/', "."), from.email.domain());
    let mut builder =
        Message::builder().message_id(Some(id)).date(now.into()).from(from.clone()).to(envelope.to.clone()).subject(letter.subject.clone());
    if let Some(reply_to) = &envelope.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.clone()));
    }
    builder.multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
}

/// What a server's reply means (RFC 5321, section 4.2; RFC 4954, section 6).
fn outcome(error: &Error) -> Outcome {
    let Some(code) = error.status() else {
        let failure = if error.is_response() || error.is_client() { Failure::Strange } else { Failure::Unreachable };
        return Outcome::Retry { failure, after: None };
    };
    match u16::from(code) {
        530 | 534 | 535 | 538 => Outcome::Park { failure: Failure::Refused },
        421 | 450 | 451 | 454 => Outcome::Retry { failure: Failure::Broken, after: None },
        452 => Outcome::Retry { failure: Failure::TooMany, after: None },
        400..=499 => Outcome::Retry { failure: Failure::Strange, after: None },
        _ => Outcome::GiveUp { failure: Failure::Rejected },
    }
}
