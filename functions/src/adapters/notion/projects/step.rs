//! What belongs to a project as rows: its phases, their milestones and deliverables, and updates.

use std::cmp::Reverse;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::super::columns::ColumnType;
use super::super::properties;
use super::{STEP_KINDS, STEPS, day, progress, progress_name, property};
use crate::project::{Deliverable, Milestone, Phase, Progress, Project, Update};

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    kind: &'static str,
    name: String,
    /// The id of its phase's row.
    pub(super) phase: Option<String>,
    order: Option<f64>,
    status: Progress,
    start: Option<Date>,
    end: Option<Date>,
    day: Option<Date>,
    link: Option<String>,
    text: Option<String>,
}

const PHASE: &str = STEP_KINDS[0];
const MILESTONE: &str = STEP_KINDS[1];
const DELIVERABLE: &str = STEP_KINDS[2];
const UPDATE: &str = STEP_KINDS[3];

impl Step {
    fn new(kind: &'static str, name: &str, status: Progress) -> Self {
        let (name, order, phase, start, end, day, link, text) = (name.to_owned(), None, None, None, None, None, None, None);
        Self { kind, name, phase, order, status, start, end, day, link, text }
    }

    /// From its row; none where that has no name or no kind.
    pub(super) fn read(row: &Value) -> Option<Self> {
        let text = |column: &str, kind: ColumnType| properties::text(kind, &row["properties"][column]);
        let kind = text("Kind", ColumnType::Select)?;
        Some(Self {
            kind: STEP_KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(&kind))?,
            name: text("Name", ColumnType::Title)?,
            phase: text("Phase", ColumnType::Relation),
            order: row["properties"]["Order"]["number"].as_f64(),
            status: progress(row),
            start: day(row, "Start"),
            end: day(row, "End"),
            day: day(row, "Day"),
            link: text("Link", ColumnType::Url),
            text: text("Text", ColumnType::RichText),
        })
    }

    /// The properties of its row, which belongs to the project with the row `project`.
    pub(super) fn write(&self, project: &str) -> Value {
        let date = |day: Option<Date>| day.map(|day| json!(day));
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        let value = |column: &str| match column {
            "Name" => Some(json!(self.name)),
            "Project" => Some(json!(project)),
            "Kind" => Some(json!(self.kind)),
            "Phase" => text(&self.phase),
            "Order" => self.order.map(|order| json!(order)),
            "Status" => Some(progress_name(self.status)),
            "Start" => date(self.start),
            "End" => date(self.end),
            "Day" => date(self.day),
            "Link" => text(&self.link),
            _ => text(&self.text),
        };
        Value::Object(STEPS.iter().map(|&(column, kind)| (column.to_owned(), property(kind, value(column)))).collect::<Map<_, _>>())
    }

    pub(super) fn is_phase(&self) -> bool {
        self.kind == PHASE
    }

    /// Whether it is the same thing as another, whatever has become of it.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.kind, &self.name) == (other.kind, &other.name)
    }
}

/// The rows of a project in order, each with the number of its phase; a phase comes before what is in it.
pub(super) fn of(project: &Project) -> Vec<(Option<usize>, Step)> {
    let mut steps: Vec<(Option<usize>, Step)> = Vec::new();
    for (at, phase) in project.phases.iter().enumerate() {
        steps.push((None, Step { start: phase.start, end: phase.end, ..Step::new(PHASE, &phase.name, phase.status) }));
        let milestone = |milestone: &Milestone| Step { day: milestone.due, ..Step::new(MILESTONE, &milestone.name, milestone.status) };
        let deliverable = |it: &Deliverable| Step { link: it.link.clone(), ..Step::new(DELIVERABLE, &it.name, it.status) };
        let within = phase.milestones.iter().map(milestone).chain(phase.deliverables.iter().map(deliverable));
        steps.extend(within.map(|step| (Some(at), step)));
    }
    // What has been told to somebody is done.
    let update = |update: &Update| {
        let text = Some(update.text.clone()).filter(|text| !text.is_empty());
        Step { day: Some(update.day), text, ..Step::new(UPDATE, &update.title, Progress::Done) }
    };
    steps.extend(project.updates.iter().map(|it| (None, update(it))));
    for (at, (_, step)) in steps.iter_mut().enumerate() {
        step.order = Some(at as f64 + 1.0);
    }
    steps
}

/// A project with what its rows tell of. What belongs to no phase of it, and an update without a day, is not shown.
pub(super) fn add(mut project: Project, rows: &[Value]) -> Project {
    let mut steps: Vec<(&str, Step)> = rows.iter().filter_map(|row| Some((row["id"].as_str()?, Step::read(row)?))).collect();
    // Rows without a number come last, by their days.
    steps.sort_by(|(_, a), (_, b)| {
        let order = |step: &Step| step.order.unwrap_or(f64::INFINITY);
        order(a).total_cmp(&order(b)).then_with(|| (a.start, a.day).cmp(&(b.start, b.day)))
    });
    let phases = steps.iter().filter(|(_, step)| step.is_phase());
    project.phases = phases
        .map(|(id, step)| phase(step, steps.iter().map(|(_, step)| step).filter(|step| step.phase.as_deref() == Some(*id))))
        .collect();
    let updates = steps.iter().filter(|(_, step)| step.kind == UPDATE);
    let update = |step: &Step| Some(Update { day: step.day?, title: step.name.clone(), text: step.text.clone().unwrap_or_default() });
    project.updates = updates.filter_map(|(_, step)| update(step)).collect();
    project.updates.sort_by_key(|update| Reverse(update.day));
    project
}

fn phase<'a>(step: &Step, within: impl Iterator<Item = &'a Step>) -> Phase {
    let (name, status) = (step.name.clone(), step.status);
    let mut phase = Phase { name, status, start: step.start, end: step.end, milestones: Vec::new(), deliverables: Vec::new() };
    for step in within {
        let (name, status) = (step.name.clone(), step.status);
        match step.kind {
            MILESTONE => phase.milestones.push(Milestone { name, status, due: step.day }),
            DELIVERABLE => {
                let link = step.link.clone().filter(|link| link.starts_with("https://"));
                phase.deliverables.push(Deliverable { name, status, link });
            }
            _ => {}
        }
    }
    phase
}
