//! Retention: what is past its period goes from every store, by the rules that the registry declares.
//!
//! [`plan`] tells what would go, and [`run`] lets it go, batch by batch. A run that was cut short has removed whole records; the next one goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use registry::contract::Contract;
use registry::derive::policy;
use registry::derive::retention::{self, Limit};
use registry::derive::words::Words;
use registry::model::{Period, Registry, RetentionId, Since};

use crate::ports::{Gone, Held, Other, Over, Report, Retains, StoreError};

/// What would go, and when.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each kind of record in each store.
    pub records: Vec<Planned>,
    /// Rules of the job whose data another rule keeps.
    pub outlasted: Vec<RetentionId>,
    /// The rules that somebody else carries out.
    pub others: Vec<Other>,
}

/// What a store holds of a kind of record.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is, in the site's first language.
    pub what: String,
    /// The store.
    pub store: &'static str,
    /// When it goes, and by which rules.
    pub limit: Limit,
    /// How much there is.
    pub held: Held,
    /// When the next one is over; none where there is none, or where it has not begun to count.
    pub next: Option<Timestamp>,
}

/// What each store would let go at `now`, and when the next goes. Nothing is changed.
///
/// # Errors
/// A store fails.
pub async fn plan(contract: &Contract, stores: &[Arc<dyn Retains>], now: Timestamp) -> Result<Plan, StoreError> {
    let registry = &contract.registry;
    let (limits, told, mut records) = (retention::limits(registry), Told::of(contract), Vec::new());
    for limit in &limits {
        let (mut over, what) = (over(limit, now), told.gone(limit.rules.clone(), 0).what);
        for store in stores {
            let Some(held) = store.held(&over).await? else { continue };
            over.spared.extend(store.outlasting(&over).await?);
            let next = held.next.as_ref().and_then(|begun| ends(limit, begun));
            records.push(Planned { what: what.clone(), store: store.name(), limit: limit.clone(), held, next });
        }
    }
    Ok(Plan { records, outlasted: outlasted(registry, &limits), others: told.others(registry) })
}

/// Lets go what is over at `now`, the oldest first, until nothing is or the time is up. A batch that has begun is not cut short.
pub async fn run(contract: &Contract, stores: &[Arc<dyn Retains>], now: Timestamp, time: Duration) -> Report {
    let (start, registry) = (Instant::now(), &contract.registry);
    let is_up = || start.elapsed() >= time;
    let (limits, told) = (retention::limits(registry), Told::of(contract));
    let mut report = Report { finished: true, outlasted: outlasted(registry, &limits), ..Report::default() };
    let mut answering = stores;
    let mut void = 0;
    for (at, store) in stores.iter().enumerate() {
        match store.sweep(now).await {
            Ok(gone) => void += gone,
            Err(error) => {
                (answering, report.failed) = (&stores[..at], Some((store.name(), error.failure())));
                break;
            }
        }
    }
    report.void = told.gone(retention::of_what_is_void(registry), void);
    for limit in limits {
        let (mut over, mut records) = (over(&limit, now), 0);
        for (at, store) in answering.iter().enumerate() {
            match expire(store, &mut over, &mut records, is_up).await {
                Ok(finished) => report.finished &= finished,
                Err(error) => {
                    (answering, report.failed) = (&answering[..at], Some((store.name(), error.failure())));
                    break;
                }
            }
        }
        report.gone.push(told.gone(limit.rules, records));
    }
    report.finished &= report.failed.is_none();
    report.others = told.others(registry);
    report
}

/// Lets go what is over in a store, and adds how many records that were. Whether nothing is left.
async fn expire(store: &Arc<dyn Retains>, over: &mut Over, records: &mut u64, is_up: impl Fn() -> bool) -> Result<bool, StoreError> {
    let most = store.at_once();
    loop {
        let gone = store.expire(over, most).await?;
        *records += gone;
        let finished = gone < u64::from(most);
        if finished || is_up() {
            over.spared.extend(store.outlasting(over).await?);
            return Ok(finished);
        }
    }
}

/// A limit at a time.
fn over(limit: &Limit, now: Timestamp) -> Over {
    let mut before: BTreeMap<Since, Timestamp> = BTreeMap::new();
    for (since, keep) in &limit.periods {
        let began = latest_begin(*keep, now);
        before.entry(*since).and_modify(|earlier| *earlier = began.min(*earlier)).or_insert(began);
    }
    Over { record: limit.record.clone(), then: limit.then, before, spared: Default::default() }
}

/// The last time such that whatever began then or earlier has outlived a period by `now`. Days are those of universal time.
fn latest_begin(keep: Period, now: Timestamp) -> Timestamp {
    let now = TimeZone::UTC.to_datetime(now);
    let [months, rest] = spans(keep);
    let began = now.checked_sub(rest).and_then(|before| Ok((before, before.checked_sub(months)?)));
    let Ok((before, began)) = began else { return Timestamp::MIN };
    // The 31st less a month is the last day of a shorter one, all of which has outlived the period by then.
    let began = if began.day() == before.day() { began } else { began.date().at(23, 59, 59, 999_999_999) };
    timestamp(began).unwrap_or(Timestamp::MIN)
}

/// When a record is over that began at these times; none where one of them is not there, or where that is never.
fn ends(limit: &Limit, begun: &BTreeMap<Since, Timestamp>) -> Option<Timestamp> {
    let end = |(since, keep): &(Since, Period)| {
        let [months, rest] = spans(*keep);
        let begun = TimeZone::UTC.to_datetime(*begun.get(since)?);
        timestamp(begun.checked_add(months).and_then(|at| at.checked_add(rest)).ok()?)
    };
    limit.periods.iter().map(end).collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn timestamp(time: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(time).ok()
}

/// A period as months, which have no length of their own, and the rest. One that no calendar has is longer than any.
fn spans(keep: Period) -> [Span; 2] {
    let [mut months, mut rest] = [Span::new(); 2];
    for (number, unit) in keep.parts() {
        let number = i64::from(number);
        let (longer, is_month) = match unit {
            "year" => (months.try_years(number), true),
            "month" => (months.try_months(number), true),
            "week" => (rest.try_weeks(number), false),
            "day" => (rest.try_days(number), false),
            "hour" => (rest.try_hours(number), false),
            _ => (rest.try_minutes(number), false),
        };
        let longer = longer.unwrap_or(Span::new().years(19_998));
        *(if is_month { &mut months } else { &mut rest }) = longer;
    }
    [months, rest]
}

/// The rules of the job by which nothing goes: another one keeps the same.
fn outlasted(registry: &Registry, limits: &[Limit]) -> Vec<RetentionId> {
    let void = retention::of_what_is_void(registry);
    let is_kept = |id: &RetentionId| void.contains(id) || limits.iter().any(|limit| limit.rules.contains(id));
    retention::rules(registry).into_iter().map(|rule| rule.id).filter(|id| !is_kept(id)).collect()
}

/// The rules in words, as the policy tells them.
struct Told(Vec<(RetentionId, String, String)>);

impl Told {
    fn of(contract: &Contract) -> Self {
        let words = Words { language: contract.site.language(None), get: &|key| contract.site.word(contract.site.language(None), key) };
        let told = |rule| {
            let view = policy::retention(&contract.registry, rule, words);
            (RetentionId(view.id), view.label, view.by.told(words))
        };
        Self(contract.registry.retention.iter().map(told).collect())
    }

    /// What some rules are about.
    fn gone(&self, rules: Vec<RetentionId>, records: u64) -> Gone {
        let labels = self.0.iter().filter(|(id, ..)| rules.contains(id)).map(|(_, what, _)| what.as_str());
        Gone { what: labels.collect::<Vec<_>>().join(", "), rules, records }
    }

    /// The rules that somebody else carries out, with who does.
    fn others(self, registry: &Registry) -> Vec<Other> {
        let by_job: Vec<RetentionId> = retention::rules(registry).into_iter().map(|rule| rule.id).collect();
        let others = self.0.into_iter().filter(|(id, ..)| !by_job.contains(id));
        others.map(|(rule, what, by)| Other { rule, what, by }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_began_then_is_over_and_what_began_later_is_not() {
        for (keep, now, began) in [
            ("2 years", "2028-05-07T10:00:00Z", "2026-05-07T10:00:00Z"),
            ("30 days", "2026-03-01T10:00:00Z", "2026-01-30T10:00:00Z"),
            ("1 month 2 days", "2026-05-07T10:00:00Z", "2026-04-05T10:00:00Z"),
            ("1 month", "2026-03-31T10:00:00Z", "2026-02-28T23:59:59.999999999Z"),
            ("1 month", "2026-03-28T10:00:00Z", "2026-02-28T10:00:00Z"),
            ("2 hours", "2026-03-28T01:00:00Z", "2026-03-27T23:00:00Z"),
            ("4294967295 years", "2026-03-28T01:00:00Z", &Timestamp::MIN.to_string()),
        ] {
            assert_eq!(latest_begin(Period::parse(keep).unwrap(), at(now)), at(began), "{keep}");
        }
    }

    proptest::proptest! {
        /// Nothing goes before its time, and within a day of it everything does.
        #[test]
        fn nothing_is_early_and_nothing_is_a_day_late(years in 0_u32..3, months in 0_u32..14, days in 1_u32..40, began in 0_i64..2_000_000_000, later in 0_i64..200_000_000) {
            let keep = Period::parse(&format!("P{years}Y{months}M{days}D")).unwrap();
            let limit = Limit { record: registry::derive::retention::Record::Receipt, periods: vec![(Since::Received, keep)], then: registry::model::Then::Delete, rules: vec![] };
            let (began, now) = (Timestamp::from_second(began).unwrap(), Timestamp::from_second(began + later).unwrap());
            let end = ends(&limit, &BTreeMap::from([(Since::Received, began)])).unwrap();
            let is_over = began <= latest_begin(keep, now);
            proptest::prop_assert!(!is_over || end <= now, "gone at {now}, kept until {end}");
            proptest::prop_assert!(is_over || now < end + jiff::SignedDuration::from_hours(24), "there at {now}, kept until {end}");
        }
    }
}
