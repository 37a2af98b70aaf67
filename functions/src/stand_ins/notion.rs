//! Notion: data sources of leads, of projects and of their steps, which take what Notion takes.

use std::collections::BTreeMap;
use std::sync::Mutex;

use registry::contract::Contract;
use registry::model::DeliveryKind;
use serde_json::{Map, Value, json};

use super::desk::{Call, Desk, Fault, Reply, Service, lock};
use super::notion_rules::{self as rules, Refusal, Schema};
use crate::adapters::notion::{ColumnType, PROJECTS, STEPS, Use, columns};
use crate::config::{self, Config};

/// The stand-in.
pub struct Notion(Desk<Workspace>);

struct Workspace {
    kept: Mutex<Kept>,
}

struct Kept {
    /// Data sources by their ids.
    sources: BTreeMap<&'static str, Schema>,
    /// Pages in the order in which they were made.
    pages: Vec<Page>,
    /// The bytes of the largest file that it takes.
    largest_file: u64,
}

/// The bytes of the largest file that a workspace takes: one that is paid for, and one that is not.
const PAID_FILES: u64 = 5 << 30;
const FREE_FILES: u64 = 5 << 20;

struct Page {
    id: String,
    /// The data source that it is a row of.
    source: &'static str,
    properties: BTreeMap<String, Value>,
    archived: bool,
}

impl Notion {
    /// The token of the connection for leads.
    pub const TOKEN: &str = "ntn_stand_in";
    /// The data source that it has access to.
    pub const LEADS: &str = "11111111-2222-4333-8444-555555555555";
    /// The token of the connection for projects.
    pub const PROJECTS_TOKEN: &str = "ntn_stand_in_projects";
    /// The data source of projects, to which that one has access,
    pub const PROJECTS: &str = "11111111-2222-4333-8444-666666666666";
    /// and that of what belongs to them.
    pub const STEPS: &str = "11111111-2222-4333-8444-777777777777";

    /// With the columns that a site's forms need, and those of projects.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start(contract: &Contract) -> std::io::Result<Self> {
        let schema = |columns: &[(&str, ColumnType)]| columns.iter().map(|&(name, kind)| (name.to_owned(), kind)).collect();
        let sources = [(Self::LEADS, Schema::new()), (Self::PROJECTS, schema(&PROJECTS)), (Self::STEPS, schema(&STEPS))].into();
        let this = Self(Desk::start(Workspace { kept: Mutex::new(Kept { sources, pages: Vec::new(), largest_file: PAID_FILES }) }).await?);
        this.add_columns(contract);
        Ok(this)
    }

    /// Has the workspace be one that nobody pays for.
    pub fn be_free(&self) {
        lock(&self.0.service.kept).largest_file = FREE_FILES;
    }

    /// Adds the columns that a site's forms need, as its operators would. Those that are there stay.
    pub fn add_columns(&self, contract: &Contract) {
        let mut kept = lock(&self.0.service.kept);
        let schema = kept.sources.entry(Self::LEADS).or_default();
        for form in &contract.registry.forms {
            for delivery in form.deliver.iter().filter(|delivery| delivery.kind == DeliveryKind::Page) {
                let needed = columns(&contract.registry, form, delivery, Use::Store);
                schema.extend(needed.into_iter().map(|column| (column.name, column.kind)));
            }
        }
    }

    /// Has a configuration use it for leads.
    pub fn configure(&self, config: &mut Config) {
        config.addresses.notion = self.0.address().to_owned();
        config.notion = Some(config::Notion { token: Self::TOKEN.to_owned().into(), leads: Self::LEADS.to_owned() });
    }

    /// Has a configuration use it for projects.
    pub fn configure_projects(&self, config: &mut Config) {
        let [projects, steps] = [Self::PROJECTS, Self::STEPS].map(str::to_owned);
        config.addresses.notion = self.0.address().to_owned();
        config.notion_projects = Some(config::NotionProjects { token: Self::PROJECTS_TOKEN.to_owned().into(), projects, steps });
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

    /// The leads that are there: the ids and properties of their pages, as Notion describes them.
    pub fn pages(&self) -> Vec<Value> {
        self.rows(Self::LEADS)
    }

    /// The pages of a data source.
    pub fn rows(&self, source: &str) -> Vec<Value> {
        let kept = lock(&self.0.service.kept);
        let rows = kept.pages.iter().filter(|page| page.source == source && !page.archived);
        rows.map(|page| page.described(&kept.sources[page.source])).collect()
    }

    /// Adds a page to a data source, as somebody in the workspace may.
    ///
    /// # Panics
    /// Notion has no such data source, or would not take these properties.
    pub fn add_row(&self, source: &str, properties: &Value) {
        let mut kept = lock(&self.0.service.kept);
        let Kept { sources, pages, .. } = &mut *kept;
        let (source, schema) = sources.get_key_value(source).expect("tests name the data sources that there are");
        let Ok(properties) = rules::properties(properties, schema) else { panic!("these are no properties of this data source") };
        let id = format!("22222222-2222-4222-8222-{:012}", pages.len() + 1);
        pages.push(Page { id, source, properties, archived: false });
    }

    /// Takes a column away, as somebody in the workspace may.
    pub fn drop_column(&self, name: &str) {
        lock(&self.0.service.kept).sources.values_mut().for_each(|schema| _ = schema.remove(name));
    }
}

impl Service for Workspace {
    fn answer(&self, call: &Call) -> Reply {
        let done = rules::check_call(call, &[Notion::TOKEN, Notion::PROJECTS_TOKEN]).and_then(|()| self.carry_out(call));
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

/// Whether a connection was given access to a data source.
fn is_shared(token: Option<&str>, source: &str) -> bool {
    if source == Notion::LEADS { token == Some(Notion::TOKEN) } else { token == Some(Notion::PROJECTS_TOKEN) }
}

impl Workspace {
    fn carry_out(&self, call: &Call) -> Result<Value, Refusal> {
        let mut kept = lock(&self.kept);
        let Kept { sources, pages, largest_file } = &mut *kept;
        let (token, missing) = (call.bearer(), || Refusal::missing("data source"));
        let source = |id: &str| {
            let found = sources.get_key_value(id).filter(|(id, _)| is_shared(token, id));
            found.map(|(id, schema)| (*id, schema)).ok_or_else(missing)
        };
        let path: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match (call.method.as_str(), path.as_slice()) {
            ("POST", ["v1", "pages"]) => {
                rules::check_keys(&call.body, &["parent", "properties"])?;
                let (source, schema) = source(rules::parent(&call.body["parent"])?)?;
                let properties = rules::properties(&call.body["properties"], schema)?;
                let id = format!("22222222-2222-4222-8222-{:012}", pages.len() + 1);
                pages.push(Page { id, source, properties, archived: false });
                Ok(pages[pages.len() - 1].described(schema))
            }
            (method @ ("GET" | "PATCH"), ["v1", "pages", id]) => {
                let page = pages.iter_mut().find(|page| page.id == *id && is_shared(token, page.source));
                let page = page.ok_or_else(|| Refusal::missing("page"))?;
                let (_, schema) = source(page.source)?;
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
            ("GET", ["v1", "users", "me"]) => {
                let limits = json!({ "max_file_upload_size_in_bytes": largest_file });
                Ok(json!({ "object": "user", "type": "bot", "bot": { "workspace_limits": limits } }))
            }
            ("GET", ["v1", "data_sources", id]) => {
                let (id, schema) = source(id)?;
                let properties = schema.iter().map(|(name, kind)| (name.clone(), described_column(name, *kind)));
                let properties: Map<String, Value> = properties.collect();
                Ok(json!({ "object": "data_source", "id": id, "properties": properties }))
            }
            ("POST", ["v1", "data_sources", id, "query"]) => {
                let (source, schema) = source(id)?;
                let query = rules::Query::of(&call.body, schema)?;
                let rows = pages.iter().filter(|page| page.source == source && !page.archived);
                let mut found: Vec<&Page> = rows.filter(|page| query.matches(&page.properties)).collect();
                query.sort(&mut found, |page| &page.properties);
                let end = (query.start + query.size).min(found.len());
                let results: Vec<Value> = found[query.start.min(end)..end].iter().map(|page| page.described(schema)).collect();
                let next = (end < found.len()).then(|| end.to_string());
                Ok(json!({ "object": "list", "results": results, "has_more": next.is_some(), "next_cursor": next }))
            }
            (_, ["v1", "data_sources", ..]) => Err(missing()),
            _ => Err(Refusal { status: 400, code: "invalid_request_url".to_owned(), message: "Invalid request URL.".to_owned() }),
        }
    }
}

impl Page {
    /// It as Notion shows it: with every column, blank ones as well.
    fn described(&self, schema: &Schema) -> Value {
        let property = |(name, kind): (&String, &ColumnType)| {
            let blank = match kind {
                ColumnType::Title | ColumnType::RichText | ColumnType::Relation => json!([]),
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
