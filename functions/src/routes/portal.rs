//! `/api/portal/…`: a project code, with a proof of work, gets its project's view and a token; the token gets the view again.
//!
//! Whoever guesses learns nothing but that: a code that is malformed, unknown or revoked takes the same path to the same bytes. Nothing of a
//! visit is kept here; the token holds it, sealed.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::request;
use crate::app::App;
use crate::billing::Billing;
use crate::code;
use crate::guard::{Difficulty, guesses};
use crate::log::Event;
use crate::personal::Personal;
use crate::ports::{Spent, StoreError};
use crate::problem::{Kind, Problem};
use crate::project::{CodeHash, Phase, Progress, Project, Update};
use crate::seal;

/// How long a stay in the portal lasts at the most, however often it is refreshed.
const STAY: SignedDuration = SignedDuration::from_hours(12);

/// What a network is called that the host does not tell: all such share one count.
const UNKNOWN: &str = "unknown";

#[derive(Deserialize)]
struct Validate {
    code: Personal<String>,
    #[serde(rename = "_proof", default)]
    proof: String,
}

#[derive(Deserialize)]
struct Refresh {
    token: Personal<String>,
}

/// What a client sees.
#[derive(Serialize)]
struct View<'a> {
    token: String,
    until: Timestamp,
    refreshed: Timestamp,
    project: Shown<'a>,
    progress: Vec<Option<u8>>,
    billing: Option<Billing>,
}

/// A project without what is the agency's own affair.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    status: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<jiff::civil::Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<jiff::civil::Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<jiff::civil::Date>,
    phases: &'a [Phase],
    updates: &'a [Update],
}

impl<'a> Shown<'a> {
    fn of(project: &'a Project) -> Self {
        // Whoever adds something to a project decides here whether clients see it.
        let Project { id: _, customer: _, name, language, status, start, end, closed, phases, updates } = project;
        Self { name, language: language.as_deref(), status: *status, start: *start, end: *end, closed: *closed, phases, updates }
    }
}

/// `GET /api/portal/challenge`: a proof of work to solve, the harder the more was guessed of late.
pub(super) async fn challenge(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    // Browsers say where a request for a page's own data comes from; other programs need not.
    if request.headers().contains_key("sec-fetch-site") {
        request::own_origin(request.headers(), request.uri())?;
    }
    let now = app.clock.now();
    let network = request::network(&app, &request, now);
    let difficulty = difficulty(&app, network.as_deref(), now).await?;
    let challenge = app.keys.challenge(guesses::PORTAL, difficulty, guesses::HOLDS, now).map_err(|_| Kind::Internal)?;
    Ok(Json(json!({ "challenge": challenge })).into_response())
}

/// `POST /api/portal/validate`. A success writes nothing; a failure is counted and spends its proof.
pub(super) async fn validate(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    request::own_origin(request.headers(), request.uri())?;
    let now = app.clock.now();
    let network = request::network(&app, &request, now);
    let network = network.as_deref();
    let asked: Validate = request::json(request).await?;
    let least = difficulty(&app, network, now).await?.most() / 2;
    let proof = app.keys.check_proof(guesses::PORTAL, &asked.proof, least, now).map_err(|_| Kind::Proof)?;
    if !app.guesses.bring(&proof, now) {
        return Err(Kind::Proof.into());
    }
    let code = code::hash_of_text(&app.keys, asked.code.reveal());
    let failed = |error: StoreError| out_of_reach(&app, app.shared().map_or("", |store| store.name()), &error);
    match opened(&app, &code, Some(&proof)).await? {
        Some(project) => view(&app, &code, &project, now, now).await,
        None => {
            let network = network.unwrap_or(UNKNOWN);
            if let Some(store) = app.shared() {
                let is_first = store.failed(&proof, &guesses::limits(network), now).await.map_err(failed)?;
                app.guesses.failed(network, now);
                if !is_first {
                    return Err(Kind::Proof.into());
                }
            }
            Err(Kind::Refused.into())
        }
    }
}

/// `POST /api/portal/refresh`.
pub(super) async fn refresh(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    request::own_origin(request.headers(), request.uri())?;
    let now = app.clock.now();
    let asked: Refresh = request::json(request).await?;
    let (code, validated) = read(&app, asked.token.reveal()).ok_or(Kind::Expired)?;
    if now.duration_since(validated) > STAY {
        return Err(Kind::Expired.into());
    }
    let project = opened(&app, &code, None).await?.ok_or(Kind::Expired)?;
    view(&app, &code, &project, validated, now).await
}

/// How much work an attempt takes now.
async fn difficulty(app: &App, network: Option<&str>, now: Timestamp) -> Result<Difficulty, Problem> {
    let Some(store) = app.shared() else { return Ok(Difficulty::Fixed) };
    let difficulty = app.guesses.difficulty(store.as_ref(), network.unwrap_or(UNKNOWN), now).await;
    difficulty.map_err(|error| out_of_reach(app, store.name(), &error))
}

/// The project that a code opens, read anew.
async fn opened(app: &App, code: &CodeHash, proof: Option<&Spent>) -> Result<Option<Project>, Problem> {
    let Some(projects) = &app.projects else { return Err(Problem::from(Kind::Unavailable).retry_after(300)) };
    projects.open(code, proof).await.map_err(|error| out_of_reach(app, projects.name(), &error))
}

/// The view of a project, with a token that lasts as long as the validation that it comes from.
async fn view(app: &App, code: &CodeHash, project: &Project, validated: Timestamp, now: Timestamp) -> Result<Response, Problem> {
    let billing = match (&app.billing, &project.customer) {
        (Some(billing), Some(customer)) => Some(billing.of(customer).await),
        _ => None,
    };
    let token = sealed(app, code, validated).map_err(|_| Kind::Internal)?;
    let until = validated.saturating_add(STAY).unwrap_or(Timestamp::MAX);
    let progress = project.phases.iter().map(Phase::progress).collect();
    Ok(Json(View { token, until, refreshed: now, project: Shown::of(project), progress, billing }).into_response())
}

/// A stay as a token: eight bytes of time in milliseconds, and the code's hash.
fn sealed(app: &App, code: &CodeHash, validated: Timestamp) -> Result<String, getrandom::Error> {
    let plain = [validated.as_millisecond().to_be_bytes().as_slice(), code.0.as_bytes()].concat();
    seal::seal(&app.keys.of("portal token"), &plain)
}

/// The stay of a token; none where it is not ours.
fn read(app: &App, token: &str) -> Option<(CodeHash, Timestamp)> {
    let plain = seal::open(&app.keys.of("portal token"), token)?;
    let (time, code) = plain.split_first_chunk::<8>()?;
    let validated = Timestamp::from_millisecond(i64::from_be_bytes(*time)).ok()?;
    Some((CodeHash(String::from_utf8(code.to_vec()).ok()?), validated))
}

fn out_of_reach(app: &App, store: &str, error: &StoreError) -> Problem {
    app.log.write(&Event::StoreFailed { store, failure: error.failure() });
    Problem::from(Kind::Unavailable).retry_after(30)
}
