//! What the client portal is read from: projects, and what clients owe and have paid.

use std::sync::Arc;

use functions::adapters::notion::ProjectsApi;
use functions::adapters::stripe::Stripe;
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::Failure;
use functions::log::Log;
use functions::ports::BillingSource;
use registry::model::Registry;

use super::columns::{self, OF_PORTAL};
use super::finding::Finding;
use super::services::says;

/// Asks both, where the site has a portal. A database was examined before.
pub(super) async fn examine(registry: &Registry, config: &Config, egress: &Arc<Egress>) -> Vec<Finding> {
    if !registry.has_portal() {
        return Vec::new();
    }
    let mut findings = projects(config, egress).await;
    findings.extend(billing(config, egress).await);
    findings
}

async fn projects(config: &Config, egress: &Arc<Egress>) -> Vec<Finding> {
    const OF: &str = "portal: projects";
    if config.database_url.is_some() {
        return vec![Finding::ok(OF, "are kept in the database")];
    }
    let Some(ProjectsApi { projects, steps }) = ProjectsApi::of(config, egress) else {
        let help = "set `DATABASE_URL`; or `NOTION_PROJECTS_TOKEN`, `NOTION_PROJECTS` and `NOTION_STEPS`";
        return vec![Finding::problem(OF, "are kept nowhere, so that the portal is closed", help)];
    };
    let mut findings = Vec::new();
    for (api, (of, columns)) in [projects, steps].iter().zip(OF_PORTAL) {
        findings.extend(match api.data_source().await {
            Ok(data_source) => columns::judge_portal(of, columns, &data_source),
            Err(failure) => vec![Finding::problem(of, says(failure), of_notion(failure))],
        });
    }
    if config.shares_notion() {
        findings.push(Finding::problem(
            OF,
            "have the connection of the leads, so that whoever guesses codes uses up what leads need",
            "create another connection for `NOTION_PROJECTS_TOKEN`",
        ));
    }
    findings
}

async fn billing(config: &Config, egress: &Arc<Egress>) -> Vec<Finding> {
    const OF: &str = "portal: invoices";
    let Some(stripe) = Stripe::of(config, egress, Log::new(|_| {})) else {
        return vec![Finding::note(OF, "are not shown: `STRIPE_API_KEY` is not set")];
    };
    if let Err(failure) = stripe.ready().await {
        return vec![Finding::problem(OF, says(failure), of_stripe(failure))];
    }
    vec![match stripe.can_do_more().await {
        Ok(false) => Finding::ok(OF, "are read from Stripe, by a key that cannot give money back"),
        Ok(true) => Finding::problem(
            OF,
            "are read by a key that can do more than that",
            "make a restricted key that may read invoices and charges, and delete this one",
        ),
        Err(_) => Finding::note(OF, "are read from Stripe; what else the key can do was not to be found out"),
    }]
}

/// What to do about Notion.
fn of_notion(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused => "copy the connection's secret anew into `NOTION_PROJECTS_TOKEN`; it needs to read, insert and update content",
        Failure::Missing => {
            "give the connection access to both databases, and set `NOTION_PROJECTS` and `NOTION_STEPS` to their data sources"
        }
        _ => of_any(failure),
    }
}

/// What to do about Stripe.
fn of_stripe(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused => "make a restricted key that may read invoices and charges, for `STRIPE_API_KEY`",
        _ => of_any(failure),
    }
}

fn of_any(failure: Failure) -> &'static str {
    match failure {
        Failure::Undeclared => "declare the host in the recipient's `calls`",
        _ => "see whether the service runs and this machine reaches it, and try again",
    }
}
