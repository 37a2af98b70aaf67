//! Random histories under a simulated clock, for eleven years: what happens in a month, day by day, and how the jobs run.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use functions::lead::LeadId;
use functions::receipt::ReceiptId;
use functions::retention;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::judge;
use crate::people::{self, Asking, PEOPLE, People};
use crate::world::Base;

const MONTHS: usize = 11 * 12;

const DAY: i64 = 24 * 3600;

/// What happens in a month. Times are seconds of it.
#[derive(Clone, Debug)]
struct Month {
    /// Leads: when each comes, the days after which there was last contact, and who writes.
    leads: Vec<(i64, i64, usize)>,
    /// Receipts: when each comes.
    receipts: Vec<i64>,
    /// Privacy requests.
    requests: Vec<Asking>,
    /// Notices of a version that is announced in this month: when each goes out, and to whom.
    notices: Vec<(i64, usize)>,
    /// A project: for how many months it runs, none of one that is never closed.
    project: Option<Option<i32>>,
    /// How the retention job runs.
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
    let second = || 0..28 * DAY;
    let few = proptest::collection::vec((second(), prop_oneof![3 => Just(0_i64), 1 => 1..600_i64], 0..PEOPLE), 0..3);
    // More than goes in one batch.
    let many = proptest::collection::vec((second(), Just(0_i64), 0..PEOPLE), 51..60);
    let run = prop_oneof![5 => Just(Run::Whole), 1 => Just(Run::Short), 2 => (0..60_u16).prop_map(Run::Killed)];
    (
        prop_oneof![40 => few, 1 => many],
        proptest::collection::vec(second(), 0..3),
        prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(people::asking(), 1..3)],
        prop_oneof![9 => Just(Vec::new()), 1 => proptest::collection::vec((second(), 0..PEOPLE), 1..9)],
        proptest::option::weighted(0.3, proptest::option::weighted(0.8, 1..30_i32)),
        // None where the host forgets it; the same one twice does no harm.
        proptest::collection::vec(run, 0..3),
    )
        .prop_map(|(leads, receipts, requests, notices, project, runs)| Month { leads, receipts, requests, notices, project, runs })
}

/// What there should be: when each record's time is over.
#[derive(Default)]
pub(crate) struct Model {
    /// The lead, its address, its source; and who wrote it.
    pub(crate) leads: BTreeMap<LeadId, ([Timestamp; 3], usize)>,
    /// Leads that were erased.
    pub(crate) erased: BTreeSet<LeadId>,
    pub(crate) receipts: BTreeMap<ReceiptId, Timestamp>,
    pub(crate) projects: BTreeMap<String, Timestamp>,
    pub(crate) people: People,
    /// When the retention job last ran through.
    pub(crate) ran: Option<Timestamp>,
}

/// What the jobs are asked `cases` times on a base of its own.
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
        happen(base, &mut model, month, begin, number).await?;
        let now = midnight(end);
        for run in &month.runs {
            if carried_out(base, *run, now).await {
                model.ran = Some(now);
            }
        }
        judge::month(base, &model, now).await?;
        begin = end;
    }
    Ok(())
}

/// Something that happens.
enum Event {
    Lead(i64, usize),
    Receipt,
    /// Somebody is told of a change.
    Told(usize),
    /// Requests by their numbers within the month.
    Asked(usize),
    Pressed(usize),
}

async fn happen(base: &Base, model: &mut Model, month: &Month, begin: Date, number: usize) -> Result<(), TestCaseError> {
    if let Some(runs) = month.project {
        let id = format!("project-{number}");
        let closed = runs.map(|months| begin.checked_add(months.months()).unwrap());
        base.project(&id, closed).await;
        let over = closed.map(|closed| midnight(closed.checked_add(5.years()).unwrap()) + SignedDuration::from_hours(24));
        model.projects.insert(id, over.unwrap_or(Timestamp::MAX));
    }
    let leads = month.leads.iter().map(|(second, days, who)| (*second, Event::Lead(*days, *who)));
    let receipts = month.receipts.iter().map(|second| (*second, Event::Receipt));
    let notices = month.notices.iter().map(|(second, who)| (*second, Event::Told(*who)));
    let requests = || month.requests.iter().enumerate();
    let asked = requests().map(|(number, asking)| (asking.second, Event::Asked(number)));
    let pressed = requests().filter_map(|(number, asking)| Some((asking.second + asking.pressed?, Event::Pressed(number))));
    let mut events: Vec<(i64, Event)> = leads.chain(receipts).chain(notices).chain(asked).chain(pressed).collect();
    events.sort_by_key(|(second, _)| *second);
    let mut events = events.into_iter().peekable();
    let mut ids = BTreeMap::new();
    for day in 1..=i64::from(begin.days_in_month()) {
        while let Some((second, event)) = events.next_if(|(second, _)| *second < day * DAY) {
            let now = midnight(begin) + SignedDuration::from_secs(second);
            *base.clock.0.lock().unwrap() = now;
            match event {
                Event::Lead(days, who) => lead(base, model, now, days, who).await,
                Event::Receipt => _ = model.receipts.insert(base.receipt(now).await, later(now, 3.years())),
                Event::Told(who) => people::told(base, model, number, who, now).await,
                Event::Asked(number) => _ = ids.insert(number, people::ask(base, model, &month.requests[number], now).await),
                Event::Pressed(number) => people::press(base, model, &month.requests[number], ids[&number], now).await?,
            }
        }
        let night = midnight(begin) + SignedDuration::from_secs(day * DAY);
        *base.clock.0.lock().unwrap() = night;
        people::night(base, model, night).await;
    }
    Ok(())
}

async fn lead(base: &Base, model: &mut Model, received: Timestamp, days: i64, who: usize) {
    let contacted = received + SignedDuration::from_hours(24 * days);
    // Every other one comes in while the first store is out of reach.
    let id = base.lead_in(model.leads.len(), received, contacted, &people::address(who)).await;
    model.leads.insert(id, ([later(contacted, 2.years()), later(received, 30.days()), later(received, 1.year())], who));
}

/// Whether the job has run through.
async fn carried_out(base: &Base, run: Run, now: Timestamp) -> bool {
    match run {
        Run::Killed(polls) => {
            // Its connections go with it.
            let instance = base.another();
            let job = retention::run(&base.contract, &instance.retained, now, Duration::MAX);
            killed(job, polls).await.is_some_and(|report| report.finished)
        }
        Run::Whole | Run::Short => {
            let time = if matches!(run, Run::Short) { Duration::ZERO } else { Duration::MAX };
            let report = retention::run(&base.contract, &base.instance.retained, now, time).await;
            assert_eq!(report.failed, None);
            report.finished
        }
    }
}

/// Polls some work so many times at most, and drops it then.
pub(crate) async fn killed<T>(work: impl Future<Output = T>, mut polls: u16) -> Option<T> {
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

fn midnight(day: Date) -> Timestamp {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap()
}

pub(crate) fn later(time: Timestamp, span: Span) -> Timestamp {
    time.to_zoned(TimeZone::UTC).checked_add(span).unwrap().timestamp()
}
