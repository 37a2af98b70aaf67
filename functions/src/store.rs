//! The store of leads and projects on SQLite or PostgreSQL: [`Store`] and [`Projects`](crate::ports::Projects) on one text of SQL.
//!
//! sqlx's `Any` speaks to both. The few statements in which they differ ask `Database`. Texts of errors come from codes alone, since a
//! database quotes values in its own.

mod accept;
mod columns;
mod database;
mod deliveries;
mod fault;
mod leads;
mod limits;
mod notices;
mod place;
mod projects;
mod receipts;
mod requests;
mod retention;
mod row;
mod schema;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Any, AnyPool, Transaction};

use crate::lead::{Lead, LeadId, OutboxRow, SinkId};
use crate::personal::Personal;
use crate::ports::{
    Accepted, Claim, Counts, Entry, Filter, Held, Limit, Over, ReceiptFilter, Receipts, Retains, Settled, Spent, Stopped, Store, StoreError,
};
use crate::receipt::Receipt;

pub use columns::{COLUMNS, Holds};
pub use database::Patience;
use database::{Database, Opened};

/// A database of leads and projects.
#[derive(Debug)]
pub struct SqlStore {
    pool: AnyPool,
    database: Database,
    patience: Patience,
    /// The file, where it is one.
    file: Option<PathBuf>,
    /// How many connections were made so far; how many there were when it was last found to be whole, and when that was.
    connections: Arc<AtomicU64>,
    found_whole: Mutex<Option<(u64, Instant)>>,
}

/// The store at `postgres://…` or `sqlite:FILE`. Nothing is connected before the first use, so that this takes no time and cannot wait;
/// it needs a running tokio.
///
/// # Errors
/// An address that is none of a database.
pub fn open(url: &str, patience: Patience) -> Result<SqlStore, StoreError> {
    let Opened { database, pool, connections, file } = database::open(url, patience)?;
    Ok(SqlStore { pool, database, patience, file, connections, found_whole: Mutex::default() })
}

impl SqlStore {
    /// Makes the tables of this version, or brings older ones up to it, and notes where the database stands where nobody has. Harmless when they
    /// are there, and when two do it at once.
    ///
    /// # Errors
    /// As every use of the store; and tables that this program did not make.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        // A change of large tables takes longer than a request may.
        schema::migrate(&self.pool, self.database).await?;
        self.within(place::note_first(self)).await
    }

    /// Notes that the database is whole where it stands now: whoever was erased is not in it. Then [`Store::whole`] has nothing to say any more.
    ///
    /// # Errors
    /// As every use of the store.
    pub async fn note_whole(&self) -> Result<(), StoreError> {
        self.within(place::note(self)).await
    }

    /// Closes every connection, when what they do is done. Whatever comes later finds the store unreachable.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that will write. It begins in a task of its own: whoever is dropped while the database is asked to begin would leave behind
    /// a connection in a transaction that nobody knows of, with its locks, and whatever it writes next would never be committed.
    async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let (pool, begin) = (self.pool.clone(), self.database.begin());
        tokio::spawn(async move { pool.begin_with(begin).await }).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    /// The result of some work, or that it took too long. What is dropped in the middle is rolled back.
    async fn within<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>> + Send) -> Result<T, StoreError> {
        match tokio::time::timeout(self.patience.answer, work).await {
            Ok(result) => result.map_err(|error| fault::told(self.database, &error)),
            Err(_) => Err(fault::too_slow()),
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    fn is_shared(&self) -> bool {
        true
    }

    async fn accept(&self, entry: &Entry) -> Result<Accepted, StoreError> {
        self.within(accept::accept(self, entry)).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<Claim>, StoreError> {
        self.whole().await?;
        self.within(deliveries::claim(self, now, lease, most)).await
    }

    async fn settle(&self, claim: &Claim, settled: &Settled) -> Result<bool, StoreError> {
        self.within(deliveries::settle(&self.pool, claim, settled)).await
    }

    async fn settle_all(&self, attempted: &[(Claim, Settled)]) -> Result<Vec<bool>, StoreError> {
        self.within(deliveries::settle_all(self, attempted)).await
    }

    async fn stop(&self, sink: &SinkId, stopped: Option<&Stopped>) -> Result<(), StoreError> {
        self.within(deliveries::stop(self, sink, stopped)).await
    }

    async fn stopped(&self) -> Result<Vec<Stopped>, StoreError> {
        self.within(deliveries::stopped(self)).await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        self.within(deliveries::counts(self, now)).await
    }

    async fn count(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        self.within(limits::count(self, limit, window, now)).await
    }

    async fn level(&self, limit: &str, window: Duration, now: Timestamp) -> Result<u32, StoreError> {
        self.within(limits::level(self, limit, window, now)).await
    }

    async fn failed(&self, proof: &Spent, limits: &[Limit], now: Timestamp) -> Result<bool, StoreError> {
        self.within(limits::failed(self, proof, limits, now)).await
    }

    async fn leads(&self, filter: &Filter) -> Result<Vec<Lead>, StoreError> {
        self.within(leads::list(self, filter)).await
    }

    async fn deliveries(&self, filter: &Filter) -> Result<Vec<OutboxRow>, StoreError> {
        self.within(deliveries::list(self, filter)).await
    }

    async fn retry(&self, filter: &Filter, now: Timestamp) -> Result<u64, StoreError> {
        self.within(deliveries::retry(self, filter, now)).await
    }

    async fn erase(&self, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, StoreError> {
        self.within(leads::erase(self, lead)).await
    }

    async fn of_person(&self, address: &Personal<String>) -> Result<Vec<Lead>, StoreError> {
        self.within(leads::of_person(self, address)).await
    }

    async fn ran(&self, job: &str, now: Timestamp) -> Result<(), StoreError> {
        self.within(schema::ran(self, job, now)).await
    }

    async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, StoreError> {
        self.within(schema::last_run(self, job)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let newest = self.within(schema::newest(self)).await;
        schema::judge(newest)
    }

    async fn whole(&self) -> Result<(), StoreError> {
        place::compare(self).await
    }
}

#[async_trait]
impl Retains for SqlStore {
    fn name(&self) -> &'static str {
        self.database.name()
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.within(limits::sweep(self, now)).await
    }

    async fn held(&self, over: &Over) -> Result<Option<Held>, StoreError> {
        self.within(retention::held(self, over)).await.map(Some)
    }

    async fn expire(&self, over: &Over, most: u32) -> Result<u64, StoreError> {
        self.within(retention::expire(self, over, most)).await
    }

    async fn outlasting(&self, over: &Over) -> Result<BTreeSet<LeadId>, StoreError> {
        self.within(retention::outlasting(self, over)).await
    }
}

#[async_trait]
impl Receipts for SqlStore {
    async fn keep(&self, receipt: &Receipt) -> Result<(), StoreError> {
        self.within(receipts::keep(self, receipt)).await
    }

    async fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<Receipt>, StoreError> {
        self.within(receipts::list(self, filter)).await
    }
}
