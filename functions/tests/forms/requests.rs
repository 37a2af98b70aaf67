//! Privacy requests: the same answer whoever asks, a code that works once, and what is done then.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use functions::announcement::Announcement;
use functions::contract;
use functions::log::Log;
use functions::personal::Personal;
use functions::ports::{Addressee, Filter, Noted, Notices, RequestFilter, Requests, Store};
use functions::request::{Answered, PrivacyRequest, Work};
use registry::contract::Contract;
use registry::model::{From, Holding};
use serde_json::{Value, json};

use crate::asked::Answer;
use crate::world::{Running, enquiry, run, run_by, with};

const ADA: &str = "ada@agency.example";

fn to(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = Running::request(kind, body);
    *request.uri_mut() = path.parse().unwrap();
    request
}

/// Sends a request as the form's script does.
async fn ask(running: &Running, key: &str, asked: &str, email: &str) -> Answer {
    let (token, proof) = running.opened_of("privacy-request").await;
    let body = json!({
        "right": asked, "email": email, "message": "canary-words",
        "_token": token, "_proof": proof, "_key": key, "_language": "fr",
    });
    running.ask(to("/api/privacy-requests", "application/json", body.to_string())).await
}

/// The code that was sent last, after what is due was done.
async fn code(running: &Running) -> String {
    running.app.fulfilment().unwrap().run(std::time::Duration::ZERO).await.unwrap();
    running.letters.links.lock().unwrap().last().unwrap().1.clone()
}

async fn press(running: &Running, code: &str) -> Answer {
    running.ask(to(&format!("/api/privacy-requests/{code}"), "application/json", "")).await
}

async fn kept(running: &Running) -> Vec<PrivacyRequest> {
    running.store.requests(&RequestFilter::default()).await.unwrap()
}

#[tokio::test]
async fn the_answer_says_nothing_of_what_is_held() {
    let running = run(&[]).await;
    running.send("key-0001", &enquiry()).await;
    let known = ask(&running, "key-0002", "access", ADA).await;
    let unknown = ask(&running, "key-0003", "access", "nobody@agency.example").await;
    assert_eq!(known.status, StatusCode::ACCEPTED);
    let shape = |answer: &Answer| (answer.status, answer.body.len(), answer.headers.len());
    assert_eq!(shape(&known), shape(&unknown));
    assert_ne!(known.json()["id"], unknown.json()["id"]);
    running.app.fulfilment().unwrap().run(std::time::Duration::ZERO).await.unwrap();
    let links = running.letters.links.lock().unwrap().clone();
    assert_eq!(links.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [ADA, "nobody@agency.example"], "each gets its link");
    let again = ask(&running, "key-0002", "access", ADA).await;
    assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, known.json()), "a repetition is one request");
    assert_eq!(kept(&running).await.len(), 2);
}

// Promises: cresco/right-access, cresco/portable-format
#[tokio::test]
async fn a_copy_is_handed_over_once() {
    let running = run(&[]).await;
    running.send("key-0001", &enquiry()).await;
    ask(&running, "key-0002", "access", "ADA@agency.example").await;
    let code = code(&running).await;
    let told = running.get(&format!("/api/privacy-requests/{code}")).await;
    assert_eq!((told.status, told.json()["asked"].as_str()), (StatusCode::OK, Some("access")));
    let answer = press(&running, &code).await;
    assert_eq!(answer.status, StatusCode::OK);
    let told = answer.json();
    assert_eq!((told["found"].as_u64(), told["deed"].as_str()), (Some(1), Some("export")));
    assert_eq!(told["data"][0]["values"]["agency"], "Analytical Engines");
    assert!(told["data"][0]["passed_on"].as_array().unwrap().iter().any(|to| to["recipient"] == "Notion"));
    assert_eq!(
        (told["done"].as_str(), told["due_day"].as_str()),
        (Some("part"), Some("2027-02-15")),
        "a person looks at projects and bills"
    );
    assert_eq!(press(&running, &code).await.problem(), "link");
    assert_eq!(running.get(&format!("/api/privacy-requests/{code}")).await.problem(), "link");
    assert_eq!(running.stored().await.len(), 1);
}

#[tokio::test]
async fn a_copy_has_the_notices_that_went_to_the_person() {
    let running = run(&[]).await;
    let address = Personal::new(ADA.to_owned());
    let in_log = running.app.keys.person(&address);
    let (policy, version, seal) = ("privacy".to_owned(), "2".to_owned(), "5ea1".to_owned());
    let effective = jiff::civil::date(2027, 3, 1);
    let announcement = Announcement { policy, version, seal, effective, texts: Default::default() };
    let (now, person) = (running.app.clock.now(), in_log.in_version("5ea1"));
    let ada = Addressee { address, language: "fr".to_owned(), form: "discovery".into(), wrote: now, in_log, person };
    assert!(running.store.take(&announcement, &ada, now, std::time::Duration::from_secs(60)).await.unwrap().is_some());
    running.store.note("5ea1", &ada.person, Noted::Sent(now)).await.unwrap();
    ask(&running, "key-0001", "access", ADA).await;
    let told = press(&running, &code(&running).await).await.json();
    assert_eq!((told["found"].as_u64(), &told["data"]), (Some(1), &json!([])), "her lead went before");
    let noted =
        json!({ "policy": "privacy", "version": "2", "state": "sent", "since": now, "sent": now, "shown": told["notices"][0]["shown"] });
    assert_eq!(told["notices"], json!([noted]));
    ask(&running, "key-0002", "access", ADA).await;
    let code = code(&running).await;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs([("_token", code.as_str()), ("_language", "fr")]).finish();
    let page = running.ask(to("/api/privacy-requests/confirm", "application/x-www-form-urlencoded", body)).await.body;
    for words in ["Avis de changement que nous vous avons envoyés", "<li>privacy, version 2\u{a0}: e-mail du 2027-01-15</li>"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    ask(&running, "key-0003", "erasure", ADA).await;
    assert_eq!(press(&running, &self::code(&running).await).await.json()["erased"], 1);
    assert!(running.store.told("5ea1").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_runs_out_and_none_is_guessed() {
    let running = run(&[]).await;
    ask(&running, "key-0001", "erasure", ADA).await;
    let code = code(&running).await;
    for wrong in ["x", "confirmed", &code[1..], &code.to_uppercase()] {
        assert_eq!(press(&running, wrong).await.problem(), "link", "{wrong}");
    }
    let mut other = to(&format!("/api/privacy-requests/{code}"), "application/json", "");
    other.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    assert_eq!(running.ask(other).await.problem(), "origin");
    running.later(24 * 3600);
    assert_eq!(press(&running, &code).await.problem(), "link");
    assert_eq!(running.app.fulfilment().unwrap().forget().await.unwrap(), 1);
    assert!(kept(&running).await.is_empty());
}

// Promises: cresco/right-erasure
#[tokio::test]
async fn an_erasure_is_done_and_says_what_remains() {
    let running = run(&[]).await;
    running.send("key-0001", &enquiry()).await;
    running.send("key-0002", &with(enquiry(), json!({ "email": "bob@agency.example" }))).await;
    ask(&running, "key-0003", "erasure", ADA).await;
    let code = code(&running).await;
    // Without a script: the code in the form of a page, and a page as the answer.
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs([("_token", code.as_str()), ("_language", "fr")]).finish();
    let answer = running.ask(to("/api/privacy-requests/confirm", "application/x-www-form-urlencoded", body.clone())).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    for words in
        ["Effacé : 1.", "une personne l’y fait effacer, au plus tard le 2027-02-15", "Code de commerce", "nous l’y effaçons sans délai"]
    {
        assert!(answer.body.contains(words), "{words} in {}", answer.body);
    }
    let left: Vec<Value> = running.stored().await.iter().map(|lead| lead.values.reveal()["email"].clone()).collect();
    assert_eq!(left, ["bob@agency.example"]);
    let again = running.ask(to("/api/privacy-requests/confirm", "application/x-www-form-urlencoded", body)).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(again.body.contains("Ce lien a déjà servi"), "{}", again.body);
    // What is left is for people; with the last of it, nothing names anybody.
    let [request] = kept(&running).await.try_into().unwrap();
    let open: Vec<_> = request.tasks.iter().filter(|task| task.done.is_none()).collect();
    assert!(open.iter().all(|task| matches!(task.work, Work::Recipient(_))) && open.len() == 4, "{open:?}");
    for task in open {
        assert!(running.store.done(request.id, task.number, request.received).await.unwrap());
    }
    let [request] = kept(&running).await.try_into().unwrap();
    assert_eq!((request.answer, request.person), (Some(Answered::Granted), None));
    assert_eq!(running.store.erasures().await.unwrap().len(), 1);
}

// Promises: cresco/right-objection
#[tokio::test]
async fn an_objection_holds_deliveries_back_and_waits_for_a_person() {
    let running = run(&[]).await;
    running.send("key-0001", &enquiry()).await;
    ask(&running, "key-0002", "objection", ADA).await;
    let told = press(&running, &code(&running).await).await.json();
    assert_eq!((told["held"].as_u64(), told["done"].as_str()), (Some(1), Some("part")));
    let now = running.app.clock.now();
    assert!(running.store.claim(now, std::time::Duration::from_secs(60), 9).await.unwrap().is_empty());
    assert_eq!(running.store.deliveries(&Filter::default()).await.unwrap().len(), 4, "nothing is lost");
}

#[tokio::test]
async fn what_needs_words_is_told_and_machines_are_refused() {
    let running = run(&[]).await;
    let (token, proof) = running.opened_of("privacy-request").await;
    let brought = json!({ "email": ADA, "_token": token, "_proof": proof, "_key": "key-0001" });
    let send =
        async |values: Value| running.ask(to("/api/privacy-requests", "application/json", with(brought.clone(), values).to_string())).await;
    let silent = send(json!({ "right": "rectification" })).await;
    assert_eq!((silent.problem(), silent.json()["errors"][0]["field"].clone()), ("invalid".into(), json!("message")));
    for wrong in
        [json!({ "right": "complaint" }), json!({ "right": "access", "email": "x" }), json!({ "right": "access", "more": "1" }), json!({})]
    {
        assert_eq!(send(wrong.clone()).await.problem(), "invalid", "{wrong}");
    }
    assert_eq!(send(json!({ "right": "access", "company_website": "x" })).await.problem(), "token");
    assert_eq!(send(json!({ "right": "access", "_token": "x" })).await.problem(), "token");
    assert_eq!(send(json!({ "right": "access", "_proof": "x" })).await.problem(), "proof");
    assert_eq!(send(json!({ "right": "access", "_key": "x" })).await.problem(), "key");
    assert!(kept(&running).await.is_empty());
    // Without a script, the form comes again with what was typed.
    let page =
        running.ask(to("/api/privacy-requests", "application/x-www-form-urlencoded", "right=erasure&email=ada%40&_language=en")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("value=\"ada@\"") && page.body.contains("action=\"/api/privacy-requests\""), "{}", page.body);
}

#[tokio::test]
async fn nobody_s_mailbox_is_filled() {
    let running = run(&[("FORMS_PER_ADDRESS", "100")]).await;
    for number in 0..5 {
        assert_eq!(ask(&running, &format!("key-000{number}"), "access", ADA).await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(ask(&running, "key-0005", "access", "Ada@Agency.example").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&running, "key-0006", "access", "bob@agency.example").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn without_a_script_the_browser_is_led_on() {
    let running = run(&[]).await;
    let answer = running
        .ask(to("/api/privacy-requests", "application/x-www-form-urlencoded", "right=access&email=ada%40a.example&_language=fr"))
        .await;
    assert_eq!((answer.status, answer.headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/fr/privacy-request/thanks/"));
    assert_eq!(kept(&running).await.len(), 1);
}

#[tokio::test]
async fn without_a_database_operations_get_the_request() {
    let running = run(&[]).await;
    let (token, proof) = running.opened_of("privacy-request").await;
    let body = json!({ "right": "access", "email": ADA, "_token": token, "_proof": proof, "_key": "key-0001" });
    let app = functions::app::App { requests: None, ..running.app.clone() };
    let request = to("/api/privacy-requests", "application/json", body.to_string());
    let answer = tower::ServiceExt::oneshot(functions::routes::router(app), request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(*running.letters.forwarded.lock().unwrap(), [ADA]);
    assert!(kept(&running).await.is_empty());
}

#[tokio::test]
async fn nothing_of_a_person_is_logged() {
    let mut running = run(&[]).await;
    let lines = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let written = lines.clone();
    running.app.log = Log::new(move |event| written.lock().unwrap().push_str(&format!("{}\n", serde_json::to_string(event).unwrap())));
    running.renew();
    ask(&running, "key-0001", "erasure", "canary@agency.example").await;
    let code = code(&running).await;
    press(&running, &code).await;
    running.app.fulfilment().unwrap().remind().await.unwrap();
    let log = lines.lock().unwrap().clone();
    assert!(log.contains("/api/privacy-requests/{token}") && log.contains("\"worked\""), "{log}");
    assert!(!log.contains("canary") && !log.contains(&code), "{log}");
}

#[tokio::test]
async fn a_site_that_takes_no_requests_has_no_such_endpoint() {
    let site = contract::embedded().unwrap();
    let mut registry = site.registry;
    registry.data.retain(|data| data.from != Some(From::Functions(Holding::Requests)));
    let running = run_by(Contract::of(&registry, site.site), &[]).await;
    assert_eq!(running.ask(to("/api/privacy-requests", "application/json", "{}")).await.problem(), "not-found");
    assert!(running.get("/api/openapi.json").await.json()["paths"].get("/api/privacy-requests").is_none());
    let taking = run(&[]).await.get("/api/openapi.json").await.json();
    assert!(taking["paths"]["/api/privacy-requests/{token}"]["post"].is_object());
    assert!(taking["components"]["schemas"]["form-privacy-request"]["properties"]["right"].is_object());
}
