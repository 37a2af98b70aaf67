//! A program with its store and the stand-ins of all that it calls, the passing of time, and the count of where leads have got to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::Method;
use functions::config::Config;
use functions::contract;
use functions::egress::{Call, Egress};
use functions::lead::{LeadId, OutboxRow};
use functions::ports::{Filter, Store, SystemClock};
use functions::stand_ins::{Make, Notion, Resend};
use functions::store::{self, Patience};
use functions::world::World;
use jiff::{SignedDuration, Timestamp};
use registry::contract::Contract;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::AnyPool;
use tempfile::TempDir;

use crate::people::Submission;
use crate::program::{Answer, Log, Program, Written, ask};

pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
const CRON: &str = "a secret of the clock";

/// Where leads are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// In the file `base/leads.db` of the program's folder.
    Sqlite,
    /// In a database of a server.
    Postgresql(String),
    /// In Notion alone.
    Notion,
}

impl Base {
    pub(crate) const fn sqlite() -> Self {
        Self::Sqlite
    }
}

/// A program and all around it.
pub(crate) struct Stage {
    pub(crate) base: Base,
    pub(crate) program: Program,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) notion: Notion,
    pub(crate) resend: Resend,
    pub(crate) make: Make,
    pub(crate) written: Written,
    pub(crate) folder: TempDir,
    contract: Arc<Contract>,
}

impl Stage {
    /// On an empty store, with its program running.
    pub(crate) async fn on(base: Base) -> Self {
        let contract = Arc::new(contract::embedded().unwrap());
        let (notion, resend, make) =
            (Notion::start(&contract).await.unwrap(), Resend::start().await.unwrap(), Make::start().await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        let mut set = |name: &str, value: &str| _ = variables.insert(name.to_owned(), value.to_owned());
        for (name, value) in [
            ("PLAINSITE_SECRET", SECRET),
            ("CRON_SECRET", CRON),
            ("MAIL_FROM", "Acme <hello@acme.example>"),
            ("OPERATIONS_EMAIL", "Operations <ops@acme.example>"),
            ("FORMS_PER_ADDRESS", "100000"),
            ("NOTION_TOKEN", Notion::TOKEN),
            ("NOTION_LEADS", Notion::LEADS),
            ("RESEND_API_KEY", Resend::KEY),
            ("WEBHOOK_KEY", Make::KEY),
        ] {
            set(name, value);
        }
        let mut config = Config::from_variables(&BTreeMap::from([("PLAINSITE_SECRET".to_owned(), SECRET.to_owned())])).unwrap();
        notion.configure(&mut config);
        resend.configure(&mut config);
        make.configure(&mut config);
        set("NOTION_URL", &config.addresses.notion);
        set("RESEND_URL", &config.addresses.resend);
        set("WEBHOOK_URL", config.webhook.unwrap().url.expose_secret());
        let url = match &base {
            Base::Sqlite => {
                std::fs::create_dir(folder.path().join("base")).unwrap();
                Some(format!("sqlite:{}", folder.path().join("base/leads.db").display()))
            }
            Base::Postgresql(url) => Some(url.clone()),
            Base::Notion => None,
        };
        if let Some(url) = url {
            set("DATABASE_URL", &url);
            store::open(&url, Patience::default()).unwrap().migrate().await.unwrap();
        }
        let written = Written::default();
        let program = Program::start(&variables, folder.path(), &written, Log::Read);
        Self { base, program, variables, notion, resend, make, written, folder, contract }
    }

    /// Kills the program, and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(Log::Read).await;
    }

    pub(crate) async fn restart_with(&mut self, log: Log) {
        self.program.kill();
        // What the program had sent to Notion comes before this, so that it is carried out by now, and takes no fault that is meant for later.
        let notion = self.variables["NOTION_URL"].strip_prefix("http://").unwrap().parse().unwrap();
        ask(notion, "GET /", "", "").await.expect("the stand-in answers");
        self.program = Program::start(&self.variables, self.folder.path(), &self.written, log);
    }

    /// The stores of the program, as another process opens them.
    pub(crate) fn stores(&self) -> Vec<Arc<dyn Store>> {
        World::configured(&self.contract, &self.config(), Arc::new(SystemClock)).unwrap().stores
    }

    /// The first of them.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.stores().swap_remove(0)
    }

    fn config(&self) -> Config {
        Config::from_variables(&self.variables).unwrap()
    }

    /// Connections to the database, for what no program does to it.
    pub(crate) async fn database(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPool::connect(&self.variables["DATABASE_URL"]).await.unwrap()
    }

    /// The ids of all leads in the store.
    pub(crate) async fn stored(&self) -> Vec<LeadId> {
        let mut ids: Vec<LeadId> = self.store().leads(&Filter::default()).await.unwrap().iter().map(|lead| lead.id).collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) async fn deliveries(&self) -> Vec<OutboxRow> {
        self.store().deliveries(&Filter::default()).await.unwrap()
    }

    /// Sends a submission once.
    pub(crate) async fn send(&self, submission: &Submission) -> Option<Answer> {
        submission.send(self.program.address).await
    }

    /// Sends a submission as its client does: until it is acknowledged.
    pub(crate) async fn acknowledged(&self, submission: &Submission) -> LeadId {
        let answer = self.send(submission).await.expect("the program runs");
        answer.acknowledged().unwrap_or_else(|| panic!("{answer:?}\n{}", self.written.text()))
    }

    /// Sends a submission, and waits until so many of its deliveries were attempted and marked.
    pub(crate) async fn attempted(&self, submission: &Submission, deliveries: usize) -> LeadId {
        let before = self.written.events("delivered");
        let lead = self.acknowledged(submission).await;
        self.written.has("delivered", before + deliveries).await;
        lead
    }

    /// How many deliveries a lead has beside what its store is itself.
    pub(crate) fn sinks(&self) -> usize {
        if self.base == Base::Notion { 3 } else { 4 }
    }

    /// Starts the program again with other variables.
    pub(crate) async fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
        self.restart().await;
    }

    /// The host's clock calls.
    pub(crate) async fn job(&self) -> Answer {
        let headers = format!("authorization: Bearer {CRON}\r\n");
        ask(self.program.address, "GET /api/jobs/outbox", &headers, "").await.expect("the program runs")
    }

    /// Time passes: what is stored moves into the past. Notion has no transactions, so that nothing else may change its pages meanwhile.
    pub(crate) async fn later(&mut self, seconds: i64) {
        if self.base == Base::Notion {
            self.restart().await;
            return self.pages_later(SignedDuration::from_secs(seconds)).await;
        }
        let database = self.database().await;
        for text in [
            "UPDATE deliveries SET due = due - $1, first_attempt = first_attempt - $1, leased_until = leased_until - $1",
            "UPDATE stopped_sinks SET until = until - $1",
            "UPDATE jobs SET ran = ran - $1",
        ] {
            sqlx::query(text).bind(seconds * 1_000_000).execute(&database).await.unwrap();
        }
        database.close().await;
    }

    async fn pages_later(&self, passed: SignedDuration) {
        let moved = |value: &mut Value| {
            if let Some(time) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
                *value = json!(time - passed);
            }
        };
        let config = self.config();
        let egress = Egress::new(&self.contract.registry, &config);
        for page in self.notion.pages() {
            let pieces = page["properties"]["Delivery"]["rich_text"].as_array().unwrap();
            let text: String = pieces.iter().filter_map(|piece| piece["plain_text"].as_str()).collect();
            let mut state: Value = serde_json::from_str(&text).unwrap();
            for row in state["rows"].as_array_mut().unwrap() {
                moved(&mut row["due"]);
                moved(&mut row["first_attempt"]);
                if let Some(lease) = row.get_mut("lease") {
                    moved(&mut lease["until"]);
                }
            }
            let text = state.to_string();
            let pieces: Vec<Value> = text.as_bytes().chunks(2000).map(|piece| text_piece(&String::from_utf8_lossy(piece))).collect();
            let mut next = page["properties"]["Next attempt"]["date"].clone();
            if let Some(start) = next.get_mut("start") {
                moved(start);
                next = json!({ "start": start });
            }
            let change = json!({ "properties": { "Delivery": { "rich_text": pieces }, "Next attempt": { "date": next } } });
            let url = format!("{}/v1/pages/{}", config.addresses.notion, page["id"].as_str().unwrap());
            let call =
                Call::new(Method::PATCH, url).bearer(&Notion::TOKEN.to_owned().into()).header("notion-version", "2025-09-03").json(&change);
            let answer = egress.call(call).await.unwrap();
            assert!(answer.is_ok(), "{}", answer.text());
        }
    }

    /// Time passes and the clock calls, until nothing waits any more.
    pub(crate) async fn drained(&mut self) {
        for _ in 0..8 {
            self.later(600).await;
            let answer = self.job().await;
            assert_eq!(answer.status, 200, "{answer:?}\n{}", self.written.text());
            if self.store().counts(Timestamp::now()).await.unwrap().pending == 0 {
                return;
            }
        }
        panic!("something waits for ever: {:#?}\n{}", self.deliveries().await, self.written.text());
    }

    /// Everything is once where it belongs, and there is nothing else. The webhook is called again only where the program was killed between
    /// a call and its mark; then its receiver sees the same id, at most `calls` times.
    pub(crate) async fn each_once(&self, leads: &[LeadId], calls: usize) {
        let sorted = |mut ids: Vec<String>| {
            ids.sort_unstable();
            ids
        };
        let wanted = sorted(leads.iter().map(LeadId::to_string).collect());
        assert_eq!(sorted(self.stored().await.iter().map(LeadId::to_string).collect()), wanted, "the store");
        assert_eq!(sorted(self.pages()), wanted, "Notion");
        for kind in ["confirmation", "notification"] {
            let keys = self.resend.mails().into_iter().filter_map(|mail| mail.key.strip_suffix(&format!("/{kind}")).map(str::to_owned));
            assert_eq!(sorted(keys.collect()), wanted, "{kind}");
        }
        let mut called: BTreeMap<String, usize> = BTreeMap::new();
        for call in self.make.calls() {
            assert_eq!(call.header("idempotency-key"), call.body["id"].as_str());
            *called.entry(call.body["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert_eq!(called.keys().cloned().collect::<Vec<_>>(), wanted, "the webhook");
        assert!(called.values().all(|times| *times <= calls), "the webhook was called too often: {called:?}");
    }

    /// The ids of the leads that have a page.
    pub(crate) fn pages(&self) -> Vec<String> {
        let id = |page: &Value| page["properties"]["Lead id"]["rich_text"][0]["plain_text"].as_str().unwrap().to_owned();
        self.notion.pages().iter().map(id).collect()
    }

    /// How often Notion was asked to make a page.
    pub(crate) fn made(&self) -> usize {
        self.notion.calls().iter().filter(|call| call.method == "POST" && call.path == "/v1/pages").count()
    }

    /// The subjects of what operations were told.
    pub(crate) fn alerts(&self) -> Vec<String> {
        self.resend.mails().into_iter().filter(|mail| mail.key.starts_with("alert/")).map(|mail| mail.subject).collect()
    }

    /// How many calls of all services have arrived.
    pub(crate) fn calls(&self) -> usize {
        self.notion.calls().len() + self.resend.calls().len() + self.make.calls().len()
    }

    /// Waits until so many have arrived.
    pub(crate) async fn called(&self, times: usize) {
        loop {
            let (notion, resend, make) = (self.notion.calls().len(), self.resend.calls().len(), self.make.calls().len());
            if notion + resend + make >= times {
                return;
            }
            tokio::select! {
                () = self.notion.called(notion + 1) => {}
                () = self.resend.called(resend + 1) => {}
                () = self.make.called(make + 1) => {}
            }
        }
    }

    /// Every file in the program's folder but the database itself.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let folders = [self.folder.path().to_owned(), self.folder.path().join("base")];
        let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file() && !path.file_name().unwrap().to_string_lossy().starts_with("leads.db")).collect()
    }
}

fn text_piece(text: &str) -> Value {
    json!({ "type": "text", "text": { "content": text } })
}
