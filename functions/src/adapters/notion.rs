//! Notion: each lead is a page of a data source. It is a sink beside a database, and the store of a site without one, which has its
//! clients' projects here too.

mod api;
mod columns;
mod projects;
mod properties;
mod retention;
mod state;
mod store;

use async_trait::async_trait;
use jiff::Timestamp;
use registry::derive::deliveries::Carried;
use registry::model::{Form, FormId};
use serde_json::{Value, json};

pub use api::{Api, ProjectsApi};
pub use columns::{Column, ColumnType, Use, columns, differences, typed};
pub use projects::{NotionProjects, PROGRESS, PROJECTS, STEP_KINDS, STEPS};
pub use store::NotionStore;

use super::Scope;
use crate::lead::{Failure, LeadId, Outcome, SinkId};
use crate::ports::{Claim, Sink};
use api::Fault;
use columns::Holds;

/// Pages, one a lead.
#[derive(Debug)]
pub(super) struct Page {
    scope: Scope,
    api: Api,
}

impl Page {
    pub(super) fn new(scope: Scope, api: Api) -> Self {
        Self { scope, api }
    }
}

#[async_trait]
impl Sink for Page {
    fn id(&self) -> &SinkId {
        &self.scope.id
    }

    async fn deliver(&self, claim: &Claim, _: Timestamp) -> Outcome {
        let (form, carried) = match self.scope.of(&claim.lead.form) {
            Ok(declared) => declared,
            Err(outcome) => return outcome,
        };
        // Notion recognises no repetition: the page is looked for before one is made. An earlier attempt may have made it, and so may have
        // Notion as the store, while the database that this delivery comes from was out of reach.
        match find(&self.api, form, &carried, claim.lead.id).await {
            Ok(Some(page)) => return Outcome::Sent { reference: Some(page) },
            Ok(None) => {}
            Err(fault) => return fault.outcome(),
        }
        let columns = columns::of(form, &carried, Use::Sink);
        match self.api.create(properties::write(&columns, &claim.lead, None)).await {
            Ok(page) => Outcome::Sent { reference: Some(page) },
            Err(fault) => fault.outcome(),
        }
    }

    async fn erase(&self, lead: LeadId, form: &FormId, reference: Option<&str>) -> Option<Outcome> {
        let (form, carried) = self.scope.of(form).ok()?;
        let page = match reference {
            Some(page) => Ok(Some(page.to_owned())),
            // An attempt that nobody saw the end of may have made a page.
            None => find(&self.api, form, &carried, lead).await,
        };
        let columns = columns::of(form, &carried, Use::Sink);
        Some(match page {
            Ok(Some(page)) => match self.api.discard(&page, columns::typed(&columns)).await {
                Ok(()) => Outcome::Sent { reference: None },
                Err(fault) => fault.outcome(),
            },
            Ok(None) => Outcome::Sent { reference: None },
            Err(fault) => fault.outcome(),
        })
    }

    async fn ready(&self) -> Result<(), Failure> {
        self.api.data_source().await.map(drop)
    }

    async fn warning(&self) -> Option<&'static str> {
        self.api.is_free().await.then_some("free-workspace")
    }
}

/// The page of a lead: its id.
async fn find(api: &Api, form: &Form, carried: &Carried<'_>, lead: LeadId) -> Result<Option<String>, Fault> {
    let columns = columns::of(form, carried, Use::Sink);
    let found = api.query(&json!({ "filter": is_lead(&columns, lead), "page_size": 1 })).await?;
    Ok(found["results"][0]["id"].as_str().map(str::to_owned))
}

/// The filter for the page of a lead.
fn is_lead(columns: &[Column<'_>], lead: LeadId) -> Value {
    let column = columns.iter().find(|column| column.holds == Holds::Lead).expect("every table of columns has one for the lead's id");
    json!({ "property": column.name, column.kind.name(): { "equals": lead } })
}
