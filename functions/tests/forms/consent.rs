//! Choices of cookies: proven where the site declares that, and their cookie set as the page's script sets it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::contract;
use functions::ports::{ReceiptFilter, Receipts};
use functions::receipt::{How, Receipt};
use registry::contract::Contract;
use registry::derive::consent;
use registry::model::{From, Holding, Registry, ServiceId};
use serde_json::{Value, json};

use crate::asked::Answer;
use crate::world::{Running, run, run_by, with};

/// The clock of the tests.
const NOW: i64 = 1_800_000_000;
const BANNER: &str = "b0a2d95d9e6ea5c4f0e40cbdd6cf1d2f6b2fcb3d1a0c0cdb2b1b6b35ac4b7b11";

fn declared(mut registry: Registry) -> Registry {
    let data = registry.data.iter_mut().find(|data| data.id.as_str() == "choices").unwrap();
    data.from = Some(From::Functions(Holding::Receipts));
    registry
}

/// The site, had it declared that choices are proven.
async fn proving() -> Running {
    let site = contract::embedded().unwrap();
    let banners = vec!["0".repeat(64), BANNER.to_owned()];
    run_by(Contract::of(&declared(site.registry), registry::contract::Site { banners, ..site.site }), &[]).await
}

fn choice(running: &Running) -> Value {
    json!({
        "id": "7b3f2a6e-4c1d-4e8a-9f00-112233445566",
        "at": NOW,
        "how": "consent",
        "language": "fr",
        "revision": consent::model(&running.app.contract.registry).revision,
        "banner": BANNER,
        "gpc": false,
        "accepted": ["analytics"],
        "refused": [],
    })
}

fn request(body: impl Into<Body>) -> Request<Body> {
    let mut request = Running::request("application/json", body);
    *request.uri_mut() = "/api/consent".parse().unwrap();
    request
}

async fn send(running: &Running, choice: &Value) -> Answer {
    running.ask(request(choice.to_string())).await
}

async fn kept(running: &Running) -> Vec<Receipt> {
    running.store.receipts(&ReceiptFilter::default()).await.unwrap()
}

fn cookie(answer: &Answer) -> Option<&str> {
    answer.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap())
}

/// The cookie of the choice, `left` seconds before it runs out.
fn expected(running: &Running, left: i64) -> String {
    let revision = &consent::model(&running.app.contract.registry).categories[0].services[0].revision;
    format!("plainsite-consent=analytics~tro8w0~analytics:{revision}~~;Path=/;SameSite=Lax;Max-Age={left};Secure")
}

const KEEP: i64 = 6 * 30 * 86_400;

#[tokio::test]
async fn a_choice_is_proven_once_and_the_server_sets_its_cookie() {
    let running = proving().await;
    let choice = choice(&running);
    let answer = send(&running, &choice).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(cookie(&answer), Some(expected(&running, KEEP).as_str()));
    running.later(60);
    let again = send(&running, &choice).await;
    assert_eq!((again.status, cookie(&again)), (StatusCode::NO_CONTENT, Some(expected(&running, KEEP - 60).as_str())));
    let [receipt] = kept(&running).await.try_into().unwrap();
    assert_eq!(receipt.id.to_string(), choice["id"].as_str().unwrap());
    assert_eq!((receipt.decided.as_second(), receipt.received.as_second()), (NOW, NOW), "the first one stays");
    assert_eq!((receipt.how, receipt.language.as_str(), receipt.banner.as_str()), (How::Consent, "fr", BANNER));
    assert_eq!((receipt.accepted, receipt.refused, receipt.signalled), (vec![ServiceId::from("analytics")], vec![], false));
    let refusal = with(
        choice.clone(),
        json!({ "id": "7b3f2a6e-4c1d-4e8a-9f00-000000000000", "gpc": true, "accepted": [], "refused": ["analytics"] }),
    );
    let answer = send(&running, &refusal).await;
    assert_eq!(cookie(&answer).unwrap().split(';').next(), Some("plainsite-consent=~tro8w0!~~analytics~"));
    assert_eq!(kept(&running).await.len(), 2);
}

#[tokio::test]
async fn where_no_proof_is_declared_none_is_kept_and_the_cookie_is_set() {
    let site = contract::embedded().unwrap();
    assert!(!site.registry.keeps_receipts());
    let silent =
        run_by(Contract::of(&site.registry, registry::contract::Site { banners: vec![BANNER.to_owned()], ..site.site }), &[]).await;
    let answer = send(&silent, &choice(&silent)).await;
    assert_eq!((answer.status, cookie(&answer)), (StatusCode::NO_CONTENT, Some(expected(&silent, KEEP).as_str())));
    assert_eq!(kept(&silent).await, []);
}

#[tokio::test]
async fn without_a_database_or_when_it_is_gone_the_cookie_is_set_all_the_same() {
    let running = proving().await;
    let choice = choice(&running);
    let without = functions::routes::router(functions::app::App { receipts: None, ..running.app.clone() });
    let answer = tower::ServiceExt::oneshot(without, request(choice.to_string())).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.headers()[header::SET_COOKIE], expected(&running, KEEP));
    assert_eq!(kept(&running).await, []);
    running.store.close().await;
    let answer = send(&running, &choice).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".to_owned()));
    assert_eq!(cookie(&answer), Some(expected(&running, KEEP).as_str()));
}

#[tokio::test]
async fn what_the_site_does_not_ask_is_refused() {
    let running = proving().await;
    let choice = choice(&running);
    for (change, fields) in [
        (json!({ "at": NOW + 86_401 }), vec!["at"]),
        (json!({ "at": NOW - KEEP }), vec!["at"]),
        (json!({ "at": i64::MAX }), vec!["at"]),
        (json!({ "language": "de" }), vec!["language"]),
        (json!({ "revision": "zzzz" }), vec!["revision"]),
        (json!({ "banner": "1".repeat(64) }), vec!["banner"]),
        (json!({ "accepted": ["consent"] }), vec!["accepted"]),
        (json!({ "accepted": [] }), vec!["accepted"]),
        (json!({ "accepted": ["analytics", "analytics"] }), vec!["accepted"]),
        (json!({ "refused": ["analytics"] }), vec!["accepted"]),
        (json!({ "revision": "", "banner": "", "language": "" }), vec!["language", "revision", "banner"]),
    ] {
        let answer = send(&running, &with(choice.clone(), change.clone())).await;
        let told: Vec<Value> = answer.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(
            (answer.status, told),
            (StatusCode::UNPROCESSABLE_ENTITY, fields.iter().map(|&field| json!(field)).collect()),
            "{change}"
        );
        assert_eq!(cookie(&answer), None, "{change}");
    }
    for body in ["", "[]", "{}", "{\"id\": 1}"].map(str::to_owned).into_iter().chain([
        with(choice.clone(), json!({ "address": "192.0.2.7" })).to_string(),
        with(choice.clone(), json!({ "id": "7" })).to_string(),
        with(choice.clone(), json!({ "how": "elsewhere" })).to_string(),
        with(choice.clone(), json!({ "gpc": null })).to_string(),
    ]) {
        assert_eq!(running.ask(request(body.clone())).await.problem(), "malformed", "{body}");
    }
    assert_eq!(running.ask(request(vec![b' '; 16 * 1024 + 1])).await.problem(), "too-large");
    let mut other = request(choice.to_string());
    other.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    assert_eq!(running.ask(other).await.problem(), "media-type");
    let mut other = request(choice.to_string());
    other.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    assert_eq!(running.ask(other).await.problem(), "origin");
    assert_eq!(kept(&running).await, []);
}

#[tokio::test]
async fn a_receipt_that_had_to_wait_brings_no_old_choice_back() {
    let running = proving().await;
    let choice = choice(&running);
    for (seconds, is_set) in [(1, false), (0, true), (-1, true)] {
        let newer =
            expected(&running, 1).replace("tro8w0", &format!("{}!", ["tro8vz", "tro8w0", "tro8w1"][usize::try_from(seconds + 1).unwrap()]));
        let mut request = request(choice.to_string());
        let (pair, _) = newer.split_once(';').unwrap();
        request.headers_mut().insert(header::COOKIE, format!("other=1; {pair}; last=2").parse().unwrap());
        let answer = running.ask(request).await;
        assert_eq!((answer.status, cookie(&answer).is_some()), (StatusCode::NO_CONTENT, is_set), "{seconds}");
    }
    let mut plain = request(choice.to_string());
    plain.headers_mut().insert(header::ORIGIN, "http://acme.example".parse().unwrap());
    assert!(!cookie(&running.ask(plain).await).unwrap().contains("Secure"), "a page without HTTPS would lose it");
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let running = proving().await;
    let choice = choice(&running);
    for _ in 0..300 {
        assert_eq!(send(&running, &choice).await.status, StatusCode::NO_CONTENT);
    }
    let answer = send(&running, &choice).await;
    assert_eq!((answer.status, answer.headers[header::RETRY_AFTER].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "600"));
    running.later(600);
    assert_eq!(send(&running, &choice).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_site_that_asks_nothing_has_no_such_endpoint() {
    let site = contract::embedded().unwrap();
    let mut registry = site.registry;
    registry.services.retain(|service| !service.needs_consent());
    let running = run_by(Contract::of(&registry, site.site), &[]).await;
    assert_eq!(running.ask(request("{}")).await.problem(), "not-found");
    assert!(running.get("/api/openapi.json").await.json()["paths"].get("/api/consent").is_none());
    let asking = run(&[]).await.get("/api/openapi.json").await.json();
    assert_eq!(asking["components"]["schemas"]["Choice"]["properties"]["accepted"]["items"]["enum"], json!(["analytics"]));
    assert_eq!(asking["components"]["schemas"]["Choice"]["properties"]["how"]["enum"][0], "consent");
    assert!(asking["paths"]["/api/consent"]["post"]["responses"].get("204").is_some());
}
