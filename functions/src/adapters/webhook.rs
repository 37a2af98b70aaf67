//! The automation's webhook. It keeps what it gets in its logs for days, so it gets the lead's id and the fields that are named for it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::derive::deliveries::Carried;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Scope, refused, unanswered};
use crate::config;
use crate::egress::{Call, Egress};
use crate::lead::{Failure, Lead, Outcome, SinkId};
use crate::ports::{Claim, Sink};

/// Its limit counts ten seconds.
const WINDOW: Duration = Duration::from_secs(10);

/// The webhook.
#[derive(Debug)]
pub(super) struct Webhook {
    scope: Scope,
    config: config::Webhook,
    egress: Arc<Egress>,
}

impl Webhook {
    pub(super) fn new(scope: Scope, config: config::Webhook, egress: Arc<Egress>) -> Self {
        Self { scope, config, egress }
    }
}

#[async_trait]
impl Sink for Webhook {
    fn id(&self) -> &SinkId {
        &self.scope.id
    }

    async fn deliver(&self, claim: &Claim, _: Timestamp) -> Outcome {
        let body = match self.scope.of(&claim.lead.form) {
            Ok((_, carried)) => body(&carried, &claim.lead),
            Err(outcome) => return outcome,
        };
        let mut call = Call::post(self.config.url.expose_secret()).header("idempotency-key", &claim.lead.id.to_string()).json(&body);
        if let Some(key) = &self.config.key {
            call = call.header("x-make-apikey", key.expose_secret());
        }
        match self.egress.call(call).await {
            Ok(answer) if answer.is_ok() => Outcome::Sent { reference: None },
            Ok(answer) => {
                let failure = match answer.status {
                    400 if answer.text().contains("Queue is full") => Failure::Full,
                    // Nothing listens at this moment: a scenario that was switched off is switched on again.
                    404 | 410 => Failure::Missing,
                    429 => return Outcome::Retry { failure: Failure::TooMany, after: Some(answer.retry_after().unwrap_or(WINDOW)) },
                    _ => return refused(&answer),
                };
                Outcome::Retry { failure, after: None }
            }
            Err(failure) => unanswered(failure),
        }
    }

    /// A call would start the automation: only the address is judged.
    async fn ready(&self) -> Result<(), Failure> {
        self.egress.permit(&Url::parse(self.config.url.expose_secret()).map_err(|_| Failure::Undeclared)?)
    }
}

/// What is posted. It always has the same shape, since a scenario is switched off at the first field that it misses.
fn body(carried: &Carried<'_>, lead: &Lead) -> Value {
    let values = lead.values.reveal();
    let fields: Map<String, Value> =
        carried.fields.iter().map(|field| (field.name.clone(), values.get(&field.name).cloned().unwrap_or_default())).collect();
    json!({ "id": lead.id, "form": lead.form, "received": lead.received, "language": lead.language, "fields": fields })
}
