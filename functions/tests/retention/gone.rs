//! What remains of what went, and what is not touched.

use std::sync::Arc;
use std::time::Duration;

use functions::adapters;
use functions::egress::Egress;
use functions::lead::{DeliveryState, Failure, OutboxRow, SinkId};
use functions::ports::{Claim, Clock, Entry, Filter, Gone, Other, Projects, Retains};
use functions::retention;
use jiff::{SignedDuration, Timestamp};
use registry::contract::Contract;
use registry::derive::retention::Record;
use registry::model::{CaptureKind, DeliveryKind};

use crate::world::{Base, CUT, Set, config, entry};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn nothing_of_it_is_readable_in_the_file() {
    let base = Base::sqlite().await;
    let old = at("2027-01-01T00:00:00Z");
    base.lead(old, old).await;
    base.project("acme", Some("2027-01-01".parse().unwrap())).await;
    let holds = || {
        let files = std::fs::read_dir(base.folder.as_ref().unwrap().path()).unwrap();
        files.into_iter().any(|file| std::fs::read(file.unwrap().path()).unwrap().windows(6).any(|part| part == b"canary"))
    };
    assert!(holds(), "the search finds nothing at all");
    retention::run(&base.contract, &base.instance.retained, at("2033-01-01T00:00:00Z"), Duration::MAX).await;
    assert!(!holds());
}

#[tokio::test]
async fn the_report_says_what_went_and_what_others_see_to() {
    let base = Base::sqlite().await;
    let old = at("2027-01-01T00:00:00Z");
    for _ in 0..3 {
        base.lead(old, old).await;
    }
    base.receipt(old).await;
    let now = at("2027-03-01T00:00:00Z");
    let report = retention::run(&base.contract, &base.instance.retained, now, Duration::MAX).await;
    let gone =
        |rules: &[&str], what: &str, records| Gone { rules: rules.iter().map(|rule| (*rule).into()).collect(), what: what.into(), records };
    let expected = [
        gone(&["addresses"], "mail_capture_ip_address", 3),
        gone(&["sources"], "Where visitors came from", 0),
        gone(&["leads"], "Enquiries, Deliveries", 0),
        gone(&["projects"], "Projects, Codes", 0),
        gone(&["receipts"], "Choices", 0),
        gone(&["requests"], "Requests", 0),
        gone(&["notices"], "Notices", 0),
    ];
    assert_eq!((report.gone, report.finished, report.outlasted), (expected.to_vec(), true, vec![]));
    assert_eq!(report.others, [Other { rule: "billing".into(), what: "Billing".into(), by: "the accountant".into() }]);
    let again = retention::run(&base.contract, &base.instance.retained, now, Duration::MAX).await;
    assert!(again.gone.iter().all(|gone| gone.records == 0), "a second run finds nothing");
}

// Promises: cresco/keep-leads, cresco/keep-projects
/// By the contract of the project's own site: its leads go two years after the last contact, its projects and their codes five years after
/// the day of their close.
#[tokio::test]
async fn the_projects_own_site_keeps_its_periods() {
    let mut base = Base::sqlite().await;
    base.contract = Arc::new(functions::contract::embedded().unwrap());
    base.lead(at("2027-01-01T00:00:00Z"), at("2027-06-01T12:00:00Z")).await;
    base.project("acme", Some("2027-06-01".parse().unwrap())).await;
    let database = base.instance.database.as_ref().unwrap();
    for (now, left) in [
        ("2029-06-01T11:59:59Z", [1, 1, 1]),
        ("2029-06-01T12:00:00Z", [0, 1, 1]),
        ("2032-06-01T23:59:59Z", [0, 1, 1]),
        ("2032-06-02T00:00:00Z", [0, 0, 0]),
    ] {
        retention::run(&base.contract, &base.instance.retained, at(now), Duration::MAX).await;
        let leads = base.store().leads(&Filter::default()).await.unwrap().len();
        assert_eq!([leads, database.list().await.unwrap().len(), database.codes().await.unwrap().len()], left, "{now}");
    }
}

#[tokio::test]
async fn the_plan_says_what_goes_when_and_touches_nothing() {
    for base in [Base::sqlite().await, Base::notion().await] {
        let [first, second] = ["2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"].map(at);
        base.lead(first, first).await;
        base.lead(second, second).await;
        base.project("open", None).await;
        let now = at("2027-02-10T00:00:00Z");
        let plan = retention::plan(&base.contract, &base.instance.retained, now).await.unwrap().records;
        let of = |record: &dyn Fn(&Record) -> bool| {
            let planned = plan.iter().find(|planned| record(&planned.limit.record)).unwrap();
            (planned.held.over, planned.held.rest, planned.next)
        };
        assert_eq!(of(&|record| matches!(record, Record::Lead(_))), (0, 2, Some(at("2029-01-01T00:00:00Z"))));
        let address = of(&|record| matches!(record, Record::Capture(_, CaptureKind::IpAddress)));
        assert_eq!(address, (1, 1, Some(at("2027-03-03T00:00:00Z"))));
        assert_eq!(of(&|record| *record == Record::Project), (0, 1, None));
        let leads = base.store().leads(&Filter::default()).await.unwrap();
        assert!(leads.iter().all(|lead| lead.captured.reveal().len() == 2), "nothing is changed");
    }
}

// Promises: cresco/keep-leads
/// The first run cuts addresses: a page made by a database goes as one that Notion keeps itself.
#[tokio::test]
async fn pages_that_a_database_delivered_go_with_their_lead() {
    let (base, mut with_notion) = (Base::sqlite().await, config());
    let notion = functions::stand_ins::Notion::start(&base.contract).await.unwrap();
    notion.configure(&mut with_notion);
    let egress = Egress::new(&base.contract.registry, &with_notion);
    let clock: Arc<dyn Clock> = Arc::new(Set(Timestamp::UNIX_EPOCH.into()));
    let pages = adapters::notion_store(&base.contract, &with_notion, &egress, &clock).unwrap();
    let sink = adapters::sinks(&base.contract, &with_notion, &egress).remove(0);
    let old = at("2027-01-01T00:00:00Z");
    let (gone, kept) = (entry(old, old), entry(old, old + SignedDuration::from_hours(24 * 30)));
    for entry in [&gone, &kept] {
        base.store().accept(entry).await.unwrap();
        sink.deliver(&claim(&base.contract, entry), old).await;
    }
    let stores: Vec<Arc<dyn Retains>> = vec![base.store().clone(), pages];
    retention::run(&base.contract, &stores, at("2027-02-15T00:00:00Z"), Duration::MAX).await;
    let addresses: Vec<String> = notion
        .pages()
        .iter()
        .map(|page| page["properties"]["IP address"]["rich_text"][0]["plain_text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(addresses, [CUT, CUT]);
    retention::run(&base.contract, &stores, at("2029-01-01T00:00:00Z"), Duration::MAX).await;
    let left = notion.pages();
    assert_eq!(left.len(), 1, "the page of the lead with later contact stays");
    assert_eq!(left[0]["properties"]["Lead id"]["rich_text"][0]["plain_text"], kept.lead.id.to_string());
    retention::run(&base.contract, &stores, at("2029-02-01T00:00:00Z"), Duration::MAX).await;
    assert_eq!(notion.pages().len(), 0);
}

#[tokio::test]
async fn a_store_that_fails_keeps_no_other_from_its_work() {
    let (base, gone) = (Base::sqlite().await, Base::notion().await);
    let Base { instance, notion, .. } = gone;
    drop(notion);
    let old = at("2027-01-01T00:00:00Z");
    base.lead(old, old).await;
    let stores = [base.instance.retained.clone(), instance.retained].concat();
    let report = retention::run(&base.contract, &stores, at("2029-06-01T00:00:00Z"), Duration::MAX).await;
    assert_eq!((report.failed, report.finished), (Some(("notion", Failure::Unreachable)), false));
    assert_eq!(base.store().leads(&Filter::default()).await.unwrap().len(), 0, "the database has done its part");
}

fn claim(contract: &Contract, entry: &Entry) -> Claim {
    let delivery = contract.registry.forms[0].deliver.iter().find(|delivery| delivery.kind == DeliveryKind::Page).unwrap();
    let row = OutboxRow {
        lead: entry.lead.id,
        sink: SinkId::of(delivery),
        state: DeliveryState::Pending,
        attempts: 0,
        first_attempt: None,
        due: entry.lead.received,
        failure: None,
        reference: None,
    };
    Claim { row, lead: entry.lead.clone(), lease: "lease".to_owned() }
}
