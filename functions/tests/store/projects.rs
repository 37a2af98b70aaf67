//! Projects, the codes that open them, and guesses that failed.

use std::time::Duration;

use functions::ports::{Limit, ProjectSource, Projects, Retains, Spent, Store};
use functions::project::{CodeHash, Issued, Phase, Progress, Project, ProjectId};
use functions::store::SqlStore;
use futures_util::future::join_all;
use sqlx::AnyPool;

use crate::sample::{Base, at, spent};

fn project(id: &str, name: &str) -> Project {
    let phase = Phase {
        name: "Étude \0 \u{1f4a1}".to_owned(),
        status: Progress::Waiting,
        start: None,
        end: None,
        milestones: vec![],
        deliverables: vec![],
    };
    Project {
        id: ProjectId(id.to_owned()),
        name: name.to_owned(),
        language: Some("fr".to_owned()),
        status: Progress::InProgress,
        start: Some("2027-01-31".parse().unwrap()),
        end: None,
        closed: None,
        customer: Some("cus_1".to_owned()),
        phases: vec![phase],
        updates: Vec::new(),
    }
}

fn issued(id: &str, project: &str, seconds: i64) -> Issued {
    Issued { id: id.to_owned(), project: ProjectId(project.to_owned()), made: at(seconds), revoked: None }
}

fn hash(text: &str) -> CodeHash {
    CodeHash(text.to_owned())
}

// Promises: cresco/no-passwords
pub(crate) async fn a_code_opens_its_project_until_it_is_revoked(base: &Base) {
    let store = base.store().await;
    assert!(!store.issue(&hash("h1"), &issued("id1", "acme", 0)).await.unwrap(), "the project is not there");
    store.put(&[project("acme", "Acme"), project("other", "Other")]).await.unwrap();
    for (code, id, of, made) in [("h1", "id1", "acme", 0), ("h2", "id2", "acme", 5), ("h3", "id3", "other", 3)] {
        assert!(store.issue(&hash(code), &issued(id, of, made)).await.unwrap());
    }
    assert_eq!(store.open(&hash("h1"), None).await.unwrap(), Some(project("acme", "Acme")));
    assert_eq!(store.open(&hash("h4"), None).await.unwrap(), None);
    assert!(store.revoke("id1", at(10)).await.unwrap() && store.revoke("id1", at(20)).await.unwrap());
    assert!(!store.revoke("h1", at(10)).await.unwrap() && !store.revoke("none", at(10)).await.unwrap());
    assert_eq!(store.open(&hash("h1"), None).await.unwrap(), None);
    assert_eq!(store.open(&hash("h2"), None).await.unwrap(), Some(project("acme", "Acme")), "another code of the same project");
    let first = Issued { revoked: Some(at(10)), ..issued("id1", "acme", 0) };
    let expected = [(hash("h2"), issued("id2", "acme", 5)), (hash("h3"), issued("id3", "other", 3)), (hash("h1"), first)];
    assert_eq!(store.codes().await.unwrap(), expected);
    assert!(store.issue(&hash("h2"), &issued("id9", "other", 6)).await.is_err(), "no code opens two projects");
}

pub(crate) async fn projects_are_replaced_as_a_whole(base: &Base) {
    let store = base.store().await;
    store.put(&[project("b", "B"), project("a", "A")]).await.unwrap();
    store.issue(&hash("h"), &issued("id", "a", 0)).await.unwrap();
    store.put(&[project("a", "A again"), project("c", "C")]).await.unwrap();
    let names: Vec<String> = store.list().await.unwrap().into_iter().map(|project| project.name).collect();
    assert_eq!(names, ["A again", "B", "C"]);
    assert_eq!(store.open(&hash("h"), None).await.unwrap().unwrap().name, "A again", "its codes stay");
    let pool = AnyPool::connect(&base.url).await.unwrap();
    sqlx::query("DELETE FROM projects WHERE id = 'a'").execute(&pool).await.unwrap();
    assert_eq!((store.open(&hash("h"), None).await.unwrap(), store.codes().await.unwrap().len()), (None, 0), "and go with it");
}

pub(crate) async fn a_failed_guess_spends_its_proof_and_counts(base: &Base) {
    let first = base.store().await;
    let second = base.open();
    let minute = Duration::from_secs(60);
    let limits = ["portal:x", "portal"].map(|name| Limit { name: name.to_owned(), window: minute, most: 1 });
    let proof = spent("nonce", 60);
    let opens = async |store: &SqlStore, proof: &Spent| store.open(&hash("h"), Some(proof)).await.unwrap().is_some();
    first.put(&[project("acme", "Acme")]).await.unwrap();
    assert!(first.issue(&hash("h"), &issued("c", "acme", 0)).await.unwrap());
    assert!(opens(&second, &proof).await, "a success spends nothing");
    let guesses = join_all([&first, &second, &first, &second].map(|store| store.failed(&proof, &limits, at(0)))).await;
    assert_eq!(guesses.into_iter().filter(|guess| *guess.as_ref().unwrap()).count(), 1, "one of them spent it");
    assert!(!opens(&second, &proof).await && opens(&second, &spent("other", 60)).await);
    for limit in &limits {
        assert_eq!(second.level(&limit.name, minute, at(0)).await.unwrap(), 4, "each was a guess");
    }
    first.sweep(at(61)).await.unwrap();
    assert!(opens(&first, &proof).await, "it is forgotten, since it is void by then");
}
