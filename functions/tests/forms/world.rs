//! A program with a store of its own in a temporary folder, a clock that tests set, and no sinks.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use functions::app::App;
use functions::config::Config;
use functions::contract;
use functions::lead::{Failure, Outcome};
use functions::personal::Personal;
use functions::ports::{ClientAddress, Correspondence, Filter, Store};
use functions::request::PrivacyRequest;
use functions::store::{self, Patience, SqlStore};
use functions::world::World;
use jiff::Timestamp;
use registry::contract::Contract;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::asked::{self, Answer, HandClock};

/// What people and operations were written about privacy requests.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// The addresses with their codes.
    pub(crate) links: Mutex<Vec<(String, String)>>,
    /// The addresses of requests that were passed on to operations.
    pub(crate) forwarded: Mutex<Vec<String>>,
}

#[async_trait]
impl Correspondence for Sent {
    async fn link(&self, request: &PrivacyRequest, code: &Personal<String>, _: Timestamp) -> Outcome {
        self.links.lock().unwrap().push((request.person.as_ref().unwrap().reveal().email.clone(), code.reveal().clone()));
        Outcome::Sent { reference: None }
    }

    async fn forward(&self, request: &PrivacyRequest, _: Timestamp) -> Result<(), Failure> {
        self.forwarded.lock().unwrap().push(request.person.as_ref().unwrap().reveal().email.clone());
        Ok(())
    }
}

/// A program, and all around it.
pub(crate) struct Running {
    pub(crate) app: App,
    pub(crate) store: Arc<SqlStore>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) letters: Arc<Sent>,
    router: Router,
    _folder: TempDir,
}

/// The variables of a program that keeps its leads in the store given to it.
pub(crate) fn config(more: &[(&str, &str)]) -> Config {
    let own = [("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef"), ("CRON_SECRET", "a secret of the clock")];
    Config::from_variables(&own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()).unwrap()
}

/// Runs the functions of the site that these were built for.
pub(crate) async fn run(more: &[(&str, &str)]) -> Running {
    run_by(contract::embedded().unwrap(), more).await
}

/// Runs the functions of another site.
pub(crate) async fn run_by(contract: Contract, more: &[(&str, &str)]) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(store::open(&format!("sqlite:{}", folder.path().join("leads.db").display()), Patience::default()).unwrap());
    store.migrate().await.unwrap();
    let clock = Arc::<HandClock>::default();
    let letters = Arc::new(Sent::default());
    let world = World {
        stores: vec![store.clone()],
        receipts: Some(store.clone()),
        requests: Some(store.clone()),
        correspondence: Some(letters.clone()),
        sinks: Vec::new(),
        projects: None,
        billing: None,
        operations: None,
        clock: clock.clone(),
    };
    let app = App::new(Arc::new(contract), config(more), world);
    Running { router: functions::routes::router(app.clone()), app, store, clock, letters, _folder: folder }
}

/// A discovery enquiry as people fill it in.
pub(crate) fn enquiry() -> Value {
    json!({
        "name": "Ada Lovelace",
        "email": "ada@agency.example",
        "phone": "+33 1 23 45 67 89",
        "agency": "Analytical Engines",
        "agency_type": "Design",
        "package": "audit",
        "message": "We would like to know more.\nIs there a slot?",
        "slot": "2027-02-01T10:00",
    })
}

/// The same with other values; `null` takes a field out.
pub(crate) fn with(mut values: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => _ = values.as_object_mut().unwrap().remove(name),
            value => values[name] = value.clone(),
        }
    }
    values
}

impl Running {
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.later(seconds);
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        asked::ask(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Serves the program as it is now.
    pub(crate) fn renew(&mut self) {
        self.router = functions::routes::router(self.app.clone());
    }

    /// A token of the right age, and a solved proof.
    pub(crate) async fn opened(&self) -> (String, String) {
        self.opened_of("contact").await
    }

    /// The same for a form of another name.
    pub(crate) async fn opened_of(&self, form: &str) -> (String, String) {
        let challenge = self.get(&format!("/api/forms/{form}/challenge")).await.json();
        self.later(5);
        let token = challenge["token"].as_str().unwrap().to_owned();
        (token, asked::solved(serde_json::from_value(challenge["challenge"].clone()).unwrap()))
    }

    /// What a form's script sends, from a page of ours.
    pub(crate) fn request(content_type: &str, body: impl Into<Body>) -> Request<Body> {
        Request::post("/api/contact")
            .header(header::HOST, "acme.example")
            .header(header::ORIGIN, "https://acme.example")
            .header(header::CONTENT_TYPE, content_type)
            .extension(ClientAddress::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))))
            .body(body.into())
            .unwrap()
    }

    /// Sends values as the script does.
    pub(crate) async fn send(&self, key: &str, values: &Value) -> Answer {
        let (token, proof) = self.opened().await;
        let brought = json!({ "_token": token, "_proof": proof, "_key": key, "_language": "fr" });
        let values = with(brought, values.clone());
        self.ask(Self::request("application/json", values.to_string())).await
    }

    pub(crate) async fn stored(&self) -> Vec<functions::lead::Lead> {
        self.store.leads(&Filter::default()).await.unwrap()
    }
}
