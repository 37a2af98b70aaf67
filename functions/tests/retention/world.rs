//! A site with every kind of record, and stores to keep them in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use functions::adapters;
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::{Lead, LeadId, SinkId};
use functions::personal::Personal;
use functions::ports::{Accepted, Clock, Entry, Projects, Receipts, Store};
use functions::project::{CodeHash, Issued, Progress, Project, ProjectId};
use functions::receipt::{How, Receipt, ReceiptId};
use functions::stand_ins::Notion;
use functions::store::{self, Patience, SqlStore};
use jiff::Timestamp;
use jiff::civil::Date;
use registry::contract::{Contract, Site};
use registry::model::CaptureKind;
use serde_json::json;
use tempfile::TempDir;

pub(crate) const ADDRESS: &str = "203.0.113.9";
pub(crate) const CUT: &str = "~203.0.0.0/16";

pub(crate) fn contract() -> Arc<Contract> {
    let (privacy, contact) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
    let read = registry::resolve::registry(Some((&privacy, include_str!("site.yaml"))), &[(&contact, include_str!("contact.yaml"))]);
    assert_eq!(read.diagnostics, [], "the site of the tests can be read");
    let told = registry::check::registry(&read.value, "2027-01-01");
    assert!(told.iter().all(|diagnostic| diagnostic.rule.name != "retention-unenforced"), "{told:#?}");
    Arc::new(Contract::of(&read.value.registry, Site { languages: vec!["en".into()], ..Site::default() }))
}

/// A clock that is set.
#[derive(Debug)]
pub(crate) struct Set(pub(crate) Mutex<Timestamp>);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn config() -> Config {
    let own = [("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef"), ("CRON_SECRET", "a secret of the clock")];
    Config::from_variables(&own.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap()
}

/// Where records are kept.
pub(crate) struct Base {
    pub(crate) contract: Arc<Contract>,
    pub(crate) stores: Vec<Arc<dyn Store>>,
    /// The database among them.
    pub(crate) database: Option<Arc<SqlStore>>,
    /// The workspace among them, which answers as long as this is there.
    pub(crate) notion: Option<Notion>,
    /// The folder of a database that is a file.
    pub(crate) folder: Option<TempDir>,
}

impl Base {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = Self::at(&format!("sqlite:{}/leads.db", folder.path().display())).await;
        Self { folder: Some(folder), ..base }
    }

    /// A database at an address.
    pub(crate) async fn at(url: &str) -> Self {
        // Others may keep this machine busy: no test may fail because an answer took seconds.
        let minute = Duration::from_secs(60);
        let store = Arc::new(store::open(url, Patience { connect: minute, answer: minute }).unwrap());
        store.migrate().await.unwrap();
        Self { contract: contract(), stores: vec![store.clone()], database: Some(store), notion: None, folder: None }
    }

    pub(crate) async fn notion() -> Self {
        let (contract, mut config) = (contract(), config());
        let notion = Notion::start(&contract).await.unwrap();
        notion.configure(&mut config);
        let clock: Arc<dyn Clock> = Arc::new(Set(Mutex::new(Timestamp::UNIX_EPOCH)));
        let store = adapters::notion_store(&contract, &config, &Egress::new(&contract.registry, &config), &clock).unwrap();
        Self { contract, stores: vec![store], database: None, notion: Some(notion), folder: None }
    }

    /// The store that takes leads.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.stores[0]
    }

    pub(crate) async fn lead(&self, received: Timestamp, contacted: Timestamp) -> LeadId {
        let entry = entry(received, contacted);
        assert_eq!(self.store().accept(&entry).await.unwrap(), Accepted::New);
        entry.lead.id
    }

    /// A project with a code, where there is a place for it.
    pub(crate) async fn project(&self, id: &str, closed: Option<Date>) {
        let Some(store) = &self.database else { return };
        store.put(&[project(id, closed)]).await.unwrap();
        let issued = Issued { id: id.to_owned(), project: ProjectId(id.to_owned()), made: Timestamp::UNIX_EPOCH, revoked: None };
        assert!(store.issue(&CodeHash(format!("hash of {id}")), &issued).await.unwrap());
    }

    /// A proof of a choice, where there is a place for it.
    pub(crate) async fn receipt(&self, received: Timestamp) -> ReceiptId {
        let receipt = Receipt {
            id: uuid::Uuid::now_v7().to_string().parse().unwrap(),
            decided: received,
            received,
            how: How::Consent,
            language: "en".to_owned(),
            revision: "r".to_owned(),
            banner: "b".to_owned(),
            signalled: false,
            accepted: Vec::new(),
            refused: vec!["film".into()],
        };
        if let Some(store) = &self.database {
            store.keep(&receipt).await.unwrap();
        }
        receipt.id
    }
}

pub(crate) fn entry(received: Timestamp, contacted: Timestamp) -> Entry {
    let id = LeadId::of_digest(uuid::Uuid::now_v7().into_bytes());
    let captured = [(CaptureKind::IpAddress, ADDRESS.to_owned()), (CaptureKind::Referrer, "https://a.example/canary/16".to_owned())];
    Entry {
        lead: Lead {
            id,
            form: "contact".into(),
            language: "en".to_owned(),
            received,
            contacted,
            values: Personal::new([("name".to_owned(), json!("canary Ada"))].into()),
            captured: Personal::new(BTreeMap::from(captured)),
            held: Vec::new(),
        },
        key: id.to_string(),
        fingerprint: "one".to_owned(),
        proof: None,
        limits: Vec::new(),
        sinks: vec![SinkId("notion:page".to_owned())],
    }
}

pub(crate) fn project(id: &str, closed: Option<Date>) -> Project {
    Project {
        id: ProjectId(id.to_owned()),
        name: "canary project".to_owned(),
        language: None,
        status: Progress::InProgress,
        start: None,
        end: None,
        closed,
        customer: None,
        phases: Vec::new(),
        updates: Vec::new(),
    }
}
