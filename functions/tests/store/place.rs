//! A database that was restored from a backup: it takes what comes in, and hands nothing out until the erasures since are done again.

use std::sync::Arc;
use std::time::Duration;

use functions::announcement::Announcement;
use functions::fulfilment;
use functions::guard::Keys;
use functions::health;
use functions::lead::Failure;
use functions::personal::Personal;
use functions::ports::{Addressee, Erased, Filter, Notices, Plan, ProjectSource, Projects, RequestFilter, Requests, Store, StoreError};
use functions::project::{CodeHash, Issued, Project, ProjectId};
use functions::request::Deed;
use functions::store::SqlStore;
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe};

use crate::requests::{asked, asking, lead_of, plan};
use crate::sample::{Base, at, entry, stored};

const LEASE: Duration = Duration::from_secs(60);

/// The database again, somewhere else, as a backup brings it back. Nobody may be connected.
async fn restored(base: &Base) -> Base {
    match &base.folder {
        Some(folder) => {
            let copy = tempfile::tempdir().unwrap();
            std::fs::copy(folder.path().join("leads.db"), copy.path().join("leads.db")).unwrap();
            Base { url: format!("sqlite:{}/leads.db", copy.path().display()), folder: Some(copy) }
        }
        None => {
            let (server, name) = base.url.rsplit_once('/').unwrap();
            let pool = AnyPool::connect(&format!("{server}/postgres")).await.unwrap();
            let copy = AssertSqlSafe(format!("CREATE DATABASE restored TEMPLATE {name}"));
            sqlx::raw_sql(copy).execute(&pool).await.unwrap();
            Base { url: format!("{server}/restored"), folder: None }
        }
    }
}

fn code() -> CodeHash {
    CodeHash("hash".to_owned())
}

/// A project with a code.
async fn project(store: &SqlStore) {
    let text = json!({ "id": "p", "name": "canary", "status": "in-progress", "phases": [], "updates": [] });
    store.put(&[serde_json::from_value::<Project>(text).unwrap()]).await.unwrap();
    let issued = Issued { id: "p".to_owned(), project: ProjectId("p".to_owned()), made: at(0), revoked: None };
    assert!(store.issue(&code(), &issued).await.unwrap());
}

/// What each way out of a database says.
async fn ways_out(store: &SqlStore, request: functions::request::RequestId, plan: &Plan) -> [Result<bool, StoreError>; 5] {
    let announcement = Announcement {
        policy: "privacy".to_owned(),
        version: "2".to_owned(),
        seal: "seal".to_owned(),
        effective: jiff::civil::date(2027, 3, 1),
        texts: Default::default(),
    };
    let to = Addressee {
        address: Personal::new("bob@a.example".to_owned()),
        language: "en".to_owned(),
        form: "contact".into(),
        wrote: at(0),
        in_log: plan.person.clone(),
        person: plan.person.in_version("seal"),
    };
    [
        store.claim(at(100), LEASE, 9).await.map(|claims| !claims.is_empty()),
        store.tasks(at(100), LEASE, 9).await.map(|tasks| !tasks.is_empty()),
        store.confirm(request, at(-1), at(100), plan).await.map(|confirmed| confirmed.is_some()),
        store.take(&announcement, &to, at(100), LEASE).await.map(|taken| taken.is_some()),
        ProjectSource::open(store, &code(), None).await.map(|project| project.is_some()),
    ]
}

pub(crate) async fn what_was_restored_hands_nothing_out_until_the_erasures_are_done_again(base: &Base) {
    let keys = Keys::new("0123456789abcdef0123456789abcdef".into());
    let ada = keys.person(&Personal::new("ada_1@a.example".to_owned()));
    let first = base.store().await;
    lead_of(&first, 0, "ada_1@a.example").await;
    project(&first).await;
    let request = asked(&first, &asking(1, "access")).await;
    first.close().await;
    let copy = restored(base).await;

    // After the backup, somebody is erased.
    let store = base.open();
    store.whole().await.unwrap();
    let erasure = asked(&store, &asking(2, "erasure")).await;
    let erase = Plan { person: ada.clone(), ..plan(Deed::Erase, Vec::new()) };
    store.confirm(erasure, at(-1), at(50), &erase).await.unwrap().unwrap();
    let log = store.erasures().await.unwrap();
    assert_eq!(log, [Erased { person: ada, at: at(50) }]);

    let (store, other): (SqlStore, Arc<dyn Store>) = (copy.open(), Arc::new(copy.open()));
    store.migrate().await.unwrap();
    let export = plan(Deed::Export, Vec::new());
    for out in ways_out(&store, request, &export).await {
        let error = out.unwrap_err();
        assert!(matches!(error, StoreError::Restored), "{error}");
        assert!(error.to_string().contains("`plainsite requests replay`"), "{error}");
    }
    let health = health::examine(std::slice::from_ref(&other), &[], None, at(100)).await;
    let [part] = &health.stores[..] else { panic!("there is one store") };
    assert_eq!((health.status, part.failure, part.warning), ("degraded", Some(Failure::Restored), Some("run `plainsite requests replay`")));
    // A lead is never refused for that.
    let new = stored(&store, &entry(60)).await;
    assert_eq!(store.leads(&Filter::default()).await.unwrap().len(), 2);

    let back = fulfilment::back_again(&store, &keys, &log).await.unwrap();
    assert_eq!(store.erase_again(&log, &back).await.unwrap(), 1);
    assert!(matches!(store.whole().await, Err(StoreError::Restored)), "nobody has said yet that this was all");
    store.note_whole().await.unwrap();
    other.whole().await.unwrap();
    for out in ways_out(&store, request, &export).await {
        assert!(out.unwrap(), "everything goes on");
    }
    let left: Vec<_> = other.leads(&Filter::default()).await.unwrap().into_iter().map(|lead| lead.id).collect();
    assert_eq!(left, [new]);
    assert_eq!(store.requests(&RequestFilter::default()).await.unwrap().len(), 1);
}

pub(crate) async fn what_stays_where_it_is_is_whole(base: &Base) {
    let store = base.store().await;
    for seconds in 0..50 {
        lead_of(&store, seconds, "ada_1@a.example").await;
    }
    for lead in store.leads(&Filter::default()).await.unwrap() {
        store.erase(lead.id).await.unwrap();
    }
    store.close().await;
    let pool = AnyPool::connect(&base.url).await.unwrap();
    sqlx::raw_sql("VACUUM").execute(&pool).await.unwrap();
    pool.close().await;
    let Some(folder) = &base.folder else { return base.open().whole().await.unwrap() };
    base.open().whole().await.unwrap();
    let moved = tempfile::tempdir_in(folder.path().parent().unwrap()).unwrap();
    std::fs::rename(folder.path().join("leads.db"), moved.path().join("moved.db")).unwrap();
    let moved = Base { url: format!("sqlite:{}/moved.db", moved.path().display()), folder: Some(moved) };
    moved.open().whole().await.unwrap();
}

/// One whose tables are older than the note of its place: it is made with the next migration, and nothing is held against what was there before.
pub(crate) async fn a_part_that_was_not_noted_says_nothing(base: &Base) {
    let store = base.store().await;
    store.whole().await.unwrap();
    let pool = AnyPool::connect(&base.url).await.unwrap();
    for part in ["cluster", "born"] {
        sqlx::query("DELETE FROM place WHERE part = $1").bind(part).execute(&pool).await.unwrap();
    }
    base.open().whole().await.unwrap();
    assert_eq!(sqlx::query("UPDATE place SET stands = 'elsewhere'").execute(&pool).await.unwrap().rows_affected(), 1);
    if base.folder.is_some() {
        // It has one connection, behind which nothing is asked again. A server's pool may have made another by now.
        store.whole().await.unwrap();
    }
    assert!(matches!(base.open().whole().await, Err(StoreError::Restored)), "it is compared when it is opened");
    sqlx::query("DELETE FROM place").execute(&pool).await.unwrap();
    base.open().whole().await.unwrap();
    base.open().migrate().await.unwrap();
    assert!(sqlx::query("SELECT part FROM place").fetch_all(&pool).await.unwrap().len() > 1, "it is noted with the tables");
}
