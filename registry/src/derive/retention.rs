//! The retention rules as a job carries them out: which records of the functions go, and when.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::{CaptureKind, DataId, Enforcer, Form, FormId, From, Holding, Keep, Period, Registry, Retention, RetentionId, Since};
use crate::model::{Start, Stated, Then};

/// What the retention job does with some data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The declaration's key.
    pub id: RetentionId,
    /// The data.
    pub data: Vec<DataId>,
    /// The captures that it is about, where it is not all of the data.
    pub only: Vec<CaptureKind>,
    /// How long it is kept.
    pub keep: Period,
    /// From when on; nobody can count where that is told in words alone.
    pub since: Option<Since>,
    /// What becomes of it then.
    pub then: Then,
}

/// What the functions keep that goes as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// What came in by a form, with its deliveries.
    Lead(FormId),
    /// Something noted with a lead of a form that goes before it.
    Capture(FormId, CaptureKind),
    /// A project, with its codes.
    Project,
    /// The proof of a choice of cookies.
    Receipt,
    /// A privacy request in the register, which names nobody once it is answered; and an entry of the log of erasures.
    Request,
    /// That somebody was told of a change of the policy.
    Notice,
}

/// When a kind of record goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The kind.
    pub record: Record,
    /// The periods that must all be over, each with the time from which it counts: a longer obligation wins.
    pub periods: Vec<(Since, Period)>,
    /// What becomes of it.
    pub then: Then,
    /// The rules that are kept so.
    pub rules: Vec<RetentionId>,
}

/// The rules that fall to the retention job; those that a person, a browser, a recipient or a product carries out are not its own.
/// What becomes of the data is never guessed.
pub fn rules(registry: &Registry) -> Vec<Rule> {
    let rule = |retention: &Retention| match (&retention.keep, retention.then) {
        (Some(Stated::Known(Keep::For(keep))), Some(then)) if is_by_job(retention) => Some(Rule {
            id: retention.id.clone(),
            data: retention.data.clone(),
            only: retention.only.clone(),
            keep: *keep,
            since: since(retention),
            then,
        }),
        _ => None,
    };
    registry.retention.iter().filter_map(rule).collect()
}

/// What the job removes, and when. A record is not among them where none of its rules falls to the job, one has no end that can be counted, or
/// no rule says how long we ourselves keep some of its data: somebody else sees to it. Counts and spent proofs, which go when they are void, are not either.
pub fn limits(registry: &Registry) -> Vec<Limit> {
    records(registry).into_iter().filter_map(|record| limit(registry, record)).collect()
}

/// The rules of the job on counts and spent proofs, which the functions forget as soon as these are void.
pub fn of_what_is_void(registry: &Registry) -> Vec<RetentionId> {
    let protection: BTreeSet<DataId> = kept(registry, Holding::Protection).collect();
    rules(registry).into_iter().filter(|rule| rule.data.iter().any(|id| protection.contains(id))).map(|rule| rule.id).collect()
}

/// The records that a rule of the job is about, whether or not it can be carried out.
pub fn records_of(registry: &Registry, retention: &Retention) -> Vec<Record> {
    records(registry).into_iter().filter(|record| concerns(registry, retention, record)).collect()
}

fn limit(registry: &Registry, record: Record) -> Option<Limit> {
    let on_it: Vec<&Retention> = registry.retention.iter().filter(|rule| keeps(rule) && concerns(registry, rule, &record)).collect();
    let is_covered = |id: &DataId| on_it.iter().any(|rule| rule.data.contains(id));
    if !matches!(record, Record::Capture(..)) && !data(registry, &record).iter().all(is_covered) {
        return None;
    }
    // What goes with its lead must not take it along before its own time, nor be taken along.
    let parts = registry.retention.iter().filter(|rule| keeps(rule) && part_of(registry, rule, &record));
    let period = |rule: &Retention| match rule.keep {
        Some(Stated::Known(Keep::For(keep))) => Some((since(rule)?, keep)),
        _ => None,
    };
    let periods = on_it.iter().copied().chain(parts).map(period).collect::<Option<Vec<_>>>()?;
    let by_job: Vec<&Retention> = on_it.into_iter().filter(|rule| is_by_job(rule)).collect();
    let then = by_job.iter().map(|rule| rule.then).collect::<Option<Vec<Then>>>()?;
    let then = *then.iter().find(|then| **then == Then::Delete).or(then.first())?;
    Some(Limit { record, periods, then, rules: by_job.into_iter().map(|rule| rule.id.clone()).collect() })
}

/// All kinds of record of a site.
fn records(registry: &Registry) -> Vec<Record> {
    let named = |form: &Form, kind: CaptureKind| {
        let record = Record::Capture(form.id.clone(), kind);
        registry.retention.iter().any(|rule| concerns(registry, rule, &record)).then_some(record)
    };
    let of_form = |form: &Form| {
        let captures: Vec<Record> = form.captures.iter().filter_map(|capture| named(form, capture.kind)).collect();
        captures.into_iter().chain([Record::Lead(form.id.clone())]).collect::<Vec<_>>()
    };
    registry.forms.iter().flat_map(of_form).chain([Record::Project, Record::Receipt, Record::Request, Record::Notice]).collect()
}

/// Whether a rule is about a kind of record.
fn concerns(registry: &Registry, rule: &Retention, record: &Record) -> bool {
    match record {
        Record::Capture(form, kind) if rule.only.is_empty() => is_of(rule, &noted_alone(registry, form, *kind)),
        Record::Capture(form, kind) => rule.only.contains(kind) && is_of(rule, &noted(registry, form, *kind)),
        _ => rule.only.is_empty() && is_of(rule, &data(registry, record)),
    }
}

/// Whether a rule is about something that goes before the whole record.
fn part_of(registry: &Registry, rule: &Retention, record: &Record) -> bool {
    let Record::Lead(id) = record else { return false };
    CaptureKind::ALL.iter().any(|kind| concerns(registry, rule, &Record::Capture(id.clone(), *kind)))
}

fn is_of(rule: &Retention, data: &BTreeSet<DataId>) -> bool {
    rule.data.iter().any(|id| data.contains(id))
}

/// The data that something noted with a form belongs to.
fn noted(registry: &Registry, form: &FormId, kind: CaptureKind) -> BTreeSet<DataId> {
    let captures = registry.form(form).into_iter().flat_map(|form| &form.captures).filter(|capture| capture.kind == kind);
    captures.filter_map(|capture| capture.data.clone()).collect()
}

/// Those of them that no field belongs to.
fn noted_alone(registry: &Registry, form: &FormId, kind: CaptureKind) -> BTreeSet<DataId> {
    let fields = asked(registry, form);
    noted(registry, form, kind).into_iter().filter(|id| !fields.contains(id)).collect()
}

/// The data that the fields of a form belong to.
fn asked(registry: &Registry, form: &FormId) -> BTreeSet<DataId> {
    registry.form(form).into_iter().flat_map(|form| &form.fields).filter_map(|field| field.data.clone()).collect()
}

/// The data that a kind of record holds.
fn data(registry: &Registry, record: &Record) -> BTreeSet<DataId> {
    match record {
        Record::Lead(id) | Record::Capture(id, _) => {
            let apart: BTreeSet<DataId> = CaptureKind::ALL.iter().flat_map(|kind| noted_alone(registry, id, *kind)).collect();
            let all =
                asked(registry, id).into_iter().chain(from(registry, From::Form(id.clone()))).chain(kept(registry, Holding::Deliveries));
            all.filter(|id| !apart.contains(id)).collect()
        }
        Record::Project => kept(registry, Holding::Projects).chain(kept(registry, Holding::Codes)).collect(),
        Record::Receipt => kept(registry, Holding::Receipts).collect(),
        Record::Request => kept(registry, Holding::Requests).collect(),
        Record::Notice => kept(registry, Holding::Notices).collect(),
    }
}

fn from(registry: &Registry, wanted: From) -> impl Iterator<Item = DataId> {
    registry.data.iter().filter(move |data| data.from.as_ref() == Some(&wanted)).map(|data| data.id.clone())
}

fn kept(registry: &Registry, holding: Holding) -> impl Iterator<Item = DataId> {
    from(registry, From::Functions(holding))
}

/// Whether a rule says how long we ourselves keep something: what others hold, they hold apart from it.
fn keeps(rule: &Retention) -> bool {
    !matches!(rule.by, Some(Stated::Known(Enforcer::Browser | Enforcer::Recipient(_) | Enforcer::Product)))
}

fn is_by_job(rule: &Retention) -> bool {
    matches!(rule.by, Some(Stated::Known(Enforcer::Job)))
}

/// From when on a rule counts, where that is noted. Without a word on it, from when the data came in.
fn since(rule: &Retention) -> Option<Since> {
    match &rule.from {
        None => Some(Since::Received),
        Some(Start::Noted(since)) => Some(*since),
        Some(Start::Other(_)) => None,
    }
}
