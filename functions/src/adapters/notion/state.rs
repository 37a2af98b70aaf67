//! What a lead's page holds of its deliveries, where Notion is the store: JSON in one of its properties, without personal data.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lead::{DeliveryState, Lead, LeadId, OutboxRow, SinkId, Suspicion};
use crate::ports::{Entry, Settled};

/// The state of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The key under which its client repeats itself.
    pub(super) key: String,
    /// The digest of what was sent.
    pub(super) fingerprint: String,
    /// When it came; Notion's own dates are less exact.
    pub(super) received: Timestamp,
    /// When there was last contact.
    pub(super) contacted: Timestamp,
    /// Why it is held back.
    pub(super) held: Vec<Suspicion>,
    /// Its deliveries.
    pub(super) rows: Vec<Row>,
}

/// A delivery, and who attempts it at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) row: OutboxRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
}

/// The right to attempt a delivery for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    token: String,
    until: Timestamp,
}

impl State {
    /// That of a new lead. `page` is the sink that Notion itself is: it has the lead as soon as this is written.
    pub(super) fn new(entry: &Entry, page: &SinkId) -> Self {
        let waiting = if entry.lead.held.is_empty() { DeliveryState::Pending } else { DeliveryState::Held };
        let rows = entry.sinks.iter().map(|sink| Row {
            row: OutboxRow {
                lead: entry.lead.id,
                sink: sink.clone(),
                state: if sink == page { DeliveryState::Sent } else { waiting },
                attempts: 0,
                first_attempt: None,
                due: entry.lead.received,
                failure: None,
                reference: None,
            },
            lease: None,
        });
        Self {
            key: entry.key.clone(),
            fingerprint: entry.fingerprint.clone(),
            received: entry.lead.received,
            contacted: entry.lead.contacted,
            held: entry.lead.held.clone(),
            rows: rows.collect(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a state is plain data, which is always JSON")
    }

    /// When somebody has to look at it next; none where nothing waits for its time.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let waiting = self.rows.iter().filter(|row| row.row.state == DeliveryState::Pending);
        waiting.map(|row| row.lease.as_ref().map_or(row.row.due, |lease| lease.until.max(row.row.due))).min()
    }

    /// Takes what is due and free, none of these sinks. Whether that is anything.
    pub(super) fn take(&mut self, now: Timestamp, lease: Duration, token: &str, stopped: &[SinkId]) -> Vec<OutboxRow> {
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let is_free = |row: &Row| row.lease.as_ref().is_none_or(|lease| lease.until <= now);
        let due = self.rows.iter_mut().filter(|row| {
            row.row.state == DeliveryState::Pending && row.row.due <= now && is_free(row) && !stopped.contains(&row.row.sink)
        });
        due.map(|row| {
            row.row.first_attempt.get_or_insert(now);
            row.lease = Some(Lease { token: token.to_owned(), until });
            row.row.clone()
        })
        .collect()
    }

    /// Writes what became of an attempt. Whether its lease still holds.
    pub(super) fn settle(&mut self, sink: &SinkId, token: &str, settled: &Settled) -> bool {
        let held = |row: &&mut Row| row.row.sink == *sink && row.lease.as_ref().is_some_and(|lease| lease.token == token);
        let Some(row) = self.rows.iter_mut().find(held) else { return false };
        row.lease = None;
        row.row.state = settled.state;
        row.row.attempts = settled.attempts;
        row.row.due = settled.due;
        row.row.failure = settled.failure;
        row.row.reference.clone_from(&settled.reference);
        true
    }

    /// Whether a delivery is under this lease.
    pub(super) fn is_taken(&self, token: &str) -> bool {
        self.rows.iter().any(|row| row.lease.as_ref().is_some_and(|lease| lease.token == token))
    }

    /// Has deliveries attempted from now on, as if for the first time. How many.
    pub(super) fn retry(&mut self, wanted: Option<DeliveryState>, now: Timestamp) -> u64 {
        let mut count = 0;
        for row in &mut self.rows {
            if row.row.state != DeliveryState::Sent && wanted.is_none_or(|state| state == row.row.state) {
                row.lease = None;
                row.row = OutboxRow {
                    state: DeliveryState::Pending,
                    attempts: 0,
                    first_attempt: None,
                    due: now,
                    failure: None,
                    ..row.row.clone()
                };
                count += 1;
            }
        }
        if count > 0 {
            self.held.clear();
        }
        count
    }
}

/// A lead's page, as it was read.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// Notion's id of it.
    pub(super) page: String,
    pub(super) lead: Lead,
    pub(super) state: State,
}

impl Kept {
    /// Its deliveries; the one to Notion has the page's id.
    pub(super) fn rows(&self, page: &SinkId) -> Vec<OutboxRow> {
        let id = self.lead.id;
        let reference = |row: &OutboxRow| if row.sink == *page { Some(self.page.clone()) } else { row.reference.clone() };
        self.state.rows.iter().map(|row| OutboxRow { lead: id, reference: reference(&row.row), ..row.row.clone() }).collect()
    }

    /// Its id.
    pub(super) fn id(&self) -> LeadId {
        self.lead.id
    }
}
