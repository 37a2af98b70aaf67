//! Projects whose period is over go: what belongs to one first and its row last, so that a run that was cut short finds it again.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use registry::derive::retention::Record;
use registry::model::Since;
use serde_json::{Value, json};

use super::{NotionProjects, PROJECTS, ROWS, STEPS, day};
use crate::ports::{Held, Over, Retains, StoreError};
use crate::project::end_of_day;

#[async_trait]
impl Retains for NotionProjects {
    fn name(&self) -> &'static str {
        "notion"
    }

    /// What belongs to a project is a call each, of which Notion takes three a second.
    fn at_once(&self) -> u32 {
        1
    }

    async fn held(&self, over: &Over) -> Result<Option<Held>, StoreError> {
        if over.record != Record::Project {
            return Ok(None);
        }
        let all: Vec<_> = self.api.projects.all(&Value::Null, ROWS).await?.iter().map(begun).collect();
        let (past, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|begun| over.is_over(begun));
        let next = rest.iter().filter(|begun| !begun.is_empty()).min_by_key(|begun| begun.get(&Since::Close)).cloned();
        Ok(Some(Held { over: past.len() as u64, rest: rest.len() as u64, next }))
    }

    async fn expire(&self, over: &Over, most: u32) -> Result<u64, StoreError> {
        if over.record != Record::Project {
            return Ok(0);
        }
        let by = TimeZone::UTC.to_datetime(over.before(Since::Close)).date();
        let closed = json!({ "property": "Closed", "date": { "on_or_before": by } });
        let rows = self.api.projects.all(&closed, ROWS).await?;
        let mut gone = 0;
        for row in rows.iter().filter(|row| over.is_over(&begun(row))).take(most as usize) {
            let Some(id) = row["id"].as_str() else { continue };
            for step in self.steps(id).await? {
                if let Some(step) = step["id"].as_str() {
                    self.api.steps.discard(step, STEPS.into_iter()).await?;
                }
            }
            self.api.projects.discard(id, PROJECTS.into_iter()).await?;
            gone += 1;
        }
        Ok(gone)
    }
}

/// From when on a row counts, whoever wrote it; nothing of one that is not closed.
fn begun(row: &Value) -> BTreeMap<Since, Timestamp> {
    day(row, "Closed").and_then(end_of_day).map(|ended| (Since::Close, ended)).into_iter().collect()
}
