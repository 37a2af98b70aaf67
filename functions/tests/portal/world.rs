//! A program with a project in a store of its own, a clock that tests set, and whoever asks it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::app::App;
use functions::billing::Billing;
use functions::code::{self, Code};
use functions::config::Config;
use functions::contract;
use functions::guard::guesses::{HOLDS, PORTAL};
use functions::guard::{Difficulty, Keys};
use functions::lead::Failure;
use functions::log::Log;
use functions::ports::{BillingSource, ClientAddress, Clock, Projects, Store};
use functions::project::{Issued, Milestone, Phase, Progress, Project, ProjectId};
use functions::store::{self, Patience, SqlStore};
use functions::world::World;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::asked::{self, Answer, HandClock};

/// A service of payments that answers half.
#[derive(Debug)]
struct HalfBilling;

#[async_trait]
impl BillingSource for HalfBilling {
    async fn of(&self, customer: &str) -> Billing {
        assert_eq!(customer, "cus_1");
        Billing { invoices: Some(Vec::new()), transactions: None }
    }

    async fn ready(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Programs on one store, and all around them.
pub(crate) struct Running {
    pub(crate) app: App,
    pub(crate) store: Arc<SqlStore>,
    pub(crate) log: Arc<Mutex<String>>,
    clock: Arc<HandClock>,
    router: Router,
    folder: TempDir,
}

/// All that a client can tell answers apart by, but for the number of the request.
pub(crate) fn seen(mut answer: Answer) -> (StatusCode, Vec<(String, String)>, String) {
    answer.headers.remove("x-request-id");
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.body)
}

pub(crate) fn project() -> Project {
    let milestone = |status| Milestone { name: "Kick-off".to_owned(), status, due: Some("2027-02-01".parse().unwrap()) };
    let phase = Phase {
        name: "Audit".to_owned(),
        status: Progress::InProgress,
        start: None,
        end: None,
        milestones: vec![milestone(Progress::Done), milestone(Progress::Planned)],
        deliverables: Vec::new(),
    };
    Project {
        id: ProjectId("canary-project".to_owned()),
        name: "Site".to_owned(),
        language: None,
        status: Progress::InProgress,
        start: None,
        end: None,
        closed: None,
        customer: Some("cus_1".to_owned()),
        phases: vec![phase],
        updates: Vec::new(),
    }
}

fn config() -> Config {
    let own = [("PLAINSITE_SECRET".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())];
    Config::from_variables(&own.into()).unwrap()
}

fn program(store: Arc<SqlStore>, clock: Arc<HandClock>, log: &Arc<Mutex<String>>) -> App {
    let world = World {
        stores: vec![store.clone()],
        receipts: None,
        requests: None,
        correspondence: None,
        sinks: vec![],
        projects: Some(store),
        billing: Some(Arc::new(HalfBilling)),
        operations: None,
        clock,
    };
    let lines = Arc::clone(log);
    let log = Log::new(move |event| lines.lock().unwrap().push_str(&format!("{}\n", serde_json::to_string(event).unwrap())));
    App { log, ..App::new(Arc::new(contract::embedded().unwrap()), config(), world) }
}

pub(crate) async fn run() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    store.migrate().await.unwrap();
    store.put(&[project()]).await.unwrap();
    let clock = Arc::<HandClock>::default();
    let log = Arc::default();
    let app = program(store.clone(), clock.clone(), &log);
    Running { router: functions::routes::router(app.clone()), app, store, log, clock, folder }
}

fn open(folder: &TempDir) -> Arc<SqlStore> {
    Arc::new(store::open(&format!("sqlite:{}", folder.path().join("leads.db").display()), Patience::default()).unwrap())
}

/// A request from a page of ours, on a machine of some address.
pub(crate) fn request(path: &str, from: IpAddr, body: &Value) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "acme.example")
        .header(header::ORIGIN, "https://acme.example")
        .header(header::CONTENT_TYPE, "application/json")
        .extension(ClientAddress::new(from))
        .body(body.to_string().into())
        .unwrap()
}

pub(crate) fn home() -> IpAddr {
    "192.0.2.7".parse().unwrap()
}

impl Running {
    /// Another instance of the program on the same store.
    pub(crate) fn another(&self) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&self.folder);
        let app = program(store.clone(), self.clock.clone(), &self.log);
        Running { router: functions::routes::router(app.clone()), app, store, log: self.log.clone(), clock: self.clock.clone(), folder }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.clock.later(seconds);
    }

    /// A new code of the project.
    pub(crate) async fn code(&self) -> (Code, Issued) {
        let code = code::generate().unwrap();
        let issued = code::issued(project().id, self.now()).unwrap();
        assert!(self.store.issue(&code::hash(&self.app.keys, &code), &issued).await.unwrap());
        (code, issued)
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        asked::ask(&self.router, request).await
    }

    /// The challenge that a client at an address gets.
    pub(crate) async fn challenge(&self, from: IpAddr) -> functions::guard::Challenge {
        let ask = Request::get("/api/portal/challenge").extension(ClientAddress::new(from)).body(Body::empty()).unwrap();
        serde_json::from_value(self.ask(ask).await.json()["challenge"].clone()).unwrap()
    }

    /// The most derivations that a client at an address is asked for.
    pub(crate) async fn work(&self, from: IpAddr) -> u64 {
        self.challenge(from).await.parameters.data.unwrap()["work"].as_u64().unwrap()
    }

    pub(crate) async fn validate(&self, from: IpAddr, code: &str, proof: &str) -> Answer {
        self.ask(request("/api/portal/validate", from, &json!({ "code": code, "_proof": proof, "_language": "fr" }))).await
    }

    /// What a client does: asks, solves, sends.
    pub(crate) async fn enter(&self, from: IpAddr, code: &str) -> Answer {
        let proof = asked::solved(self.challenge(from).await);
        self.validate(from, code, &proof).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.ask(request("/api/portal/refresh", home(), &json!({ "token": token }))).await
    }

    /// A solved challenge of this moment that takes one derivation, which no client gets: for tests that need very many.
    pub(crate) fn cheap(&self, work: u32) -> String {
        cheap(&self.app.keys, work, self.now())
    }

    /// How many failures are counted in this minute.
    pub(crate) async fn failures(&self) -> u32 {
        self.store.level(PORTAL, functions::guard::guesses::FAILURES, self.now()).await.unwrap()
    }
}

/// The solution of a challenge of ours is known to who has the keys: it is the one that `counter` names.
fn cheap(keys: &Keys, work: u32, now: Timestamp) -> String {
    use altcha::{CreateChallengeOptions, create_challenge};
    let until = now.as_second() + HOLDS.as_secs().cast_signed();
    let data = [("form".to_owned(), json!(PORTAL)), ("until".to_owned(), json!(until)), ("work".to_owned(), json!(work))];
    let challenge = create_challenge(CreateChallengeOptions {
        algorithm: "PBKDF2/SHA-256".to_owned(),
        cost: 1,
        counter: Some(0),
        data: Some(data.into()),
        hmac_signature_secret: Some(keys.text_of("challenge")),
        hmac_key_signature_secret: Some(keys.text_of("challenge key")),
        ..CreateChallengeOptions::default()
    });
    asked::solved(challenge.unwrap())
}

/// The most work that anybody is asked for.
pub(crate) fn most() -> u32 {
    Difficulty::Guesses { overall: u32::MAX, network: u32::MAX }.most()
}
