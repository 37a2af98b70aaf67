//! A client's project, as the agency writes it and the portal shows it, and the codes that open it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A project.
///
/// Texts are in the language in which the agency speaks with the client, so that each is there once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// What names it to the agency: lower-case letters, digits and dashes. No client sees it.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// The language of its texts, such as `fr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How it stands.
    pub status: Progress,
    /// When it is planned to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// When it is planned to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// When the engagement was closed: from then on its retention counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Date>,
    /// Stripe's id of the client, such as `cus_…`; without one there are no invoices to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Its phases, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// What was told to the client, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updates: Vec<Update>,
}

impl Project {
    /// When it was closed: the end of that day, in universal time. None of one that is open.
    pub fn ended(&self) -> Option<Timestamp> {
        self.closed.and_then(end_of_day)
    }
}

/// The end of a day, in universal time; none of the last day that there is.
pub fn end_of_day(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.checked_add(1.day()).ok()?.at(0, 0, 0, 0)).ok()
}

/// What names a project to the agency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectId(pub String);

/// How a project, or a part of one, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Not begun.
    Planned,
    /// Under way.
    InProgress,
    /// It waits for somebody, the client as a rule.
    Waiting,
    /// Finished.
    Done,
    /// Given up.
    Cancelled,
}

/// A phase of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: Progress,
    /// When it is planned to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// When it is planned to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// Days on which something is to be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
    /// What the client gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverables: Vec<Deliverable>,
}

impl Phase {
    /// How much of it is done, from 0 to 100: by its milestones and deliverables that were not given up. None where nothing tells.
    pub fn progress(&self) -> Option<u8> {
        let parts = self.milestones.iter().map(|part| part.status).chain(self.deliverables.iter().map(|part| part.status));
        let parts: Vec<Progress> = parts.filter(|status| *status != Progress::Cancelled).collect();
        let done = parts.iter().filter(|status| **status == Progress::Done).count();
        match self.status {
            Progress::Done => Some(100),
            Progress::Cancelled => None,
            Progress::Planned if done == 0 => Some(0),
            _ => u8::try_from((done * 100).checked_div(parts.len())?).ok(),
        }
    }
}

/// A day on which something is to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub name: String,
    /// How it stands.
    pub status: Progress,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// What the client gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    /// What.
    pub name: String,
    /// How it stands.
    pub status: Progress,
    /// Where it is, an address that begins with `https://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Something that was told to the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// When.
    pub day: Date,
    /// In a few words.
    pub title: String,
    /// In full, plain text; lines end with a line feed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// The keyed hash of a project code, 32 bytes as hexadecimal digits. The code itself is stored nowhere.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeHash(pub String);

/// A code that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What names it to the agency: eight characters that say nothing of the code.
    pub id: String,
    /// The project that it opens.
    pub project: ProjectId,
    /// When it was made.
    pub made: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl std::fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeHash")
    }
}

impl std::fmt::Display for ProjectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Progress::{Cancelled, Done, InProgress, Planned, Waiting};
    use super::*;

    #[test]
    fn a_phase_is_as_far_as_its_parts() {
        let phase = |status: Progress, parts: &[Progress]| {
            let milestones = parts.iter().map(|status| Milestone { name: String::new(), status: *status, due: None }).collect();
            Phase { name: String::new(), status, start: None, end: None, milestones, deliverables: Vec::new() }.progress()
        };
        assert_eq!(phase(InProgress, &[Done, Planned, Waiting, Cancelled]), Some(33));
        assert_eq!([phase(InProgress, &[]), phase(Planned, &[]), phase(Planned, &[Done, Planned])], [None, Some(0), Some(50)]);
        assert_eq!([phase(Done, &[Planned]), phase(Cancelled, &[Done]), phase(Waiting, &[Done])], [Some(100), None, Some(100)]);
    }
}
