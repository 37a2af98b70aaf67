//! `plainsite retention`: what would go is told, and goes.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use functions::lead::{Lead, LeadId};
use functions::personal::Personal;
use functions::ports::{Accepted, Entry, Filter, Store};
use functions::store::{self, Patience};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// The site of the project itself.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[path = "support/run.rs"]
mod run;

use run::Run;

fn plainsite(root: &Path, database: &str, arguments: &[&str]) -> Run {
    Run::of(run::plainsite().arg("--root").arg(root).args(arguments).env("DATABASE_URL", database))
}

fn entry(number: u8, received: Timestamp) -> Entry {
    let lead = Lead {
        id: LeadId::of_digest([number; 16]),
        form: "contact".into(),
        language: "en".to_owned(),
        received,
        contacted: received,
        values: Personal::new(BTreeMap::from([("name".to_owned(), json!("Ada"))])),
        captured: Personal::default(),
        held: Vec::new(),
    };
    Entry { lead, key: number.to_string(), fingerprint: String::new(), proof: None, limits: Vec::new(), sinks: Vec::new() }
}

#[test]
fn what_is_due_is_told_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/leads.db", folder.path().display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let left = |entries: &[Entry]| {
        runtime.block_on(async {
            let store = store::open(&url, Patience::default()).unwrap();
            store.migrate().await.unwrap();
            for entry in entries {
                assert_eq!(store.accept(entry).await.unwrap(), Accepted::New);
            }
            let left = store.leads(&Filter::default()).await.unwrap().len();
            store.close().await;
            left
        })
    };
    left(&[entry(1, "2020-01-01T00:00:00Z".parse().unwrap()), entry(2, Timestamp::now())]);
    let root = Path::new(ROOT);
    let dry = plainsite(root, &url, &["--format", "json", "retention", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}{}", dry.out, dry.err);
    let json: Json = serde_json::from_str(&dry.out).unwrap();
    let leads = json["records"].as_array().unwrap().iter().find(|record| record["rules"] == json!(["leads", "deliveries"])).unwrap();
    assert_eq!((&leads["due"], &leads["kept"], &leads["store"]), (&json!(1), &json!(1), &json!("sqlite")), "{leads}");
    assert!(json["others"].as_array().unwrap().iter().any(|other| other["rule"] == "payments" && other["by"] == "CRESCO System"));
    assert_eq!(left(&[]), 2, "a dry run removes nothing");

    let run = plainsite(root, &url, &["retention"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let gone = run.out.lines().find_map(|line| line.strip_prefix("Discovery enquiries, Delivery of what forms send "));
    assert_eq!(gone.map(str::trim), Some("1"), "{}", run.out);
    assert_eq!(left(&[]), 1);
}

#[test]
fn rules_with_a_mistake_remove_nothing() {
    let site = tempfile::tempdir().unwrap();
    fs::create_dir_all(site.path().join("content")).unwrap();
    fs::write(site.path().join("content/site.yaml"), "languages: [en]\n").unwrap();
    fs::write(site.path().join("content/_index.md"), "# Home\n").unwrap();
    let rule =
        "data: { lead: { label: Leads } }\nretention: { leads: { data: [lead], keep: 1 day, from: the moon, then: delete, by: job } }\n";
    fs::write(site.path().join("content/privacy.yaml"), rule).unwrap();
    let run = plainsite(site.path(), "sqlite::memory:", &["retention"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("nothing was removed") && run.err.contains("retention-unenforced"), "{}", run.err);
}
