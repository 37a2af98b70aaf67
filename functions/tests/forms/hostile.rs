//! What nobody's browser sends: each gets a clear error, and nothing breaks or is stored.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use functions::ports::{Filter, Store};
use serde_json::{Value, json};

use crate::world::{Running, enquiry, run, with};

#[tokio::test]
async fn bodies_that_are_none_are_told_so() {
    let running = run(&[]).await;
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let many: String = (0..2000).map(|n| format!("f{n}=&")).collect();
    for (kind, body, problem) in [
        (json, b"".to_vec(), "malformed"),
        (json, b"{".to_vec(), "malformed"),
        (json, b"[]".to_vec(), "malformed"),
        (json, b"{\"name\":\"\xff\"}".to_vec(), "malformed"),
        (json, format!("{}1{}", "[".repeat(4000), "]".repeat(4000)).into_bytes(), "malformed"),
        (json, vec![b'a'; 16 * 1024 + 1], "too-large"),
        ("text/plain", b"name=Ada".to_vec(), "media-type"),
        ("multipart/form-data; boundary=x", b"--x--".to_vec(), "media-type"),
        ("", b"".to_vec(), "media-type"),
        (form, b"name=%FF".to_vec(), "malformed"),
        (form, vec![b'&'; 16 * 1024 + 1], "too-large"),
        (
            json,
            json!({ "name": ["Ada"], "email": { "a": 1 }, "package": null, "message": 7, "slot": true, "agency_type": 1.5 })
                .to_string()
                .into_bytes(),
            "invalid",
        ),
        (json, format!("{{{}}}", (0..700).map(|n| format!("\"f{n}\":\"\"")).collect::<Vec<_>>().join(",")).into_bytes(), "invalid"),
        (json, br#"{"name":"a","name":"b"}"#.to_vec(), "invalid"),
    ] {
        let answer = running.ask(Running::request(kind, body.clone())).await;
        assert_eq!(answer.problem(), problem, "{kind}: {} … {}", String::from_utf8_lossy(&body[..body.len().min(40)]), answer.body);
        assert!(answer.status.is_client_error());
    }
    // Without a script, what is wrong is told on a page.
    let answer = running.ask(Running::request(form, many)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(running.stored().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_cut_off() {
    // A clock that is paused moves on by itself when nothing else can happen: the store, which waits for a real one, is not asked here.
    let folder = run_without_store();
    let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let asked =
        tokio::time::timeout(Duration::from_secs(60), tower::ServiceExt::oneshot(folder, Running::request("application/json", never)));
    assert_eq!(asked.await.unwrap().unwrap().status(), StatusCode::REQUEST_TIMEOUT);
}

fn run_without_store() -> axum::Router {
    let world = functions::world::World {
        stores: Vec::new(),
        receipts: None,
        requests: None,
        correspondence: None,
        sinks: Vec::new(),
        projects: None,
        billing: None,
        operations: None,
        clock: std::sync::Arc::new(functions::ports::SystemClock),
    };
    let contract = std::sync::Arc::new(functions::contract::embedded().unwrap());
    functions::routes::router(functions::app::App::new(contract, crate::world::config(&[]), world))
}

#[tokio::test]
async fn without_a_store_nothing_is_acknowledged() {
    let running = run(&[]).await;
    let (token, proof) = running.opened().await;
    running.store.close().await;
    let values = with(enquiry(), json!({ "_token": token, "_proof": proof, "_key": "key-0001" }));
    let answer = running.ask(Running::request("application/json", values.to_string())).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".into()));
    assert_eq!(running.get("/api/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

/// Text that something along the way could take for more than text.
const LETTERS: &[&str] = &[
    "Ada\u{202e}adA",
    "=HYPERLINK(\"https://evil.example\")",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE leads; --",
    "{{ secret }} {% include \"x\" %}",
    "𝒜𝒹𝒶 👩‍💻 Ⱥ",
    "%0d%0aBcc: x@evil.example",
];

#[tokio::test]
async fn text_is_text() {
    let running = run(&[("FORMS_PER_ADDRESS", "100")]).await;
    for (n, text) in LETTERS.iter().enumerate() {
        let answer = running.send(&format!("key-100{n}"), &with(enquiry(), json!({ "name": text, "agency": text, "message": text }))).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{text}: {}", answer.body);
    }
    let stored = running.stored().await;
    let kept: Vec<&Value> = stored.iter().map(|lead| &lead.values.reveal()["message"]).collect();
    assert!(kept.len() == LETTERS.len() && LETTERS.iter().all(|text| kept.contains(&&json!(text))), "{kept:?}");
}

#[tokio::test]
async fn lines_do_not_get_into_what_becomes_a_header() {
    let running = run(&[]).await;
    for injected in ["Ada\r\nBcc: x@evil.example", "Ada\nBcc: x", "Ada\u{2028}Bcc", "Ada\u{0}"] {
        let answer = running.send("key-0001", &with(enquiry(), json!({ "name": injected }))).await;
        assert_eq!(answer.json()["errors"][0]["field"], "name", "{injected:?}");
    }
    for injected in ["ada@a.example\r\nBcc: x@evil.example", "ada@a.example,x@evil.example", "\"a b\"@a.example", "ada@a.example "] {
        let answer = running.send("key-0001", &with(enquiry(), json!({ "email": injected }))).await;
        assert_eq!(answer.json()["errors"][0]["field"], "email", "{injected:?}");
    }
    assert!(running.store.leads(&Filter::default()).await.unwrap().is_empty());
}
