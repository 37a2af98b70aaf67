//! Where the database stands. That is noted when the tables are made, and compared before anything of what was in it goes out: one that was restored
//! from a backup stands elsewhere, and whoever was erased since is in it again.
//!
//! It is known by what a backup does not take along: in PostgreSQL the cluster, the database's number in it and Neon's branch, in SQLite the file. A
//! recovery that keeps all of these is not seen.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

use sqlx::Row;

use super::SqlStore;
use super::database::Database;
use crate::ports::StoreError;

/// The parts of a place, each with what it is there.
type Place = BTreeMap<String, String>;

/// Whether the database stands where it was noted.
///
/// # Errors
/// It stands elsewhere; or it cannot be asked.
pub(super) async fn compare(store: &SqlStore) -> Result<(), StoreError> {
    // Behind a new connection, another database may answer.
    let connections = store.connections.load(Ordering::SeqCst);
    if connections > 0 && store.compared.load(Ordering::SeqCst) == connections {
        return Ok(());
    }
    let (noted, now) = store.within(async { Ok((noted(store).await?, stands(store).await?)) }).await?;
    // What could not be read then or cannot be now says nothing.
    if now.iter().any(|(part, stands)| noted.get(part).is_some_and(|noted| noted != stands)) {
        return Err(StoreError::Restored);
    }
    store.compared.store(connections, Ordering::SeqCst);
    Ok(())
}

/// Notes where it stands.
pub(super) async fn note(store: &SqlStore) -> Result<(), sqlx::Error> {
    let now = stands(store).await?;
    let mut transaction = store.begin().await?;
    sqlx::query("DELETE FROM place").execute(&mut *transaction).await?;
    for (part, stands) in now {
        // Another one may note the same at this moment.
        let query =
            sqlx::query("INSERT INTO place (part, stands) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET stands = excluded.stands");
        query.bind(part).bind(stands).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Notes where it stands, unless that was noted before.
pub(super) async fn note_first(store: &SqlStore) -> Result<(), sqlx::Error> {
    if noted(store).await?.is_empty() { note(store).await } else { Ok(()) }
}

async fn noted(store: &SqlStore) -> Result<Place, sqlx::Error> {
    let rows = sqlx::query("SELECT part, stands FROM place").fetch_all(&store.pool).await?;
    rows.iter().map(|row| Ok((row.try_get("part")?, row.try_get("stands")?))).collect()
}

async fn stands(store: &SqlStore) -> Result<Place, sqlx::Error> {
    match store.database {
        Database::Sqlite => Ok(store.file.as_deref().map(of_file).unwrap_or_default()),
        Database::Postgresql => of_postgresql(store).await,
    }
}

/// A file is known by its number and its birth, since a number is given again. Neither changes when it is written to or moved within its disk.
fn of_file(file: &Path) -> Place {
    let Ok(file) = file.metadata() else { return Place::new() };
    let born = file.created().ok().and_then(|born| Some(born.duration_since(UNIX_EPOCH).ok()?.as_nanos().to_string()));
    let parts = [("file", Some(file.ino().to_string())), ("born", born)];
    parts.into_iter().filter_map(|(part, stands)| Some((part.to_owned(), stands?))).collect()
}

/// The cluster's identifier may be closed to us, and a setting that is not there has no row.
async fn of_postgresql(store: &SqlStore) -> Result<Place, sqlx::Error> {
    const PARTS: &str = "SELECT 'database' AS part, CAST(oid AS TEXT) AS stands FROM pg_database WHERE datname = current_database() \
                         UNION ALL SELECT 'branch', setting FROM pg_settings WHERE name = 'neon.timeline_id'";
    const CLUSTER: &str = "SELECT 'cluster' AS part, CAST(system_identifier AS TEXT) AS stands FROM pg_control_system()";
    let may = sqlx::query("SELECT has_function_privilege('pg_control_system()', 'execute') AS may").fetch_one(&store.pool).await?;
    let mut rows = sqlx::query(PARTS).fetch_all(&store.pool).await?;
    if may.try_get("may")? {
        rows.extend(sqlx::query(CLUSTER).fetch_all(&store.pool).await?);
    }
    rows.iter().map(|row| Ok((row.try_get("part")?, row.try_get("stands")?))).collect()
}
