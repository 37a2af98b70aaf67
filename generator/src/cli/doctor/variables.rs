//! The variables of the environment: which are set, which are missing or wrong, and which this site has no use for.

use std::collections::{BTreeMap, BTreeSet};

use functions::config::{Config, VARIABLES};
use registry::model::{DeliveryKind, Registry};

use super::finding::Finding;

/// The variable that names the database.
const DATABASE_URL: &str = "DATABASE_URL";

/// What is set, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// What a kind of delivery needs: one of each group.
pub(super) fn needed(kind: DeliveryKind) -> &'static [&'static [&'static str]] {
    match kind {
        DeliveryKind::Page => &[&["NOTION_TOKEN"], &["NOTION_LEADS"]],
        DeliveryKind::Confirmation => &[&["RESEND_API_KEY", "SMTP_URL"], &["MAIL_FROM"]],
        DeliveryKind::Notification => &[&["RESEND_API_KEY", "SMTP_URL"], &["MAIL_FROM"], &["OPERATIONS_EMAIL"]],
        DeliveryKind::Webhook => &[&["WEBHOOK_URL"]],
    }
}

/// Whether a variable is set; blank ones count as not set.
pub(super) fn is_set(variables: &Variables, name: &str) -> bool {
    variables.get(name).is_some_and(|value| !value.trim().is_empty())
}

/// Each variable, in the order in which the functions list them.
pub(super) fn examine(registry: &Registry, variables: &Variables) -> Vec<Finding> {
    let wrong = Config::from_variables(variables).err().unwrap_or_default();
    let kinds: BTreeSet<DeliveryKind> = registry.forms.iter().flat_map(|form| &form.deliver).map(|delivery| delivery.kind).collect();
    let mut findings = Vec::new();
    for &(name, what) in VARIABLES {
        let before = findings.len();
        findings.extend(wrong.iter().filter(|text| first_named(text) == Some(name)).map(|text| Finding::problem(name, text, what)));
        if findings.len() > before {
            continue;
        }
        findings.push(match (is_set(variables, name), is_used(registry, &kinds, variables, name)) {
            (true, true) => Finding::ok(name, format!("is set: {what}")),
            (true, false) => Finding::note(name, format!("is set, and nothing of this site uses it: {what}")),
            (false, _) if name == DATABASE_URL && registry.keeps_receipts() => {
                Finding::problem(name, "is missing: proofs of cookie choices are declared, and are kept in no other store", what)
            }
            (false, _) if is_missing(&kinds, variables, name) => Finding::problem(name, "is missing", what),
            (false, _) => Finding::note(name, format!("is not set: {what}")),
        });
    }
    findings
}

/// The variable that a problem of the configuration is about: the first that it names.
fn first_named(problem: &str) -> Option<&'static str> {
    VARIABLES.iter().filter_map(|&(name, _)| Some((problem.find(&format!("`{name}`"))?, name))).min().map(|(_, name)| name)
}

fn is_missing(kinds: &BTreeSet<DeliveryKind>, variables: &Variables, name: &str) -> bool {
    // Without its secret, the job that delivers what waits refuses everybody.
    let is_job = name == "CRON_SECRET" && !kinds.is_empty();
    let mut groups = kinds.iter().flat_map(|&kind| needed(kind));
    is_job || groups.any(|group| group[0] == name && !group.iter().any(|other| is_set(variables, other)))
}

fn is_used(registry: &Registry, kinds: &BTreeSet<DeliveryKind>, variables: &Variables, name: &str) -> bool {
    let has_forms = !registry.forms.is_empty();
    let has = |wanted: DeliveryKind| kinds.contains(&wanted);
    match name {
        "PLAINSITE_SECRET" => true,
        DATABASE_URL => has_forms || registry.has_portal() || registry.keeps_receipts(),
        "STRIPE_API_KEY" | "STRIPE_URL" => registry.has_portal(),
        // With a database, projects are kept there.
        "NOTION_PROJECTS_TOKEN" | "NOTION_PROJECTS" | "NOTION_STEPS" => registry.has_portal() && !is_set(variables, DATABASE_URL),
        "CRON_SECRET" | "FORMS_PER_ADDRESS" | "OPERATIONS_EMAIL" => has_forms,
        "NOTION_TOKEN" | "NOTION_LEADS" => has(DeliveryKind::Page),
        "WEBHOOK_URL" | "WEBHOOK_KEY" => has(DeliveryKind::Webhook),
        // What is left is for e-mails; operations get theirs without a delivery.
        _ => has(DeliveryKind::Confirmation) || has(DeliveryKind::Notification) || (has_forms && is_set(variables, "OPERATIONS_EMAIL")),
    }
}
