//! Project codes, validated by the functions' own router, in turn with bare look-ups of the same codes in the same database.
//!
//! All in this process: what a request costs on its way is no part of either. The proofs of work are solved before the clock runs. Prints
//! what came of it as JSON.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::app::App;
use functions::code::{self, Code};
use functions::config::Config;
use functions::contract;
use functions::guard::Keys;
use functions::log::Log;
use functions::ports::{ClientAddress, Clock, ProjectSource, Projects, SystemClock};
use functions::project::{Milestone, Phase, Progress, Project, ProjectId};
use functions::routes;
use functions::store::{self, Patience, SqlStore};
use functions::world::World;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Turns that are measured, after one to warm up.
const TURNS: usize = 9;

/// Validations of a turn, and look-ups: few enough to solve their proofs while they hold.
const EACH: usize = 100;

/// The most bytes of an answer.
const MOST: usize = 1_000_000;

/// Validates codes in a database below this folder.
pub(crate) fn validate(folder: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measured(folder))
}

async fn measured(folder: &Path) -> Result<()> {
    let variables = [("PLAINSITE_SECRET", "the secret of a benchmark, 32 characters")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config = Config::from_variables(&variables).map_err(|problems| anyhow::anyhow!(problems.join("; ")))?;
    let keys = Keys::new(config.secret.clone());
    let store = Arc::new(store::open(&format!("sqlite:{}", folder.join("portal.sqlite").display()), Patience::default())?);
    store.migrate().await?;
    let code = handed_out(&store, &keys).await?;
    let hash = code::hash(&keys, &code);
    let world = World {
        stores: vec![store.clone()],
        receipts: None,
        requests: None,
        correspondence: None,
        sinks: Vec::new(),
        projects: Some(store.clone()),
        billing: None,
        operations: None,
        clock: Arc::new(SystemClock),
    };
    let mut app = App::new(Arc::new(contract::embedded()?), config, world);
    app.log = Log::new(|_| ());
    let router = routes::router(app);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..=TURNS {
        let mut attempts = Vec::new();
        for _ in 0..EACH {
            attempts.push(json!({ "code": code.grouped(), "_proof": proof(&router).await? }).to_string());
        }
        let start = Instant::now();
        for attempt in attempts {
            let answer = asked(&router, "POST", "/api/portal/validate", attempt).await?;
            ensure!(answer["project"]["name"] == "Harbour", "a valid code is answered with {answer}");
        }
        ours.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for _ in 0..EACH {
            ensure!(store.open(&hash, None).await?.is_some(), "the code is not found");
        }
        floor.push(start.elapsed().as_secs_f64());
    }
    // The first turn warms both up.
    let said = json!({ "each": EACH, "ours_s": ours[1..], "floor_s": floor[1..] });
    std::io::Write::write_all(&mut std::io::stdout().lock(), said.to_string().as_bytes())?;
    Ok(())
}

/// A project of a usual size, and its code.
async fn handed_out(store: &SqlStore, keys: &Keys) -> Result<Code> {
    let milestone = |at: usize| Milestone { name: format!("Milestone {at}"), status: Progress::Planned, due: None };
    let phase = |at: usize| Phase {
        name: format!("Phase {at}"),
        status: Progress::InProgress,
        start: None,
        end: None,
        milestones: (0..5).map(milestone).collect(),
        deliverables: Vec::new(),
    };
    let id = ProjectId("harbour".to_owned());
    let project = Project {
        id: id.clone(),
        name: "Harbour".to_owned(),
        language: None,
        status: Progress::InProgress,
        start: None,
        end: None,
        closed: None,
        customer: None,
        phases: (0..4).map(phase).collect(),
        updates: Vec::new(),
    };
    store.put(&[project]).await?;
    let code = code::generate().map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    let issued = code::issued(id, SystemClock.now()).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    ensure!(store.issue(&code::hash(keys, &code), &issued).await?, "the project is not there");
    Ok(code)
}

/// A challenge, solved.
async fn proof(router: &Router) -> Result<String> {
    let mut answer = asked(router, "GET", "/api/portal/challenge", String::new()).await?;
    let challenge: Challenge = serde_json::from_value(answer["challenge"].take())?;
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge))?.context("the proof of work cannot be solved")?;
    Ok(STANDARD.encode(serde_json::to_vec(&Payload { challenge, solution })?))
}

/// The JSON that the router answers with.
async fn asked(router: &Router, method: &str, path: &str, body: String) -> Result<Value> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "bench.example")
        .header(header::ORIGIN, "https://bench.example")
        .header(header::CONTENT_TYPE, "application/json")
        .extension(ClientAddress::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))));
    let response = router.clone().oneshot(request.body(Body::from(body))?).await?;
    Ok(serde_json::from_slice(&to_bytes(response.into_body(), MOST).await?)?)
}
