//! What people and their browsers do.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::lead::{DeliveryState, Suspicion};
use functions::ports::{Filter, Store};
use serde_json::{Value, json};

use crate::world::{Running, enquiry, run, with};

// Promises: cresco/form-exactly-these-fields
#[tokio::test]
async fn an_enquiry_is_stored_with_its_deliveries_and_acknowledged() {
    let running = run(&[]).await;
    let answer = running.send("key-0001", &enquiry()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let [lead] = running.stored().await.try_into().unwrap();
    assert_eq!(answer.json()["id"], lead.id.to_string());
    assert_eq!((lead.form.as_str(), lead.language.as_str()), ("contact", "fr"));
    assert_eq!(lead.values.reveal()["message"], enquiry()["message"]);
    assert_eq!(lead.values.reveal().len(), 8, "nothing technical is kept with it");
    assert!(lead.captured.reveal().is_empty(), "the form declares nothing to be noted");
    let declared = running.app.form("contact").unwrap().deliver.len();
    let rows = running.store.deliveries(&Filter::default()).await.unwrap();
    assert!(rows.len() == declared && declared >= 3 && rows.iter().all(|row| row.state == DeliveryState::Pending));
}

#[tokio::test]
async fn a_repetition_gets_the_same_answer_and_another_body_is_refused() {
    let running = run(&[]).await;
    let first = running.send("key-0001", &enquiry()).await.json();
    let again = running.send("key-0001", &enquiry()).await;
    assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, first));
    let other = running.send("key-0001", &with(enquiry(), json!({ "name": "Grace" }))).await;
    assert_eq!((other.status, other.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "key-reused".into()));
    assert_eq!(running.stored().await.len(), 1);
}

#[tokio::test]
async fn the_key_may_come_in_the_header_and_must_be_one() {
    let running = run(&[]).await;
    let (token, proof) = running.opened().await;
    let body = with(enquiry(), json!({ "_token": token, "_proof": proof })).to_string();
    let ask = |key: Option<&str>| {
        let mut request = Running::request("application/json", body.clone());
        if let Some(key) = key {
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        }
        running.ask(request)
    };
    for key in [None, Some("short"), Some("with a blank"), Some(&"x".repeat(65))] {
        assert_eq!(ask(key).await.problem(), "key", "{key:?}");
    }
    assert_eq!(ask(Some("key-0001")).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_in_the_language_of_the_page() {
    let running = run(&[]).await;
    let wrong = with(enquiry(), json!({ "name": " ", "email": "ada", "package": "gold", "slot": null, "colour": "red" }));
    let answer = running.send("key-0001", &wrong).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into()));
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let faults: Vec<_> = errors.iter().map(|error| (error["field"].as_str().unwrap(), error["fault"].as_str().unwrap())).collect();
    for wanted in
        [("name", "missing"), ("email", "not-an-email"), ("package", "not-an-option"), ("slot", "missing"), ("colour", "unknown-field")]
    {
        assert!(faults.contains(&wanted), "{wanted:?} in {faults:?}");
    }
    assert_eq!(faults.len(), 5);
    assert!(errors.iter().all(|error| !error["message"].as_str().unwrap().is_empty()));
    assert_ne!(
        errors,
        running.send("key-0001", &with(wrong, json!({ "_language": "en" }))).await.json()["errors"].as_array().unwrap().clone()
    );
    assert!(running.stored().await.is_empty());
}

#[tokio::test]
async fn a_script_brings_a_token_and_a_proof_that_are_spent_once() {
    let running = run(&[]).await;
    let (token, proof) = running.opened().await;
    let send = async |token: &str, proof: &str, key: &str| {
        let values = with(enquiry(), json!({ "_token": token, "_proof": proof, "_key": key, "message": key }));
        running.ask(Running::request("application/json", values.to_string())).await
    };
    assert_eq!(send("", &proof, "key-0001").await.problem(), "token");
    assert_eq!(send(&token, "", "key-0001").await.problem(), "proof");
    assert_eq!(send(&token, &proof, "key-0001").await.status, StatusCode::ACCEPTED);
    assert_eq!(send(&token, &proof, "key-0002").await.problem(), "proof", "another submission needs another proof");
    assert_eq!(send(&token, &proof, "key-0001").await.status, StatusCode::ACCEPTED, "a repetition does not");
    let fresh = running.get("/api/forms/contact/challenge").await.json();
    let early = send(fresh["token"].as_str().unwrap(), &proof, "key-0003").await;
    assert_eq!((early.problem(), early.headers[header::RETRY_AFTER].to_str().unwrap()), ("too-early".into(), "3"));
    running.later(3 * 3600);
    assert_eq!(send(&token, &proof, "key-0003").await.problem(), "token");
}

#[tokio::test]
async fn without_a_script_there_is_a_page_of_thanks_or_the_form_again() {
    let running = run(&[]).await;
    let form = |values: &Value| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in values.as_object().unwrap() {
            body.append_pair(name, value.as_str().unwrap());
        }
        Running::request("application/x-www-form-urlencoded", body.finish())
    };
    let values = with(enquiry(), json!({ "_language": "fr", "_token": "", "_proof": "", "_key": "", "company_website": "" }));
    let answer = running.ask(form(&values)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let [lead] = running.stored().await.try_into().unwrap();
    assert_eq!(answer.headers[header::LOCATION], format!("/fr/contact/thanks/#{}", lead.id));
    assert_eq!(running.ask(form(&values)).await.status, StatusCode::SEE_OTHER, "two presses of a button are one submission");
    assert_eq!(running.stored().await.len(), 1);
    let keyed = |key: &str| {
        let mut request = form(&values);
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        request
    };
    assert_eq!(running.ask(keyed("short")).await.status, StatusCode::BAD_REQUEST, "a key that came along has to be one");

    let answer = running.ask(form(&with(values.clone(), json!({ "email": "ada", "message": "<script>alert(1)</script>" })))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert!(
        answer.body.contains("Ada Lovelace") && answer.body.contains("&lt;script&gt;") && !answer.body.contains("<script>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn what_looks_like_spam_is_held_back_and_never_dropped() {
    let running = run(&[]).await;
    let answer = running.send("key-0001", &with(enquiry(), json!({ "company_website": "https://spam.example" }))).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "nobody is told that they were found out");
    let [lead] = running.stored().await.try_into().unwrap();
    assert_eq!(lead.held, [Suspicion::Honeypot]);
    let rows = running.store.deliveries(&Filter::default()).await.unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.state == DeliveryState::Held));
}

#[tokio::test]
async fn from_one_network_five_are_taken_in_ten_minutes() {
    let running = run(&[]).await;
    for n in 0..5 {
        let answer = running.send(&format!("key-000{n}"), &with(enquiry(), json!({ "message": n.to_string() }))).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{n}: {}", answer.body);
    }
    let answer = running.send("key-0005", &enquiry()).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many".into()));
    let wait: i64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    running.later(wait);
    assert_eq!(running.send("key-0005", &enquiry()).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn another_site_an_unknown_form_and_another_method_are_refused() {
    let running = run(&[]).await;
    let mut request = Running::request("application/json", "{}");
    request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    assert_eq!(running.ask(request).await.problem(), "origin");
    let unknown = Request::post("/api/forms/nothing").header(header::ORIGIN, "https://acme.example").body(Body::empty()).unwrap();
    assert_eq!(running.ask(unknown).await.problem(), "not-found");
    assert_eq!(running.get("/api/contact").await.problem(), "method");
    assert_eq!(running.get("/api/nothing").await.problem(), "not-found");
}

#[tokio::test]
async fn the_jobs_are_for_who_has_their_secret() {
    let running = run(&[]).await;
    running.send("key-0001", &enquiry()).await;
    let ask =
        |secret: &str| running.ask(Request::get("/api/jobs/outbox").header(header::AUTHORIZATION, secret).body(Body::empty()).unwrap());
    for wrong in ["", "Bearer", "Bearer a secret of the cloc", "a secret of the clock"] {
        assert_eq!(ask(wrong).await.problem(), "unauthorized", "{wrong}");
    }
    let answer = ask("Bearer a secret of the clock").await;
    // No sink is set up here: every delivery waits, and none is lost.
    assert_eq!((answer.status, answer.json()["sent"].as_u64()), (StatusCode::OK, Some(0)));
    let health = running.get("/api/health").await.json();
    assert_eq!(health["stores"], json!([{ "name": "sqlite", "failure": null }]));
    assert!(health["pending"].as_u64().unwrap() >= 3 && health["outbox_job"].is_string(), "{health}");
}

#[tokio::test]
async fn the_document_names_every_form_and_every_problem() {
    let running = run(&[]).await;
    let document = running.get("/api/openapi.json").await.json();
    assert!(document["paths"]["/api/contact"]["post"]["responses"]["422"]["description"].as_str().unwrap().contains("key-reused"));
    assert_eq!(document["components"]["schemas"]["form-contact"]["additionalProperties"], false);
}
