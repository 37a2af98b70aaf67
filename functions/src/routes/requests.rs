//! `/api/privacy-requests`: somebody asks for what the law gives them. The answer is the same whoever asks; the address is confirmed by a code that
//! was sent there, and only then is anything looked up.

mod reply;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use registry::derive::policy;
use registry::derive::rights::{Asked, FORM, MESSAGE, RIGHT};
use registry::derive::schema::{self, Ending, TOKEN};
use registry::derive::words::Words;
use registry::model::{Fault, Form};
use serde_json::{Value, json};

use super::accept::{self, Arrived};
use super::request;
use crate::app::App;
use crate::fulfilment::{self, Fulfilment};
use crate::guard::{self, Path as Way};
use crate::lead::Values;
use crate::log::Event;
use crate::personal::Personal;
use crate::ports::{Asking, Background, Confirmed, Erased, RequestFilter, StoreError, Taken};
use crate::problem::{FieldProblem, Kind, Problem};
use crate::request::{Deed, HOLDS, Person, PrivacyRequest, RequestId};
use crate::submission::{self, Encoding};
use crate::token;

/// How long tasks are worked off after a response.
const AFTER_RESPONSE: std::time::Duration = std::time::Duration::from_secs(20);

/// `POST /api/privacy-requests`: stores a request, and has its code sent. Nothing is looked up.
pub(super) async fn ask(State(app): State<App>, request: Request) -> Response {
    let Some(form) = app.request_form.clone() else { return Problem::from(Kind::NotFound).into_response() };
    let background = request.extensions().get::<Background>().cloned();
    let arrived = match accept::arrive(&app, &form, request).await {
        Ok(arrived) => arrived,
        Err(rejected) => return refused(&app, &form, rejected),
    };
    match take(&app, &form, &arrived).await {
        Ok((id, way)) => {
            if let Some(fulfilment) = app.fulfilment() {
                work_later(background, fulfilment);
            }
            asked(&app, &arrived, id, way)
        }
        Err(problem) => refused(&app, &form, arrived.rejected(problem)),
    }
}

fn refused(app: &App, form: &Form, rejected: accept::Rejected) -> Response {
    match rejected.again {
        Some(typed) => {
            let token = token::issue(&app.keys.of("form token"), FORM, app.clock.now());
            app.answers.form(&app.contract, form, &typed, &rejected.problem, &token)
        }
        None => rejected.problem.into_response(),
    }
}

/// The same for whoever asks, and whatever is held.
fn asked(app: &App, arrived: &Arrived, id: RequestId, way: Way) -> Response {
    match way {
        Way::Script => (StatusCode::ACCEPTED, Json(json!({ "id": id }))).into_response(),
        Way::Plain => {
            let site = &app.contract.site;
            let end = if site.folders { Ending::Slash } else { Ending::Name };
            let page = schema::thanks(FORM, &arrived.language, &site.languages, end);
            (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
        }
    }
}

/// Stores a request; without a database, operations get it whole.
async fn take(app: &App, form: &Form, arrived: &Arrived) -> Result<(RequestId, Way), Problem> {
    let now = arrived.sender.now;
    // What fills in the field that nobody sees has to show that it is a person.
    if arrived.submission.technical.honeypot.is_some() {
        return Err(Kind::Token.into());
    }
    let (way, key, proof) = accept::brought(app, form, arrived)?;
    let values = arrived.submission.values.reveal();
    let (what, person) = read(app, &arrived.language, values)?;
    // Another text under the same key is another request.
    let print = accept::fingerprint(form, values);
    let id = RequestId::of_digest(accept::first_16(app.keys.digest("request id", &[&key, &print])));
    let hash = app.keys.person(&Personal::new(person.email.clone()));
    let mut limits = guard::limits(way, arrived.sender.hash.as_deref(), app.config.per_address);
    limits.push(guard::of_requests(&hash.0));
    let request = PrivacyRequest::new(id, what, &*arrived.language, now, person);
    let Some(requests) = &app.requests else {
        return forward(app, request, &limits).await.map(|()| (id, way));
    };
    match requests.ask(&Asking { request, proof, limits }).await.map_err(|error| unavailable(app, &error))? {
        Taken::Kept => Ok((id, way)),
        Taken::SpentProof => Err(Kind::Proof.into()),
        Taken::Limited { until } => Err(accept::too_many(until, now)),
    }
}

/// What is asked for, and by whom.
fn read(app: &App, language: &str, values: &Values) -> Result<(Asked, Person), Problem> {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    let asked = Asked::parse(text(RIGHT)).ok_or(Kind::Malformed)?;
    let message = Some(text(MESSAGE)).filter(|text| !text.is_empty()).map(str::to_owned);
    if asked.needs_words() && message.is_none() {
        let words = Words { language, get: &|key| app.contract.site.word(language, key) };
        let message = policy::fault(Fault::Missing, None, words);
        let field = FieldProblem { field: MESSAGE.to_owned(), fault: Fault::Missing.name().to_owned(), message };
        return Err(Problem { fields: vec![field], ..Kind::Invalid.into() });
    }
    Ok((asked, Person { email: text("email").to_owned(), message }))
}

/// Passes a request on to operations. What is counted is counted by the first store.
async fn forward(app: &App, request: PrivacyRequest, limits: &[crate::ports::Limit]) -> Result<(), Problem> {
    let now = request.received;
    let (Some(store), Some(correspondence)) = (app.stores.first(), &app.correspondence) else {
        return Err(Problem::from(Kind::Unavailable).retry_after(300));
    };
    for limit in limits {
        if store.count(&limit.name, limit.window, now).await.map_err(|error| unavailable(app, &error))? > limit.most {
            return Err(accept::too_many(guard::window(now, limit.window).1, now));
        }
    }
    correspondence.forward(&request, now).await.map_err(|_| Problem::from(Kind::Unavailable).retry_after(60))
}

/// `GET /api/privacy-requests/{token}`: what a code is for. Nothing is done, so that a program which follows every link does nothing.
pub(super) async fn tell(State(app): State<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let fulfilment = app.fulfilment().ok_or(Kind::NotFound)?;
    let request = unconfirmed(&app, &fulfilment, &code).await?;
    let until = request.received.saturating_add(HOLDS).unwrap_or(Timestamp::MAX);
    Ok(Json(json!({ "id": request.id, "asked": request.asked, "until": until })).into_response())
}

/// `POST /api/privacy-requests/{token}`: carries the request out, and answers in JSON.
pub(super) async fn press(
    State(app): State<App>,
    Path(code): Path<String>,
    background: Option<Extension<Background>>,
    request: Request,
) -> Result<Response, Problem> {
    request::own_origin(request.headers(), request.uri())?;
    let confirmed = confirm(&app, &code, background.as_deref().cloned()).await?;
    Ok(Json(reply::of(&app, &confirmed.0, &confirmed.1)).into_response())
}

/// `POST /api/privacy-requests/confirm`: the same by the form of a page, with the code in the body, where no log sees it; answers as it was asked.
pub(super) async fn confirm_form(State(app): State<App>, background: Option<Extension<Background>>, request: Request) -> Response {
    let read = async {
        request::own_origin(request.headers(), request.uri())?;
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        submission::Received::read(content_type.as_deref(), &request::body(request).await?)
    };
    let received = match read.await {
        Ok(received) => received,
        Err(problem) => return problem.into_response(),
    };
    let code = received.typed(TOKEN).unwrap_or_default().to_owned();
    let language = app.contract.site.language(received.technical.language.as_deref()).to_owned();
    match (confirm(&app, &code, background.as_deref().cloned()).await, received.encoding) {
        (Ok((confirmed, elsewhere)), Encoding::Json) => Json(reply::of(&app, &confirmed, &elsewhere)).into_response(),
        (Ok((confirmed, elsewhere)), Encoding::Form) => {
            let told = reply::of(&app, &confirmed, &elsewhere);
            app.answers.request(&app.contract, &language, &told, None)
        }
        (Err(problem), Encoding::Form) => app.answers.request(&app.contract, &language, &Value::Null, Some(&problem)),
        (Err(problem), Encoding::Json) => problem.into_response(),
    }
}

/// The request of a code that can still be confirmed.
async fn unconfirmed(app: &App, fulfilment: &Fulfilment, code: &str) -> Result<PrivacyRequest, Problem> {
    let id = fulfilment::read(&app.keys, code).ok_or(Kind::Link)?;
    let filter = RequestFilter { id: Some(id), ..RequestFilter::default() };
    let found = fulfilment.requests.requests(&filter).await.map_err(|error| unavailable(app, &error))?.pop();
    let holds = |request: &PrivacyRequest| request.confirmed.is_none() && app.clock.now().duration_since(request.received) < HOLDS;
    Ok(found.filter(holds).ok_or(Kind::Link)?)
}

/// Confirms the request of a code and carries it out. What was found; and, for a copy, what other stores hold.
async fn confirm(app: &App, code: &str, background: Option<Background>) -> Result<(Confirmed, Vec<crate::lead::Lead>), Problem> {
    let fulfilment = app.fulfilment().ok_or(Kind::NotFound)?;
    let request = unconfirmed(app, &fulfilment, code).await?;
    let person = request.person.clone().ok_or(Kind::Link)?;
    let others: Vec<_> = app.stores.iter().filter(|store| !store.is_shared()).collect();
    let names: Vec<&str> = others.iter().map(|store| store.name()).collect();
    let plan = fulfilment::plan(&app.contract.registry, &app.keys, &request, &person, &names);
    // These are asked first: a copy that lacks something is none, and the link then still holds.
    let mut elsewhere = Vec::new();
    if plan.deed == Deed::Export {
        for store in others {
            let address = Personal::new(person.reveal().email.clone());
            elsewhere.extend(store.of_person(&address).await.map_err(|error| unavailable(app, &error))?);
        }
    }
    let now = app.clock.now();
    let since = now.saturating_sub(HOLDS).unwrap_or(Timestamp::MIN);
    let confirmed = fulfilment.requests.confirm(request.id, since, now, &plan).await.map_err(|error| unavailable(app, &error))?;
    let confirmed = confirmed.ok_or(Kind::Link)?;
    if let Some(background) = background {
        let entry = (plan.deed == Deed::Erase).then(|| Erased { person: plan.person.clone(), at: now });
        background.run(async move {
            if let Some(entry) = entry {
                fulfilment.note(entry).await;
            }
            work(&fulfilment).await;
        });
    }
    Ok((confirmed, elsewhere))
}

/// Works tasks off after the response. Where the host gives no time for that, the job does it.
fn work_later(background: Option<Background>, fulfilment: Fulfilment) {
    if let Some(background) = background {
        background.run(async move { work(&fulfilment).await });
    }
}

async fn work(fulfilment: &Fulfilment) {
    let worked = async {
        fulfilment.run(AFTER_RESPONSE).await?;
        fulfilment.remind().await
    };
    if let Err(error) = worked.await {
        fulfilment.log.write(&Event::StoreFailed { store: "requests", failure: error.failure() });
    }
}

fn unavailable(app: &App, error: &StoreError) -> Problem {
    app.log.write(&Event::StoreFailed { store: "requests", failure: error.failure() });
    Problem::from(Kind::Unavailable).retry_after(30)
}
