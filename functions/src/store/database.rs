//! Which database there is, how it is opened, and the statements in which the two differ.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyPool, ConnectOptions};

use crate::ports::StoreError;

/// How long a store may take before it counts as unreachable, and somebody else takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection: a new one, or one that others use.
    pub connect: Duration,
    /// For everything that one call asks, the connection included.
    pub answer: Duration,
}

impl Default for Patience {
    /// Three seconds, in which a database that was asleep wakes up; and eight, which is more than SQLite waits for another process.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), answer: Duration::from_secs(8) }
    }
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Database {
    Sqlite,
    Postgresql,
}

/// What each connection to SQLite begins with. `FULL` is what makes a lead outlive a loss of power, and `secure_delete` what makes an
/// erased one unreadable in the file. The time to wait for another process comes first, since the others may have to wait already.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA secure_delete = ON";

/// The connections of an instance to PostgreSQL. A host runs many instances, and a database has few connections.
const CONNECTIONS: u32 = 4;

/// A database that was opened.
pub(super) struct Opened {
    pub(super) database: Database,
    /// It connects when it is first used.
    pub(super) pool: AnyPool,
    /// How many connections were made so far.
    pub(super) connections: Arc<AtomicU64>,
    /// The file, where it is one.
    pub(super) file: Option<PathBuf>,
}

/// Opens a database.
pub(super) fn open(url: &str, patience: Patience) -> Result<Opened, StoreError> {
    sqlx::any::install_default_drivers();
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let (database, url) = match scheme {
        "postgres" | "postgresql" => (Database::Postgresql, url.to_owned()),
        "sqlite" => {
            let url = created(url);
            keep_to_ourselves(&url);
            (Database::Sqlite, url)
        }
        _ => return Err(StoreError::Failed("its address begins with neither `postgres://` nor `sqlite:`".to_owned())),
    };
    // The parser's own text could quote the address, and with it a password.
    let options = AnyConnectOptions::from_str(&url).map_err(|_| StoreError::Failed("its address cannot be read".to_owned()))?;
    let file = match database {
        Database::Sqlite => SqliteConnectOptions::from_str(&url).ok().map(|options| options.get_filename().to_owned()),
        Database::Postgresql => None,
    };
    let connections = Arc::<AtomicU64>::default();
    let made = connections.clone();
    let pool = AnyPoolOptions::new().acquire_timeout(patience.connect).after_connect(move |connection, _| {
        made.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            match database {
                Database::Sqlite => sqlx::raw_sql(PRAGMAS).execute(connection).await.map(drop),
                Database::Postgresql => Ok(()),
            }
        })
    });
    let pool = match database {
        // One writer at a time is all that SQLite has. Waiting in a queue of ours is fair and wakes up at once, which waiting for a
        // lock of the file is not; and an idle connection costs nothing.
        Database::Sqlite => pool.max_connections(1).test_before_acquire(false).idle_timeout(None).max_lifetime(None),
        Database::Postgresql => pool.max_connections(CONNECTIONS),
    };
    Ok(Opened { database, pool: pool.connect_lazy_with(options.disable_statement_logging()), connections, file })
}

/// Makes the file of an address before SQLite does, so that nobody else on this machine may read it; the files that SQLite puts beside it have
/// the same permissions. What is there stays as it is, and what cannot be made is told by whoever opens it.
fn keep_to_ourselves(url: &str) {
    let may_make = url.split(['?', '&']).any(|part| part == "mode=rwc") && !url.contains(":memory:");
    if let Some(options) = SqliteConnectOptions::from_str(url).ok().filter(|_| may_make) {
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(options.get_filename());
    }
}

/// The address of a file that is made where there is none, unless it says otherwise.
fn created(url: &str) -> String {
    match url.split_once('?') {
        None => format!("{url}?mode=rwc"),
        Some((_, query)) if query.split('&').any(|part| part.starts_with("mode=")) => url.to_owned(),
        Some(_) => format!("{url}&mode=rwc"),
    }
}

impl Database {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgresql => "postgresql",
        }
    }

    /// How a transaction begins that will write. In SQLite, one that reads first could find at its first write that it is too late. A host may
    /// freeze an instance at any moment, and its locks with it: PostgreSQL lets go of them before who waits for them runs out of patience. It
    /// is told with each transaction, since behind a pooler the next one has another connection.
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgresql => "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '4s'",
        }
    }

    /// What stands behind a selection of rows that go: it waits for who is removing the same ones, and selects others in their place. In SQLite,
    /// no other one is writing.
    pub(super) fn taken(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgresql => "FOR UPDATE",
        }
    }

    /// What stands behind a selection of deliveries so that no other transaction selects the same. In SQLite, no other one is writing.
    pub(super) fn locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgresql => "FOR UPDATE OF d SKIP LOCKED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_unless_the_address_says_otherwise() {
        assert_eq!(created("sqlite:leads.db"), "sqlite:leads.db?mode=rwc");
        assert_eq!(created("sqlite:leads.db?cache=private"), "sqlite:leads.db?cache=private&mode=rwc");
        assert_eq!(created("sqlite:leads.db?mode=ro"), "sqlite:leads.db?mode=ro");
    }

    #[tokio::test]
    async fn a_file_that_is_made_is_ours_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a lead.db");
        let pool = open(&format!("sqlite:{}", file.display()), Patience::default()).unwrap().pool;
        sqlx::raw_sql("CREATE TABLE t (x TEXT)").execute(&pool).await.unwrap();
        for name in ["a lead.db", "a lead.db-wal"] {
            assert_eq!(folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        let read_only = folder.path().join("none.db");
        let _ = open(&format!("sqlite:{}?mode=ro", read_only.display()), Patience::default()).unwrap();
        assert!(!read_only.exists(), "nothing is made where the address says so");
    }

    #[test]
    fn an_address_of_something_else_is_refused_without_quoting_it() {
        for url in ["", "canary", "mysql://canary", "postgres://canary:canary@[canary"] {
            let error = open(url, Patience::default()).err().unwrap().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
