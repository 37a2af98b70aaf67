//! What is outside of the program, as operators have set it up: stores, sinks, the mailbox of operations.

use std::sync::Arc;

use registry::contract::Contract;
use registry::derive::egress::hosts;
use registry::model::covers;
use reqwest::Url;
use secrecy::ExposeSecret;

use crate::adapters;
use crate::config::Config;
use crate::egress::Egress;
use crate::ports::{Clock, Operations, Sink, Store};
use crate::store::{self, Patience};

/// What is outside of the program: where leads are kept and delivered to, and what time it is.
#[derive(Clone, Debug)]
pub struct World {
    /// Where leads are kept: the first that can take one does.
    pub stores: Vec<Arc<dyn Store>>,
    /// Where leads are delivered to.
    pub sinks: Vec<Arc<dyn Sink>>,
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
        if let (Some(url), []) = (&config.database_url, problems.as_slice()) {
            match store::open(url.expose_secret(), Patience::default()) {
                Ok(store) => stores.push(Arc::new(store)),
                Err(error) => problems.push(error.to_string()),
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
        Ok(Self { stores, sinks, operations: adapters::operations(contract, config, &egress), clock })
    }
}

/// The check `undeclared-store`: a database at a company that no recipient names would make the policy untrue. One on this machine is nobody
/// else's.
pub fn undeclared_store(contract: &Contract, config: &Config) -> Option<String> {
    let url = Url::parse(config.database_url.as_ref()?.expose_secret()).ok()?;
    let host = url.host_str().filter(|_| url.scheme() != "sqlite")?;
    let own = matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.is_empty();
    let declared = hosts(&contract.registry).into_keys().any(|declared| covers(declared, host));
    (!own && !declared).then(|| {
        format!("undeclared-store: no recipient of the registry has the database's host `{host}`: declare the company that runs it, with `calls: [{host}]`")
    })
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
}
