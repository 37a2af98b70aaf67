//! The automation's webhook, as Make has it.

use serde_json::{Value, json};

use super::desk::{Call, Desk, Fault, Reply, Service};
use crate::config::{Config, Webhook};

/// The stand-in.
pub struct Make(Desk<Hook>);

struct Hook;

impl Make {
    /// The key that it knows.
    pub const KEY: &str = "stand-in-key";

    /// Listens.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start() -> std::io::Result<Self> {
        Ok(Self(Desk::start(Hook).await?))
    }

    /// Has a configuration use it.
    pub fn configure(&self, config: &mut Config) {
        let url = format!("{}/hook", self.0.address());
        config.webhook = Some(Webhook { url: url.into(), key: Some(Self::KEY.to_owned().into()) });
    }

    /// Has the next calls go wrong, one fault each.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.fail_next(faults);
    }

    /// The calls that arrived.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls()
    }

    /// Waits until so many calls have arrived in all.
    pub async fn called(&self, times: usize) {
        self.0.called(times).await;
    }
}

impl Service for Hook {
    fn answer(&self, call: &Call) -> Reply {
        match (call.path.as_str(), call.header("x-make-apikey")) {
            ("/hook", Some(Make::KEY)) if call.method == "POST" && call.body.is_object() => said(200, "Accepted"),
            ("/hook", Some(Make::KEY)) => said(400, "Invalid JSON"),
            ("/hook", _) => said(401, "Unauthorized"),
            _ => said(404, "Not found"),
        }
    }

    fn fault(&self, fault: Fault, _: Option<&Reply>) -> Reply {
        match fault {
            Fault::QueueFull => said(400, "Queue is full."),
            Fault::Gone => said(410, "There is no scenario listening for this webhook."),
            Fault::TooMany(_) => said(429, "Too many requests"),
            Fault::Unauthorized => said(401, "Unauthorized"),
            Fault::Forbidden => said(403, "Forbidden"),
            Fault::Missing => said(404, "Not found"),
            _ => Reply::json(500, json!({ "message": "Internal Server Error" })),
        }
    }
}

fn said(status: u16, text: &str) -> Reply {
    Reply::json(status, Value::String(text.to_owned()))
}
