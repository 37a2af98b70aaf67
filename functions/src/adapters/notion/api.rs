//! Notion's API, as far as it is used here: how it is called, and what its answers mean.

use std::sync::Arc;

use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::adapters::{refused, unanswered};
use crate::config::Config;
use crate::egress::{Answer, Egress};
use crate::lead::{Failure, Outcome};

/// The version of the API whose shapes are used here.
const VERSION: &str = "2025-09-03";

/// A connection to the data source of leads.
#[derive(Clone, Debug)]
pub struct Api {
    egress: Arc<Egress>,
    address: String,
    token: SecretString,
    pub(super) leads: String,
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

impl Api {
    /// The connection that the operators have set; none where that is nothing.
    pub fn of(config: &Config, egress: &Arc<Egress>) -> Option<Self> {
        let notion = config.notion.as_ref()?;
        Some(Self {
            egress: Arc::clone(egress),
            address: config.addresses.notion.clone(),
            token: notion.token.clone(),
            leads: notion.leads.clone(),
        })
    }

    /// The data source of leads with its properties, as Notion describes it.
    ///
    /// # Errors
    /// Why it cannot be had: [`Failure::Refused`] for a wrong token, [`Failure::Missing`] where it is not shared with the connection.
    pub async fn data_source(&self) -> Result<Value, Failure> {
        self.call(Method::GET, &format!("/v1/data_sources/{}", self.leads), None).await.map_err(|fault| fault.failure())
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The pages that a query finds.
    pub(super) async fn query(&self, query: &Value) -> Result<Value, Fault> {
        self.post(&format!("/v1/data_sources/{}/query", self.leads), query).await
    }

    /// A page.
    pub(super) async fn page(&self, page: &str) -> Result<Value, Fault> {
        self.call(Method::GET, &format!("/v1/pages/{page}"), None).await
    }

    /// Changes a page.
    pub(super) async fn change(&self, page: &str, change: &Value) -> Result<Value, Fault> {
        self.call(Method::PATCH, &format!("/v1/pages/{page}"), Some(change)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Fault> {
        let build = |client: &Client| {
            let request = client.request(method, format!("{}{path}", self.address)).bearer_auth(self.token.expose_secret());
            let request = request.header("notion-version", VERSION);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        match self.egress.call(build).await {
            Ok(answer) if answer.is_ok() => match answer.json() {
                Value::Null => Err(Fault::strange()),
                told => Ok(told),
            },
            Ok(answer) => Err(Fault::of(&answer)),
            Err(failure) => Err(Fault { outcome: unanswered(failure), committed: None }),
        }
    }
}
