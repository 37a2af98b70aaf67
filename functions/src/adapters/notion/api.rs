//! Notion's API, as far as it is used here: how it is called, and what its answers mean.

use std::sync::Arc;

use axum::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::columns::ColumnType;
use super::properties;
use crate::adapters::{refused, unanswered};
use crate::config::Config;
use crate::egress::{Answer, Call, Egress};
use crate::lead::{Failure, Outcome};
use crate::ports::StoreError;

/// The version of the API whose shapes are used here.
const VERSION: &str = "2025-09-03";

/// The bytes of the largest file that a free workspace takes; others take a thousand times as much.
const FREE_FILES: u64 = 5 << 20;

/// A connection to a data source.
#[derive(Clone, Debug)]
pub struct Api {
    egress: Arc<Egress>,
    address: String,
    token: SecretString,
    /// The id of the data source.
    source: String,
}

/// The connections to the two data sources of projects.
#[derive(Clone, Debug)]
pub struct ProjectsApi {
    /// That of projects.
    pub projects: Api,
    /// That of what belongs to them.
    pub steps: Api,
}

/// Why a call brought nothing.
#[derive(Debug)]
pub(super) struct Fault {
    outcome: Outcome,
    /// The page that was made all the same.
    pub(super) committed: Option<String>,
}

impl Fault {
    pub(super) fn outcome(self) -> Outcome {
        self.outcome
    }

    pub(super) fn failure(&self) -> Failure {
        crate::adapters::failure(&self.outcome).unwrap_or(Failure::Strange)
    }

    /// An answer whose shape is none of Notion's.
    pub(super) fn strange() -> Self {
        Self { outcome: Outcome::Retry { failure: Failure::Strange, after: None }, committed: None }
    }

    fn of(answer: &Answer) -> Self {
        let told = answer.json();
        let committed = told["additional_data"]["committed_resource_id"].as_str().map(str::to_owned);
        Self { outcome: refused(answer), committed }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        Self::Unreachable(fault.failure())
    }
}

impl Api {
    /// The connection to the leads that the operators have set; none where that is nothing.
    pub fn of(config: &Config, egress: &Arc<Egress>) -> Option<Self> {
        let notion = config.notion.as_ref()?;
        Some(Self::to(&notion.leads, &notion.token, config, egress))
    }

    fn to(source: &str, token: &SecretString, config: &Config, egress: &Arc<Egress>) -> Self {
        let (egress, address) = (Arc::clone(egress), config.addresses.notion.clone());
        Self { egress, address, token: token.clone(), source: source.to_owned() }
    }

    /// The data source with its properties, as Notion describes it.
    ///
    /// # Errors
    /// Why it cannot be had: [`Failure::Refused`] for a wrong token, [`Failure::Missing`] where it is not shared with the connection.
    pub async fn data_source(&self) -> Result<Value, Failure> {
        self.call(Method::GET, &format!("/v1/data_sources/{}", self.source), None).await.map_err(|fault| fault.failure())
    }

    /// Whether the workspace is a free one, which with several members takes no more than 1000 blocks. It is told by the largest file that it takes.
    pub(super) async fn is_free(&self) -> bool {
        let told = self.call(Method::GET, "/v1/users/me", None).await.unwrap_or_default();
        let largest = &told["bot"]["workspace_limits"]["max_file_upload_size_in_bytes"];
        largest.as_u64().is_some_and(|bytes| bytes <= FREE_FILES)
    }

    /// Makes a page; its id. A page that was made although the answer is an error is adopted.
    pub(super) async fn create(&self, properties: Value) -> Result<String, Fault> {
        let parent = json!({ "type": "data_source_id", "data_source_id": self.source });
        match self.post("/v1/pages", &json!({ "parent": parent, "properties": properties })).await {
            Ok(page) => page["id"].as_str().map(str::to_owned).ok_or_else(Fault::strange),
            Err(Fault { committed: Some(page), .. }) => Ok(page),
            Err(fault) => Err(fault),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The pages that a query finds.
    pub(super) async fn query(&self, query: &Value) -> Result<Value, Fault> {
        self.post(&format!("/v1/data_sources/{}/query", self.source), query).await
    }

    /// Every page that a filter finds; with null for a filter, every page there is. `size` of them come in one answer.
    pub(super) async fn all(&self, filter: &Value, size: u32) -> Result<Vec<Value>, Fault> {
        let mut found = Vec::new();
        let mut query = json!({ "page_size": size });
        if !filter.is_null() {
            query["filter"] = filter.clone();
        }
        loop {
            let mut told = self.query(&query).await?;
            let Value::Array(pages) = told["results"].take() else { return Err(Fault::strange()) };
            found.extend(pages);
            query["start_cursor"] = told["next_cursor"].take();
            if query["start_cursor"].is_null() {
                return Ok(found);
            }
        }
    }

    /// A page.
    pub(super) async fn page(&self, page: &str) -> Result<Value, Fault> {
        self.call(Method::GET, &format!("/v1/pages/{page}"), None).await
    }

    /// Changes a page.
    pub(super) async fn change(&self, page: &str, change: &Value) -> Result<Value, Fault> {
        self.call(Method::PATCH, &format!("/v1/pages/{page}"), Some(change)).await
    }

    /// Empties a page, since Notion keeps what is thrown away for a month, and puts it into the trash. One that is there already, or gone, is as
    /// good.
    pub(super) async fn discard<'a>(&self, page: &str, columns: impl Iterator<Item = (&'a str, ColumnType)>) -> Result<(), Fault> {
        let change = json!({ "properties": properties::all_blank(columns), "archived": true });
        match self.change(page, &change).await {
            Err(fault) if !self.is_gone(page).await => Err(fault),
            _ => Ok(()),
        }
    }

    /// Whether a page is in the trash, where it takes no changes, or no longer anywhere.
    pub(super) async fn is_gone(&self, page: &str) -> bool {
        match self.page(page).await {
            Ok(found) => found["archived"] == true,
            Err(fault) => fault.failure() == Failure::Missing,
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Fault> {
        let mut call = Call::new(method, format!("{}{path}", self.address)).bearer(&self.token).header("notion-version", VERSION);
        if let Some(body) = body {
            call = call.json(body);
        }
        match self.egress.call(call).await {
            Ok(answer) if answer.is_ok() => match answer.json() {
                Value::Null => Err(Fault::strange()),
                told => Ok(told),
            },
            Ok(answer) => Err(Fault::of(&answer)),
            Err(failure) => Err(Fault { outcome: unanswered(failure), committed: None }),
        }
    }
}

impl ProjectsApi {
    /// The connection that the operators have set; none where that is nothing.
    pub fn of(config: &Config, egress: &Arc<Egress>) -> Option<Self> {
        let notion = config.notion_projects.as_ref()?;
        let to = |source: &str| Api::to(source, &notion.token, config, egress);
        Some(Self { projects: to(&notion.projects), steps: to(&notion.steps) })
    }
}
