//! Leads in Notion alone, for a site without a database.
//!
//! A lead is accepted when its page is made, with the state of its deliveries in it. Notion has no transactions: two instances may attempt
//! one delivery at the same time, which every sink recognises as a repetition. What is counted is counted within the instance.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::contract::Contract;
use registry::derive::deliveries;
use registry::model::{DeliveryKind, Form};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::api::Api;
use super::columns::{self, Column, ColumnType, Use};
use super::properties::{self, moment};
use super::state::{Kept, State};
use crate::adapters::memory::Memory;
use crate::lead::{DeliveryState, Lead, LeadId, OutboxRow, SinkId};
use crate::ports::{Accepted, Claim, Clock, Counts, Entry, Filter, Settled, Stopped, Store, StoreError};

/// The most pages of one answer.
pub(super) const PAGES: u32 = 100;

/// The store.
pub struct NotionStore {
    pub(super) contract: Arc<Contract>,
    pub(super) api: Api,
    clock: Arc<dyn Clock>,
    pub(super) memory: Memory,
    /// What changes one page is done one after the other within the instance, by the hash of the page's lead or key.
    turns: [Mutex<()>; 16],
}

/// What a form keeps here.
pub(super) struct Place<'a> {
    form: &'a Form,
    sink: SinkId,
    columns: Vec<Column<'a>>,
}

impl NotionStore {
    /// Over the data source of a connection.
    pub fn new(contract: Arc<Contract>, api: Api, clock: Arc<dyn Clock>) -> Self {
        Self { contract, api, clock, memory: Memory::default(), turns: std::array::from_fn(|_| Mutex::default()) }
    }

    pub(super) async fn turn(&self, of: impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        self.turns[usize::from(hasher.finish() as u8) % self.turns.len()].lock().await
    }

    /// Where a form's leads are kept; none where it delivers no page.
    fn place(&self, form: &str) -> Option<Place<'_>> {
        let registry = &self.contract.registry;
        let form = registry.forms.iter().find(|known| known.id.as_str() == form)?;
        let delivery = form.deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Page)?;
        let columns = columns::of(form, &deliveries::declared(registry, form, delivery), Use::Store);
        Some(Place { form, sink: SinkId::of(delivery), columns })
    }

    /// A page as a lead with its state; none where somebody made it by hand.
    pub(super) fn read(&self, page: &Value) -> Option<(Place<'_>, Kept)> {
        let form = &page["properties"]["Form"];
        let form = properties::text(ColumnType::Select, form).or_else(|| properties::text(ColumnType::RichText, form))?;
        let place = self.place(&form)?;
        let state: State = serde_json::from_str(&properties::text(ColumnType::RichText, &page["properties"]["Delivery"])?).ok()?;
        let lead = properties::read(&place.columns, place.form, page, &state)?;
        Some((place, Kept { page: page["id"].as_str()?.to_owned(), lead, state }))
    }

    /// The pages that a filter finds, at most so many.
    async fn find(&self, filter: Value, sorts: Value, most: u32) -> Result<Vec<(Place<'_>, Kept)>, StoreError> {
        let mut found = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let mut query = json!({ "filter": filter, "sorts": sorts, "page_size": PAGES.min(most.max(1)) });
            if !cursor.is_null() {
                query["start_cursor"] = cursor;
            }
            let told = self.api.query(&query).await?;
            found.extend(told["results"].as_array().into_iter().flatten().filter_map(|page| self.read(page)));
            cursor = told["next_cursor"].clone();
            if cursor.is_null() || found.len() >= most as usize {
                found.truncate(most as usize);
                return Ok(found);
            }
        }
    }

    /// The page of a lead.
    async fn of(&self, lead: LeadId) -> Result<Option<(Place<'_>, Kept)>, StoreError> {
        let mut found = Vec::new();
        // Forms without a text field have the id as their title, which is asked for in another way.
        for kind in [ColumnType::RichText, ColumnType::Title] {
            if found.is_empty() && self.columns().any(|(name, of)| name == "Lead id" && of == kind) {
                let filter = json!({ "property": "Lead id", kind.name(): { "equals": lead } });
                found = self.find(filter, json!([]), 1).await?;
            }
        }
        Ok(found.pop())
    }

    /// Every column of every form.
    fn columns(&self) -> impl Iterator<Item = (String, ColumnType)> {
        let places = self.contract.registry.forms.iter().filter_map(|form| self.place(form.id.as_str()));
        places.flat_map(|place| place.columns.into_iter().map(|column| (column.name, column.kind)))
    }

    async fn write(&self, place: &Place<'_>, kept: &Kept) -> Result<(), StoreError> {
        let change = json!({ "properties": properties::write_state(&place.columns, &kept.state) });
        self.api.change(&kept.page, &change).await.map(drop).map_err(StoreError::from)
    }

    /// Those that a filter means, with its state left to the caller: it is of deliveries, not of leads.
    async fn meant(&self, filter: &Filter) -> Result<Vec<(Place<'_>, Kept)>, StoreError> {
        let mut found = match filter.lead {
            Some(lead) => self.of(lead).await?.into_iter().collect(),
            None => {
                let since = moment(filter.since.unwrap_or(Timestamp::UNIX_EPOCH));
                let asked = json!({ "property": "Received", "date": { "on_or_after": since } });
                let sorts = json!([{ "property": "Received", "direction": "descending" }]);
                // What is sorted out below is sorted out before it is counted.
                let most = if filter.held.is_some() || filter.state.is_some() { u32::MAX } else { filter.most.unwrap_or(u32::MAX) };
                self.find(asked, sorts, most).await?
            }
        };
        found.retain(|(_, kept)| {
            filter.held.is_none_or(|held| held != kept.lead.held.is_empty()) && filter.since.is_none_or(|since| kept.lead.received >= since)
        });
        Ok(found)
    }

    /// Makes a lead's page. After an unclear end it is looked for: whether it was made decides whether the lead is accepted.
    async fn make(&self, entry: &Entry) -> Result<(), StoreError> {
        let form = entry.lead.form.as_str();
        let place = self.place(form).ok_or_else(|| StoreError::Failed("the form delivers no page".to_owned()))?;
        let state = State::new(entry, &place.sink);
        match self.api.create(properties::write(&place.columns, &entry.lead, Some(&state))).await {
            Ok(_) => Ok(()),
            Err(fault) => match self.of(entry.lead.id).await {
                Ok(Some(_)) => Ok(()),
                _ => Err(fault.into()),
            },
        }
    }
}

#[async_trait]
impl Store for NotionStore {
    async fn accept(&self, entry: &Entry) -> Result<Accepted, StoreError> {
        let _turn = self.turn(&entry.key).await;
        let same_key = json!({ "property": "Idempotency key", "rich_text": { "equals": entry.key } });
        if let Some((_, kept)) = self.find(same_key, json!([]), 1).await?.pop() {
            let is_same = kept.state.fingerprint == entry.fingerprint;
            return Ok(if is_same { Accepted::Replayed(kept.id()) } else { Accepted::OtherBody });
        }
        if let Err(forbidden) = self.memory.reserve(entry, self.clock.now()) {
            return Ok(forbidden);
        }
        match self.make(entry).await {
            Ok(()) => Ok(Accepted::New),
            Err(error) => {
                self.memory.release(entry);
                Err(error)
            }
        }
    }

    async fn claim(&self, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<Claim>, StoreError> {
        let is_stopped = |stopped: &Stopped| stopped.until.is_none_or(|until| until > now);
        let stopped: Vec<SinkId> = self.memory.stopped().into_iter().filter(is_stopped).map(|stopped| stopped.sink).collect();
        let due = json!({ "property": "Next attempt", "date": { "on_or_before": moment(now) } });
        let sorts = json!([{ "property": "Next attempt", "direction": "ascending" }]);
        let mut claims = Vec::new();
        for (place, kept) in self.find(due, sorts, most).await? {
            if claims.len() >= most as usize {
                break;
            }
            let _turn = self.turn(kept.id()).await;
            // Read again: since the query, another one may have taken it.
            let Some((_, mut kept)) = self.read(&self.api.page(&kept.page).await?) else { continue };
            // The lease names its page, so that its outcome is written without a search.
            let token = format!("{} {}", kept.page, uuid::Uuid::now_v7());
            let rows = kept.state.take(now, lease, &token, &stopped);
            if rows.is_empty() {
                continue;
            }
            self.write(&place, &kept).await?;
            // The last writer wins: who does not find its own lease there has lost.
            let written = self.api.page(&kept.page).await?;
            if self.read(&written).is_some_and(|(_, kept)| kept.state.is_taken(&token)) {
                claims.extend(rows.into_iter().map(|row| Claim { row, lead: kept.lead.clone(), lease: token.clone() }));
            }
        }
        Ok(claims)
    }

    async fn settle(&self, claim: &Claim, settled: &Settled) -> Result<bool, StoreError> {
        let _turn = self.turn(claim.lead.id).await;
        let Some((page, _)) = claim.lease.split_once(' ') else { return Ok(false) };
        let Some((place, mut kept)) = self.read(&self.api.page(page).await?) else { return Ok(false) };
        let is_held = kept.state.settle(&claim.row.sink, &claim.lease, settled);
        if is_held {
            self.write(&place, &kept).await?;
        }
        Ok(is_held)
    }

    async fn stop(&self, sink: &SinkId, stopped: Option<&Stopped>) -> Result<(), StoreError> {
        self.memory.stop(sink, stopped);
        Ok(())
    }

    async fn stopped(&self) -> Result<Vec<Stopped>, StoreError> {
        Ok(self.memory.stopped())
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        let rows = self.deliveries(&Filter::default()).await?;
        let count = |state: DeliveryState| rows.iter().filter(|row| row.state == state).count() as u64;
        let due = rows.iter().filter(|row| row.state == DeliveryState::Pending && row.due <= now).map(|row| row.due);
        Ok(Counts {
            pending: count(DeliveryState::Pending),
            held: count(DeliveryState::Held),
            dead: count(DeliveryState::Dead),
            oldest_due: due.min(),
        })
    }

    async fn count(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        Ok(self.memory.count(limit, window, now))
    }

    async fn level(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        Ok(self.memory.level(limit, window, now))
    }

    async fn leads(&self, filter: &Filter) -> Result<Vec<Lead>, StoreError> {
        let is_meant = |kept: &Kept| filter.state.is_none_or(|state| kept.state.rows.iter().any(|row| row.row.state == state));
        let mut leads: Vec<Lead> =
            self.meant(filter).await?.into_iter().map(|(_, kept)| kept).filter(is_meant).map(|kept| kept.lead).collect();
        leads.truncate(filter.most.map_or(usize::MAX, |most| most as usize));
        Ok(leads)
    }

    async fn deliveries(&self, filter: &Filter) -> Result<Vec<OutboxRow>, StoreError> {
        let found = self.meant(&Filter { most: None, ..filter.clone() }).await?;
        let mut rows: Vec<OutboxRow> = found.iter().flat_map(|(place, kept)| kept.rows(&place.sink)).collect();
        rows.retain(|row| filter.state.is_none_or(|state| state == row.state));
        rows.truncate(filter.most.map_or(usize::MAX, |most| most as usize));
        Ok(rows)
    }

    async fn retry(&self, filter: &Filter, now: Timestamp) -> Result<u64, StoreError> {
        let mut count = 0;
        for (_, kept) in self.meant(filter).await? {
            let _turn = self.turn(kept.id()).await;
            let Some((place, mut kept)) = self.of(kept.id()).await? else { continue };
            let taken_up = kept.state.retry(filter.state, now);
            if taken_up > 0 {
                self.write(&place, &kept).await?;
                count += taken_up;
            }
        }
        Ok(count)
    }

    async fn erase(&self, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, StoreError> {
        let _turn = self.turn(lead).await;
        let Some((place, kept)) = self.of(lead).await? else { return Ok(None) };
        self.api.discard(&kept.page, columns::typed(&place.columns)).await?;
        Ok(Some(kept.rows(&place.sink)))
    }

    async fn ran(&self, job: &str, now: Timestamp) -> Result<(), StoreError> {
        self.memory.ran(job, now);
        Ok(())
    }

    async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.memory.last_run(job))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let data_source = self.api.data_source().await.map_err(StoreError::Unreachable)?;
        let places = self.contract.registry.forms.iter().filter_map(|form| self.place(form.id.as_str()));
        let missing: Vec<String> = places.flat_map(|place| columns::differences(columns::typed(&place.columns), &data_source)).collect();
        if missing.is_empty() { Ok(()) } else { Err(StoreError::Failed(missing.join("; "))) }
    }
}

impl std::fmt::Debug for NotionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NotionStore")
    }
}
