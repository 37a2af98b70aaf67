//! Counts in windows of time that all instances share, spent proofs, and forgetting both.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Any, Executor, Row, Transaction};

use super::SqlStore;
use super::row::{length, micros, number};
use crate::ports::{Limit, Spent};

/// A window of time, in microseconds. Windows begin at the multiples of their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    length: i64,
    begins: i64,
}

impl Window {
    /// The one of a length that a time is in.
    pub(super) fn at(time: Timestamp, window: Duration) -> Self {
        let (time, length) = (micros(time), length(window).max(1));
        Self { length, begins: time - time.rem_euclid(length) }
    }

    /// When it ends, and the next one begins.
    pub(super) fn ends(self) -> i64 {
        self.begins.saturating_add(self.length)
    }
}

pub(super) async fn count(store: &SqlStore, limit: &str, window: Duration, now: Timestamp) -> Result<u32, sqlx::Error> {
    add(&store.pool, limit, Window::at(now, window)).await
}

pub(super) async fn level(store: &SqlStore, limit: &str, window: Duration, now: Timestamp) -> Result<u32, sqlx::Error> {
    let window = Window::at(now, window);
    let row = sqlx::query("SELECT number FROM counted WHERE name = $1 AND length = $2 AND begins = $3")
        .bind(limit.to_owned())
        .bind(window.length)
        .bind(window.begins)
        .fetch_optional(&store.pool)
        .await?;
    row.map_or(Ok(0), |row| number(row.try_get("number")?))
}

/// Counts one more, and returns how many there are.
pub(super) async fn add<'e>(executor: impl Executor<'e, Database = Any>, name: &str, window: Window) -> Result<u32, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO counted (name, length, begins, number) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (name, length, begins) DO UPDATE SET number = counted.number + 1 RETURNING number",
    )
    .bind(name.to_owned())
    .bind(window.length)
    .bind(window.begins)
    .fetch_one(executor)
    .await?;
    number(row.try_get("number")?)
}

/// Spends a proof. Whether it was not spent before.
pub(super) async fn spend(transaction: &mut Transaction<'static, Any>, proof: &Spent) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query("INSERT INTO spent_proofs (nonce, until) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING")
        .bind(proof.nonce.clone())
        .bind(micros(proof.until))
        .execute(&mut **transaction)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Spends the proof of a guess and counts it, even where the proof was spent before: then it was a guess in another instance too.
pub(super) async fn failed(store: &SqlStore, proof: &Spent, limits: &[Limit], now: Timestamp) -> Result<bool, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let is_first = spend(&mut transaction, proof).await?;
    // As in `accept`: what everybody counts comes last, and all take the same order.
    for limit in limits {
        add(&mut *transaction, &limit.name, Window::at(now, limit.window)).await?;
    }
    transaction.commit().await?;
    Ok(is_first)
}

/// Forgets what is void by now. How many rows there were.
pub(super) async fn sweep(store: &SqlStore, now: Timestamp) -> Result<u64, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let mut gone = 0;
    for text in [
        "DELETE FROM counted WHERE begins + length <= $1",
        "DELETE FROM spent_proofs WHERE until <= $1",
        "DELETE FROM stopped_sinks WHERE until <= $1",
    ] {
        gone += sqlx::query(text).bind(micros(now)).execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    Ok(gone)
}
