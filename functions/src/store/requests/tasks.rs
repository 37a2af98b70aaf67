//! What is left to do for requests: taken for a while, done, or put off.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, Row, Transaction};

use super::super::SqlStore;
use super::super::row::{from_json, id, json, length, micros, number, of_word, time, word};
use super::{close, of_id};
use crate::lead::Failure;
use crate::request::{Answered, PrivacyRequest, RequestId, Task, Work};

/// The columns that [`task`] reads.
const COLUMNS: &str = "request, number, work, attempts, failure, done";

/// Whether a task is to be attempted at `$1`.
const DUE: &str = "done IS NULL AND attempted_next <= $1";

/// Writes tasks, numbered from `first` on. What a person has to do is never attempted.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Any>,
    request: RequestId,
    now: Timestamp,
    work: &[Work],
    first: i64,
) -> Result<(), sqlx::Error> {
    for (number, work) in (first..).zip(work) {
        sqlx::query("INSERT INTO request_tasks (request, number, work, attempts, attempted_next) VALUES ($1, $2, $3, 0, $4)")
            .bind(request.to_string())
            .bind(number)
            .bind(json(work)?)
            .bind((!work.is_a_person_s()).then(|| micros(now)))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// The tasks of a request, in order.
pub(super) async fn of<'e>(executor: impl Executor<'e, Database = Any>, request: RequestId) -> Result<Vec<Task>, sqlx::Error> {
    let text = format!("SELECT {COLUMNS} FROM request_tasks WHERE request = $1 ORDER BY number");
    let rows = sqlx::query(AssertSqlSafe(text)).bind(request.to_string()).fetch_all(executor).await?;
    rows.iter().map(task).collect()
}

/// The tasks of one request or of all, in order.
pub(super) async fn of_all(pool: &AnyPool, request: Option<RequestId>) -> Result<BTreeMap<RequestId, Vec<Task>>, sqlx::Error> {
    let text = format!("SELECT {COLUMNS} FROM request_tasks WHERE ($1 IS NULL OR request = $1) ORDER BY request, number");
    let rows = sqlx::query(AssertSqlSafe(text)).bind(request.map(|id| id.to_string())).fetch_all(pool).await?;
    let mut all: BTreeMap<RequestId, Vec<Task>> = BTreeMap::new();
    for row in &rows {
        all.entry(id(row, "request")?).or_default().push(task(row)?);
    }
    Ok(all)
}

/// Takes tasks that are due: whoever moves the time of the next attempt first has one.
pub(super) async fn take(store: &SqlStore, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<(PrivacyRequest, Task)>, sqlx::Error> {
    let text = format!("SELECT {COLUMNS} FROM request_tasks WHERE {DUE} ORDER BY attempted_next, request, number LIMIT $2");
    let rows = sqlx::query(AssertSqlSafe(text)).bind(micros(now)).bind(i64::from(most)).fetch_all(&store.pool).await?;
    let mut taken = Vec::new();
    for row in &rows {
        let (request, task): (RequestId, Task) = (id(row, "request")?, task(row)?);
        let mut transaction = store.begin().await?;
        let text = format!("UPDATE request_tasks SET attempted_next = $4 WHERE request = $2 AND number = $3 AND {DUE}");
        let mine = sqlx::query(AssertSqlSafe(text))
            .bind(micros(now))
            .bind(request.to_string())
            .bind(i64::from(task.number))
            .bind(micros(now).saturating_add(length(lease)))
            .execute(&mut *transaction)
            .await?;
        let request = if mine.rows_affected() == 1 { of_id(&mut transaction, request).await? } else { None };
        transaction.commit().await?;
        taken.extend(request.map(|request| (request, task)));
    }
    Ok(taken)
}

/// Notes that a task is done, and closes its request with the last one. Whether it was still to do.
pub(super) async fn done(store: &SqlStore, request: RequestId, number: u32, now: Timestamp) -> Result<bool, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let query = sqlx::query("UPDATE request_tasks SET done = $3, failure = NULL WHERE request = $1 AND number = $2 AND done IS NULL");
    let query = query.bind(request.to_string()).bind(i64::from(number)).bind(micros(now));
    let written = query.execute(&mut *transaction).await?.rows_affected();
    let left = sqlx::query("SELECT COUNT(*) AS left_to_do FROM request_tasks WHERE request = $1 AND done IS NULL")
        .bind(request.to_string())
        .fetch_one(&mut *transaction)
        .await?;
    if left.try_get::<i64, _>("left_to_do")? == 0 {
        close(&mut transaction, request, now, Answered::Granted).await?;
    }
    transaction.commit().await?;
    Ok(written == 1)
}

/// Notes that a task failed, and when it is attempted next.
pub(super) async fn failed(
    store: &SqlStore,
    request: RequestId,
    number: u32,
    failure: Failure,
    next: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE request_tasks SET attempts = attempts + 1, failure = $3, attempted_next = $4 \
         WHERE request = $1 AND number = $2 AND done IS NULL",
    )
    .bind(request.to_string())
    .bind(i64::from(number))
    .bind(word(&failure)?)
    .bind(micros(next))
    .execute(&store.pool)
    .await
    .map(drop)
}

fn task(row: &AnyRow) -> Result<Task, sqlx::Error> {
    Ok(Task {
        number: number(row.try_get("number")?)?,
        work: from_json(row, "work")?,
        attempts: number(row.try_get("attempts")?)?,
        failure: row.try_get::<Option<String>, _>("failure")?.map(of_word).transpose()?,
        done: row.try_get::<Option<i64>, _>("done")?.map(time).transpose()?,
    })
}
