//! What people send is in no log and in no file but the database: values that are nowhere else are sent everywhere, and looked for.

use functions::ports::Filter;
use functions::stand_ins::Fault;

use crate::people::Submission;
use crate::program::ask;
use crate::stage::Stage;

/// Where the letters of `canary` cannot stand, something that is nowhere else.
const NEEDLES: [&str; 6] = ["canary", "99 88 77 66", "2031-07-19", "198.51.100.99", "key-of-", "0123456789abcdef0123456789abcdef"];

/// Headers of all kinds of requests.
const HEADERS: &str = "user-agent: canary-agent\r\nreferer: https://canary.example/canary?utm_source=canary\r\nx-forwarded-for: 198.51.100.99\r\n\
                       cookie: canary=canary\r\nauthorization: Bearer canary\r\nx-request-id: canary\r\nforwarded: for=198.51.100.99\r\n";

fn submission(name: &str) -> Submission {
    Submission::of(&format!("canary-{name}"))
        .with("email", "canary@canary.example")
        .with("phone", "+33 1 99 88 77 66")
        .with("agency", "canary-agency")
        .with("agency_type", "canary-type")
        .with("message", "canary-message\ncanary")
        .with("slot", "2031-07-19T03:33")
        .with("_page", "https://canary.example/?utm_term=canary")
        .with("_referrer", "https://canary.example/from")
}

// Promises: cresco/code-in-no-history-or-log
pub(crate) async fn nothing_that_people_send_is_written_down(mut stage: Stage) {
    // Good ones, while each service fails and while none does.
    stage.notion.fail_next([Fault::Pass, Fault::BrokenAfterSaving]);
    stage.resend.fail_next([Fault::HtmlPage, Fault::Dropped]);
    stage.make.fail_next([Fault::Unauthorized]);
    stage.attempted(&submission("failing"), stage.sinks()).await;
    stage.restart().await;
    let good = submission("good");
    stage.acknowledged(&good).await;
    let leads = stage.store().leads(&Filter::default()).await.unwrap();
    assert!(leads.len() == 2 && leads.iter().all(|lead| lead.values.reveal()["agency"] == "canary-agency"), "they have arrived");
    bad(&stage, &good).await;
    stage.later(600).await;
    stage.job().await;
    // The path without any store, with keys that are refused.
    stage.variables.insert("RESEND_API_KEY".to_owned(), "canary-key".to_owned());
    stage.variables.insert("NOTION_TOKEN".to_owned(), "canary-token".to_owned());
    if let Some(url) = stage.variables.get_mut("DATABASE_URL") {
        *url = "sqlite:canary/canary.db".to_owned();
    }
    stage.restart().await;
    assert_eq!(stage.send(&submission("nowhere")).await.unwrap().status, 503);
    assert_eq!(ask(stage.program.address, "GET /api/health?canary", HEADERS, "").await.unwrap().status, 503);
    // A configuration that is wrong is told without what it is.
    stage.set("DATABASE_URL", "canary://canary:canary@canary.example/canary").await;
    assert_eq!(stage.send(&submission("unconfigured")).await.unwrap().status, 503);
    stage.program.kill();

    let written = stage.written.text();
    for event in ["answered", "accepted", "delivered", "stopped", "store-failed", "ran", "configuration"] {
        assert!(stage.written.events(event) > 0, "{event} in {written}");
    }
    let files =
        stage.files().into_iter().map(|path| format!("{}: {}", path.display(), String::from_utf8_lossy(&std::fs::read(&path).unwrap())));
    for text in files.chain([written]) {
        let small = text.to_lowercase();
        let found: Vec<_> = NEEDLES.iter().filter(|needle| small.contains(**needle)).collect();
        assert!(found.is_empty(), "{found:?} in {text}");
    }
}

/// A choice in answer to a banner that nobody archived.
fn choice(language: &str) -> String {
    serde_json::json!({
        "id": "ca9a4700-0000-4000-8000-000000000000", "at": 0, "how": "consent", "language": language, "revision": "canary", "banner": "canary",
        "gpc": false, "accepted": ["canary"], "refused": [],
    })
    .to_string()
}

/// Requests that are wrong in each way.
async fn bad(stage: &Stage, good: &Submission) {
    let (json, form) = ("content-type: application/json\r\n", "content-type: application/x-www-form-urlencoded\r\n");
    let text = good.values.to_string();
    let caught = submission("caught").with("company_website", "https://canary.example");
    let of = |name: &str, value: &str| good.clone().with(name, value).values.to_string();
    for (line, kind, body, status) in [
        ("POST /api/contact?canary=canary", json, text.clone(), 202),
        ("POST /api/contact", json, of("message", "canary-other"), 422),
        ("POST /api/contact", json, of("email", "canary-no-address"), 422),
        ("POST /api/contact", json, of("canary", "canary"), 422),
        ("POST /api/contact", json, of("_key", "canary key"), 400),
        ("POST /api/contact", json, of("_token", "canary"), 403),
        ("POST /api/contact", json, of("_proof", "canary"), 403),
        ("POST /api/contact", json, caught.values.to_string(), 202),
        ("POST /api/contact", json, "{\"name\": \"canary".to_owned(), 400),
        ("POST /api/contact", json, format!("\"{}\"", "canary".repeat(5000)), 413),
        ("POST /api/contact", "content-type: text/canary\r\n", text.clone(), 415),
        ("POST /api/contact", form, "name=canary&email=canary&canary=canary".to_owned(), 422),
        ("POST /api/forms/canary", json, text.clone(), 404),
        ("GET /api/forms/canary/challenge?canary", json, String::new(), 404),
        ("GET /canary/canary?canary=canary", json, String::new(), 404),
        ("CANARY /api/contact", json, text, 405),
        ("POST /api/consent?canary", json, choice("canary"), 422),
        ("POST /api/consent", json, "{\"canary\": \"canary".to_owned(), 400),
        ("POST /api/consent", "content-type: text/canary\r\n", choice("en"), 415),
        ("GET /api/jobs/outbox?canary", json, String::new(), 401),
    ] {
        let answer = ask(stage.program.address, line, &format!("{HEADERS}{kind}"), &body).await.unwrap();
        assert_eq!(answer.status, status, "{line} {body} {answer:?}");
    }
}
