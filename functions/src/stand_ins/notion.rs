//! Notion: a data source of leads that takes what Notion takes.

use std::collections::BTreeMap;
use std::sync::Mutex;

use registry::contract::Contract;
use registry::model::DeliveryKind;
use serde_json::{Map, Value, json};

use super::desk::{Call, Desk, Fault, Reply, Service, lock};
use super::notion_rules::{self as rules, Refusal, Schema};
use crate::adapters::notion::{ColumnType, Use, columns};
use crate::config::{self, Config};

/// The stand-in.
pub struct Notion(Desk<Workspace>);

struct Workspace {
    kept: Mutex<Kept>,
}

struct Kept {
    schema: Schema,
    /// Pages in the order in which they were made.
    pages: Vec<Page>,
}

struct Page {
    id: String,
    properties: BTreeMap<String, Value>,
    archived: bool,
}

impl Notion {
    /// The token that it knows.
    pub const TOKEN: &str = "ntn_stand_in";
    /// The data source that it has.
    pub const LEADS: &str = "11111111-2222-4333-8444-555555555555";

    /// With the columns that a site's forms need.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start(contract: &Contract) -> std::io::Result<Self> {
        let this = Self(Desk::start(Workspace { kept: Mutex::new(Kept { schema: Schema::new(), pages: Vec::new() }) }).await?);
        this.add_columns(contract);
        Ok(this)
    }

    /// Adds the columns that a site's forms need, as its operators would. Those that are there stay.
    pub fn add_columns(&self, contract: &Contract) {
        let mut kept = lock(&self.0.service.kept);
        for form in &contract.registry.forms {
            for delivery in form.deliver.iter().filter(|delivery| delivery.kind == DeliveryKind::Page) {
                let needed = columns(&contract.registry, form, delivery, Use::Store);
                kept.schema.extend(needed.into_iter().map(|column| (column.name, column.kind)));
            }
        }
    }

    /// Has a configuration use it.
    pub fn configure(&self, config: &mut Config) {
        config.addresses.notion = self.0.address().to_owned();
        config.notion = Some(config::Notion { token: Self::TOKEN.to_owned().into(), leads: Self::LEADS.to_owned() });
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

    /// The pages that are there: their ids and properties, as Notion describes them.
    pub fn pages(&self) -> Vec<Value> {
        let kept = lock(&self.0.service.kept);
        kept.pages.iter().filter(|page| !page.archived).map(|page| page.described(&kept.schema)).collect()
    }

    /// Takes a column away, as somebody in the workspace may.
    pub fn drop_column(&self, name: &str) {
        lock(&self.0.service.kept).schema.remove(name);
    }
}

impl Service for Workspace {
    fn answer(&self, call: &Call) -> Reply {
        let done = rules::check_call(call, Notion::TOKEN).and_then(|()| self.carry_out(call));
        done.map_or_else(|refusal| refusal.reply(), |body| Reply::json(200, body))
    }

    fn fault(&self, fault: Fault, done: Option<&Reply>) -> Reply {
        let told = |status: u16, code: &str| Refusal { status, code: code.to_owned(), message: "told to".to_owned() }.reply();
        match fault {
            Fault::TooMany(seconds) => Reply { retry_after: Some(seconds), ..told(429, "rate_limited") },
            Fault::Overloaded(seconds) => Reply { retry_after: Some(seconds), ..told(529, "service_overload") },
            Fault::Unauthorized => told(401, "unauthorized"),
            Fault::Forbidden => told(403, "restricted_resource"),
            Fault::Missing | Fault::Gone => told(404, "object_not_found"),
            Fault::Concurrent => told(409, "conflict_error"),
            Fault::Committed => {
                let mut reply = told(503, "service_unavailable");
                reply.body["additional_data"] = json!({ "committed_resource_id": done.map(|done| &done.body["id"]) });
                reply
            }
            _ => told(500, "internal_server_error"),
        }
    }
}

impl Workspace {
    fn carry_out(&self, call: &Call) -> Result<Value, Refusal> {
        let mut kept = lock(&self.kept);
        let Kept { schema, pages } = &mut *kept;
        let path: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match (call.method.as_str(), path.as_slice()) {
            ("POST", ["v1", "pages"]) => {
                rules::check_keys(&call.body, &["parent", "properties"])?;
                rules::check_parent(&call.body["parent"], Notion::LEADS)?;
                let properties = rules::properties(&call.body["properties"], schema)?;
                let id = format!("22222222-2222-4222-8222-{:012}", pages.len() + 1);
                pages.push(Page { id, properties, archived: false });
                Ok(pages[pages.len() - 1].described(schema))
            }
            (method @ ("GET" | "PATCH"), ["v1", "pages", id]) => {
                let page = pages.iter_mut().find(|page| page.id == *id).ok_or_else(|| Refusal::missing("page"))?;
                if method == "PATCH" {
                    rules::check_keys(&call.body, &["properties", "archived"])?;
                    if page.archived {
                        return Err(Refusal::invalid("Can't edit block that is archived. You must unarchive the block before editing."));
                    }
                    page.properties.extend(rules::properties(&call.body["properties"], schema)?);
                    page.archived = call.body["archived"] == true;
                }
                Ok(page.described(schema))
            }
            ("GET", ["v1", "data_sources", Notion::LEADS]) => {
                let properties = schema.iter().map(|(name, kind)| (name.clone(), described_column(name, *kind)));
                let properties: Map<String, Value> = properties.collect();
                Ok(json!({ "object": "data_source", "id": Notion::LEADS, "properties": properties }))
            }
            ("POST", ["v1", "data_sources", Notion::LEADS, "query"]) => {
                let query = rules::Query::of(&call.body, schema)?;
                let mut found: Vec<&Page> = pages.iter().filter(|page| !page.archived && query.matches(&page.properties)).collect();
                query.sort(&mut found, |page| &page.properties);
                let end = (query.start + query.size).min(found.len());
                let results: Vec<Value> = found[query.start.min(end)..end].iter().map(|page| page.described(schema)).collect();
                let next = (end < found.len()).then(|| end.to_string());
                Ok(json!({ "object": "list", "results": results, "has_more": next.is_some(), "next_cursor": next }))
            }
            (_, ["v1", "data_sources", ..]) => Err(Refusal::missing("data source")),
            _ => Err(Refusal { status: 400, code: "invalid_request_url".to_owned(), message: "Invalid request URL.".to_owned() }),
        }
    }
}

impl Page {
    /// It as Notion shows it: with every column, blank ones as well.
    fn described(&self, schema: &Schema) -> Value {
        let property = |(name, kind): (&String, &ColumnType)| {
            let blank = match kind {
                ColumnType::Title | ColumnType::RichText => json!([]),
                ColumnType::Checkbox => json!(false),
                _ => Value::Null,
            };
            let value = self.properties.get(name).cloned().unwrap_or(blank);
            (name.clone(), json!({ "id": name, "type": kind.name(), kind.name(): value }))
        };
        let properties: Map<String, Value> = schema.iter().map(property).collect();
        json!({ "object": "page", "id": self.id, "archived": self.archived, "properties": properties })
    }
}

fn described_column(name: &str, kind: ColumnType) -> Value {
    json!({ "id": name, "name": name, "type": kind.name(), kind.name(): {} })
}
