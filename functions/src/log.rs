//! What the functions write to their log: on a host, one line of JSON for each event on standard error.
//!
//! [`Event`] is the list of everything that may be logged. It has no field for a text of a person's, so that none gets there.

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use registry::model::RetentionId;
use serde::Serialize;

use crate::lead::{Failure, LeadId, SinkId, Suspicion};

/// Something worth a line.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each field is named for what it holds")]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event<'a> {
    /// A request was answered. The path is that of the route, so that no part of an address that a person chose is in it.
    Answered { request: &'a str, method: &'a str, route: &'a str, status: u16, millis: u64 },
    /// A lead was stored.
    Accepted { request: &'a str, lead: LeadId, store: &'a str, held: &'a [Suspicion] },
    /// A delivery was attempted.
    Delivered { lead: LeadId, sink: &'a SinkId, attempt: u32, failure: Option<Failure>, given_up: bool },
    /// A sink takes nothing for now.
    Stopped { sink: &'a SinkId, failure: Failure, seconds: Option<u64> },
    /// The store could not do its work.
    StoreFailed { store: &'a str, failure: Failure },
    /// A client's invoices or charges could not be had, so that the portal shows a project without them.
    BillingFailed { list: &'a str, failure: Failure },
    /// A part of a program's own text went wrong, at a line of our source.
    Panicked { file: &'a str, line: u32 },
    /// Records went since their time was over.
    Expired { rules: &'a [RetentionId], records: u64 },
    /// Something was attempted for a privacy request.
    Worked { privacy_request: &'a str, attempt: u32, failure: Option<Failure> },
    /// A job has run.
    Ran { job: &'a str, done: u64 },
    /// The configuration lacks something, or has something that nothing uses.
    Configuration { problem: &'a str },
}

/// Where events go.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&Event<'_>) + Send + Sync>);

impl Log {
    /// A log that hands each event to `write`, in the midst of a request: it must not wait for anything.
    pub fn new(write: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Writes an event.
    pub fn write(&self, event: &Event<'_>) {
        (self.0)(event);
    }
}

impl Default for Log {
    /// Standard error, as hosts collect it.
    fn default() -> Self {
        Self::new(write)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// Writes an event as a line of JSON. A log that cannot be written must not end a request.
fn write(event: &Event<'_>) {
    if let Ok(mut line) = serde_json::to_vec(event) {
        line.push(b'\n');
        let _ = std::io::stderr().write_all(&line);
    }
}

/// Has panics logged by their place alone: the message of one may hold what was being read.
pub fn hide_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("", 0), |place| (place.file(), place.line()));
        write(&Event::Panicked { file, line });
    }));
}
