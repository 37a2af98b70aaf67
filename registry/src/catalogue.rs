//! The catalogue of known companies and services: what each loads, stores and where it is, with the page that says so.
//!
//! One file a company in `registry/catalogue/`. An entry is a tree of YAML that goes below what an author writes beside
//! `use: NAME`, so that every key means there what it means in `privacy.yaml`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};

use crate::yaml::{self, Entry, Node, Scalar, Value};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/catalogue");

/// The kind of what the tool itself brings: it has services and is no recipient.
const OWN: &str = "own";

/// An entry's keys and values.
type Facts = Vec<Entry>;

/// The entries by their names.
#[derive(Default)]
struct Catalogue {
    recipients: BTreeMap<String, Facts>,
    services: BTreeMap<String, Facts>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue::default();
    for file in FILES.files() {
        let path = file.path().to_string_lossy();
        let text = file.contents_utf8().expect("the catalogue's tests read every file as UTF-8");
        let root = yaml::parse(&Arc::from(path.as_ref()), text, 0).value;
        if let (Some(Node { value: Value::Map(facts), .. }), Some(name)) = (root, path.strip_suffix(".yaml")) {
            catalogue.add(name, facts);
        }
    }
    catalogue
});

impl Catalogue {
    fn add(&mut self, company: &str, mut facts: Facts) {
        let own = facts.iter().any(|entry| entry.key == "kind" && entry.value.as_text() == Some(OWN));
        if let Some(at) = facts.iter().position(|entry| entry.key == "services")
            && let Value::Map(services) = facts.remove(at).value.value
        {
            for service in services {
                if let Value::Map(mut service_facts) = service.value.value {
                    if !own {
                        service_facts.push(text("recipient", company));
                    }
                    self.services.insert(service.key, service_facts);
                }
            }
        }
        if !own {
            self.recipients.insert(company.to_owned(), facts);
        }
    }
}

fn text(key: &str, text: &str) -> Entry {
    let scalar = Scalar { text: text.to_owned(), plain: false };
    Entry { key: key.to_owned(), key_span: Default::default(), value: Node { span: Default::default(), value: Value::Scalar(scalar) } }
}

/// What is known of a company; none for an unknown name.
pub(crate) fn recipient(name: &str) -> Option<Vec<Entry>> {
    CATALOGUE.recipients.get(name).cloned()
}

/// What is known of a service, with `recipient` naming its company's entry; none for an unknown name.
pub(crate) fn service(name: &str) -> Option<Vec<Entry>> {
    CATALOGUE.services.get(name).cloned()
}

/// The names of the companies, sorted.
pub fn recipients() -> Vec<String> {
    CATALOGUE.recipients.keys().cloned().collect()
}

/// The names of the services, sorted.
pub fn services() -> Vec<String> {
    CATALOGUE.services.keys().cloned().collect()
}

/// The names that people call each company by: what a policy's own prose might mention.
pub fn vendors() -> Vec<(String, String)> {
    let name = |facts: &Facts| facts.iter().find(|entry| entry.key == "name").and_then(|entry| entry.value.as_text()).map(str::to_owned);
    CATALOGUE.recipients.iter().filter_map(|(id, facts)| Some((id.clone(), name(facts)?))).collect()
}
