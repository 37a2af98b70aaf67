//! Leads are listed, and erased.

use sqlx::{Any, AssertSqlSafe, Executor, Transaction};

use super::SqlStore;
use super::database::Database;
use super::deliveries::{FILTERED, filtered};
use super::row::{self, LEAD};
use crate::lead::{Lead, LeadId, OutboxRow};
use crate::personal::Personal;
use crate::ports::Filter;

/// The leads of a filter, the newest first.
pub(super) async fn list(store: &SqlStore, filter: &Filter) -> Result<Vec<Lead>, sqlx::Error> {
    let text = format!(
        "SELECT {LEAD} FROM leads l WHERE {FILTERED} \
         AND ($2 IS NULL OR EXISTS (SELECT 1 FROM deliveries d WHERE d.lead = l.id AND d.state = $2)) \
         ORDER BY l.received DESC, l.id DESC LIMIT $5"
    );
    let rows = filtered(sqlx::query(AssertSqlSafe(text)), filter)?.fetch_all(&store.pool).await?;
    rows.iter().map(row::lead).collect()
}

/// The leads in which an address stands as a whole value, the newest first.
pub(super) async fn of_person(store: &SqlStore, address: &Personal<String>) -> Result<Vec<Lead>, sqlx::Error> {
    holding(&store.pool, address).await
}

/// The same, within a transaction too. The database looks for the text alone; where it stands is judged here.
pub(super) async fn holding<'e>(executor: impl Executor<'e, Database = Any>, address: &Personal<String>) -> Result<Vec<Lead>, sqlx::Error> {
    let text = format!("SELECT {LEAD} FROM leads l WHERE LOWER(l.fields) LIKE $1 ESCAPE '!' ORDER BY l.received DESC, l.id DESC");
    // As JSON writes it: what it escapes in a text stands so in the column.
    let written = row::json(&address.reveal().trim().to_ascii_lowercase())?;
    let literal: String = written.trim_matches('"').chars().flat_map(|c| escape(c).into_iter().flatten()).collect();
    let rows = sqlx::query(AssertSqlSafe(text)).bind(format!("%{literal}%")).fetch_all(executor).await?;
    let mut leads = rows.iter().map(row::lead).collect::<Result<Vec<_>, _>>()?;
    leads.retain(|lead| lead.is_of(address));
    Ok(leads)
}

/// A character as a pattern means it literally.
fn escape(c: char) -> [Option<char>; 2] {
    [matches!(c, '!' | '%' | '_').then_some('!'), Some(c)]
}

/// Erases a lead. Its deliveries, where it was there.
pub(super) async fn erase(store: &SqlStore, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let erased = take_out(&mut transaction, lead).await?;
    transaction.commit().await?;
    if erased.is_some() {
        cut_log(store).await?;
    }
    Ok(erased)
}

/// Erases a lead within a transaction. Its deliveries, where it was there; they go with it, by the foreign key.
pub(super) async fn take_out(transaction: &mut Transaction<'static, Any>, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, sqlx::Error> {
    let rows = rows(transaction, lead).await?;
    let erased = sqlx::query("DELETE FROM leads WHERE id = $1").bind(lead.to_string()).execute(&mut **transaction).await?;
    Ok((erased.rows_affected() > 0).then_some(rows))
}

/// The deliveries of a lead.
pub(super) async fn rows(transaction: &mut Transaction<'static, Any>, lead: LeadId) -> Result<Vec<OutboxRow>, sqlx::Error> {
    let text = format!("SELECT {} FROM deliveries d WHERE d.lead = $1 ORDER BY d.sink", row::DELIVERY);
    let rows = sqlx::query(AssertSqlSafe(text)).bind(lead.to_string()).fetch_all(&mut **transaction).await?;
    rows.iter().map(row::delivery).collect()
}

/// Has nothing of what was erased remain beside the tables: in SQLite, the log of what was written still holds it. Another process that reads
/// at this moment keeps the log from being cut; then the next checkpoint does it.
pub(super) async fn cut_log(store: &SqlStore) -> Result<(), sqlx::Error> {
    if store.database == Database::Sqlite {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&store.pool).await?;
    }
    Ok(())
}
