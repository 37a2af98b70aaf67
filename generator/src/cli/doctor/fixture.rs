//! The site of the tests, and environments for it.

use std::sync::Arc;

use functions::config::Config;
use registry::contract::{Contract, Site};

use super::variables::Variables;

const PRIVACY: &str = "\
recipients:
  notion: { name: Notion, country: US, calls: [api.notion.com] }
  resend: { name: Resend, country: US, calls: [api.resend.com] }
  make: { name: Make, country: CZ, calls: [hook.make.example] }
data:
  lead: { label: Enquiries, from: { form: contact } }
purposes:
  answer: { label: answer, basis: contract, data: [lead], recipients: [notion, resend, make] }
";

const FORM: &str = "\
label: Contact
submit: Send
data: lead
purpose: answer
fields:
  name: { label: Name, max_length: 200 }
  email: { label: E-mail, type: email, max_length: 200 }
  size: { label: Size, type: select, options: { s: Small, l: Large } }
";

const DELIVER: &str = "deliver: [{ to: notion, as: page }, { to: resend, as: confirmation }, { to: resend, as: notification }, { to: make, as: webhook, fields: [] }]\n";

/// A site whose form delivers everywhere.
pub(in crate::cli) fn contract() -> Arc<Contract> {
    delivering(DELIVER)
}

/// The same with other deliveries.
pub(in crate::cli) fn delivering(deliver: &str) -> Arc<Contract> {
    read(PRIVACY, deliver)
}

/// The first with a client portal.
pub(in crate::cli) fn with_portal() -> Arc<Contract> {
    read(&format!("{PRIVACY}services: {{ portal: {{ use: plainsite-portal, purpose: answer }} }}\n"), DELIVER)
}

fn read(privacy_yaml: &str, deliver: &str) -> Arc<Contract> {
    let (privacy, form) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
    let read = registry::resolve::registry(Some((&privacy, privacy_yaml)), &[(&form, &format!("{FORM}{deliver}"))]);
    assert_eq!(read.diagnostics, [], "the fixture can be read");
    Arc::new(Contract::of(&read.value.registry, Site { languages: vec!["en".into()], ..Site::default() }))
}

/// What is set beside the secret.
pub(in crate::cli) fn variables(set: &[(&str, &str)]) -> Variables {
    let all = [("PLAINSITE_SECRET", "canary-canary-canary-canary-canary")];
    all.iter().chain(set).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What the functions make of it.
pub(in crate::cli) fn config(set: &[(&str, &str)]) -> Config {
    Config::from_variables(&variables(set)).unwrap()
}
