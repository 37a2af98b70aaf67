//! What a database's faults mean, by their codes. Its own texts quote values, and are never passed on.

use sqlx::Error;
use sqlx::migrate::MigrateError;

use super::database::Database;
use crate::lead::Failure;
use crate::ports::StoreError;

/// What to do about tables that are missing or old.
pub(super) const REMEDY: &str = "run `plainsite doctor --migrate`";

/// What an error means.
pub(super) fn told(database: Database, error: &Error) -> StoreError {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => too_slow(),
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            match database {
                Database::Sqlite => of_sqlite(&code),
                Database::Postgresql => of_postgresql(&code),
            }
        }
        Error::Decode(_) | Error::ColumnDecode { .. } => failed("a row cannot be read by this version of the program"),
        Error::Migrate(error) => of_migration(database, error),
        Error::Configuration(_) => failed("its address has settings that the database does not know"),
        _ => failed("its driver cannot do what was asked"),
    }
}

/// No connection, or no answer in time.
pub(super) fn too_slow() -> StoreError {
    StoreError::Unreachable(Failure::Unreachable)
}

/// What a fault of a migration means.
pub(super) fn of_migration(database: Database, error: &MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => told(database, error),
        MigrateError::VersionMismatch(version) => failed(format!("migration {version} is not the one that made its tables")),
        _ => failed("its tables cannot be brought up to this version"),
    }
}

fn failed(text: impl Into<String>) -> StoreError {
    StoreError::Failed(text.into())
}

/// By the classes of SQLSTATE (PostgreSQL, appendix A).
fn of_postgresql(code: &str) -> StoreError {
    match code {
        "28000" | "28P01" => StoreError::Unreachable(Failure::Refused),
        "3D000" => StoreError::Unreachable(Failure::Missing),
        // Too many connections; then locks, deadlocks, and statements and transactions that were cut short, after which another try is right.
        "53300" | "40001" | "40P01" | "55P03" | "57014" | "25P03" => StoreError::Unreachable(Failure::TooMany),
        // A stand-by that takes no writes, while another one takes over.
        "25006" => StoreError::Unreachable(Failure::Broken),
        "42P01" | "42703" => failed(format!("its tables are missing or old: {REMEDY}")),
        code if code.starts_with("08") || code.starts_with("57P") => too_slow(),
        code => failed(format!("PostgreSQL answered with SQLSTATE {code}")),
    }
}

/// By the result codes of SQLite, whose last eight bits are the kind.
fn of_sqlite(code: &str) -> StoreError {
    match code.parse::<u32>().map(|code| code & 0xff) {
        // An error in the text of a statement: ours are right for the tables that they were written for.
        Ok(1) => failed(format!("its tables are missing or old: {REMEDY}")),
        Ok(5 | 6) => StoreError::Unreachable(Failure::TooMany),
        Ok(14) => StoreError::Unreachable(Failure::Missing),
        Ok(8) => failed("the file of the database may not be written"),
        Ok(13) => failed("the disk of the database is full"),
        Ok(11 | 26) => failed("the file is damaged, or none of SQLite"),
        _ => failed(format!("SQLite answered with code {code}")),
    }
}
