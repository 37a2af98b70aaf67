//! Tables, texts of errors, and databases that are not there.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use functions::lead::Failure;
use functions::personal::Personal;
use functions::ports::{Entry, Retains, Store, StoreError};
use functions::store::{self, COLUMNS, Patience, SqlStore};
use futures_util::future::join_all;
use sqlx::{AnyPool, Row};

use crate::sample::{Base, at, entry, stored};

pub(crate) async fn tables_are_made_once(base: &Base) {
    let stores = [base.open(), base.open(), base.open()];
    let remedy = |ready: Result<(), StoreError>| {
        let text = ready.unwrap_err().to_string();
        assert!(text.contains("`plainsite doctor --migrate`"), "{text}");
    };
    remedy(stores[0].ready().await);
    remedy(stores[0].accept(&entry(0)).await.map(drop));
    for migrated in join_all(stores.iter().map(SqlStore::migrate)).await {
        migrated.unwrap();
    }
    stores[0].ready().await.unwrap();
    let id = stored(&stores[0], &entry(0)).await;
    stores[1].migrate().await.unwrap();
    assert_eq!(stores[2].leads(&crate::sample::of_lead(id)).await.unwrap().len(), 1, "what was there stays");
    let pool = AnyPool::connect(&base.url).await.unwrap();
    // A newer program was here, and an older one is put back in its place.
    sqlx::query("UPDATE _sqlx_migrations SET version = version + 1000").execute(&pool).await.unwrap();
    stores[0].ready().await.unwrap();
    sqlx::query("DELETE FROM _sqlx_migrations").execute(&pool).await.unwrap();
    remedy(stores[0].ready().await);
}

pub(crate) async fn columns_are_those_that_are_told(base: &Base) {
    let store = base.store().await;
    let pool = AnyPool::connect(&base.url).await.unwrap();
    let tables = match store.name() {
        "sqlite" => "SELECT t.name AS of, c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'",
        _ => {
            "SELECT CAST(table_name AS TEXT) AS of, CAST(column_name AS TEXT) AS name FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let rows = sqlx::query(tables).fetch_all(&pool).await.unwrap();
    let real: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get("of"), row.get("name"))).collect();
    // sqlx's own table of migrations has nothing of anybody.
    let real: BTreeSet<_> = real.iter().filter(|(table, _)| table != "_sqlx_migrations").map(|(t, c)| (t.as_str(), c.as_str())).collect();
    let told: BTreeSet<_> = COLUMNS.iter().map(|(table, column, _)| (*table, *column)).collect();
    assert_eq!(real, told, "`store::COLUMNS` says of every column what it holds");
    assert_eq!(told.len(), COLUMNS.len(), "a column is told twice");
}

pub(crate) async fn no_error_quotes_a_value(base: &Base) {
    let store = base.store().await;
    let mut canary = entry(0);
    canary.lead.values = Personal::new([("name".to_owned(), "canary".into())].into());
    let id = stored(&store, &canary).await;
    // The same id under another key, which no caller does: databases tell of it with the whole row.
    let twice = Entry { key: "another".to_owned(), ..canary.clone() };
    let mut texts = vec![store.accept(&twice).await.unwrap_err()];
    let pool = AnyPool::connect(&base.url).await.unwrap();
    sqlx::query("UPDATE leads SET fields = '{canary'").execute(&pool).await.unwrap();
    texts.push(store.leads(&crate::sample::of_lead(id)).await.unwrap_err());
    sqlx::query("DROP TABLE counted").execute(&pool).await.unwrap();
    texts.push(store.count("canary", Duration::from_secs(1), at(0)).await.unwrap_err());
    for error in &texts {
        assert!(matches!(error, StoreError::Failed(_)), "{error:?}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary") && !text.contains(&id.to_string()), "{text}");
    }
}

const SHORT: Patience = Patience { connect: Duration::from_millis(300), answer: Duration::from_millis(600) };

/// What an unreachable store answers, and that it does so long before anybody gives up.
async fn unreachable<T>(work: impl Future<Output = Result<T, StoreError>>) -> Failure {
    let begun = Instant::now();
    let Err(StoreError::Unreachable(failure)) = work.await else { panic!("it was reached") };
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
    failure
}

pub(crate) async fn a_server_that_stops_is_unreachable(url: &str, stop: impl FnOnce()) {
    let store = store::open(url, SHORT).unwrap();
    let patient = store::open(url, Patience::default()).unwrap();
    patient.migrate().await.unwrap();
    stored(&patient, &entry(0)).await;
    assert_eq!(unreachable(store::open(&url.replace("/gone", "/nowhere"), SHORT).unwrap().ready()).await, Failure::Missing);
    stop();
    assert_eq!(unreachable(store.accept(&entry(1))).await, Failure::Unreachable, "a new connection");
    assert_eq!(unreachable(patient.accept(&entry(1))).await, Failure::Unreachable, "a connection that was open");
}

pub(crate) async fn what_does_not_answer_is_unreachable_in_time() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("postgres://canary:canary@{}/leads", silent.local_addr().unwrap());
    let store = store::open(&url, SHORT).unwrap();
    assert!(!format!("{store:?}").contains("canary"), "{store:?}");
    assert_eq!(unreachable(store.accept(&entry(0))).await, Failure::Unreachable, "a server that is silent");
    drop(silent);
    assert_eq!(unreachable(store.accept(&entry(0))).await, Failure::Unreachable, "a port that nobody listens on");

    let base = Base::sqlite();
    let folder = store::open(&base.url.replace("leads.db", "none/leads.db"), SHORT).unwrap();
    assert_eq!(unreachable(folder.migrate()).await, Failure::Missing, "a folder that is not there");
    let first = base.store().await;
    let pool = AnyPool::connect(&base.url).await.unwrap();
    let writing = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let second = store::open(&base.url, SHORT).unwrap();
    assert_eq!(unreachable(second.accept(&entry(0))).await, Failure::Unreachable, "a file that somebody else writes to");
    writing.rollback().await.unwrap();
    stored(&first, &entry(0)).await;
    first.close().await;
    assert_eq!(unreachable(first.accept(&entry(1))).await, Failure::Unreachable, "a store that was closed");
}
