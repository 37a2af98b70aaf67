//! What is outside of the program, as operators have set it up: stores, sinks, the mailbox of operations.

use std::sync::Arc;

use registry::contract::Contract;
use registry::derive::egress::hosts;
use registry::model::{Delivery, DeliveryKind, Registry, covers};
use secrecy::ExposeSecret;
use url::Url;

use crate::adapters;
use crate::config::{Config, Mail};
use crate::egress::Egress;
use crate::log::Log;
use crate::ports::{BillingSource, Clock, Correspondence, Operations, ProjectSource, Receipts, Requests, Sink, Store, StoreError};
use crate::store::{self, Patience, SqlStore};

/// What is outside of the program: where leads are kept and delivered to, and what time it is.
#[derive(Clone, Debug)]
pub struct World {
    /// Where leads are kept: the first that can take one does.
    pub stores: Vec<Arc<dyn Store>>,
    /// Where proofs of cookie choices are kept; none without a database.
    pub receipts: Option<Arc<dyn Receipts>>,
    /// Where privacy requests are kept; none without a database.
    pub requests: Option<Arc<dyn Requests>>,
    /// How people are written to about them.
    pub correspondence: Option<Arc<dyn Correspondence>>,
    /// Where leads are delivered to.
    pub sinks: Vec<Arc<dyn Sink>>,
    /// Where clients' projects are read from.
    pub projects: Option<Arc<dyn ProjectSource>>,
    /// Where their invoices and payments are read from.
    pub billing: Option<Arc<dyn BillingSource>>,
    /// Who is told what needs a person.
    pub operations: Option<Arc<dyn Operations>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl World {
    /// Puts together what the configuration names. Nothing is connected yet; a database needs a running tokio.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each: a store that the registry does not declare, or none at all.
    pub fn configured(contract: &Arc<Contract>, config: &Config, clock: Arc<dyn Clock>) -> Result<Self, Vec<String>> {
        let mut problems: Vec<String> = undeclared_store(contract, config).into_iter().collect();
        let egress = Egress::new(&contract.registry, config);
        let mut stores: Vec<Arc<dyn Store>> = Vec::new();
        let mut projects: Option<Arc<dyn ProjectSource>> = None;
        let mut receipts: Option<Arc<dyn Receipts>> = None;
        let mut requests: Option<Arc<dyn Requests>> = None;
        if problems.is_empty() {
            match database(config) {
                Some(Ok(store)) => {
                    let store = Arc::new(store);
                    projects = Some(store.clone());
                    receipts = Some(store.clone());
                    requests = Some(store.clone());
                    stores.push(store);
                }
                Some(Err(error)) => problems.push(error.to_string()),
                None => {}
            }
        }
        stores.extend(adapters::notion_store(contract, config, &egress, &clock));
        stores.extend(adapters::mailbox_store(contract, config, &egress));
        if stores.is_empty() && !contract.registry.forms.is_empty() {
            problems.push("nothing can store a lead: set `DATABASE_URL`, or `NOTION_TOKEN` and `NOTION_LEADS`".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let sinks = adapters::sinks(contract, config, &egress);
        let operations = adapters::operations(contract, config, &egress);
        let correspondence = adapters::correspondence(contract, config, &egress);
        let in_notion = || adapters::notion_projects(config, &egress).map(|projects| -> Arc<dyn ProjectSource> { projects });
        let projects = projects.or_else(in_notion);
        let billing = adapters::billing(config, &egress, Log::default());
        Ok(Self { stores, receipts, requests, correspondence, sinks, projects, billing, operations, clock })
    }
}

/// The database that the configuration names; none where it names none. Nothing is connected yet; it needs a running tokio.
pub fn database(config: &Config) -> Option<Result<SqlStore, StoreError>> {
    Some(store::open(config.database_url.as_ref()?.expose_secret(), Patience::default()))
}

/// The check `undeclared-store`: a database at a company that no recipient names would make the policy untrue. One on this machine is nobody
/// else's.
pub fn undeclared_store(contract: &Contract, config: &Config) -> Option<String> {
    let url = Url::parse(config.database_url.as_ref()?.expose_secret()).ok()?;
    let host = url.host_str().filter(|_| url.scheme() != "sqlite")?;
    let declared = hosts(&contract.registry).into_keys().any(|declared| covers(declared, host));
    (!is_local(host) && !declared).then(|| {
        format!("undeclared-store: no recipient of the registry has the database's host `{host}`: declare the company that runs it, with `calls: [{host}]`")
    })
}

/// Whether a delivery goes by a host of its own recipient: with another company's, the policy names the wrong one. None where its service is
/// not set up, or its address is none. What is on this machine is nobody else's.
pub fn goes_to_its_recipient(registry: &Registry, config: &Config, delivery: &Delivery) -> Option<bool> {
    let address = match delivery.kind {
        DeliveryKind::Page => config.notion.as_ref().map(|_| config.addresses.notion.as_str())?,
        DeliveryKind::Confirmation | DeliveryKind::Notification => match config.mail.as_ref()? {
            Mail::Resend(_) => config.addresses.resend.as_str(),
            Mail::Smtp(url) => url.expose_secret(),
        },
        DeliveryKind::Webhook => config.webhook.as_ref()?.url.expose_secret(),
    };
    let address = Url::parse(address).ok()?;
    let host = address.host_str()?;
    let recipient = registry.recipients.iter().find(|recipient| recipient.id == delivery.to)?;
    Some(is_local(host) || recipient.calls.iter().any(|declared| covers(declared, host)))
}

fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use registry::contract::Site;
    use registry::model::Registry;

    use super::*;
    use crate::ports::SystemClock;

    fn config(database: &str) -> Config {
        let variables = [("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef"), ("DATABASE_URL", database)];
        Config::from_variables(&BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value.to_owned())))).unwrap()
    }

    fn contract(calls: &str) -> Arc<Contract> {
        let recipient = serde_json::json!({ "id": "db", "name": "Db", "self_hosted": false, "certifications": [], "calls": [calls] });
        let registry = Registry { recipients: vec![serde_json::from_value(recipient).unwrap()], ..Registry::default() };
        Arc::new(Contract::of(&registry, Site::default()))
    }

    #[test]
    fn a_database_of_a_company_that_nobody_declared_is_refused() {
        let hosted = config("postgres://u:canary@ep-1.eu.db.example/leads");
        assert_eq!(undeclared_store(&contract("*.db.example"), &hosted), None);
        let problem = undeclared_store(&contract("api.db.example"), &hosted).unwrap();
        assert!(problem.contains("`ep-1.eu.db.example`") && !problem.contains("canary"), "{problem}");
        assert!(World::configured(&contract("api.db.example"), &hosted, Arc::new(SystemClock)).is_err());
    }

    #[test]
    fn a_database_on_this_machine_is_nobody_else_s() {
        let nobody = Contract::of(&Registry::default(), Site::default());
        for database in ["sqlite:leads.db", "postgres://u@localhost/leads", "postgres://127.0.0.1:5432/leads"] {
            assert_eq!(undeclared_store(&nobody, &config(database)), None, "{database}");
        }
    }

    #[test]
    fn a_delivery_goes_to_its_recipient_or_to_this_machine() {
        let delivery = |kind: &str| serde_json::from_value(serde_json::json!({ "to": "db", "as": kind })).unwrap();
        let goes = |calls: &str, mail: &str, kind: &str| {
            let mut config = config("sqlite:leads.db");
            config.mail = Some(Mail::Smtp(mail.to_owned().into()));
            goes_to_its_recipient(&contract(calls).registry, &config, &delivery(kind))
        };
        assert_eq!(goes("mail.example", "smtps://u:p@mail.example", "confirmation"), Some(true));
        assert_eq!(goes("mail.example", "smtps://u:p@other.example", "notification"), Some(false));
        assert_eq!(goes("mail.example", "smtp://127.0.0.1:2525", "notification"), Some(true));
        assert_eq!(goes("mail.example", "no address", "confirmation"), None);
        assert_eq!(goes("mail.example", "smtps://mail.example", "page"), None, "Notion is not set up");
    }
}
