//! What is sent, recorded. Other tests read the records: against Notion's own types, and against an independent stand-in of Resend.

use std::path::Path;

use functions::lead::Outcome;
use functions::ports::{ProjectSource, Projects};
use functions::project::{CodeHash, Issued};
use registry::derive::deliveries;
use registry::model::{Delivery, DeliveryKind, Field};
use serde_json::{Value, json};

use crate::fixture::{World, claim, entry, lead, now};

/// Holds a text against its record; with `UPDATE_PAYLOADS=1` in the environment, records it.
pub(crate) fn recorded(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads").join(name);
    if std::env::var_os("UPDATE_PAYLOADS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, known, "{name} has changed; look at the difference, then run this with UPDATE_PAYLOADS=1");
}

fn record(name: &str, payload: &Value) {
    recorded(name, &format!("{}\n", serde_json::to_string_pretty(payload).unwrap()));
}

/// What a delivery sends.
async fn payload(world: &World, delivery: &Delivery) -> Value {
    let sink = world.sink(delivery.to.as_str(), delivery.kind);
    assert!(matches!(sink.deliver(&claim(&*sink, lead()), now()).await, Outcome::Sent { .. }));
    let calls = match delivery.kind {
        DeliveryKind::Page => world.notion.calls(),
        DeliveryKind::Webhook => world.make.calls(),
        DeliveryKind::Confirmation | DeliveryKind::Notification => world.resend.calls(),
    };
    calls.last().unwrap().body.clone()
}

#[tokio::test]
async fn payloads_are_as_they_were_recorded() {
    let world = World::new().await;
    for delivery in &world.contract.registry.forms[0].deliver {
        record(&format!("{}-{}.json", delivery.to, delivery.kind.name()), &payload(&world, delivery).await);
    }
}

#[tokio::test]
async fn what_the_store_sends_is_as_it_was_recorded() {
    let world = World::new().await;
    let store = world.notion_store();
    store.accept(&entry(&world.contract, "key", lead())).await.unwrap();
    store.erase(lead().id).await.unwrap();
    let calls = world.notion.calls().into_iter().filter(|call| call.method != "GET");
    let told = calls.map(|call| json!({ "method": call.method, "path": call.path, "body": call.body }));
    record("notion-store.json", &told.collect());
}

#[tokio::test]
async fn what_is_sent_of_projects_is_as_it_was_recorded() {
    let mut world = World::new().await;
    world.notion.configure_projects(&mut world.config);
    let projects = functions::adapters::notion_projects(&world.config, &world.egress()).unwrap();
    let (mut project, code) = (crate::projects::project(), CodeHash("0f".repeat(32)));
    projects.put(std::slice::from_ref(&project)).await.unwrap();
    // What is withdrawn, and what is left blank.
    project.phases.pop();
    project.customer = None;
    projects.put(std::slice::from_ref(&project)).await.unwrap();
    let issued = Issued { id: "k3v9x2aq".into(), project: project.id.clone(), made: now(), revoked: None };
    projects.issue(&code, &issued).await.unwrap();
    projects.open(&code, None).await.unwrap();
    let calls = world.notion.calls().into_iter().filter(|call| call.method != "GET");
    let told = calls.map(|call| json!({ "method": call.method, "path": call.path, "body": call.body }));
    record("notion-projects.json", &told.collect());
}

/// What tells a field's value in a payload, however it is written there.
fn trace(field: &Field) -> &'static str {
    match field.name.as_str() {
        "name" => "canary-name",
        "email" => "canary-email",
        "phone" => "23 45",
        "package" => "ecided",
        "message" => "canary-message",
        "slot" => "14:30",
        "website" => "canary-website",
        "news" => "Newsletter",
        "status" => "canary-status",
        "trap" => "canary-trap",
        other => panic!("`{other}` has no trace"),
    }
}

// Promises: cresco/nothing-passed-on
/// The check `payload-beyond-declaration`.
#[tokio::test]
async fn no_payload_goes_beyond_what_is_declared() {
    let world = World::new().await;
    let registry = &world.contract.registry;
    let form = &registry.forms[0];
    for delivery in &form.deliver {
        let text = payload(&world, delivery).await.to_string();
        let declared = deliveries::declared(registry, form, delivery);
        for field in &form.fields {
            // The address of a confirmation is where it goes.
            let is_declared = declared.fields.contains(&field) || declared.address == Some(field);
            assert_eq!(text.contains(trace(field)), is_declared, "`{}` to {} as {}", field.name, delivery.to, delivery.kind.name());
        }
        assert!(!text.contains("203.0.113.77"), "no recipient is declared for addresses");
        assert_eq!(text.contains("canary-utm"), !declared.captures.is_empty());
    }
}
