//! A site with every kind of record, and stores to keep them in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use functions::adapters;
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::{Lead, LeadId, SinkId};
use functions::personal::Personal;
use functions::ports::{Accepted, Clock, Entry, ProjectSource, Projects, Receipts, Retains, Store};
use functions::project::{CodeHash, Issued, Project, ProjectId};
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

/// Where records are kept, as an instance of the program reaches them.
pub(crate) struct Instance {
    /// Where leads are.
    pub(crate) stores: Vec<Arc<dyn Store>>,
    /// The database among them.
    pub(crate) database: Option<Arc<SqlStore>>,
    /// Where projects are.
    pub(crate) projects: Arc<dyn Projects>,
    /// All that lets go of what is past its period.
    pub(crate) retained: Vec<Arc<dyn Retains>>,
}

/// Where records are kept, and an instance of the program on it.
pub(crate) struct Base {
    pub(crate) contract: Arc<Contract>,
    pub(crate) instance: Instance,
    pub(crate) clock: Arc<Set>,
    /// The address of the database.
    url: Option<String>,
    /// The workspace, which answers as long as this is there.
    pub(crate) notion: Option<Notion>,
    /// The folder of a database that is a file.
    pub(crate) folder: Option<TempDir>,
}

impl Base {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/leads.db", folder.path().display());
        Self { folder: Some(folder), ..Self::of(Some(&url), None).await }
    }

    /// A database at an address.
    pub(crate) async fn at(url: &str) -> Self {
        Self::of(Some(url), None).await
    }

    /// No database.
    pub(crate) async fn notion() -> Self {
        Self::of(None, Some(Notion::start(&contract()).await.unwrap())).await
    }

    /// A database, and Notion, which takes over where that is out of reach.
    pub(crate) async fn both() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/leads.db", folder.path().display());
        Self { folder: Some(folder), ..Self::of(Some(&url), Some(Notion::start(&contract()).await.unwrap())).await }
    }

    async fn of(url: Option<&str>, notion: Option<Notion>) -> Self {
        let (contract, clock) = (contract(), Arc::new(Set(Mutex::new(Timestamp::UNIX_EPOCH))));
        let instance = instance(&contract, url, notion.as_ref(), &clock);
        if let Some(database) = &instance.database {
            database.migrate().await.unwrap();
        }
        Self { contract, instance, clock, url: url.map(str::to_owned), notion, folder: None }
    }

    /// Another instance of the program, with connections of its own.
    pub(crate) fn another(&self) -> Instance {
        instance(&self.contract, self.url.as_deref(), self.notion.as_ref(), &self.clock)
    }

    /// The store that takes leads.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.instance.stores[0]
    }

    /// A lead of somebody, in the store of a number.
    pub(crate) async fn lead_in(&self, store: usize, received: Timestamp, contacted: Timestamp, email: &str) -> LeadId {
        let mut entry = entry(received, contacted);
        let values = [("name".to_owned(), json!("canary Ada")), ("email".to_owned(), json!(email))];
        entry.lead.values = Personal::new(values.into());
        let stores = &self.instance.stores;
        assert_eq!(stores[store % stores.len()].accept(&entry).await.unwrap(), Accepted::New);
        entry.lead.id
    }

    pub(crate) async fn lead(&self, received: Timestamp, contacted: Timestamp) -> LeadId {
        self.lead_in(0, received, contacted, "ada@a.example").await
    }

    /// A project with a code.
    pub(crate) async fn project(&self, id: &str, closed: Option<Date>) {
        let store = &self.instance.projects;
        store.put(&[project(id, closed)]).await.unwrap();
        let issued = Issued { id: id.to_owned(), project: ProjectId(id.to_owned()), made: Timestamp::UNIX_EPOCH, revoked: None };
        assert!(store.issue(&CodeHash(format!("hash-of-{id}")), &issued).await.unwrap());
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
        if let Some(store) = &self.instance.database {
            store.keep(&receipt).await.unwrap();
        }
        receipt.id
    }
}

fn instance(contract: &Arc<Contract>, url: Option<&str>, notion: Option<&Notion>, clock: &Arc<Set>) -> Instance {
    let clock: Arc<dyn Clock> = clock.clone();
    // Others may keep this machine busy: no test may fail because an answer took seconds.
    let minute = Duration::from_secs(60);
    let database = url.map(|url| Arc::new(store::open(url, Patience { connect: minute, answer: minute }).unwrap()));
    let mut stores: Vec<Arc<dyn Store>> = database.iter().cloned().map(|database| -> Arc<dyn Store> { database }).collect();
    let mut projects = database.clone().map(|database| -> Arc<dyn Projects> { database });
    let mut retained = Vec::new();
    if let Some(notion) = notion {
        let mut config = config();
        notion.configure(&mut config);
        notion.configure_projects(&mut config);
        let egress = Egress::new(&contract.registry, &config);
        stores.push(adapters::notion_store(contract, &config, &egress, &clock).unwrap());
        if projects.is_none() {
            let in_notion = adapters::notion_projects(&config, &egress).unwrap();
            retained.extend(in_notion.clone().retained());
            projects = Some(in_notion);
        }
    }
    let of_stores = stores.iter().cloned().map(|store| -> Arc<dyn Retains> { store });
    Instance { retained: of_stores.chain(retained).collect(), stores, database, projects: projects.unwrap() }
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

/// A project with something in it, and a client who has invoices.
pub(crate) fn project(id: &str, closed: Option<Date>) -> Project {
    let text = json!({
        "id": id,
        "name": "canary project",
        "status": "in-progress",
        "closed": closed,
        "customer": "cus_canary",
        "phases": [{ "name": "canary phase", "status": "done", "milestones": [{ "name": "canary review", "status": "done" }] }],
        "updates": [{ "day": "2027-01-01", "title": "canary update" }],
    });
    serde_json::from_value(text).unwrap()
}
