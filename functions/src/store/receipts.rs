//! Receipts are kept, and listed.

use registry::model::ServiceId;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::SqlStore;
use super::row::{from_json, id, json, micros, of_word, time, word};
use crate::ports::ReceiptFilter;
use crate::receipt::Receipt;

/// Writes a receipt, unless there is one with its id.
pub(super) async fn keep(store: &SqlStore, receipt: &Receipt) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO receipts (id, decided, received, how, language, revision, banner, signalled, accepted, refused) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
    )
    .bind(receipt.id.to_string())
    .bind(micros(receipt.decided))
    .bind(micros(receipt.received))
    .bind(word(&receipt.how)?)
    .bind(receipt.language.clone())
    .bind(receipt.revision.clone())
    .bind(receipt.banner.clone())
    .bind(i64::from(receipt.signalled))
    .bind(json(&receipt.accepted)?)
    .bind(json(&receipt.refused)?)
    .execute(&store.pool)
    .await
    .map(drop)
}

/// The receipts that are wanted, the newest first.
pub(super) async fn list(store: &SqlStore, wanted: &ReceiptFilter) -> Result<Vec<Receipt>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, decided, received, how, language, revision, banner, signalled, accepted, refused FROM receipts \
         WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR received >= $2) ORDER BY received DESC, id DESC LIMIT $3",
    )
    .bind(wanted.id.map(|id| id.to_string()))
    .bind(wanted.since.map(micros))
    .bind(wanted.most.map_or(i64::MAX, i64::from))
    .fetch_all(&store.pool)
    .await?;
    rows.iter().map(receipt).collect()
}

fn receipt(row: &AnyRow) -> Result<Receipt, sqlx::Error> {
    let services = |column| from_json::<Vec<ServiceId>>(row, column);
    Ok(Receipt {
        id: id(row, "id")?,
        decided: time(row.try_get("decided")?)?,
        received: time(row.try_get("received")?)?,
        how: of_word(row.try_get("how")?)?,
        language: row.try_get("language")?,
        revision: row.try_get("revision")?,
        banner: row.try_get("banner")?,
        signalled: row.try_get::<i64, _>("signalled")? != 0,
        accepted: services("accepted")?,
        refused: services("refused")?,
    })
}
