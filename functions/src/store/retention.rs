//! What is past its period goes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use registry::derive::retention::Record;
use registry::model::{CaptureKind, FormId, Since, Then};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Row};

use super::SqlStore;
use super::leads::cut_log;
use super::row::{from_json, id, json, micros, time};
use crate::lead::LeadId;
use crate::ports::{CUT, Held, Over};
use crate::project::Project;

/// Whether a lead is over, as a condition on `leads`.
const OVER: &str = "received <= $2 AND contacted <= $3";

/// Whether it is of the form, and its captures look as is asked for, as another.
const MEANT: &str = "form = $1 AND captured LIKE $4 AND captured NOT LIKE $5";

/// How much there is of a kind of record.
pub(super) async fn held(store: &SqlStore, over: &Over) -> Result<Held, sqlx::Error> {
    match &over.record {
        Record::Lead(form) => held_leads(store, over, form, &ANY).await,
        Record::Capture(form, kind) => held_leads(store, over, form, &captured(over, *kind)).await,
        Record::Project => {
            let begun: Vec<_> = projects(&store.pool, "").await?.into_iter().map(|(_, begun)| begun).collect();
            let (past, rest): (Vec<_>, Vec<_>) = begun.into_iter().partition(|begun| over.is_over(begun));
            let counts = rest.iter().filter(|begun| !begun.is_empty());
            Ok(Held {
                over: past.len() as u64,
                rest: rest.len() as u64,
                next: counts.min_by_key(|begun| begun.get(&Since::Close)).cloned(),
            })
        }
        Record::Receipt => held_rows(store, over, &RECEIPTS).await,
        Record::Notice => held_rows(store, over, &NOTICES).await,
        Record::Request => held_requests(store, over).await,
    }
}

async fn held_leads(store: &SqlStore, over: &Over, form: &FormId, captured: &[String; 2]) -> Result<Held, sqlx::Error> {
    let count = format!("SELECT COUNT(*) AS number, COUNT(CASE WHEN {OVER} THEN 1 END) AS past FROM leads WHERE {MEANT}");
    let next = format!("SELECT received, contacted FROM leads WHERE {MEANT} AND NOT ({OVER}) ORDER BY contacted, received LIMIT 1");
    let ask = |text: String| {
        sqlx::query(AssertSqlSafe(text))
            .bind(form.as_str().to_owned())
            .bind(micros(over.before(Since::Received)))
            .bind(micros(over.before(Since::LastContact)))
            .bind(captured[0].clone())
            .bind(captured[1].clone())
    };
    let counted = ask(count).fetch_one(&store.pool).await?;
    let next = ask(next).fetch_optional(&store.pool).await?;
    let begun = |row: sqlx::any::AnyRow| {
        let (received, contacted) = (time(row.try_get("received")?)?, time(row.try_get("contacted")?)?);
        Ok::<_, sqlx::Error>(BTreeMap::from([(Since::Received, received), (Since::LastContact, contacted)]))
    };
    held_of(&counted, next.map(begun).transpose()?)
}

/// Records of a row each, that count from when this was written.
struct Rows {
    table: &'static str,
    /// The columns of its key.
    key: &'static str,
    /// The one with the time.
    since: &'static str,
}

const RECEIPTS: Rows = Rows { table: "receipts", key: "id", since: "received" };
const NOTICES: Rows = Rows { table: "notices", key: "seal, person", since: "first_attempt" };

async fn held_rows(store: &SqlStore, over: &Over, Rows { table, since, .. }: &Rows) -> Result<Held, sqlx::Error> {
    let before = micros(over.before(Since::Received));
    let count = format!("SELECT COUNT(*) AS number, COUNT(CASE WHEN {since} <= $1 THEN 1 END) AS past FROM {table}");
    let counted = sqlx::query(AssertSqlSafe(count)).bind(before).fetch_one(&store.pool).await?;
    let next = format!("SELECT MIN({since}) AS next FROM {table} WHERE {since} > $1");
    let next = sqlx::query(AssertSqlSafe(next)).bind(before).fetch_one(&store.pool).await?;
    let next = next.try_get::<Option<i64>, _>("next")?.map(time).transpose()?;
    held_of(&counted, next.map(|received| BTreeMap::from([(Since::Received, received)])))
}

/// Requests, and the erasures that some of them asked for. One that nobody has answered does not count yet.
async fn held_requests(store: &SqlStore, over: &Over) -> Result<Held, sqlx::Error> {
    const ENDED: &str = "(SELECT closed AS ended FROM requests UNION ALL SELECT erased AS ended FROM erasures) AS register";
    let count = format!("SELECT COUNT(*) AS number, COUNT(CASE WHEN ended <= $1 THEN 1 END) AS past FROM {ENDED}");
    let next = format!("SELECT MIN(ended) AS ended FROM {ENDED} WHERE ended > $1");
    let before = answered_by(over);
    let counted = sqlx::query(AssertSqlSafe(count)).bind(before).fetch_one(&store.pool).await?;
    let next = sqlx::query(AssertSqlSafe(next)).bind(before).fetch_one(&store.pool).await?;
    let next = next.try_get::<Option<i64>, _>("ended")?.map(time).transpose()?;
    held_of(&counted, next.map(|ended| BTreeMap::from([(Since::Answer, ended)])))
}

fn held_of(counted: &AnyRow, next: Option<BTreeMap<Since, Timestamp>>) -> Result<Held, sqlx::Error> {
    let (number, past): (i64, i64) = (counted.try_get("number")?, counted.try_get("past")?);
    Ok(Held { over: past.unsigned_abs(), rest: (number - past).unsigned_abs(), next })
}

/// Lets records go that are over, in one transaction. How many.
pub(super) async fn expire(store: &SqlStore, over: &Over, most: u32) -> Result<u64, sqlx::Error> {
    let gone = match &over.record {
        Record::Lead(form) => expire_leads(store, over, form, most).await?,
        Record::Capture(form, kind) => expire_captures(store, over, form, *kind, most).await?,
        Record::Project => expire_projects(store, over, most).await?,
        Record::Receipt => expire_rows(store, over, &RECEIPTS, most).await?,
        Record::Notice => expire_rows(store, over, &NOTICES, most).await?,
        Record::Request => expire_requests(store, over, most).await?,
    };
    // Also where nothing went: a run that was cut short may have left its log behind.
    cut_log(store).await?;
    Ok(gone)
}

async fn expire_leads(store: &SqlStore, over: &Over, form: &FormId, most: u32) -> Result<u64, sqlx::Error> {
    // Contact that comes at this very moment is seen where the row is taken. Deliveries go with their lead, by the foreign key.
    let text = format!(
        "DELETE FROM leads WHERE {OVER} AND id IN (SELECT id FROM leads WHERE form = $1 AND {OVER} ORDER BY received, id LIMIT $4 {})",
        store.database.taken()
    );
    let gone = sqlx::query(AssertSqlSafe(text))
        .bind(form.as_str().to_owned())
        .bind(micros(over.before(Since::Received)))
        .bind(micros(over.before(Since::LastContact)))
        .bind(i64::from(most))
        .execute(&store.pool)
        .await?;
    Ok(gone.rows_affected())
}

/// What every lead's captures look like, and what none's do.
static ANY: std::sync::LazyLock<[String; 2]> = std::sync::LazyLock::new(|| ["%".to_owned(), String::new()]);

/// What captures look like that hold something, and what they look like where that was cut. They stand in the order of their kinds, addresses
/// first; JSON has a backslash before each quotation mark of a value.
fn captured(over: &Over, kind: CaptureKind) -> [String; 2] {
    let name = kind.name();
    let cut = if over.then == Then::Anonymise { format!("{{\"{name}\":\"{CUT}%") } else { String::new() };
    [format!("%\"{name}\":\"%"), cut]
}

async fn expire_captures(store: &SqlStore, over: &Over, form: &FormId, kind: CaptureKind, most: u32) -> Result<u64, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let text = format!("SELECT id, captured FROM leads WHERE {MEANT} AND {OVER} ORDER BY received, id LIMIT $6 {}", store.database.taken());
    let [holds, is_cut] = captured(over, kind);
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(form.as_str().to_owned())
        .bind(micros(over.before(Since::Received)))
        .bind(micros(over.before(Since::LastContact)))
        .bind(holds)
        .bind(is_cut)
        .bind(i64::from(most))
        .fetch_all(&mut *transaction)
        .await?;
    for row in &rows {
        let mut captured: BTreeMap<CaptureKind, String> = from_json(row, "captured")?;
        if let Some(rest) = captured.remove(&kind).and_then(|noted| over.rest_of(&noted)) {
            captured.insert(kind, rest);
        }
        sqlx::query("UPDATE leads SET captured = $1 WHERE id = $2")
            .bind(json(&captured)?)
            .bind(row.try_get::<String, _>("id")?)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(rows.len() as u64)
}

async fn expire_projects(store: &SqlStore, over: &Over, most: u32) -> Result<u64, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let all = projects(&mut *transaction, store.database.taken()).await?;
    let mut gone = 0;
    for (id, _) in all.into_iter().filter(|(_, begun)| over.is_over(begun)).take(most as usize) {
        // Codes go with their project, by the foreign key.
        gone += sqlx::query("DELETE FROM projects WHERE id = $1").bind(id).execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    Ok(gone)
}

/// Every project, and when it was closed.
async fn projects<'e>(
    executor: impl Executor<'e, Database = Any>,
    taken: &str,
) -> Result<Vec<(String, BTreeMap<Since, Timestamp>)>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!("SELECT id, content FROM projects ORDER BY id {taken}"))).fetch_all(executor).await?;
    let project = |row: &AnyRow| {
        let ended = from_json::<Project>(row, "content")?.ended();
        Ok((row.try_get("id")?, ended.map(|ended| (Since::Close, ended)).into_iter().collect()))
    };
    rows.iter().map(project).collect()
}

async fn expire_rows(store: &SqlStore, over: &Over, Rows { table, key, since }: &Rows, most: u32) -> Result<u64, sqlx::Error> {
    let text = format!(
        "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {since} <= $1 ORDER BY {since}, {key} LIMIT $2 {})",
        store.database.taken()
    );
    let gone =
        sqlx::query(AssertSqlSafe(text)).bind(micros(over.before(Since::Received))).bind(i64::from(most)).execute(&store.pool).await?;
    Ok(gone.rows_affected())
}

/// By when a request has to be answered so that all its periods are over: it came before, so that none of them ends later.
fn answered_by(over: &Over) -> i64 {
    micros(over.before.values().min().copied().unwrap_or(Timestamp::MAX))
}

/// The register first, whose tasks go with their request, by the foreign key; then the log of erasures.
async fn expire_requests(store: &SqlStore, over: &Over, most: u32) -> Result<u64, sqlx::Error> {
    let (before, taken) = (answered_by(over), store.database.taken());
    let mut transaction = store.begin().await?;
    let requests =
        format!("DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE closed <= $1 ORDER BY closed, id LIMIT $2 {taken})");
    let requests =
        sqlx::query(AssertSqlSafe(requests)).bind(before).bind(i64::from(most)).execute(&mut *transaction).await?.rows_affected();
    let erasures = format!(
        "DELETE FROM erasures WHERE (person, erased) IN \
         (SELECT person, erased FROM erasures WHERE erased <= $1 ORDER BY erased, person LIMIT $2 {taken})"
    );
    let left = i64::from(most) - requests.cast_signed();
    let erasures = sqlx::query(AssertSqlSafe(erasures)).bind(before).bind(left).execute(&mut *transaction).await?.rows_affected();
    transaction.commit().await?;
    Ok(requests + erasures)
}

/// The leads that came in so long ago that only later contact keeps them.
pub(super) async fn outlasting(store: &SqlStore, over: &Over) -> Result<BTreeSet<LeadId>, sqlx::Error> {
    let Record::Lead(form) = &over.record else { return Ok(BTreeSet::new()) };
    let earliest = over.before.values().min().copied().unwrap_or(Timestamp::MAX);
    let rows = sqlx::query("SELECT id FROM leads WHERE form = $1 AND received <= $2")
        .bind(form.as_str().to_owned())
        .bind(micros(earliest))
        .fetch_all(&store.pool)
        .await?;
    rows.iter().map(|row| id(row, "id")).collect()
}
