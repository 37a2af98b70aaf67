//! Where the database stands. That is noted when the tables are made, and compared before anything of what was in it goes out: one that was restored
//! from a backup stands elsewhere, and whoever was erased since is in it again.
//!
//! It is known by what a backup does not take along: in PostgreSQL the cluster, the database's number in it and Neon's branch, in SQLite the file. A
//! recovery that keeps all of these is not seen.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, UNIX_EPOCH};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::SqlStore;
use super::database::Database;
use crate::ports::StoreError;

/// The parts of a place, each with what it is there.
type Place = BTreeMap<String, String>;

/// Behind a new connection, another database may answer. A pool makes several one after the other, which is no reason to compare each time.
const MOMENT: Duration = Duration::from_secs(5);

/// Whether the database stands where it was noted.
///
/// # Errors
/// It stands elsewhere; or it cannot be asked.
pub(super) async fn compare(store: &SqlStore) -> Result<(), StoreError> {
    let made = || store.connections.load(Ordering::SeqCst);
    let found = *store.found_whole.lock().unwrap_or_else(PoisonError::into_inner);
    if found.is_some_and(|(connections, at)| connections == made() || at.elapsed() < MOMENT) {
        return Ok(());
    }
    let asked = async {
        let mut connection = store.pool.acquire().await?;
        Ok((made(), noted(&mut connection).await?, stands(store, &mut connection).await?))
    };
    let (made, noted, now) = store.within(asked).await?;
    // What could not be read then or cannot be now says nothing.
    if now.iter().any(|(part, stands)| noted.get(part).is_some_and(|noted| noted != stands)) {
        return Err(StoreError::Restored);
    }
    *store.found_whole.lock().unwrap_or_else(PoisonError::into_inner) = Some((made, Instant::now()));
    Ok(())
}

/// Notes where it stands.
pub(super) async fn note(store: &SqlStore) -> Result<(), sqlx::Error> {
    let mut transaction = store.begin().await?;
    let now = stands(store, &mut transaction).await?;
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
    let is_noted = !noted(&mut *store.pool.acquire().await?).await?.is_empty();
    if is_noted { Ok(()) } else { note(store).await }
}

async fn noted(connection: &mut AnyConnection) -> Result<Place, sqlx::Error> {
    read(sqlx::query("SELECT part, stands FROM place").fetch_all(connection).await?)
}

async fn stands(store: &SqlStore, connection: &mut AnyConnection) -> Result<Place, sqlx::Error> {
    match store.database {
        Database::Sqlite => Ok(store.file.as_deref().map(of_file).unwrap_or_default()),
        Database::Postgresql => of_postgresql(connection).await,
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
async fn of_postgresql(connection: &mut AnyConnection) -> Result<Place, sqlx::Error> {
    const PARTS: &str = "SELECT 'database' AS part, CAST(oid AS TEXT) AS stands FROM pg_database WHERE datname = current_database() \
                         UNION ALL SELECT 'branch', setting FROM pg_settings WHERE name = 'neon.timeline_id' \
                         UNION ALL SELECT 'cluster', '' WHERE has_function_privilege('pg_control_system()', 'execute')";
    const CLUSTER: &str = "SELECT CAST(system_identifier AS TEXT) AS stands FROM pg_control_system()";
    let mut place = read(sqlx::query(PARTS).fetch_all(&mut *connection).await?)?;
    if let Some(cluster) = place.get_mut("cluster") {
        *cluster = sqlx::query(CLUSTER).fetch_one(connection).await?.try_get("stands")?;
    }
    Ok(place)
}

fn read(rows: Vec<AnyRow>) -> Result<Place, sqlx::Error> {
    rows.iter().map(|row| Ok((row.try_get("part")?, row.try_get("stands")?))).collect()
}
