//! E-mails by Resend's API.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lettre::message::Mailbox;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::email::Envelope;
use super::{refused, unanswered};
use crate::egress::{Call, Egress};
use crate::lead::{Failure, Outcome};

/// How long the same letter may be attempted: Resend recognises a repetition for a day, and an hour is left for clocks and slow answers.
const REPLAYS: SignedDuration = SignedDuration::from_hours(23);

/// The wait after a quota: it is looked at again before the next day or month, since plans change.
const QUOTA: Duration = Duration::from_secs(3600);

/// Resend.
#[derive(Debug)]
pub(super) struct Resend {
    egress: Arc<Egress>,
    address: String,
    key: SecretString,
    from: Mailbox,
}

impl Resend {
    pub(super) fn new(egress: Arc<Egress>, address: &str, key: SecretString, from: Mailbox) -> Self {
        Self { egress, address: address.to_owned(), key, from }
    }

    pub(super) async fn send(&self, envelope: &Envelope, now: Timestamp) -> Outcome {
        if envelope.first.is_some_and(|first| now.duration_since(first) >= REPLAYS) {
            return Outcome::GiveUp { failure: Failure::TooLate };
        }
        let body = body(&self.from, envelope);
        let call = Call::post(format!("{}/emails", self.address)).bearer(&self.key).header("idempotency-key", &envelope.key).json(&body);
        let answer = match self.egress.call(call).await {
            Ok(answer) => answer,
            Err(failure) => return unanswered(failure),
        };
        let told = answer.json();
        if answer.is_ok() {
            return Outcome::Sent { reference: told["id"].as_str().map(str::to_owned) };
        }
        match (answer.status, told["name"].as_str().unwrap_or_default()) {
            // An earlier attempt went through under this key, with other words: whether it arrived is for a person to see.
            (409, "invalid_idempotent_request") => Outcome::GiveUp { failure: Failure::TooLate },
            (429, "daily_quota_exceeded" | "monthly_quota_exceeded") => {
                Outcome::Pause { failure: Failure::TooMany, wait: answer.retry_after().unwrap_or_default().clamp(QUOTA, super::LONGEST) }
            }
            _ => refused(&answer),
        }
    }

    /// A key that may only send is told so when it asks for anything else; that it is known is what counts.
    pub(super) async fn ready(&self) -> Result<(), Failure> {
        let answer = self.egress.call(Call::get(format!("{}/domains", self.address)).bearer(&self.key)).await?;
        let is_known = answer.is_ok() || answer.json()["name"] == "restricted_api_key";
        if is_known { Ok(()) } else { Err(super::failure(&refused(&answer)).unwrap_or(Failure::Strange)) }
    }
}

/// What is posted. It depends on the letter alone, so that a repetition has the same bytes.
fn body(from: &Mailbox, envelope: &Envelope) -> Value {
    let mut body = json!({
        "from": from.to_string(),
        "to": [envelope.to.to_string()],
        "subject": envelope.letter.subject,
        "html": envelope.letter.html,
        "text": envelope.letter.text,
    });
    if let Some(reply_to) = &envelope.reply_to {
        body["reply_to"] = json!([reply_to.to_string()]);
    }
    body
}
