//! The sample project of development, around whatever day it is, and the code that opens it.

use functions::app::App;
use functions::code;
use functions::ports::{Projects, StoreError};
use functions::project::{Deliverable, Milestone, Phase, Progress, Project, ProjectId, Update};
use functions::stand_ins::Stripe;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// The code that opens the sample project. It is no secret: only pages on this machine reach the functions that it opens it in.
pub const CODE: &str = "CM-P1A1-NS1T";

/// What names the sample project.
const ID: &str = "sample";

/// Puts the sample project into a store, with its code, in the place of that of another day.
///
/// # Errors
/// The store fails.
pub(super) async fn put(store: &dyn Projects, app: &App, now: Timestamp) -> Result<(), StoreError> {
    store.put(&[project(now.to_zoned(jiff::tz::TimeZone::UTC).date())]).await?;
    let hash = code::hash_of_text(&app.keys, CODE);
    if store.codes().await?.iter().any(|(known, _)| *known == hash) {
        return Ok(());
    }
    let issued = code::issued(ProjectId(ID.to_owned()), now).map_err(|error| StoreError::Failed(error.to_string()))?;
    store.issue(&hash, &issued).await.map(drop)
}

/// The project: half way through, with something done, under way, waited for and late.
fn project(today: Date) -> Project {
    let day = |days: i64| Some(today.saturating_add(days.days()));
    let milestone = |name: &str, status, days| Milestone { name: name.to_owned(), status, due: day(days) };
    let deliverable = |name: &str, status, link: Option<&str>| Deliverable {
        name: name.to_owned(),
        status,
        link: link.map(|name| format!("https://files.example.com/fern/{name}")),
    };
    let update = |days, title: &str, text: &str| Update {
        day: today.saturating_sub(jiff::Span::new().days(days)),
        title: title.to_owned(),
        text: text.to_owned(),
    };
    let phase = |name: &str, status, start, end| Phase {
        name: name.to_owned(),
        status,
        start: day(start),
        end: day(end),
        milestones: Vec::new(),
        deliverables: Vec::new(),
    };
    Project {
        id: ProjectId(ID.to_owned()),
        name: "A lead desk for Studio Fern".to_owned(),
        language: Some("en".to_owned()),
        status: Progress::InProgress,
        start: day(-75),
        end: day(80),
        closed: None,
        customer: Some(Stripe::CUSTOMER.to_owned()),
        phases: vec![
            Phase {
                milestones: vec![milestone("Interviews held", Progress::Done, -64), milestone("Report accepted", Progress::Done, -50)],
                deliverables: vec![deliverable("Audit report", Progress::Done, Some("audit-report.pdf"))],
                ..phase("Audit", Progress::Done, -75, -48)
            },
            Phase {
                milestones: vec![
                    milestone("First flow in use", Progress::Done, -20),
                    milestone("Old enquiries moved over", Progress::InProgress, -3),
                    milestone("All flows in use", Progress::Planned, 24),
                ],
                deliverables: vec![
                    deliverable("Map of the flows", Progress::Done, Some("flows.pdf")),
                    deliverable("The lead desk itself", Progress::InProgress, Some("desk")),
                ],
                ..phase("Systems build", Progress::InProgress, -45, 30)
            },
            Phase {
                milestones: vec![
                    milestone("Dates for the training", Progress::Waiting, 9),
                    milestone("Training held", Progress::Planned, 38),
                ],
                deliverables: vec![deliverable("Handbook", Progress::Planned, None)],
                ..phase("Training", Progress::Waiting, 20, 45)
            },
            Phase { milestones: vec![milestone("Handover", Progress::Planned, 78)], ..phase("Partnership", Progress::Planned, 45, 80) },
        ],
        updates: vec![
            update(
                2,
                "Moving the old enquiries takes longer",
                "Some of them name nobody to answer.\nWe ask you about these one by one; the other flows are not held up.",
            ),
            update(20, "The first flow is in use", "Enquiries of the website now arrive on the lead desk within a minute."),
            update(50, "The audit is finished", "The report is below, among what the phase delivers."),
        ],
    }
}
