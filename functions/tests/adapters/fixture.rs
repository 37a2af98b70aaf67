//! A site with a form, a lead, a clock that stands still, and the outside world as stand-ins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use functions::adapters;
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::{DeliveryState, Lead, OutboxRow, Outcome, SinkId};
use functions::personal::Personal;
use functions::ports::{Claim, Clock, Entry, Sink, Store};
use functions::stand_ins::{MailServer, Make, Notion, Resend};
use jiff::Timestamp;
use registry::contract::{Contract, Site};
use registry::model::{CaptureKind, DeliveryKind};
use registry::yaml::{self, Meaning, Node, Value as Yaml};
use serde_json::{Map, Value, json};

/// When everything happens.
pub(crate) const NOW: &str = "2026-06-01T10:20:30.5Z";

/// The lead's id.
pub(crate) const LEAD: &str = "019e0000-0000-7000-8000-000000000001";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// A clock that is set.
#[derive(Debug)]
pub(crate) struct Set(pub(crate) Mutex<Timestamp>);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The site of the tests, with the templates and words that sites have.
pub(crate) fn contract() -> Arc<Contract> {
    contract_of(include_str!("contact.yaml"))
}

/// The same with another form.
pub(crate) fn contract_of(form: &str) -> Arc<Contract> {
    let (privacy, contact) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
    let read = registry::resolve::registry(Some((&privacy, include_str!("site.yaml"))), &[(&contact, form)]);
    assert_eq!(read.diagnostics, [], "the site of the tests can be read");
    let site = Site {
        base_url: "https://acme.example".into(),
        languages: vec!["en".into(), "fr".into()],
        words: ["en", "fr"].map(|code| (code.to_owned(), words(code))).into(),
        templates: emails(),
        ..Site::default()
    };
    Arc::new(Contract::of(&read.value.registry, site))
}

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/templates")
}

fn emails() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(templates().join("emails")).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (format!("emails/{}", path.file_name().unwrap().to_str().unwrap()), std::fs::read_to_string(path).unwrap())).collect()
}

fn words(language: &str) -> Map<String, Value> {
    let path = templates().join(format!("i18n/{language}.yaml"));
    let root = yaml::parse(&Arc::from("words.yaml"), &std::fs::read_to_string(path).unwrap(), 0).value.unwrap();
    json_of(&root).as_object().unwrap().clone()
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Yaml::Map(entries) => Value::Object(entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.value))).collect()),
        Yaml::List(items) => items.iter().map(json_of).collect(),
        Yaml::Scalar(scalar) => match scalar.meaning() {
            Meaning::Null => Value::Null,
            _ => json!(node.as_text()),
        },
    }
}

/// A lead with a value of its own in every field, so that each is told wherever it turns up.
pub(crate) fn lead() -> Lead {
    let values = json!({
        "name": "Ada <b>canary-name</b> “Lovelace”",
        "email": "canary-email@visitor.example",
        "phone": "+33 1 23 45 67 89",
        "package": "undecided",
        "message": "canary-message\r\nBcc: everybody@victim.example\r\n\r\n<script>alert(1)</script> {{ words }} 🦀",
        "slot": "2026-06-05T14:30",
        "website": "https://canary-website.example/?a=1&b=2",
        "news": true,
        "status": "canary-status",
        "trap": "canary-trap",
    });
    Lead {
        id: LEAD.parse().unwrap(),
        form: "contact".into(),
        language: "fr".into(),
        received: now(),
        contacted: now(),
        values: serde_json::from_value(values).unwrap(),
        captured: Personal::new(BTreeMap::from([
            (CaptureKind::Utm, "utm_source=canary-utm".to_owned()),
            (CaptureKind::IpAddress, "203.0.113.77".to_owned()),
        ])),
        held: Vec::new(),
    }
}

/// The outside world.
pub(crate) struct World {
    pub(crate) contract: Arc<Contract>,
    pub(crate) config: Config,
    pub(crate) notion: Notion,
    pub(crate) resend: Resend,
    pub(crate) make: Make,
    pub(crate) clock: Arc<Set>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(contract()).await
    }

    pub(crate) async fn of(contract: Arc<Contract>) -> Self {
        let variables = [
            ("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef"),
            ("MAIL_FROM", "Acme <hello@acme.example>"),
            ("OPERATIONS_EMAIL", "Operations <ops@acme.example>"),
        ];
        let mut config = Config::from_variables(&variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap();
        let (notion, resend, make) =
            (Notion::start(&contract).await.unwrap(), Resend::start().await.unwrap(), Make::start().await.unwrap());
        notion.configure(&mut config);
        resend.configure(&mut config);
        make.configure(&mut config);
        Self { contract, config, notion, resend, make, clock: Arc::new(Set(Mutex::new(now()))) }
    }

    /// E-mails go by a mail server from now on.
    pub(crate) async fn mail_server(&mut self) -> MailServer {
        let server = MailServer::start().await.unwrap();
        server.configure(&mut self.config);
        server
    }

    pub(crate) fn egress(&self) -> Arc<Egress> {
        Egress::new(&self.contract.registry, &self.config)
    }

    pub(crate) fn sink(&self, recipient: &str, kind: DeliveryKind) -> Arc<dyn Sink> {
        let id = SinkId::new(recipient, kind);
        let sinks = adapters::sinks(&self.contract, &self.config, &self.egress());
        sinks.into_iter().find(|sink| *sink.id() == id).unwrap()
    }

    pub(crate) fn notion_store(&self) -> Arc<dyn Store> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        adapters::notion_store(&self.contract, &self.config, &self.egress(), &clock).unwrap()
    }

    pub(crate) fn mailbox_store(&self) -> Arc<dyn Store> {
        adapters::mailbox_store(&self.contract, &self.config, &self.egress()).unwrap()
    }
}

/// A first attempt of a delivery.
pub(crate) fn claim(sink: &dyn Sink, lead: Lead) -> Claim {
    let row = OutboxRow {
        lead: lead.id,
        sink: sink.id().clone(),
        state: DeliveryState::Pending,
        attempts: 0,
        first_attempt: Some(now()),
        due: now(),
        failure: None,
        reference: None,
    };
    Claim { row, lead, lease: "lease".into() }
}

/// The next attempt, some time after the first.
pub(crate) fn again(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    claim.row.attempts += 1;
    claim
}

/// A delivery of the lead, attempted once.
pub(crate) async fn deliver(sink: &dyn Sink) -> Outcome {
    sink.deliver(&claim(sink, lead()), now()).await
}

/// The lead as a submission under a key.
pub(crate) fn entry(contract: &Contract, key: &str, lead: Lead) -> Entry {
    let sinks = contract.registry.forms[0].deliver.iter().map(SinkId::of).collect();
    Entry { lead, key: key.into(), fingerprint: format!("digest of {key}"), proof: None, limits: Vec::new(), sinks }
}

/// Half a minute.
pub(crate) const LEASE: Duration = Duration::from_secs(30);
