//! A lead comes in: one transaction writes it, its deliveries, its spent proof and what it counts for.

use jiff::Timestamp;
use registry::digest::hex;
use sha2::{Digest, Sha256};
use sqlx::{Any, AssertSqlSafe, Row, Transaction};

use super::limits::{self, Window};
use super::row::{json, micros, word};
use super::{SqlStore, row};
use crate::lead::DeliveryState;
use crate::ports::{Accepted, Entry};

/// Stores an entry, or tells why not; then nothing of it is stored.
pub(super) async fn accept(store: &SqlStore, entry: &Entry) -> Result<Accepted, sqlx::Error> {
    loop {
        let mut transaction = store.begin().await?;
        // The key goes first: who comes with the same one at the same time waits here until we are done, and then finds our row.
        if insert_lead(&mut transaction, entry).await? {
            return match refused(&mut transaction, entry).await? {
                Some(accepted) => transaction.rollback().await.map(|()| accepted),
                None => transaction.commit().await.map(|()| Accepted::New),
            };
        }
        let earlier = earlier(&mut transaction, entry).await?;
        transaction.rollback().await?;
        // The earlier one may have been erased between the two statements; then the key is free again.
        if let Some(accepted) = earlier {
            return Ok(accepted);
        }
    }
}

/// Clients choose the key: it could be of any length and hold anything. Its digest is as good to recognise it by.
fn key_digest(key: &str) -> String {
    hex(&Sha256::digest(key))
}

/// Writes the lead, unless there is one with its key. Whether it did.
async fn insert_lead(transaction: &mut Transaction<'static, Any>, entry: &Entry) -> Result<bool, sqlx::Error> {
    let lead = &entry.lead;
    let inserted = sqlx::query(
        "INSERT INTO leads (id, form, language, received, contacted, fields, captured, held, key_digest, fingerprint) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key_digest) DO NOTHING",
    )
    .bind(lead.id.to_string())
    .bind(lead.form.as_str().to_owned())
    .bind(lead.language.clone())
    .bind(micros(lead.received))
    .bind(micros(lead.contacted))
    .bind(json(&lead.values)?)
    .bind(json(&lead.captured)?)
    .bind(json(&lead.held)?)
    .bind(key_digest(&entry.key))
    .bind(entry.fingerprint.clone())
    .execute(&mut **transaction)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// What the lead is that was stored under the key before.
async fn earlier(transaction: &mut Transaction<'static, Any>, entry: &Entry) -> Result<Option<Accepted>, sqlx::Error> {
    let found = sqlx::query("SELECT id, fingerprint FROM leads WHERE key_digest = $1")
        .bind(key_digest(&entry.key))
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(found) = found else { return Ok(None) };
    if found.try_get::<&str, _>("fingerprint")? != entry.fingerprint {
        return Ok(Some(Accepted::OtherBody));
    }
    row::id(&found, "id").map(|id| Some(Accepted::Replayed(id)))
}

/// Writes what follows from a lead. Why it must not be stored after all, where a proof was spent or a limit is reached.
async fn refused(transaction: &mut Transaction<'static, Any>, entry: &Entry) -> Result<Option<Accepted>, sqlx::Error> {
    if let Some(spent) = &entry.proof
        && !limits::spend(transaction, spent).await?
    {
        return Ok(Some(Accepted::SpentProof));
    }
    insert_deliveries(transaction, entry).await?;
    // Everybody counts here, so that it comes last: the others wait until the end of this transaction. All take the same order, else
    // two could wait for each other.
    let mut counted: Vec<_> = entry.limits.iter().collect();
    counted.sort_unstable_by_key(|limit| (&limit.name, limit.window));
    for limit in counted {
        let window = Window::at(entry.lead.received, limit.window);
        if limits::add(&mut **transaction, &limit.name, window).await? > limit.most {
            let until = row::time(window.ends()).unwrap_or(Timestamp::MAX);
            return Ok(Some(Accepted::Limited { until }));
        }
    }
    Ok(None)
}

/// Writes all deliveries in one statement, since each is a way to the database and back.
async fn insert_deliveries(transaction: &mut Transaction<'static, Any>, entry: &Entry) -> Result<(), sqlx::Error> {
    if entry.sinks.is_empty() {
        return Ok(());
    }
    let lead = &entry.lead;
    let state = if lead.held.is_empty() { DeliveryState::Pending } else { DeliveryState::Held };
    let rows: Vec<String> = (0..entry.sinks.len()).map(|at| format!("($1, ${}, $2, 0, $3)", at + 4)).collect();
    let text = format!("INSERT INTO deliveries (lead, sink, state, attempts, due) VALUES {}", rows.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(text)).bind(lead.id.to_string()).bind(word(&state)?).bind(micros(lead.received));
    for sink in &entry.sinks {
        query = query.bind(sink.0.clone());
    }
    query.execute(&mut **transaction).await.map(drop)
}
