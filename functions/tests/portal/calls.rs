//! What clients and their browsers do.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::guard::{Difficulty, guesses};
use functions::ports::Projects;
use functions::seal;
use serde_json::{Value, json};

use crate::asked::solved;
use crate::world::{home, project, request, run, seen};

// Promises: cresco/portal-project, cresco/portal-progress, cresco/portal-dates, cresco/nothing-on-the-server
#[tokio::test]
async fn a_code_opens_its_project_and_writes_nothing() {
    let running = run().await;
    let (code, _) = running.code().await;
    let proof = solved(running.challenge(home()).await);
    let answer = running.validate(home(), &code.grouped().to_lowercase().replace('-', " "), &proof).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let view = answer.json();
    let keys: Vec<&String> = view.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["token", "until", "refreshed", "project", "progress", "billing"]);
    let mut expected = json!(project());
    for private in ["id", "customer"] {
        expected.as_object_mut().unwrap().remove(private);
    }
    expected["updates"] = json!([]);
    assert_eq!(view["project"], expected);
    assert_eq!((&view["progress"], &view["billing"]), (&json!([50]), &json!({ "invoices": [], "transactions": null })));
    assert_eq!((view["refreshed"].as_str(), view["until"].as_str()), (Some("2027-01-15T08:00:00Z"), Some("2027-01-15T20:00:00Z")));
    assert_eq!((running.failures().await, running.work(home()).await), (0, 100));
    assert!(!answer.body.contains("canary") && !answer.body.contains("cus_1"));
}

// Promises: cresco/sessions-end
#[tokio::test]
async fn a_token_shows_the_project_again_until_its_time_is_over_or_the_code_is_revoked() {
    let running = run().await;
    let (code, issued) = running.code().await;
    let first = running.enter(home(), &code.grouped()).await.json();
    running.later(11 * 3600);
    let changed = functions::project::Project { name: "Another name".to_owned(), ..project() };
    running.store.put(&[changed]).await.unwrap();
    let second = running.refresh(first["token"].as_str().unwrap()).await.json();
    assert_eq!((&second["project"]["name"], &second["until"]), (&json!("Another name"), &first["until"]));
    assert_ne!(second["token"], first["token"]);
    let token = second["token"].as_str().unwrap().to_owned();
    running.later(3600);
    assert_eq!(running.refresh(&token).await.status, StatusCode::OK, "the last second");
    running.later(1);
    let late = running.refresh(&token).await;
    assert_eq!(late.problem(), "expired");
    let (other, _) = running.code().await;
    let others = running.enter(home(), &other.grouped()).await.json();
    let revoked = running.enter(home(), &code.grouped()).await.json();
    assert!(running.store.revoke(&issued.id, running.now()).await.unwrap());
    let revoked = running.refresh(revoked["token"].as_str().unwrap()).await;
    assert_eq!(running.refresh(others["token"].as_str().unwrap()).await.status, StatusCode::OK, "another code of the project");
    let late = seen(late);
    assert_eq!(seen(revoked), late);
    let sealed_elsewhere = seal::seal(&[7; 32], b"12345678").unwrap();
    let sealed_otherwise = seal::seal(&running.app.keys.of("portal token"), b"1234567").unwrap();
    for forged in ["", "x", &token[1..], &format!("{token}A"), &sealed_elsewhere, &sealed_otherwise] {
        assert_eq!(seen(running.refresh(forged).await), late, "{forged}");
    }
}

#[tokio::test]
async fn a_proof_is_one_attempt() {
    let running = run().await;
    let (code, _) = running.code().await;
    let good = solved(running.challenge(home()).await);
    assert_eq!(running.validate(home(), &code.grouped(), &good).await.status, StatusCode::OK);
    assert_eq!(running.validate(home(), &code.grouped(), &good).await.problem(), "proof");
    let spent = solved(running.challenge(home()).await);
    assert_eq!(running.validate(home(), "CM-0000-0000", &spent).await.problem(), "refused");
    let another = running.another();
    assert_eq!(another.validate(home(), &code.grouped(), &spent).await.problem(), "proof", "a hit in another instance");
    let again = solved(running.challenge(home()).await);
    assert_eq!(another.validate(home(), "CM-0000-0000", &again).await.problem(), "refused");
    assert_eq!(running.validate(home(), "CM-0000-0001", &again).await.problem(), "proof", "a miss in another instance");
    assert_eq!(running.failures().await, 4, "each is counted, also what brings a proof that was spent elsewhere");
}

#[tokio::test]
async fn a_proof_that_is_late_or_of_another_form_is_not_looked_at() {
    let running = run().await;
    let (code, _) = running.code().await;
    let of_form = running.app.keys.challenge("contact", Difficulty::Load(0), guesses::HOLDS, running.now()).unwrap();
    for wrong in ["", "e30=", &solved(of_form)] {
        assert_eq!(running.validate(home(), &code.grouped(), wrong).await.problem(), "proof", "{wrong}");
    }
    let proof = solved(running.challenge(home()).await);
    running.later(61);
    assert_eq!(running.validate(home(), &code.grouped(), &proof).await.problem(), "proof");
    assert_eq!(running.failures().await, 0);
}

#[tokio::test]
async fn cheap_proofs_do_not_keep() {
    let running = run().await;
    let (code, _) = running.code().await;
    let stock = solved(running.challenge(home()).await);
    for n in 0..14 {
        assert_eq!(
            running.validate("198.51.100.1".parse().unwrap(), &format!("CM-0000-{n:04}"), &running.cheap(2000)).await.problem(),
            "refused"
        );
    }
    assert_eq!(
        running.validate(home(), &code.grouped(), &stock).await.problem(),
        "proof",
        "200 derivations are asked for by now, and 300 elsewhere"
    );
    assert_eq!(running.enter(home(), &code.grouped()).await.status, StatusCode::OK, "a new one opens");
    let (here, there) = (running.work(home()).await, running.work("198.51.100.9".parse().unwrap()).await);
    assert!(here == 300 && there > here, "{here} {there}");
    running.later(30);
    assert_eq!(running.work(home()).await, 300, "the minute is not over");
    running.later(60);
    assert_eq!(running.work(home()).await, 100);
    running.later(1200);
    assert_eq!(running.work("198.51.100.9".parse().unwrap()).await, 100);
}

#[tokio::test]
async fn what_is_no_request_of_ours_is_refused() {
    let running = run().await;
    let body = json!({ "code": "CM-0000-0000" });
    let mut from_elsewhere = request("/api/portal/validate", home(), &body);
    from_elsewhere.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    assert_eq!(running.ask(from_elsewhere).await.problem(), "origin");
    let mut form = request("/api/portal/refresh", home(), &body);
    form.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
    assert_eq!(running.ask(form).await.problem(), "media-type");
    for wrong in [json!({}), json!([]), json!({ "code": 1 }), Value::Null] {
        assert_eq!(running.ask(request("/api/portal/validate", home(), &wrong)).await.problem(), "malformed", "{wrong}");
    }
    let long = json!({ "code": "x".repeat(17_000) });
    assert_eq!(running.ask(request("/api/portal/validate", home(), &long)).await.problem(), "too-large");
    let framed = Request::get("/api/portal/challenge").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    assert_eq!(running.ask(framed).await.problem(), "origin");
    let link = Request::get("/api/portal/validate?code=CM-0000-0000").body(Body::empty()).unwrap();
    assert_eq!(running.ask(link).await.problem(), "method");
    assert_eq!(running.failures().await, 0);
}

#[tokio::test]
async fn without_its_store_the_portal_says_that_it_is_closed() {
    let running = run().await;
    let (code, _) = running.code().await;
    let (proof, token) = (running.cheap(2000), running.enter(home(), &code.grouped()).await.json()["token"].clone());
    running.later(1);
    running.store.close().await;
    assert_eq!(running.validate(home(), &code.grouped(), &proof).await.problem(), "unavailable");
    assert_eq!(running.refresh(token.as_str().unwrap()).await.problem(), "unavailable");
}
