//! What the dev server tells browsers, as server-sent events.

use std::convert::Infallible;

use axum::response::sse;
use serde_json::json;
use tokio::sync::broadcast;

use crate::digest::Digest;

/// Something that browsers should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The site is another one.
    Changed { version: Digest },
    /// Only style sheets are other ones: old and new addresses.
    Styles { version: Digest, moved: Vec<(String, String)> },
    /// Something is wrong; the last good site is still shown.
    Problem,
    /// Nothing is wrong any more, and nothing changed.
    Resolved,
    /// The functions did something that the development pages show.
    Activity,
}

/// Tells all browsers that listen.
#[derive(Debug)]
pub(super) struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(64))
    }
}

impl Events {
    pub(super) fn send(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.0.send(event);
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

impl Event {
    pub(super) fn encode(&self) -> Result<sse::Event, Infallible> {
        let event = sse::Event::default();
        Ok(match self {
            Self::Changed { version } => event.event("changed").data(version.to_string()),
            Self::Styles { version, moved } => {
                event.event("styles").data(json!({ "version": version.to_string(), "moved": moved }).to_string())
            }
            Self::Problem => event.event("problem").data("now"),
            Self::Activity => event.event("activity").data("now"),
            Self::Resolved => event.event("resolved").data("now"),
        })
    }
}
