//! Leads are listed, and erased.

use sqlx::AssertSqlSafe;

use super::SqlStore;
use super::database::Database;
use super::deliveries::{FILTERED, filtered};
use super::row::{self, LEAD};
use crate::lead::{Lead, LeadId, OutboxRow};
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

/// Erases a lead. Its deliveries, where it was there.
pub(super) async fn erase(store: &SqlStore, lead: LeadId) -> Result<Option<Vec<OutboxRow>>, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let text = format!("SELECT {} FROM deliveries d WHERE d.lead = $1 ORDER BY d.sink", row::DELIVERY);
    let rows = sqlx::query(AssertSqlSafe(text)).bind(lead.to_string()).fetch_all(&mut *transaction).await?;
    // Deliveries go with their lead, by the foreign key.
    let erased = sqlx::query("DELETE FROM leads WHERE id = $1").bind(lead.to_string()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    if erased.rows_affected() == 0 {
        return Ok(None);
    }
    cut_log(store).await?;
    rows.iter().map(row::delivery).collect::<Result<_, _>>().map(Some)
}

/// Has nothing of what was erased remain beside the tables: in SQLite, the log of what was written still holds it. Another process that reads
/// at this moment keeps the log from being cut; then the next checkpoint does it.
pub(super) async fn cut_log(store: &SqlStore) -> Result<(), sqlx::Error> {
    if store.database == Database::Sqlite {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&store.pool).await?;
    }
    Ok(())
}
