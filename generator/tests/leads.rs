//! `plainsite leads` and `plainsite outbox`, on a store in a file.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeMap;
use std::time::Duration;

use functions::lead::{DeliveryState, Failure, Lead, LeadId, SinkId, Suspicion};
use functions::personal::Personal;
use functions::ports::{Entry, Filter, Settled, Stopped, Store};
use functions::store::{self, Patience, SqlStore};
use jiff::Timestamp;
use registry::model::CaptureKind;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[path = "support/run.rs"]
mod run;

use run::{Run, plainsite};

/// A store in a folder, and the command on it.
struct Office {
    _folder: TempDir,
    url: String,
    runtime: Runtime,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/leads.db", folder.path().display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let office = Self { _folder: folder, url, runtime };
        office.on(async |store| store.migrate().await.unwrap());
        office
    }

    fn on<T>(&self, work: impl AsyncFnOnce(&SqlStore) -> T) -> T {
        self.runtime.block_on(async {
            let store = store::open(&self.url, Patience::default()).unwrap();
            let result = work(&store).await;
            store.close().await;
            result
        })
    }

    fn lead(&self, name: &str, held: bool) -> LeadId {
        let received: Timestamp = if held { "2027-01-02T00:00:00Z" } else { "2027-01-01T10:20:30Z" }.parse().unwrap();
        let id = LeadId::of_digest(*Sha256::digest(format!("{name} {held}")).first_chunk().unwrap());
        let values = BTreeMap::from([("name".to_owned(), json!(name)), ("consent".to_owned(), json!(true))]);
        let entry = Entry {
            lead: Lead {
                id,
                form: "contact".into(),
                language: "en".to_owned(),
                received,
                contacted: received,
                values: Personal::new(values),
                captured: Personal::new(BTreeMap::from([(CaptureKind::Utm, "@utm".to_owned())])),
                held: held.then_some(Suspicion::Links).into_iter().collect(),
            },
            key: id.to_string(),
            fingerprint: String::new(),
            proof: None,
            limits: Vec::new(),
            sinks: ["notion:page", "resend:confirmation"].map(|sink| SinkId(sink.to_owned())).to_vec(),
        };
        self.on(async |store| store.accept(&entry).await.unwrap());
        id
    }

    /// Ends the deliveries of a lead: the first is sent, the second given up.
    fn deliver(&self) {
        self.on(async |store| {
            let now = "2027-01-03T00:00:00Z".parse().unwrap();
            let claims = store.claim(now, Duration::from_secs(60), 9).await.unwrap();
            for (claim, state) in claims.iter().zip([DeliveryState::Sent, DeliveryState::Dead]) {
                let sent = state == DeliveryState::Sent;
                let (failure, reference) = ((!sent).then_some(Failure::Rejected), sent.then(|| "page\u{1b}".to_owned()));
                assert!(store.settle(claim, &Settled { state, attempts: 1, due: now, failure, reference }).await.unwrap());
            }
            let stopped = Stopped { sink: SinkId("notion:page".to_owned()), until: None, failure: Failure::Refused };
            store.stop(&stopped.sink, Some(&stopped)).await.unwrap();
        });
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(Some(&self.url), arguments)
    }
}

fn run(url: Option<&str>, arguments: &[&str]) -> Run {
    Run::of(plainsite().args(arguments).envs(url.map(|url| ("DATABASE_URL", url))))
}

#[test]
fn without_a_store_or_its_tables_the_remedy_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let empty = format!("sqlite:{}/leads.db", folder.path().display());
    let cases = [
        (None, "`DATABASE_URL` is not set"),
        (Some(" "), "`DATABASE_URL` is not set"),
        (Some("canary://canary"), "`DATABASE_URL` names no store"),
        (Some(empty.as_str()), "`plainsite doctor --migrate`"),
    ];
    for (url, text) in cases {
        let run = run(url, &["leads", "list"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(run.err.contains(text) && !run.err.contains("canary"), "{}", run.err);
    }
}

#[test]
fn leads_are_listed_without_what_was_typed() {
    let office = Office::new();
    let (ada, spam) = (office.lead("Ada", false), office.lead("Spam", true));
    office.deliver();
    let run = office.run(&["leads", "list"]);
    let expected = format!(
        "lead                                  received           form     language  deliveries\n\
         {spam}  2027-01-02T00:00Z  contact  en        2 held\n\
         {ada}  2027-01-01T10:20Z  contact  en        1 sent, 1 dead\n"
    );
    assert_eq!((run.out, run.code), (expected, 0), "{}", run.err);
    let run = office.run(&["--format", "short", "leads", "list", "--containing", "ADA"]);
    assert_eq!(run.out, format!("{ada} 2027-01-01T10:20Z contact en 1 sent, 1 dead\n"));
    for (filter, id) in [(["--held", "--held"], spam), (["--since", "2027-01-02"], spam), (["--containing", "da"], ada)] {
        let filter = if filter[0] == filter[1] { &filter[..1] } else { &filter[..] };
        let run = office.run(&[&["--format", "json", "leads", "list"], filter].concat());
        let json: Json = serde_json::from_str(&run.out).unwrap();
        assert_eq!((json.as_array().unwrap().len(), &json[0]["id"]), (1, &json!(id)), "{filter:?}");
        assert!(!run.out.contains("Ada") && !run.out.contains("Spam"), "{}", run.out);
    }
}

#[test]
fn exports_hold_everything_and_no_formula() {
    let office = Office::new();
    let formula = office.lead("=HYPERLINK(\"x\",\"y\")", false);
    let other = office.lead("-1\nB", true);
    let run = office.run(&["leads", "export"]);
    let json: Json = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json[1]["values"], json!({ "name": "=HYPERLINK(\"x\",\"y\")", "consent": true }), "JSON has the values as they are");
    assert_eq!((&json[1]["captured"]["utm"], json[1]["deliveries"].as_array().unwrap().len()), (&json!("@utm"), 2));
    let csv = office.run(&["leads", "export", "--as", "csv"]).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap().iter().collect::<Vec<_>>().join(" "),
        "id form language received contacted held deliveries ip-address utm referrer consent name"
    );
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let cells = |row: usize| [0, 5, 8, 10, 11].map(|cell| rows[row][cell].as_str());
    assert_eq!(cells(0), [&other.to_string(), "links", "'@utm", "true", "'-1\nB"]);
    assert_eq!(cells(1), [&formula.to_string(), "", "'@utm", "true", "'=HYPERLINK(\"x\",\"y\")"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leads.json");
    let run = office.run(&["leads", "export", &other.to_string(), "--out", file.to_str().unwrap()]);
    assert_eq!((run.out.as_str(), run.code), ("", 0), "{}", run.err);
    let json: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["id"]), (1, &json!(other)));
}

#[test]
fn a_lead_is_erased_when_somebody_means_it_and_recipients_are_told() {
    let office = Office::new();
    let id = office.lead("Ada", false);
    office.deliver();
    let run = office.run(&["leads", "erase", &id.to_string()]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("help: say `--yes`"), "{}", run.err);
    assert_eq!(office.on(async |store| store.leads(&Filter::default()).await.unwrap().len()), 1);
    let run = office.run(&["leads", "erase", &id.to_string(), "--yes"]);
    let expected = format!(
        "erased lead {id} from the store\n\
         it was sent to notion:page, as `page\\u{{1b}}`: have it erased there too\n\
         it may have been sent to resend:confirmation: have it erased there too\n"
    );
    assert_eq!((run.out, run.code), (expected, 0), "{}", run.err);
    assert_eq!(office.on(async |store| store.leads(&Filter::default()).await.unwrap().len()), 0);
    let run = office.run(&["leads", "erase", &id.to_string(), "--yes"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains(&format!("there is no lead `{id}`")), "{}", run.err);
    assert_eq!(office.run(&["leads", "erase", "canary"]).code, 2, "no id");
}

#[test]
fn the_outbox_is_listed_and_taken_up_again() {
    let office = Office::new();
    let (ada, spam) = (office.lead("Ada", false), office.lead("Spam", true));
    office.deliver();
    let run = office.run(&["--format", "short", "outbox", "list", &ada.to_string()]);
    assert_eq!(run.out, format!("{ada} resend:confirmation dead 1 2027-01-03T00:00Z rejected\n"));
    assert_eq!(run.err, "notion:page is given no deliveries until `plainsite outbox retry`: refused\n");
    let run = office.run(&["--format", "json", "outbox", "list", "--state", "sent"]);
    let json: Json = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&json["deliveries"][0]["sink"], &json["stopped"][0]["failure"]), (&json!("notion:page"), &json!("refused")));

    let run = office.run(&["outbox", "retry", &spam.to_string()]);
    assert!(run.out.starts_with("2 deliveries are attempted again"), "{}{}", run.out, run.err);
    assert!(run.err.contains("notion:page is given no deliveries"), "one lead is no reason to try a recipient again: {}", run.err);
    let run = office.run(&["outbox", "retry"]);
    assert!(run.out.starts_with("1 delivery is attempted again"), "{}{}", run.out, run.err);
    assert!(run.out.contains("notion:page is tried again"), "{}", run.out);
    office.on(async |store| {
        assert_eq!(store.stopped().await.unwrap(), []);
        assert_eq!(store.leads(&Filter { held: Some(true), ..Filter::default() }).await.unwrap().len(), 0);
        assert_eq!(store.claim("2100-01-01T00:00:00Z".parse().unwrap(), Duration::from_secs(1), 9).await.unwrap().len(), 3);
    });
}

#[test]
fn the_help_says_what_there_is() {
    for command in ["leads", "outbox"] {
        insta::assert_snapshot!(format!("help-{command}"), run(None, &[command, "--help"]).out);
    }
    for command in [["leads", "list"], ["leads", "export"], ["leads", "erase"], ["outbox", "list"], ["outbox", "retry"]] {
        insta::assert_snapshot!(format!("help-{}", command.join("-")), run(None, &[&command[..], &["--help"]].concat()).out);
    }
}
