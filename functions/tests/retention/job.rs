//! The endpoint of the job, and what becomes known when it stays away.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::app::App;
use functions::lead::Failure;
use functions::log::Log;
use functions::ports::{Notice, Operations};
use functions::routes;
use functions::stand_ins::{Fault, Notion};
use functions::world::World;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{Base, Set, config};

/// Operations that note what they are told.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<Notice>>);

#[async_trait]
impl Operations for Told {
    async fn tell(&self, notice: &Notice, _: &str) -> Result<(), Failure> {
        self.0.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

struct Running {
    base: Base,
    router: Router,
    told: Arc<Told>,
    clock: Arc<Set>,
    log: Arc<Mutex<String>>,
}

impl Running {
    async fn new() -> Self {
        Self::on(Base::sqlite().await)
    }

    fn on(base: Base) -> Self {
        let (told, log) = (Arc::new(Told::default()), Arc::new(Mutex::new(String::new())));
        let clock = Arc::new(Set(Mutex::new("2027-01-01T00:00:00Z".parse().unwrap())));
        let world = World {
            stores: base.instance.stores.clone(),
            receipts: None,
            requests: None,
            correspondence: None,
            sinks: Vec::new(),
            projects: Some(base.instance.projects.clone()),
            billing: None,
            operations: Some(told.clone()),
            clock: clock.clone(),
        };
        let lines = log.clone();
        let log_to = Log::new(move |event| lines.lock().unwrap().push_str(&serde_json::to_string(event).unwrap()));
        let app = App { log: log_to, ..App::new(base.contract.clone(), config(), world) };
        Self { base, router: routes::router(app), told, clock, log }
    }

    fn pass(&self, hours: i64) -> Timestamp {
        let mut now = self.clock.0.lock().unwrap();
        *now += SignedDuration::from_hours(hours);
        *now
    }

    async fn ask(&self, path: &str, secret: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header(header::AUTHORIZATION, secret).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (status, serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap())
    }

    async fn job(&self, name: &str) -> Value {
        let (status, answer) = self.ask(&format!("/api/jobs/{name}"), "Bearer a secret of the clock").await;
        assert_eq!(status, StatusCode::OK);
        answer
    }

    /// What operations were told since the last time.
    fn told(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.told.0.lock().unwrap())
    }
}

#[tokio::test]
async fn the_job_tells_numbers_and_no_person() {
    let running = Running::new().await;
    assert_eq!(running.ask("/api/jobs/retention", "Bearer another").await.0, StatusCode::UNAUTHORIZED);
    let now = running.pass(0);
    let id = running.base.lead(now, now).await;
    assert_eq!(running.job("retention").await["gone"][0]["records"], 0);
    assert_eq!(running.told(), [], "nothing went");
    running.pass(24 * 731);
    let answer = running.job("retention").await;
    assert_eq!((&answer["finished"], &answer["gone"][2]["records"]), (&true.into(), &1.into()), "{answer}");
    assert!(answer["others"].to_string().contains("the accountant"));
    let told = running.told();
    let report = told.iter().find_map(|notice| if let Notice::Retention(report) = notice { Some(report) } else { None }).unwrap();
    assert_eq!(report.gone[2].records, 1);
    let log = running.log.lock().unwrap();
    assert!(log.contains(r#""event":"expired","rules":["leads"],"records":1"#), "{log}");
    assert!(!format!("{log}{answer}{told:?}").contains(&id.to_string()) && !log.contains("canary"));
}

#[tokio::test]
async fn a_job_that_stays_away_is_told_once_a_day() {
    let running = Running::new().await;
    let health = async || running.ask("/api/health", "").await.1;
    running.job("outbox").await;
    assert_eq!((&health().await["status"], running.told()), (&"ok".into(), vec![]), "a new site has not missed anything");
    running.pass(48);
    running.job("outbox").await;
    assert_eq!(health().await["status"], "ok");
    let now = running.pass(1);
    let shown = health().await;
    assert_eq!((&shown["status"], &shown["late_jobs"]), (&"degraded".into(), &vec!["retention"].into()));
    running.job("outbox").await;
    running.job("outbox").await;
    assert_eq!(running.told(), [Notice::Late(vec![("retention", now - SignedDuration::from_hours(49))])]);
    running.pass(24);
    running.job("outbox").await;
    assert_eq!(running.told().len(), 1, "and the next day again");
    running.job("retention").await;
    running.pass(1);
    assert_eq!((&health().await["status"], running.told()), (&"ok".into(), vec![]));
    running.pass(72);
    running.job("retention").await;
    assert!(matches!(&running.told()[..], [Notice::Late(late)] if late[0].0 == "outbox"), "each looks after the other");
}

#[tokio::test]
async fn each_run_on_a_restored_database_is_logged_and_what_is_over_goes() {
    let base = Base::sqlite().await;
    let old = "2020-01-01T00:00:00Z".parse().unwrap();
    base.lead(old, old).await;
    base.instance.database.as_ref().unwrap().close().await;
    let file = base.folder.as_ref().unwrap().path().join("restored.db");
    std::fs::copy(file.with_file_name("leads.db"), &file).unwrap();
    let running = Running::on(Base::at(&format!("sqlite:{}", file.display())).await);
    let restored = || std::mem::take(&mut *running.log.lock().unwrap()).contains(r#""store":"sqlite","failure":"restored""#);
    assert_eq!(running.ask("/api/jobs/outbox", "Bearer a secret of the clock").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(restored());
    assert_eq!(running.job("retention").await["gone"][2]["records"], 1);
    assert!(restored());
    assert_eq!(running.ask("/api/health", "").await.1["status"], "degraded");
    running.base.instance.database.as_ref().unwrap().note_whole().await.unwrap();
    running.job("outbox").await;
    assert!(!restored());
}

#[tokio::test]
async fn projects_in_notion_go_as_those_in_a_database() {
    let running = Running::on(Base::notion().await);
    let notion = running.base.notion.as_ref().unwrap();
    running.base.project("over", Some("2027-01-01".parse().unwrap())).await;
    running.base.project("later", Some("2027-01-02".parse().unwrap())).await;
    running.base.project("open", None).await;
    // A row that somebody wrote and that the portal does not show.
    notion.add_row(Notion::PROJECTS, &json!({ "Closed": { "date": { "start": "2026-12-31" } } }));
    let five_years = 24 * (5 * 365 + 2);
    running.pass(five_years - 1);
    assert_eq!(running.job("retention").await["gone"][3]["records"], 1, "the row is over, and the project lacks an hour");
    running.pass(24);
    // Three calls look for leads, one finds it, one finds what belongs to it, and the next takes the first of that away.
    notion.fail_next([Fault::Pass; 6].into_iter().chain([Fault::TooMany(1)]));
    let (status, _) = running.ask("/api/jobs/retention", "Bearer a secret of the clock").await;
    assert_eq!((status, notion.rows(Notion::STEPS).len()), (StatusCode::SERVICE_UNAVAILABLE, 8), "cut short in its midst");
    let answer = running.job("retention").await;
    assert_eq!((&answer["finished"], &answer["gone"][3]["records"]), (&true.into(), &1.into()), "{answer}");
    let left: Vec<String> = running.base.instance.projects.list().await.unwrap().into_iter().map(|project| project.id.0).collect();
    assert_eq!((left, notion.rows(Notion::STEPS).len()), (vec!["later".to_owned(), "open".to_owned()], 6));
}
