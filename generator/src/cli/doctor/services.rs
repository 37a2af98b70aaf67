//! The outside services, against what the site declares: where leads are kept, where they are delivered to, and which limits hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use functions::adapters::{self, notion};
use functions::config::Config;
use functions::egress::Egress;
use functions::guard;
use functions::lead::{Failure, SinkId};
use functions::ports::{Retains, Store, StoreError};
use functions::world;
use registry::contract::Contract;
use registry::model::{Delivery, DeliveryKind, Form, Registry};

use super::columns;
use super::finding::Finding;
use super::portal;
use super::variables::{Variables, is_set, needed};

/// Asks every service that is set up. Nothing is sent that anybody would see.
pub(super) async fn examine(contract: &Arc<Contract>, variables: &Variables, config: &Config) -> Vec<Finding> {
    let (registry, egress) = (&contract.registry, Egress::new(&contract.registry, config));
    let mut findings = database(contract, config).await;
    findings.extend(registry.forms.iter().filter_map(|form| kept(form, config)));
    findings.push(limits(config));
    findings.extend(guesses(registry, config));
    findings.extend(deliveries(contract, variables, config, &egress).await);
    if let Some(api) = notion::Api::of(config, &egress)
        && let Ok(data_source) = api.data_source().await
    {
        let of = if config.database_url.is_some() { notion::Use::Sink } else { notion::Use::Store };
        findings.extend(columns::judge(registry, of, &data_source));
    }
    findings.extend(portal::examine(registry, config, &egress).await);
    findings
}

/// The database: declared, in reach, with its tables.
async fn database(contract: &Contract, config: &Config) -> Vec<Finding> {
    const OF: &str = "database";
    if let Some(problem) = world::undeclared_store(contract, config) {
        return vec![Finding::problem(OF, problem, "`plainsite explain undeclared-store`; it was not asked anything")];
    }
    let store = match world::database(config) {
        None => return Vec::new(),
        Some(Ok(store)) => store,
        Some(Err(error)) => return vec![Finding::problem(OF, error.to_string(), "correct `DATABASE_URL`")],
    };
    let state = match store.ready().await {
        Ok(()) => store.whole().await,
        Err(error) => Err(error),
    };
    let mut findings = vec![match state {
        Err(StoreError::Restored) => Finding::problem(
            OF,
            "stands elsewhere than when it was last known whole: it was restored, copied or upgraded, and hands nothing out",
            "`plainsite requests replay` with the log of erasures",
        ),
        Ok(()) => Finding::ok(OF, format!("{} answers, and has the tables of this version", store.name())),
        Err(error @ StoreError::Failed(_)) => {
            Finding::problem(OF, error.to_string(), "`docs/operating.md` tells of the tables and their database")
        }
        Err(StoreError::Unreachable(failure)) => Finding::problem(OF, says(failure), "correct `DATABASE_URL`, or see whether it runs"),
    }];
    if store.name() == "sqlite" {
        findings.push(Finding::note(OF, "is a file of one machine: a host that runs several instances gives each a file of its own"));
    }
    store.close().await;
    findings
}

/// Where a form's leads are kept without a database, and what takes over where that is out of reach.
fn kept(form: &Form, config: &Config) -> Option<Finding> {
    let has = |kind: DeliveryKind| form.deliver.iter().any(|delivery| delivery.kind == kind);
    let is_first = config.database_url.is_some() || (has(DeliveryKind::Page) && config.notion.is_some());
    let is_last = has(DeliveryKind::Notification) && config.mail.is_some() && config.operations.is_some();
    let of = format!("{}: store", form.id);
    Some(match (is_first, is_last) {
        (true, true) => Finding::ok(of, "the operations' mailbox takes over where the store is out of reach"),
        (true, false) => {
            Finding::note(of, "nothing takes over where the store is out of reach: it is what a notification of the form would do")
        }
        (false, true) => Finding::note(of, "the operations' mailbox is all that keeps its leads: nothing lists, retries or erases them"),
        (false, false) => Finding::problem(
            of,
            "nothing can store a lead",
            "set `DATABASE_URL`; or `NOTION_TOKEN` and `NOTION_LEADS`, where it delivers a page",
        ),
    })
}

/// How often the forms can be sent.
fn limits(config: &Config) -> Finding {
    let (most, minutes) = (config.per_address, guard::PER_ADDRESS.as_secs() / 60);
    let plain = guard::MOST_WITHOUT_SCRIPT.min(most);
    let bound = format!(
        "{most} in {minutes} minutes from one network, {plain} of them without a script, and {} a minute in all",
        guard::MOST_OVERALL
    );
    if config.database_url.is_some() {
        return Finding::ok("limits", format!("{bound}: for all instances together, by the database"));
    }
    Finding::note(
        "limits",
        format!("{bound}: in each instance, so that several let several times as many through; a database would join them"),
    )
}

/// How often a project code can be guessed, where the site has a portal.
fn guesses(registry: &Registry, config: &Config) -> Option<Finding> {
    const OF: &str = "portal: guesses";
    if !registry.has_portal() {
        return None;
    }
    let (budget, fixed) = (guard::guesses::BUDGET, guard::Difficulty::Fixed.most());
    let most = guard::Difficulty::Guesses { overall: u32::MAX, network: 0 }.most();
    Some(match config.database_url {
        Some(_) => Finding::ok(
            OF,
            format!(
                "{budget} wrong codes a minute in all take hardly any work, each more up to {most} derivations: for all instances together, by the database"
            ),
        ),
        None => Finding::note(
            OF,
            format!(
                "each takes {fixed} derivations at the most, whatever their number, and a proof counts once in each instance: only a database counts \
             guesses for all instances, so that {budget} a minute is no bound here"
            ),
        ),
    })
}

/// Every delivery of every form. A service is asked once.
async fn deliveries(contract: &Arc<Contract>, variables: &Variables, config: &Config, egress: &Arc<Egress>) -> Vec<Finding> {
    let mut answers: BTreeMap<SinkId, Result<Option<&str>, Failure>> = BTreeMap::new();
    for sink in adapters::sinks(contract, config, egress) {
        let answer = match sink.ready().await {
            Ok(()) => Ok(sink.warning().await),
            Err(failure) => Err(failure),
        };
        answers.insert(sink.id().clone(), answer);
    }
    let declared = contract.registry.forms.iter().flat_map(|form| form.deliver.iter().map(move |delivery| (form, delivery)));
    let finding = |(form, delivery): (&Form, &Delivery)| {
        let of = format!("{}: {}", form.id, SinkId::of(delivery));
        let lacking: Vec<String> = needed(delivery.kind)
            .iter()
            .filter(|group| !group.iter().any(|name| is_set(variables, name)))
            .map(|group| group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))
            .collect();
        if !lacking.is_empty() {
            return Finding::problem(of, "is not set up: what it would deliver waits", format!("set {}", lacking.join(", ")));
        }
        if world::goes_to_its_recipient(&contract.registry, config, delivery) == Some(false) {
            let help = format!("name the company that it goes to in `deliver`, or declare the host in the `calls` of `{}`", delivery.to);
            return Finding::problem(of, format!("goes by a host that is none of `{}`", delivery.to), help);
        }
        match answers.get(&SinkId::of(delivery)) {
            Some(Ok(_)) if delivery.kind == DeliveryKind::Webhook => {
                Finding::ok(of, "is set up; a call would start the automation, so that none was made")
            }
            Some(Ok(None)) => Finding::ok(of, "is set up, and the service lets us in"),
            // The one warning that there is.
            Some(Ok(Some(_))) => {
                Finding::note(of, "lets us in, with a free workspace: once that has several members, it takes no page after 1000 blocks")
            }
            Some(Err(failure)) => Finding::problem(of, says(*failure), remedy(delivery.kind, *failure)),
            None => Finding::problem(of, "cannot be set up from these variables", "correct what is said of them above"),
        }
    };
    declared.map(finding).collect()
}

/// What a service does that fails.
pub(super) fn says(failure: Failure) -> &'static str {
    match failure {
        Failure::Unreachable => "does not answer in time",
        Failure::Undeclared => "has a host that no recipient declares, or an address that is none",
        Failure::Refused => "refuses the key, or the key lacks a permission",
        Failure::TooMany => "has too much to do for now",
        Failure::Missing => "answers, and has not what it is to be asked for",
        Failure::Broken
        | Failure::Rejected
        | Failure::Full
        | Failure::Strange
        | Failure::TooLate
        | Failure::Exhausted
        | Failure::Restored => "answers in a way that its documents do not tell of",
    }
}

/// What to do about it.
fn remedy(kind: DeliveryKind, failure: Failure) -> &'static str {
    match (failure, kind) {
        (Failure::Refused, DeliveryKind::Page) => {
            "copy the connection's secret anew into `NOTION_TOKEN`; it needs to read, insert and update content"
        }
        (Failure::Missing, DeliveryKind::Page) => {
            "give the connection access to the database, and set `NOTION_LEADS` to the id of its data source"
        }
        (Failure::Refused, _) => "make a key with sending access for `RESEND_API_KEY`, or correct user and password in `SMTP_URL`",
        (Failure::Undeclared, _) => "declare the host in the recipient's `calls`, or correct the address",
        _ => "see whether the service runs and this machine reaches it, and try again",
    }
}
