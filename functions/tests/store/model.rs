//! The store against a model in memory: whatever is done in whatever order, both say the same.

use std::collections::BTreeMap;
use std::time::Duration;

use functions::lead::{DeliveryState, Failure, Lead, OutboxRow, SinkId, Suspicion};
use functions::ports::{Accepted, Claim, Counts, Entry, Filter, Limit, Retains, Settled, Stopped, Store};
use functions::store::SqlStore;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use crate::sample::{Base, at, entry, sinks, spent};

const LEASE: i64 = 60;
const WINDOW: i64 = 300;
const FORMS: &str = "forms";

/// Something that is done to a store.
#[derive(Clone, Debug)]
enum Step {
    Accept { key: u8, fingerprint: u8, proof: Option<u8>, limited: bool, held: bool, sinks: usize },
    Claim { most: u32 },
    Settle { claim: Index, state: DeliveryState, wait: i64 },
    Stop { sink: usize, wait: Option<i64> },
    Start { sink: usize },
    Retry(Which),
    Erase { lead: Index },
    Count,
    Sweep,
    Wait { seconds: i64 },
}

/// A filter, before it is known which leads there are.
#[derive(Clone, Debug)]
struct Which {
    lead: Option<Index>,
    state: Option<DeliveryState>,
    held: Option<bool>,
    ago: Option<i64>,
    most: Option<u32>,
}

fn state() -> impl Strategy<Value = DeliveryState> {
    prop_oneof![Just(DeliveryState::Pending), Just(DeliveryState::Sent), Just(DeliveryState::Dead), Just(DeliveryState::Held)]
}

fn which() -> impl Strategy<Value = Which> {
    let lead = proptest::option::of(any::<Index>());
    let most = proptest::option::weighted(0.2, 0..5_u32);
    (lead, proptest::option::of(state()), proptest::option::of(any::<bool>()), proptest::option::of(0..400_i64), most)
        .prop_map(|(lead, state, held, ago, most)| Which { lead, state, held, ago, most })
}

fn step() -> impl Strategy<Value = Step> {
    let accept = (0..6_u8, 0..2_u8, proptest::option::weighted(0.3, 0..3_u8), any::<bool>(), any::<bool>(), 0..4_usize)
        .prop_map(|(key, fingerprint, proof, limited, held, sinks)| Step::Accept { key, fingerprint, proof, limited, held, sinks });
    let outcome = prop_oneof![Just(DeliveryState::Pending), Just(DeliveryState::Sent), Just(DeliveryState::Dead)];
    prop_oneof![
        6 => accept,
        5 => (0..5_u32).prop_map(|most| Step::Claim { most }),
        5 => (any::<Index>(), outcome, 0..200_i64).prop_map(|(claim, state, wait)| Step::Settle { claim, state, wait }),
        1 => (0..3_usize, proptest::option::of(0..200_i64)).prop_map(|(sink, wait)| Step::Stop { sink, wait }),
        1 => (0..3_usize).prop_map(|sink| Step::Start { sink }),
        2 => which().prop_map(Step::Retry),
        1 => any::<Index>().prop_map(|lead| Step::Erase { lead }),
        1 => Just(Step::Count),
        1 => Just(Step::Sweep),
        4 => (1..100_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Runs so many series of steps, each on a database of its own.
pub(crate) fn agrees(cases: u32, base: impl Fn(u32) -> Base) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    let runtime = crate::runtime();
    let (number, steps) = (std::cell::Cell::new(0), proptest::collection::vec((step(), which()), 1..50));
    let outcome = runner.run(&steps, |steps| {
        number.set(number.get() + 1);
        let base = base(number.get());
        runtime.block_on(run(&base, &steps))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// What is kept of a submission.
struct Kept {
    entry: Entry,
    rows: Vec<(OutboxRow, Option<Timestamp>, String)>,
}

#[derive(Default)]
struct Model {
    kept: Vec<Kept>,
    proofs: BTreeMap<String, Timestamp>,
    windows: BTreeMap<i64, u32>,
    stopped: BTreeMap<SinkId, Stopped>,
}

async fn run(base: &Base, steps: &[(Step, Which)]) -> Result<(), TestCaseError> {
    let store = base.store().await;
    let (mut model, mut seconds, mut claims) = (Model::default(), 0, Vec::new());
    for (step, which) in steps {
        if let Step::Wait { seconds: more } = step {
            seconds += more;
        }
        taken(&store, &mut model, step, seconds, &mut claims).await?;
        let filter = model.filter(which, seconds);
        prop_assert_eq!(store.leads(&filter).await.unwrap(), model.leads(&filter), "leads of {:?} after {:?}", &filter, step);
        prop_assert_eq!(store.deliveries(&filter).await.unwrap(), model.rows(&filter), "deliveries of {:?} after {:?}", &filter, step);
        prop_assert_eq!(store.counts(at(seconds)).await.unwrap(), model.counts(at(seconds)));
        prop_assert_eq!(store.stopped().await.unwrap(), model.stopped.values().cloned().collect::<Vec<_>>());
        let level = store.level(FORMS, Duration::from_secs(WINDOW.unsigned_abs()), at(seconds)).await.unwrap();
        prop_assert_eq!(level, *model.windows.get(&window(at(seconds))).unwrap_or(&0));
    }
    store.close().await;
    Ok(())
}

/// One step, on the store and on the model.
async fn taken(store: &SqlStore, model: &mut Model, step: &Step, seconds: i64, claims: &mut Vec<Claim>) -> Result<(), TestCaseError> {
    let (now, length) = (at(seconds), Duration::from_secs(WINDOW.unsigned_abs()));
    match step {
        Step::Accept { key, fingerprint, proof, limited, held, sinks: number } => {
            let mut new = entry(seconds);
            new.lead.held = held.then_some(Suspicion::Links).into_iter().collect();
            let limit = Limit { name: FORMS.to_owned(), window: length, most: 3 };
            let entry = Entry {
                key: key.to_string(),
                fingerprint: fingerprint.to_string(),
                proof: proof.map(|nonce| spent(&nonce.to_string(), seconds + 100)),
                limits: limited.then_some(limit).into_iter().collect(),
                sinks: sinks()[..*number].to_vec(),
                ..new
            };
            prop_assert_eq!(store.accept(&entry).await.unwrap(), model.accept(entry));
        }
        Step::Claim { most } => {
            let got = store.claim(now, Duration::from_secs(LEASE.unsigned_abs()), *most).await.unwrap();
            let shown: Vec<(OutboxRow, Lead)> = got.iter().map(|claim| (claim.row.clone(), claim.lead.clone())).collect();
            prop_assert_eq!(shown, model.claim(now, *most, got.first().map_or("", |claim| &claim.lease)));
            claims.extend(got);
        }
        Step::Settle { claim, state, wait } if !claims.is_empty() => {
            let claim = claim.get(claims);
            let settled = Settled {
                state: *state,
                attempts: claim.row.attempts + 1,
                due: at(seconds + wait),
                failure: (*state != DeliveryState::Sent).then_some(Failure::Broken),
                reference: (*state == DeliveryState::Sent).then(|| "page".to_owned()),
            };
            prop_assert_eq!(store.settle(claim, &settled).await.unwrap(), model.settle(claim, settled));
        }
        Step::Stop { sink, wait } => {
            let stopped = Stopped { sink: sinks()[*sink].clone(), until: wait.map(|wait| at(seconds + wait)), failure: Failure::TooMany };
            store.stop(&stopped.sink, Some(&stopped)).await.unwrap();
            model.stopped.insert(stopped.sink.clone(), stopped);
        }
        Step::Start { sink } => {
            store.stop(&sinks()[*sink], None).await.unwrap();
            model.stopped.remove(&sinks()[*sink]);
        }
        Step::Retry(which) => {
            let filter = model.filter(which, seconds);
            prop_assert_eq!(store.retry(&filter, now).await.unwrap(), model.retry(&filter, now), "{:?}", filter);
        }
        Step::Erase { lead } if !model.kept.is_empty() => {
            let gone = model.kept.remove(lead.index(model.kept.len()));
            let mut rows: Vec<OutboxRow> = gone.rows.into_iter().map(|(row, _, _)| row).collect();
            rows.sort_by(|a, b| a.sink.cmp(&b.sink));
            prop_assert_eq!(store.erase(gone.entry.lead.id).await.unwrap(), Some(rows));
        }
        Step::Count => {
            let number = model.windows.entry(window(now)).or_default();
            *number += 1;
            prop_assert_eq!(store.count(FORMS, length, now).await.unwrap(), *number);
        }
        Step::Sweep => prop_assert_eq!(store.sweep(now).await.unwrap(), model.sweep(now)),
        Step::Settle { .. } | Step::Erase { .. } | Step::Wait { .. } => {}
    }
    Ok(())
}

/// When the window of a time began, in seconds.
fn window(time: Timestamp) -> i64 {
    time.as_second() / WINDOW * WINDOW
}

impl Model {
    fn filter(&self, which: &Which, seconds: i64) -> Filter {
        let lead = which.lead.filter(|_| !self.kept.is_empty()).map(|lead| lead.get(&self.kept).entry.lead.id);
        let since = which.ago.map(|ago| at(seconds - ago));
        Filter { lead, state: which.state, held: which.held, since, most: which.most }
    }

    fn accept(&mut self, entry: Entry) -> Accepted {
        if let Some(kept) = self.kept.iter().find(|kept| kept.entry.key == entry.key) {
            let same = kept.entry.fingerprint == entry.fingerprint;
            return if same { Accepted::Replayed(kept.entry.lead.id) } else { Accepted::OtherBody };
        }
        if entry.proof.as_ref().is_some_and(|proof| self.proofs.contains_key(&proof.nonce)) {
            return Accepted::SpentProof;
        }
        let begins = window(entry.lead.received);
        for limit in &entry.limits {
            if *self.windows.get(&begins).unwrap_or(&0) >= limit.most {
                return Accepted::Limited { until: Timestamp::from_second(begins + WINDOW).unwrap() };
            }
            *self.windows.entry(begins).or_default() += 1;
        }
        self.proofs.extend(entry.proof.iter().map(|proof| (proof.nonce.clone(), proof.until)));
        let state = if entry.lead.held.is_empty() { DeliveryState::Pending } else { DeliveryState::Held };
        let row = |sink: &SinkId| OutboxRow {
            lead: entry.lead.id,
            sink: sink.clone(),
            state,
            attempts: 0,
            first_attempt: None,
            due: entry.lead.received,
            failure: None,
            reference: None,
        };
        let rows = entry.sinks.iter().map(|sink| (row(sink), None, String::new())).collect();
        self.kept.push(Kept { entry, rows });
        Accepted::New
    }

    fn claim(&mut self, now: Timestamp, most: u32, lease: &str) -> Vec<(OutboxRow, Lead)> {
        let is_stopped = |sink: &SinkId| self.stopped.get(sink).is_some_and(|stopped| stopped.until.is_none_or(|until| until > now));
        let rows = self.kept.iter_mut().flat_map(|kept| kept.rows.iter_mut().map(|row| (row, &kept.entry.lead)));
        let mut due: Vec<_> = rows
            .filter(|((row, until, _), _)| row.state == DeliveryState::Pending && row.due <= now && until.is_none_or(|until| until <= now))
            .filter(|((row, _, _), _)| !is_stopped(&row.sink))
            .collect();
        due.sort_by_key(|((row, _, _), _)| (row.due, row.lead, row.sink.clone()));
        due.truncate(most as usize);
        due.into_iter()
            .map(|((row, until, held), lead)| {
                row.first_attempt.get_or_insert(now);
                (*until, *held) = (Some(now + Duration::from_secs(LEASE.unsigned_abs())), lease.to_owned());
                (row.clone(), lead.clone())
            })
            .collect()
    }

    fn settle(&mut self, claim: &Claim, settled: Settled) -> bool {
        let mut rows = self.kept.iter_mut().flat_map(|kept| &mut kept.rows);
        let found = rows.find(|(row, _, lease)| row.lead == claim.row.lead && row.sink == claim.row.sink && *lease == claim.lease);
        let Some((row, until, lease)) = found else { return false };
        let Settled { state, attempts, due, failure, reference } = settled;
        *row = OutboxRow { state, attempts, due, failure, reference, ..row.clone() };
        (*until, *lease) = (None, String::new());
        true
    }

    fn retry(&mut self, filter: &Filter, now: Timestamp) -> u64 {
        let wanted = Filter { most: None, ..filter.clone() };
        let mut rows = self.rows(&wanted);
        rows.retain(|row| row.state != DeliveryState::Sent);
        rows.truncate(filter.most.map_or(usize::MAX, |most| most as usize));
        for (row, _, _) in self.kept.iter_mut().flat_map(|kept| &mut kept.rows).filter(|(row, _, _)| rows.contains(row)) {
            row.first_attempt = row.first_attempt.filter(|_| row.state == DeliveryState::Pending);
            (row.state, row.attempts, row.due, row.failure) = (DeliveryState::Pending, 0, now, None);
        }
        for kept in &mut self.kept {
            if !kept.rows.is_empty() && kept.rows.iter().all(|(row, _, _)| row.state != DeliveryState::Held) {
                kept.entry.lead.held.clear();
            }
        }
        rows.len() as u64
    }

    fn sweep(&mut self, now: Timestamp) -> u64 {
        let size = |model: &Self| (model.windows.len() + model.proofs.len() + model.stopped.len()) as u64;
        let before = size(self);
        self.windows.retain(|begins, _| begins + WINDOW > now.as_second());
        self.proofs.retain(|_, until| *until > now);
        self.stopped.retain(|_, stopped| stopped.until.is_none_or(|until| until > now));
        before - size(self)
    }

    fn counts(&self, now: Timestamp) -> Counts {
        let rows = self.rows(&Filter::default());
        let number = |state| rows.iter().filter(|row| row.state == state).count() as u64;
        let due = rows.iter().filter(|row| row.state == DeliveryState::Pending && row.due <= now).map(|row| row.due);
        let [pending, held, dead] = [DeliveryState::Pending, DeliveryState::Held, DeliveryState::Dead].map(number);
        Counts { pending, held, dead, oldest_due: due.min() }
    }

    /// What is kept of the leads of a filter, the newest first, whatever the filter says of states.
    fn of(&self, filter: &Filter) -> Vec<&Kept> {
        let fits = |lead: &Lead| {
            filter.lead.is_none_or(|id| lead.id == id)
                && filter.held.is_none_or(|held| lead.held.is_empty() != held)
                && filter.since.is_none_or(|since| lead.received >= since)
        };
        let mut kept: Vec<&Kept> = self.kept.iter().filter(|kept| fits(&kept.entry.lead)).collect();
        kept.sort_by_key(|kept| std::cmp::Reverse((kept.entry.lead.received, kept.entry.lead.id)));
        kept
    }

    fn leads(&self, filter: &Filter) -> Vec<Lead> {
        let fits = |kept: &&Kept| filter.state.is_none_or(|state| kept.rows.iter().any(|(row, _, _)| row.state == state));
        let leads = self.of(filter).into_iter().filter(fits).map(|kept| kept.entry.lead.clone());
        leads.take(filter.most.map_or(usize::MAX, |most| most as usize)).collect()
    }

    fn rows(&self, filter: &Filter) -> Vec<OutboxRow> {
        let mut rows = Vec::new();
        for kept in self.of(filter) {
            let mut own: Vec<OutboxRow> = kept.rows.iter().map(|(row, _, _)| row.clone()).collect();
            own.retain(|row| filter.state.is_none_or(|state| row.state == state));
            own.sort_by(|a, b| a.sink.cmp(&b.sink));
            rows.extend(own);
        }
        rows.truncate(filter.most.map_or(usize::MAX, |most| most as usize));
        rows
    }
}
