//! The doctor, on stand-ins and databases of this machine.

use functions::adapters::notion::Use;
use functions::stand_ins::{Fault, MailServer, Make, Notion, Resend, Stripe};
use functions::store::{self, Patience};

use super::finding::{Finding, Grade};
use super::fixture::{config, contract, delivering, variables, with_portal};
use super::*;

/// Everything that a delivery needs; the services are those of `config`.
const ALL: [(&str, &str); 9] = [
    ("CRON_SECRET", "canary-canary-canary"),
    ("NOTION_TOKEN", "canary-token"),
    ("NOTION_LEADS", "canary-leads"),
    ("RESEND_API_KEY", "canary-key"),
    ("MAIL_FROM", "Canary <canary@acme.example>"),
    ("OPERATIONS_EMAIL", "canary@acme.example"),
    ("WEBHOOK_URL", "https://hook.make.example/canary"),
    ("WEBHOOK_KEY", "canary-webhook"),
    ("FORMS_PER_ADDRESS", "5"),
];

/// The findings as lines, in which no value of a variable may stand.
fn lines(findings: &[Finding]) -> Vec<String> {
    for format in [Format::Human, Format::Short, Format::Json] {
        let told = finding::told(findings, format).to_lowercase();
        assert!(!told.contains("canary") && !told.contains("stand_in"), "{told}");
    }
    finding::told(findings, Format::Short).lines().map(str::to_owned).collect()
}

/// The problems among findings.
fn problems(findings: &[Finding]) -> Vec<String> {
    let faulty: Vec<Finding> = findings.iter().filter(|finding| finding.grade == Grade::Problem).cloned().collect();
    lines(&faulty)
}

fn has(lines: &[String], start: &str, part: &str) -> bool {
    lines.iter().any(|line| line.starts_with(start) && line.contains(part))
}

#[test]
fn variables_are_set_missing_wrong_or_of_no_use() {
    let registry = &contract().registry;
    let all = lines(&variables::examine(registry, &variables(&ALL)));
    assert_eq!(all.len(), VARIABLES.len(), "a line each");
    assert!(has(&all, "ok NOTION_TOKEN", "is set: the token of the Notion connection"), "{all:#?}");
    assert!(has(&all, "note DATABASE_URL", "is not set: the store"), "{all:#?}");
    assert!(!all.iter().any(|line| line.starts_with("problem")), "{all:#?}");

    let none = problems(&variables::examine(registry, &Variables::new()));
    let missing = [
        "PLAINSITE_SECRET",
        "CRON_SECRET",
        "NOTION_TOKEN",
        "NOTION_LEADS",
        "RESEND_API_KEY",
        "MAIL_FROM",
        "OPERATIONS_EMAIL",
        "WEBHOOK_URL",
    ];
    let named: Vec<&str> = none.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(named, missing);

    let wrong = [("CRON_SECRET", "canary"), ("DATABASE_URL", "canary://"), ("SMTP_URL", "canary"), ("FORMS_PER_ADDRESS", "canary")];
    let wrong = problems(&variables::examine(registry, &variables(&[&ALL[1..8], &wrong[..]].concat())));
    assert!(has(&wrong, "problem CRON_SECRET", "fewer than 16 characters"), "{wrong:#?}");
    assert!(has(&wrong, "problem DATABASE_URL", "begins with neither"), "{wrong:#?}");
    assert!(has(&wrong, "problem RESEND_API_KEY", "both"), "{wrong:#?}");
    assert!(has(&wrong, "problem FORMS_PER_ADDRESS", "no whole number"), "{wrong:#?}");

    let few = delivering("deliver: [{ to: notion, as: page }]\n");
    let few = lines(&variables::examine(&few.registry, &variables(&ALL)));
    assert!(has(&few, "note WEBHOOK_URL", "nothing of this site uses it"), "{few:#?}");
    assert!(has(&few, "ok RESEND_API_KEY", "is set"), "operations are told by e-mail: {few:#?}");
}

/// The outside services.
struct Services {
    notion: Notion,
    resend: Resend,
    make: Make,
}

impl Services {
    async fn start() -> Self {
        let contract = contract();
        Self { notion: Notion::start(&contract).await.unwrap(), resend: Resend::start().await.unwrap(), make: Make::start().await.unwrap() }
    }

    fn config(&self, set: &[(&str, &str)]) -> Config {
        let mut config = config(&[&ALL[..], set].concat());
        self.notion.configure(&mut config);
        self.resend.configure(&mut config);
        self.make.configure(&mut config);
        config
    }

    async fn examined(&self, set: &[(&str, &str)]) -> Vec<Finding> {
        services::examine(&contract(), &variables(&ALL), &self.config(set)).await
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_healthy_set_up_has_no_problem() {
    let services = Services::start().await;
    let found = services.examined(&[]).await;
    assert_eq!(problems(&found), Vec::<String>::new());
    let told = lines(&found);
    assert!(has(&told, "ok contact: notion:page", "the service lets us in"), "{told:#?}");
    assert!(has(&told, "ok contact: make:webhook", "none was made"), "{told:#?}");
    assert!(has(&told, "ok contact: columns", "all 10 are there"), "{told:#?}");
    assert!(has(&told, "note limits", "in each instance"), "{told:#?}");
    assert!(services.make.calls().is_empty() && services.resend.mails().is_empty() && services.notion.pages().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn a_free_workspace_is_told() {
    let services = Services::start().await;
    services.notion.be_free();
    let told = lines(&services.examined(&[]).await);
    assert!(has(&told, "note contact: notion:page", "no page after 1000 blocks"), "{told:#?}");
}

#[tokio::test(flavor = "current_thread")]
async fn each_service_that_refuses_is_told_with_the_remedy() {
    let services = Services::start().await;
    services.notion.fail_next([Fault::Unauthorized, Fault::Unauthorized]);
    services.resend.fail_next([Fault::Unauthorized, Fault::Unauthorized]);
    let told = problems(&services.examined(&[]).await);
    assert!(has(&told, "problem contact: notion:page", "help: copy the connection's secret anew"), "{told:#?}");
    assert!(has(&told, "problem contact: resend:confirmation", "help: make a key with sending access"), "{told:#?}");

    services.notion.fail_next([Fault::Missing]);
    services.notion.drop_column("Lead id");
    let told = problems(&services.examined(&[]).await);
    assert!(has(&told, "problem contact: notion:page", "give the connection access"), "{told:#?}");
    assert!(has(&told, "problem contact: columns", "the column `Lead id` is missing"), "{told:#?}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_delivery_by_another_company_or_without_keys_is_a_problem() {
    let services = Services::start().await;
    let mut config = services.config(&[]);
    config.mail = Some(functions::config::Mail::Smtp("smtps://canary:canary@hook.make.example".to_owned().into()));
    let told = problems(&services::examine(&contract(), &variables(&ALL), &config).await);
    assert!(has(&told, "problem contact: resend:notification", "none of `resend`"), "{told:#?}");

    let none = super::fixture::config(&[]);
    let told = problems(&services::examine(&contract(), &variables(&[]), &none).await);
    assert!(has(&told, "problem contact: resend:confirmation", "help: set `RESEND_API_KEY` or `SMTP_URL`, `MAIL_FROM`"), "{told:#?}");
    assert!(has(&told, "problem contact: store", "nothing can store a lead"), "{told:#?}");

    let server = MailServer::start().await.unwrap();
    server.configure(&mut config);
    let told = problems(&services::examine(&contract(), &variables(&ALL), &config).await);
    assert_eq!(told, Vec::<String>::new(), "a mail server on this machine");
}

#[tokio::test(flavor = "current_thread")]
async fn a_database_is_declared_in_reach_and_migrated() {
    let services = Services::start().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/leads.db", folder.path().display());
    let told = problems(&services.examined(&[("DATABASE_URL", &url)]).await);
    assert!(has(&told, "problem database", "run `plainsite doctor --migrate`"), "{told:#?}");
    let store = store::open(&url, Patience::default()).unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let found = services.examined(&[("DATABASE_URL", &url)]).await;
    assert_eq!(problems(&found), Vec::<String>::new());
    let told = lines(&found);
    assert!(has(&told, "ok database", "sqlite answers") && has(&told, "ok limits", "for all instances together"), "{told:#?}");
    assert!(has(&told, "ok contact: columns", "all 7 are there"), "{told:#?}");

    let told = problems(&services.examined(&[("DATABASE_URL", "postgres://canary:canary@db.example/canary")]).await);
    assert!(
        has(&told, "problem database", "undeclared-store: no recipient of the registry has the database's host `db.example`"),
        "{told:#?}"
    );
    // Nothing listens on the port that was free a moment ago.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let gone = format!("postgres://canary:canary@127.0.0.1:{port}/canary");
    let told = problems(&services.examined(&[("DATABASE_URL", &gone)]).await);
    assert!(has(&told, "problem database", "does not answer in time"), "{told:#?}");
}

#[tokio::test(flavor = "current_thread")]
async fn the_portal_has_projects_and_a_key_that_reads() {
    let (services, stripe, contract) = (Services::start().await, Stripe::start().await.unwrap(), with_portal());
    let examined = async |config: &Config| services::examine(&contract, &variables(&ALL), config).await;
    let mut config = services.config(&[]);
    let told = lines(&examined(&config).await);
    assert!(has(&told, "problem portal: projects", "the portal is closed"), "{told:#?}");
    assert!(has(&told, "note portal: invoices", "`STRIPE_API_KEY` is not set"), "{told:#?}");

    services.notion.configure_projects(&mut config);
    stripe.configure(&mut config);
    let found = examined(&config).await;
    assert_eq!(problems(&found), Vec::<String>::new());
    let told = lines(&found);
    assert!(has(&told, "ok portal: projects", "all 9") && has(&told, "ok portal: steps", "all 11"), "{told:#?}");
    assert!(has(&told, "ok portal: invoices", "cannot give money back"), "{told:#?}");

    config.stripe = Some(Stripe::WRITING_KEY.to_owned().into());
    services.notion.drop_column("Kind");
    let told = problems(&examined(&config).await);
    assert!(has(&told, "problem portal: invoices", "can do more"), "{told:#?}");
    assert!(has(&told, "problem portal: steps", "the column `Kind` is missing"), "{told:#?}");

    config.stripe = Some("rk_live_canary".to_owned().into());
    config.notion_projects.as_mut().unwrap().token = Notion::TOKEN.to_owned().into();
    let told = problems(&examined(&config).await);
    assert!(has(&told, "problem portal: invoices", "make a restricted key"), "{told:#?}");
    assert!(has(&told, "problem portal: projects", "give the connection access"), "{told:#?}");
    assert!(has(&told, "problem portal: projects", "create another connection"), "{told:#?}");

    let made = columns::to_make(&contract.registry, Format::Short);
    assert!(made.contains("portal: steps Kind select without a database Phase, Milestone, Deliverable, Update"), "{made}");
    assert!(made.contains("portal: steps Phase relation without a database portal: steps"), "{made}");
}

#[test]
fn the_host_has_to_call_the_jobs() {
    let registry = &contract().registry;
    let grade = |hosting: Option<&str>| jobs(registry, hosting).map(|finding| finding.grade);
    assert_eq!(grade(None), Some(Grade::Note));
    assert_eq!(grade(Some("{}")), Some(Grade::Problem));
    assert_eq!(grade(Some("{\"crons\": [{\"path\": \"/api/jobs/outbox\"}]}")), Some(Grade::Problem));
    let both = "{\"crons\": [{\"path\": \"/api/jobs/outbox\"}, {\"path\": \"/api/jobs/retention\"}]}";
    assert_eq!(grade(Some(both)), Some(Grade::Ok));
    assert_eq!(jobs(&Registry::default(), Some("{}")), None, "a site without forms");
}

#[test]
fn columns_to_make_are_those_that_are_looked_for() {
    let registry = &contract().registry;
    let short = columns::to_make(registry, Format::Short);
    assert!(short.contains("contact Name title always") && short.contains("contact Size select always Small, Large"), "{short}");
    assert!(short.contains("contact Delivery rich_text without a database"), "{short}");
    let json: Json = serde_json::from_str(&columns::to_make(registry, Format::Json)).unwrap();
    let property = |row: &Json| (row["column"].as_str().unwrap().to_owned(), serde_json::json!({ "type": row["type"] }));
    let made: serde_json::Map<String, Json> = json.as_array().unwrap().iter().map(property).collect();
    let findings = columns::judge(registry, Use::Store, &serde_json::json!({ "properties": made }));
    assert_eq!(problems(&findings), Vec::<String>::new());
    assert!(!problems(&columns::judge(registry, Use::Store, &serde_json::json!({}))).is_empty());
}
