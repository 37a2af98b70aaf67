//! The tables: made, brought up to date, and asked whether they are. When jobs have run.

use jiff::Timestamp;
use sqlx::AnyPool;
use sqlx::Row;
use sqlx::migrate::Migrator;

use super::SqlStore;
use super::database::Database;
use super::fault::{self, REMEDY};
use super::row::{micros, time};
use crate::ports::StoreError;

/// What makes the tables, in order.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Makes the tables of this version.
pub(super) async fn migrate(pool: &AnyPool, database: Database) -> Result<(), StoreError> {
    let told = |error| fault::told(database, &error);
    let mut migrator = Migrator { migrations: MIGRATIONS.migrations.clone(), ..Migrator::DEFAULT };
    // Tables of a newer version serve an older program too: migrations only add to them.
    migrator.set_ignore_missing(true);
    let migrated = match database {
        // The migrator locks PostgreSQL, so that a second one waits; SQLite it does not.
        Database::Sqlite => {
            let mut transaction = pool.begin_with(database.begin()).await.map_err(told)?;
            let migrated = migrator.run(&mut *transaction).await;
            transaction.commit().await.map_err(told)?;
            migrated
        }
        Database::Postgresql => migrator.run(pool).await,
    };
    migrated.map_err(|error| fault::of_migration(database, &error))
}

/// The newest migration that the tables have seen; none where there was no migration.
pub(super) async fn newest(store: &SqlStore) -> Result<Option<i64>, sqlx::Error> {
    let row = sqlx::query("SELECT MAX(version) AS newest FROM _sqlx_migrations").fetch_one(&store.pool).await?;
    row.try_get("newest")
}

/// Whether that serves this version.
pub(super) fn judge(newest: Result<Option<i64>, StoreError>) -> Result<(), StoreError> {
    let wanted = MIGRATIONS.iter().map(|migration| migration.version).max();
    if newest? < wanted { Err(StoreError::Failed(format!("its tables are missing or old: {REMEDY}"))) } else { Ok(()) }
}

pub(super) async fn ran(store: &SqlStore, job: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO jobs (job, ran) VALUES ($1, $2) ON CONFLICT (job) DO UPDATE SET ran = excluded.ran")
        .bind(job.to_owned())
        .bind(micros(now))
        .execute(&store.pool)
        .await
        .map(drop)
}

pub(super) async fn last_run(store: &SqlStore, job: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    let row = sqlx::query("SELECT ran FROM jobs WHERE job = $1").bind(job.to_owned()).fetch_optional(&store.pool).await?;
    row.map(|row| time(row.try_get("ran")?)).transpose()
}
