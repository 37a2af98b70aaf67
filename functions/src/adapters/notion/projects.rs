//! Clients' projects in Notion, for a site without a database: a data source of projects, and one of what belongs to them.
//!
//! People write there too. A row that lacks what it needs is left out, and what nobody has filled in counts as planned.

mod codes;
mod project;
mod retention;
mod step;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::{Fault, ProjectsApi};
use super::columns::{ColumnType, differences};
use super::properties;
use crate::ports::{ProjectSource, Projects, Retains, Spent, StoreError};
use crate::project::{CodeHash, Issued, Progress, Project, ProjectId};
use codes::Codes;
use step::Step;

/// The columns of projects.
pub const PROJECTS: [(&str, ColumnType); 9] = [
    ("Name", ColumnType::Title),
    ("Project id", ColumnType::RichText),
    ("Status", ColumnType::Select),
    ("Start", ColumnType::Date),
    ("End", ColumnType::Date),
    ("Closed", ColumnType::Date),
    ("Language", ColumnType::Select),
    ("Stripe customer", ColumnType::RichText),
    ("Codes", ColumnType::RichText),
];

/// The columns of what belongs to a project. `Phase` relates to a row of the same data source.
pub const STEPS: [(&str, ColumnType); 11] = [
    ("Name", ColumnType::Title),
    ("Project", ColumnType::Relation),
    ("Kind", ColumnType::Select),
    ("Phase", ColumnType::Relation),
    ("Order", ColumnType::Number),
    ("Status", ColumnType::Select),
    ("Start", ColumnType::Date),
    ("End", ColumnType::Date),
    ("Day", ColumnType::Date),
    ("Link", ColumnType::Url),
    ("Text", ColumnType::RichText),
];

/// What a row of the second can be: the options of its column `Kind`.
pub const STEP_KINDS: [&str; 4] = ["Phase", "Milestone", "Deliverable", "Update"];

/// How a project or a part of it stands: the options of the columns `Status`.
pub const PROGRESS: [(&str, Progress); 5] = [
    ("Planned", Progress::Planned),
    ("In progress", Progress::InProgress),
    ("Waiting", Progress::Waiting),
    ("Done", Progress::Done),
    ("Cancelled", Progress::Cancelled),
];

/// The rows of one answer: half of the most, since an answer with a hundred long updates is more than we take.
const ROWS: u32 = 50;

/// Projects in Notion.
#[derive(Debug)]
pub struct NotionProjects {
    api: ProjectsApi,
}

impl NotionProjects {
    /// Over the two data sources of a connection.
    pub fn new(api: ProjectsApi) -> Self {
        Self { api }
    }

    /// The rows of projects in whose column this text stands, or is a part.
    async fn found(&self, column: &str, operator: &str, text: &str) -> Result<Vec<Value>, Fault> {
        self.api.projects.all(&json!({ "property": column, "rich_text": { operator: text } }), ROWS).await
    }

    /// The row of a project: its id in Notion, and itself.
    async fn row(&self, project: &ProjectId) -> Result<Option<(String, Value)>, Fault> {
        let rows = self.found("Project id", "equals", &project.0).await?;
        Ok(rows.into_iter().find_map(|row| Some((row["id"].as_str()?.to_owned(), row))))
    }

    /// What belongs to a project's row.
    async fn steps(&self, row: &str) -> Result<Vec<Value>, Fault> {
        self.api.steps.all(&json!({ "property": "Project", "relation": { "contains": row } }), ROWS).await
    }

    async fn put_one(&self, project: &Project) -> Result<(), Fault> {
        let properties = project::write(project);
        let row = match self.row(&project.id).await? {
            Some((row, _)) => self.api.projects.change(&row, &json!({ "properties": properties })).await.map(|_| row)?,
            None => self.api.projects.create(properties).await?,
        };
        let rows = self.steps(&row).await?;
        let mut known: Vec<(&str, Step)> = rows.iter().filter_map(|row| Some((row["id"].as_str()?, Step::read(row)?))).collect();
        let mut phases: Vec<String> = Vec::new();
        for (phase, mut step) in step::of(project) {
            // Phases come before what is in them, so that theirs is written by now.
            step.phase = phase.map(|at| phases[at].clone());
            let id = self.put_step(&row, &step, &mut known).await?;
            if step.is_phase() {
                phases.push(id);
            }
        }
        for (gone, _) in known {
            self.api.steps.discard(gone, STEPS.into_iter()).await?;
        }
        Ok(())
    }

    /// Writes a step over one of the same kind and name, which is taken out of `known`, or as a new one; its id. One that is as it should be
    /// costs no call, so that a long project that Notion cut short is finished by putting it again.
    async fn put_step(&self, row: &str, step: &Step, known: &mut Vec<(&str, Step)>) -> Result<String, Fault> {
        let at = known.iter().position(|(_, other)| other == step).or_else(|| known.iter().position(|(_, other)| other.is_like(step)));
        let Some((id, before)) = at.map(|at| known.remove(at)) else { return self.api.steps.create(step.write(row)).await };
        if before != *step {
            self.api.steps.change(id, &json!({ "properties": step.write(row) })).await?;
        }
        Ok(id.to_owned())
    }

    async fn write_codes(&self, row: &str, codes: &Codes) -> Result<(), Fault> {
        self.api.projects.change(row, &json!({ "properties": { "Codes": codes.write() } })).await.map(drop)
    }
}

#[async_trait]
impl ProjectSource for NotionProjects {
    fn name(&self) -> &'static str {
        "notion"
    }

    async fn open(&self, code: &CodeHash, _: Option<&Spent>) -> Result<Option<Project>, StoreError> {
        // Notion compares as it likes, with capitals or without: what it finds is looked at again.
        for row in self.found("Codes", "contains", &code.0).await? {
            if Codes::read(&row).opens(code)
                && let (Some(id), Some(project)) = (row["id"].as_str(), project::read(&row))
            {
                return Ok(Some(step::add(project, &self.steps(id).await?)));
            }
        }
        Ok(None)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let (projects, steps) = (self.api.projects.data_source().await, self.api.steps.data_source().await);
        let mut lacking = differences(PROJECTS, &projects.map_err(StoreError::Unreachable)?);
        lacking.extend(differences(STEPS, &steps.map_err(StoreError::Unreachable)?));
        if lacking.is_empty() { Ok(()) } else { Err(StoreError::Failed(lacking.join("; "))) }
    }

    fn retained(self: Arc<Self>) -> Option<Arc<dyn Retains>> {
        Some(self)
    }
}

#[async_trait]
impl Projects for NotionProjects {
    async fn list(&self) -> Result<Vec<Project>, StoreError> {
        let (rows, steps) = (self.api.projects.all(&Value::Null, ROWS).await?, self.api.steps.all(&Value::Null, ROWS).await?);
        let mut by_row: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for step in steps {
            if let Some(row) = properties::text(ColumnType::Relation, &step["properties"]["Project"]) {
                by_row.entry(row).or_default().push(step);
            }
        }
        let whole = |row: &Value| Some(step::add(project::read(row)?, &by_row.remove(row["id"].as_str()?).unwrap_or_default()));
        let mut projects: Vec<Project> = rows.iter().filter_map(whole).collect();
        projects.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(projects)
    }

    async fn put(&self, projects: &[Project]) -> Result<(), StoreError> {
        for project in projects {
            self.put_one(project).await?;
        }
        Ok(())
    }

    async fn issue(&self, code: &CodeHash, issued: &Issued) -> Result<bool, StoreError> {
        let Some((id, row)) = self.row(&issued.project).await? else { return Ok(false) };
        let mut codes = Codes::read(&row);
        codes.add(code, issued);
        self.write_codes(&id, &codes).await?;
        Ok(true)
    }

    async fn revoke(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        for row in self.found("Codes", "contains", id).await? {
            let mut codes = Codes::read(&row);
            if let (Some(row), Some(is_changed)) = (row["id"].as_str(), codes.revoke(id, now)) {
                if is_changed {
                    self.write_codes(row, &codes).await?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn codes(&self) -> Result<Vec<(CodeHash, Issued)>, StoreError> {
        let rows = self.api.projects.all(&Value::Null, ROWS).await?;
        let of = |row: &Value| Some(Codes::read(row).issued(&project::read(row)?.id));
        let mut codes: Vec<(CodeHash, Issued)> = rows.iter().filter_map(of).flatten().collect();
        codes.sort_by(|(_, a), (_, b)| b.made.cmp(&a.made).then_with(|| a.id.cmp(&b.id)));
        Ok(codes)
    }
}

/// A column that is blank where there is no value.
fn property(kind: ColumnType, value: Option<Value>) -> Value {
    value.map_or_else(|| properties::blank(kind), |value| properties::property(kind, &value))
}

/// How something stands; nobody has said otherwise of what is planned.
fn progress(row: &Value) -> Progress {
    let text = properties::text(ColumnType::Select, &row["properties"]["Status"]).unwrap_or_default();
    PROGRESS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)).map_or(Progress::Planned, |(_, progress)| progress)
}

/// What a column says of it.
fn progress_name(progress: Progress) -> Value {
    let (name, _) = PROGRESS.into_iter().find(|(_, known)| *known == progress).expect("every progress has its name");
    json!(name)
}

/// The day in a column. Notion writes a moment where somebody has set a time beside it: what counts is its day there.
fn day(row: &Value, column: &str) -> Option<jiff::civil::Date> {
    properties::text(ColumnType::Date, &row["properties"][column])?.get(..10)?.parse().ok()
}
