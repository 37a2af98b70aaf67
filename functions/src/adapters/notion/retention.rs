//! What is past its period goes from the data source of leads: pages to the trash, blank, since Notion keeps what is there for a month.
//!
//! Pages that a database delivered here go as well. They know of no later contact than the day they came; what the database still holds stays.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::derive::deliveries;
use registry::derive::retention::Record;
use registry::model::{DeliveryKind, Form, FormId, Since, Then};
use serde_json::{Value, json};

use super::columns::{self, Column, ColumnType, Holds, Use};
use super::properties::{self, moment};
use super::store::{NotionStore, PAGES};
use crate::lead::LeadId;
use crate::ports::{CUT, Held, Over, Retains, StoreError};

/// A lead's page, whoever made it.
struct Kept<'a> {
    page: String,
    lead: LeadId,
    columns: Vec<Column<'a>>,
    begun: BTreeMap<Since, Timestamp>,
    /// What it was read from.
    described: Value,
}

#[async_trait]
impl Retains for NotionStore {
    fn name(&self) -> &'static str {
        "notion"
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.memory.sweep(now))
    }

    /// Each is a call, of which Notion takes three a second.
    fn at_once(&self) -> u32 {
        10
    }

    async fn held(&self, over: &Over) -> Result<Option<Held>, StoreError> {
        let Some(asked) = Asked::of(self, over) else { return Ok(None) };
        let all = self.pages(&asked, asked.filter(None), usize::MAX).await?;
        let (past, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|kept| asked.is_over(kept));
        let next = rest.iter().map(|kept| &kept.begun).min_by_key(|begun| begun.get(&Since::LastContact)).cloned();
        Ok(Some(Held { over: past.len() as u64, rest: rest.len() as u64, next }))
    }

    async fn expire(&self, over: &Over, most: u32) -> Result<u64, StoreError> {
        let Some(asked) = Asked::of(self, over) else { return Ok(0) };
        let earliest = over.before.values().min().copied().unwrap_or(Timestamp::MAX);
        let mut gone = 0;
        for kept in self.pages(&asked, asked.filter(Some(earliest)), most as usize).await? {
            let _turn = self.turn(kept.lead).await;
            match asked.rest(&kept) {
                None => self.api.discard(&kept.page, columns::typed(&kept.columns)).await?,
                Some(properties) => match self.api.change(&kept.page, &json!({ "properties": properties })).await {
                    // Whoever was faster has thrown the page away.
                    Err(fault) if !self.api.is_gone(&kept.page).await => return Err(fault.into()),
                    _ => {}
                },
            }
            gone += 1;
        }
        Ok(gone)
    }
}

impl NotionStore {
    /// The pages that a filter finds, the oldest first: at most so many of those that are over, or all where there is no limit.
    async fn pages<'a>(&'a self, asked: &Asked<'a>, filter: Value, most: usize) -> Result<Vec<Kept<'a>>, StoreError> {
        let (mut found, mut cursor) = (Vec::new(), Value::Null);
        let sorts = json!([{ "property": "Received", "direction": "ascending" }]);
        loop {
            let mut query = json!({ "filter": filter, "sorts": sorts, "page_size": PAGES });
            if !cursor.is_null() {
                query["start_cursor"] = cursor;
            }
            let told = self.api.query(&query).await?;
            let pages = told["results"].as_array().into_iter().flatten().filter_map(|page| asked.read(self, page));
            found.extend(pages.filter(|kept| most == usize::MAX || asked.is_over(kept)));
            cursor = told["next_cursor"].clone();
            if cursor.is_null() || found.len() >= most {
                found.truncate(most);
                return Ok(found);
            }
        }
    }
}

/// What is asked for.
struct Asked<'a> {
    over: Over,
    form: &'a Form,
    /// The column of what was noted, where it is not the whole page.
    noted: Option<Column<'a>>,
    store: Vec<Column<'a>>,
    sink: Vec<Column<'a>>,
}

impl<'a> Asked<'a> {
    /// None where no such record is kept here.
    fn of(store: &'a NotionStore, over: &Over) -> Option<Self> {
        let (id, kind): (&FormId, _) = match &over.record {
            Record::Lead(form) => (form, None),
            Record::Capture(form, kind) => (form, Some(*kind)),
            Record::Project | Record::Receipt | Record::Request | Record::Notice => return None,
        };
        let registry = &store.contract.registry;
        let form = registry.form(id)?;
        let delivery = form.deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Page)?;
        let columns = |of| columns::of(form, &deliveries::declared(registry, form, delivery), of);
        let (kept, sink) = (columns(Use::Store), columns(Use::Sink));
        let noted = match kind {
            Some(kind) => Some(sink.iter().find(|column| column.holds == Holds::Capture(kind))?.clone()),
            None => None,
        };
        Some(Self { over: over.clone(), form, noted, store: kept, sink })
    }

    fn is_over(&self, kept: &Kept<'_>) -> bool {
        let stays = self.noted.is_none() && self.over.spared.contains(&kept.lead);
        self.over.is_over(&kept.begun) && !stays
    }

    /// The filter for pages of the form that came by some time and still have what is asked for.
    fn filter(&self, received: Option<Timestamp>) -> Value {
        let of = self.sink.iter().find(|column| column.holds == Holds::Form).expect("every table of columns has one for the form");
        let mut all = vec![json!({ "property": of.name, of.kind.name(): { "equals": self.form.id } })];
        all.extend(received.map(|by| json!({ "property": "Received", "date": { "on_or_before": moment(by) } })));
        if let Some(column) = &self.noted {
            all.push(json!({ "property": column.name, "rich_text": { "is_not_empty": true } }));
            if self.over.then == Then::Anonymise {
                all.push(json!({ "property": column.name, "rich_text": { "does_not_contain": CUT.to_string() } }));
            }
        }
        json!({ "and": all })
    }

    /// A page, as the store wrote it or as it was delivered; none where somebody made it by hand.
    fn read(&self, store: &NotionStore, page: &Value) -> Option<Kept<'a>> {
        let id = page["id"].as_str()?.to_owned();
        if let Some((_, kept)) = store.read(page) {
            let begun = BTreeMap::from([(Since::Received, kept.state.received), (Since::LastContact, kept.state.contacted)]);
            return Some(Kept { page: id, lead: kept.id(), columns: self.store.clone(), begun, described: page.clone() });
        }
        let text = |holds: Holds<'_>| {
            let column = self.sink.iter().find(|column| column.holds == holds)?;
            properties::text(column.kind, &page["properties"][&column.name])
        };
        let (lead, received): (LeadId, Timestamp) = (text(Holds::Lead)?.parse().ok()?, text(Holds::Received)?.parse().ok()?);
        let begun = BTreeMap::from([(Since::Received, received), (Since::LastContact, received)]);
        Some(Kept { page: id, lead, columns: self.sink.clone(), begun, described: page.clone() })
    }

    /// What becomes of what was noted on a page; none where the whole page goes.
    fn rest(&self, kept: &Kept<'_>) -> Option<Value> {
        let column = self.noted.as_ref()?;
        let text = properties::text(ColumnType::RichText, &kept.described["properties"][&column.name]).unwrap_or_default();
        let pieces: Vec<Value> =
            self.over.rest_of(&text).into_iter().map(|rest| json!({ "type": "text", "text": { "content": rest } })).collect();
        Some(json!({ &column.name: { "rich_text": pieces } }))
    }
}
