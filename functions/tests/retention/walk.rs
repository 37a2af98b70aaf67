//! Random histories under a simulated clock: at the end of every month, nothing is held past its period and the time since the job last ran
//! through, and nothing is gone before its period is over.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use functions::lead::LeadId;
use functions::ports::{Filter, Projects, ReceiptFilter, Receipts, Store};
use functions::receipt::ReceiptId;
use functions::retention;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use registry::model::CaptureKind;
use tokio::runtime::Runtime;

use crate::world::{ADDRESS, Base, CUT};

const MONTHS: usize = 11 * 12;

/// What happens in a month.
#[derive(Clone, Debug)]
struct Month {
    /// Leads: the second of the month in which each comes, and the days after which there was last contact.
    leads: Vec<(i64, i64)>,
    /// Receipts: when each comes.
    receipts: Vec<i64>,
    /// A project: for how many months it runs, none of one that is never closed.
    project: Option<Option<i32>>,
    /// How the job runs.
    runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    /// To its end.
    Whole,
    /// Until its time is up, after one batch.
    Short,
    /// Until it is killed, somewhere on its way.
    Killed(u16),
}

fn month() -> impl Strategy<Value = Month> {
    let second = || 0..28 * 24 * 3600_i64;
    let few = proptest::collection::vec((second(), prop_oneof![3 => Just(0_i64), 1 => 1..600_i64]), 0..3);
    // More than goes in one batch.
    let many = proptest::collection::vec((second(), Just(0_i64)), 51..60);
    let run = prop_oneof![5 => Just(Run::Whole), 1 => Just(Run::Short), 2 => (0..60_u16).prop_map(Run::Killed)];
    (
        prop_oneof![40 => few, 1 => many],
        proptest::collection::vec(second(), 0..3),
        proptest::option::weighted(0.3, proptest::option::weighted(0.8, 1..30_i32)),
        // None where the host forgets it; the same one twice does no harm.
        proptest::collection::vec(run, 0..3),
    )
        .prop_map(|(leads, receipts, project, runs)| Month { leads, receipts, project, runs })
}

/// What there should be: when each record's time is over.
#[derive(Default)]
struct Model {
    leads: BTreeMap<LeadId, [Timestamp; 3]>,
    receipts: BTreeMap<ReceiptId, Timestamp>,
    projects: BTreeMap<String, Timestamp>,
    /// When the job last ran through.
    ran: Option<Timestamp>,
}

/// What the job is asked `cases` times on a base of its own.
pub(crate) fn eleven_years(runtime: &Runtime, cases: u32, base: impl Fn(u32) -> Base) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 4, ..Config::default() });
    let number = std::cell::Cell::new(0);
    let outcome = runner.run(&proptest::collection::vec(month(), MONTHS), |months| {
        number.set(number.get() + 1);
        let base = base(number.get());
        runtime.block_on(walk(&base, &months))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn walk(base: &Base, months: &[Month]) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    let mut begin = date(2027, 1, 1);
    for (number, month) in months.iter().enumerate() {
        let end = begin.checked_add(1.month()).unwrap();
        happen(base, &mut model, month, begin, number).await;
        let now = midnight(end);
        for run in &month.runs {
            if carried_out(base, *run, now).await {
                model.ran = Some(now);
            }
        }
        judge(base, &model, now).await?;
        begin = end;
    }
    Ok(())
}

async fn happen(base: &Base, model: &mut Model, month: &Month, begin: Date, number: usize) {
    for (second, days) in &month.leads {
        let received = midnight(begin) + SignedDuration::from_secs(*second);
        let contacted = received + SignedDuration::from_hours(24 * days);
        let id = base.lead(received, contacted).await;
        model.leads.insert(id, [later(contacted, 2.years()), later(received, 30.days()), later(received, 1.year())]);
    }
    for second in &month.receipts {
        let received = midnight(begin) + SignedDuration::from_secs(*second);
        model.receipts.insert(base.receipt(received).await, later(received, 3.years()));
    }
    if let Some(runs) = month.project {
        let id = format!("project-{number}");
        let closed = runs.map(|months| begin.checked_add(months.months()).unwrap());
        base.project(&id, closed).await;
        let over = closed.map(|closed| midnight(closed.checked_add(5.years()).unwrap()) + SignedDuration::from_hours(24));
        model.projects.insert(id, over.unwrap_or(Timestamp::MAX));
    }
}

/// Whether the job has run through.
async fn carried_out(base: &Base, run: Run, now: Timestamp) -> bool {
    let time = if matches!(run, Run::Short) { Duration::ZERO } else { Duration::MAX };
    let job = retention::run(&base.contract, &base.stores, now, time);
    match run {
        Run::Killed(polls) => killed(job, polls).await.is_some_and(|report| report.finished),
        Run::Whole | Run::Short => {
            let report = job.await;
            assert_eq!(report.failed, None);
            report.finished
        }
    }
}

/// Polls some work so many times at most, and drops it then.
async fn killed<T>(work: impl Future<Output = T>, mut polls: u16) -> Option<T> {
    let mut work = Box::pin(work);
    std::future::poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

async fn judge(base: &Base, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let leads = base.store().leads(&Filter::default()).await.unwrap();
    let found: BTreeSet<LeadId> = leads.iter().map(|lead| lead.id).collect();
    for (id, [whole, ..]) in &model.leads {
        kept("a lead", found.contains(id), *whole, model.ran, now)?;
    }
    for lead in &leads {
        let [_, address, source] = model.leads[&lead.id];
        let captured = lead.captured.reveal();
        let noted = captured.get(&CaptureKind::IpAddress).map(String::as_str);
        prop_assert!(matches!(noted, Some(ADDRESS | CUT)), "a part of an address stays");
        kept("an address", noted == Some(ADDRESS), address, model.ran, now)?;
        kept("a source", captured.contains_key(&CaptureKind::Referrer), source, model.ran, now)?;
        prop_assert!(lead.values.reveal().contains_key("name"), "half a lead");
    }
    let Some(database) = &base.database else { return Ok(()) };
    let rows = database.leads(&Filter::default()).await.unwrap().len();
    let deliveries = database.deliveries(&Filter::default()).await.unwrap().len();
    prop_assert_eq!(deliveries, rows, "deliveries go with leads");
    let receipts: BTreeSet<ReceiptId> =
        database.receipts(&ReceiptFilter::default()).await.unwrap().into_iter().map(|receipt| receipt.id).collect();
    for (id, over) in &model.receipts {
        kept("a receipt", receipts.contains(id), *over, model.ran, now)?;
    }
    let projects: BTreeSet<String> = database.list().await.unwrap().into_iter().map(|project| project.id.0).collect();
    for (id, over) in &model.projects {
        kept("a project", projects.contains(id), *over, model.ran, now)?;
    }
    let codes: BTreeSet<String> = database.codes().await.unwrap().into_iter().map(|(_, issued)| issued.project.0).collect();
    prop_assert_eq!(codes, projects, "codes go with projects");
    Ok(())
}

/// What is there was not over when the job last ran through, give or take a day of the calendar; what is not there is over.
fn kept(what: &str, is_there: bool, over: Timestamp, ran: Option<Timestamp>, now: Timestamp) -> Result<(), TestCaseError> {
    let day = SignedDuration::from_hours(24);
    match is_there {
        true => {
            prop_assert!(ran.is_none_or(|ran| ran < over.saturating_add(day).unwrap()), "{what} was over at {over}, and is there at {now}")
        }
        false => prop_assert!(over <= now, "{what} was to be kept until {over}, and is gone at {now}"),
    }
    Ok(())
}

fn midnight(day: Date) -> Timestamp {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap()
}

fn later(time: Timestamp, span: Span) -> Timestamp {
    time.to_zoned(TimeZone::UTC).checked_add(span).unwrap().timestamp()
}
