//! Deliveries are claimed under a lease, settled, listed and taken up again; sinks are stopped.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Executor, Row};
use uuid::Uuid;

use super::SqlStore;
use super::row::{self, DELIVERY, LEAD, NOT_HELD, length, micros, of_word, time, word};
use crate::lead::{OutboxRow, SinkId};
use crate::ports::{Claim, Counts, Filter, Settled, Stopped};

/// The part of a filter that is about leads, as a condition on `leads l`: `$1`, `$3` and `$4`. `$2` is the state, `$5` the number.
pub(super) const FILTERED: &str =
    "($1 IS NULL OR l.id = $1) AND ($3 IS NULL OR (l.held <> '[]') = $3) AND ($4 IS NULL OR l.received >= $4)";

/// Whether a delivery is to be attempted at `$1`, as a condition on `deliveries d`.
const DUE: &str = "d.state = 'pending' AND d.due <= $1 AND (d.leased_until IS NULL OR d.leased_until <= $1) \
    AND NOT EXISTS (SELECT 1 FROM restrictions r WHERE r.lead = d.lead) \
    AND NOT EXISTS (SELECT 1 FROM stopped_sinks s WHERE s.sink = d.sink AND (s.until IS NULL OR s.until > $1))";

/// A query with the five values of a filter.
pub(super) fn filtered<'q>(query: Query<'q, Any, AnyArguments>, filter: &Filter) -> Result<Query<'q, Any, AnyArguments>, sqlx::Error> {
    Ok(query
        .bind(filter.lead.map(|lead| lead.to_string()))
        .bind(filter.state.map(|state| word(&state)).transpose()?)
        .bind(filter.held)
        .bind(filter.since.map(micros))
        .bind(filter.most.map_or(i64::MAX, i64::from)))
}

/// The deliveries of a filter, those of the newest leads first.
pub(super) async fn list(store: &SqlStore, filter: &Filter) -> Result<Vec<OutboxRow>, sqlx::Error> {
    let text = format!(
        "SELECT {DELIVERY} FROM deliveries d JOIN leads l ON l.id = d.lead WHERE {FILTERED} AND ($2 IS NULL OR d.state = $2) \
         ORDER BY l.received DESC, l.id DESC, d.sink LIMIT $5"
    );
    let rows = filtered(sqlx::query(AssertSqlSafe(text)), filter)?.fetch_all(&store.pool).await?;
    rows.iter().map(row::delivery).collect()
}

/// Takes what is due under a lease, the longest due first.
pub(super) async fn claim(store: &SqlStore, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<Claim>, sqlx::Error> {
    // Most often nothing is due, which reading tells: beginning to write would make everybody else wait.
    let text = format!("SELECT 1 AS due FROM deliveries d WHERE {DUE} LIMIT 1");
    if sqlx::query(AssertSqlSafe(text)).bind(micros(now)).fetch_optional(&store.pool).await?.is_none() {
        return Ok(Vec::new());
    }
    let token = Uuid::now_v7().to_string();
    let mut transaction = store.begin().await?;
    // The first attempt is noted before it is made, so that one that nobody lived to write down counts too.
    let text = format!(
        "WITH picked AS ( \
           SELECT d.lead, d.sink FROM deliveries d WHERE {DUE} \
           ORDER BY d.due, d.lead, d.sink LIMIT $2 {} \
         ) \
         UPDATE deliveries SET lease = $3, leased_until = $4, first_attempt = COALESCE(first_attempt, $1) \
         WHERE (lead, sink) IN (SELECT lead, sink FROM picked)",
        store.database.locked()
    );
    let picked = sqlx::query(AssertSqlSafe(text))
        .bind(micros(now))
        .bind(i64::from(most))
        .bind(token.clone())
        .bind(micros(now).saturating_add(length(lease)))
        .execute(&mut *transaction)
        .await?;
    if picked.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT {DELIVERY}, {LEAD} FROM deliveries d JOIN leads l ON l.id = d.lead WHERE d.lease = $1 ORDER BY d.due, d.lead, d.sink"
    );
    let rows = sqlx::query(AssertSqlSafe(text)).bind(token.clone()).fetch_all(&mut *transaction).await?;
    let claims: Result<Vec<Claim>, sqlx::Error> =
        rows.iter().map(|found: &AnyRow| Ok(Claim { row: row::delivery(found)?, lead: row::lead(found)?, lease: token.clone() })).collect();
    transaction.commit().await?;
    claims
}

/// Writes the outcomes of attempts in one transaction.
pub(super) async fn settle_all(store: &SqlStore, attempted: &[(Claim, Settled)]) -> Result<Vec<bool>, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let mut held = vec![false; attempted.len()];
    // Two instances that write the same rows take the same order, else each could wait for the other.
    let mut order: Vec<usize> = (0..attempted.len()).collect();
    order.sort_by_key(|&at| (attempted[at].0.row.lead, &attempted[at].0.row.sink));
    for at in order {
        let (claim, settled) = &attempted[at];
        held[at] = settle(&mut *transaction, claim, settled).await?;
    }
    transaction.commit().await?;
    Ok(held)
}

/// Writes the outcome of an attempt and gives the lease back, if it is still this one.
pub(super) async fn settle<'e>(executor: impl Executor<'e, Database = Any>, claim: &Claim, settled: &Settled) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(
        "UPDATE deliveries SET state = $1, attempts = $2, due = $3, failure = $4, reference = $5, lease = NULL, leased_until = NULL \
         WHERE lead = $6 AND sink = $7 AND lease = $8",
    )
    .bind(word(&settled.state)?)
    .bind(i64::from(settled.attempts))
    .bind(micros(settled.due))
    .bind(settled.failure.map(|failure| word(&failure)).transpose()?)
    // Others choose it, and PostgreSQL has no NUL in its texts.
    .bind(settled.reference.as_ref().map(|reference| reference.replace('\0', "")))
    .bind(claim.row.lead.to_string())
    .bind(claim.row.sink.0.clone())
    .bind(claim.lease.clone())
    .execute(executor)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Has deliveries attempted again. How many.
pub(super) async fn retry(store: &SqlStore, filter: &Filter, now: Timestamp) -> Result<u64, sqlx::Error> {
    let mut transaction = store.begin().await?;
    // What was given up or held begins anew. What is still tried keeps its first attempt: recipients that recognise a repetition do so
    // for a day from there.
    let text = format!(
        "UPDATE deliveries SET first_attempt = CASE WHEN state = 'pending' THEN first_attempt END, \
           state = 'pending', attempts = 0, due = $6, failure = NULL \
         WHERE (lead, sink) IN ( \
           SELECT d.lead, d.sink FROM deliveries d JOIN leads l ON l.id = d.lead \
           WHERE {FILTERED} AND d.state <> 'sent' AND ($2 IS NULL OR d.state = $2) \
           ORDER BY l.received DESC, l.id DESC, d.sink LIMIT $5 \
         )"
    );
    let query = filtered(sqlx::query(AssertSqlSafe(text)), filter)?.bind(micros(now));
    let retried = query.execute(&mut *transaction).await?.rows_affected();
    sqlx::query(
        "UPDATE leads SET held = $1 WHERE held <> $1 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.lead = leads.id) \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.lead = leads.id AND d.state = 'held')",
    )
    .bind(NOT_HELD)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(retried)
}

/// Stops a sink, or lets it run.
pub(super) async fn stop(store: &SqlStore, sink: &SinkId, stopped: Option<&Stopped>) -> Result<(), sqlx::Error> {
    let query = match stopped {
        Some(stopped) => sqlx::query(
            "INSERT INTO stopped_sinks (sink, until, failure) VALUES ($1, $2, $3) \
             ON CONFLICT (sink) DO UPDATE SET until = excluded.until, failure = excluded.failure",
        )
        .bind(sink.0.clone())
        .bind(stopped.until.map(micros))
        .bind(word(&stopped.failure)?),
        None => sqlx::query("DELETE FROM stopped_sinks WHERE sink = $1").bind(sink.0.clone()),
    };
    query.execute(&store.pool).await.map(drop)
}

/// The stopped sinks, by name.
pub(super) async fn stopped(store: &SqlStore) -> Result<Vec<Stopped>, sqlx::Error> {
    let rows = sqlx::query("SELECT sink, until, failure FROM stopped_sinks ORDER BY sink").fetch_all(&store.pool).await?;
    let read = |row: &AnyRow| {
        Ok(Stopped {
            sink: SinkId(row.try_get("sink")?),
            until: row.try_get::<Option<i64>, _>("until")?.map(time).transpose()?,
            failure: of_word(row.try_get("failure")?)?,
        })
    };
    rows.iter().map(read).collect()
}

/// How full the outbox is.
pub(super) async fn counts(store: &SqlStore, now: Timestamp) -> Result<Counts, sqlx::Error> {
    let row = sqlx::query(
        "SELECT COUNT(CASE WHEN state = 'pending' THEN 1 END) AS pending, COUNT(CASE WHEN state = 'held' THEN 1 END) AS held, \
           COUNT(CASE WHEN state = 'dead' THEN 1 END) AS dead, MIN(CASE WHEN state = 'pending' AND due <= $1 THEN due END) AS oldest \
         FROM deliveries WHERE state <> 'sent'",
    )
    .bind(micros(now))
    .fetch_one(&store.pool)
    .await?;
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    Ok(Counts {
        pending: number("pending")?,
        held: number("held")?,
        dead: number("dead")?,
        oldest_due: row.try_get::<Option<i64>, _>("oldest")?.map(time).transpose()?,
    })
}
