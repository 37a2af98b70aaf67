//! The consent model: what visitors are asked, by category and service, and the revision of each, so that only what changed
//! is asked again.

mod cookie;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

pub use cookie::{ATTRIBUTES, COOKIE, Choice, accepted, made, pattern};

use super::headers::{self, Sources};
use crate::model::{Category, Keep, Party, Period, Registry, Service, ServiceId, StorageKind};

/// What visitors are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// The categories with at least one service, in the order in which they are told.
    pub categories: Vec<CategoryConsent>,
    /// The revision of the whole.
    pub revision: String,
}

/// A category of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryConsent {
    /// Which.
    pub category: Category,
    /// Its services that wait for consent.
    pub services: Vec<ServiceConsent>,
}

/// A service that waits for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceConsent {
    /// Its key.
    pub id: ServiceId,
    /// Changes when what people agree to does: what it does, for whom, what it stores, what it serves.
    pub revision: String,
}

/// The consent model; no category where no service needs consent, so that no banner is shown.
pub fn model(registry: &Registry) -> Consent {
    let of = |category: &Category| {
        let services = registry.services.iter().filter(|service| service.category == *category && service.needs_consent());
        let services: Vec<ServiceConsent> =
            services.map(|service| ServiceConsent { id: service.id.clone(), revision: revision(registry, service) }).collect();
        (!services.is_empty()).then_some(CategoryConsent { category: *category, services })
    };
    let categories: Vec<CategoryConsent> = Category::ALL.iter().filter_map(of).collect();
    let revision = digest(&categories);
    Consent { categories, revision }
}

/// What the script must know that runs in every page before all others, and keeps to the visitor's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// For how many seconds a choice holds.
    pub keep: u64,
    /// What stands behind the cookie's value, up to the seconds.
    pub attributes: &'static str,
    /// What is let through whatever was agreed to, as in a policy. A path is one of the site itself.
    pub always: String,
    /// What services that need no consent store: it is never removed.
    pub stays: Stored,
    /// The services that wait for consent, by category.
    #[serde(serialize_with = "as_map")]
    pub services: Vec<(ServiceId, ServiceBounds)>,
}

/// What a service may do once it was agreed to, and what it leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceBounds {
    /// Its category.
    pub category: Category,
    /// Its revision.
    pub revision: String,
    /// What is let through for it, as in a policy.
    pub sources: String,
    /// Whether it turns text into HTML or script, so that Trusted Types are off while it may run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub writes_html: bool,
    /// What it stores.
    #[serde(flatten)]
    pub stored: Stored,
}

/// What is stored, by where: `cookies`, `local`, `session`, `indexeddb`; a regular expression for the whole of a name.
pub type Stored = BTreeMap<&'static str, String>;

/// What the script must know.
pub fn bounds(registry: &Registry) -> Bounds {
    // On the site itself a path is enough: the script knows the address at which it runs.
    let own = Some("");
    let of = |asked: ServiceConsent, category: Category| {
        let service = registry.services.iter().find(|service| service.id == asked.id);
        let bounds = ServiceBounds {
            category,
            revision: asked.revision,
            sources: service.map(|service| told(headers::of_service(service, own))).unwrap_or_default(),
            writes_html: service.is_some_and(Service::writes_html),
            stored: service.map(|service| stored([service].into_iter())).unwrap_or_default(),
        };
        (asked.id, bounds)
    };
    let asked = model(registry).categories.into_iter();
    let asked = asked.flat_map(|asked| asked.services.into_iter().map(move |service| (service, asked.category)));
    Bounds {
        keep: keep(registry).seconds(),
        attributes: ATTRIBUTES,
        always: told(headers::always(registry, own)),
        stays: stored(registry.services.iter().filter(|service| !service.needs_consent())),
        services: asked.map(|(service, category)| of(service, category)).collect(),
    }
}

/// Sources as in a policy: `img-src 'self' https://a.example;script-src 'self'`.
fn told(sources: Sources) -> String {
    let directives = sources.into_iter().filter(|(_, list)| !list.is_empty());
    let directives = directives.map(|(name, list)| [name.to_owned()].into_iter().chain(list).collect::<Vec<_>>().join(" "));
    directives.collect::<Vec<_>>().join(";")
}

/// For how long a choice holds: what the registry promises of the cookie that keeps it, else six months.
pub fn keep(registry: &Registry) -> Period {
    let cookies = registry.services.iter().flat_map(|service| &service.cookies);
    let keeps = cookies.filter(|cookie| cookie.name == COOKIE).filter_map(|cookie| cookie.keep.as_ref()?.known());
    let periods = keeps.filter_map(|keep| match keep {
        Keep::For(period) => Some(*period),
        _ => None,
    });
    periods.min_by(|a, b| a.days().total_cmp(&b.days())).or_else(|| Period::of(6, "months")).unwrap_or_default()
}

fn stored<'r>(services: impl Iterator<Item = &'r Service>) -> Stored {
    let mut stored = Stored::new();
    let mut add = |place, name: &str| {
        let pattern: &mut String = stored.entry(place).or_default();
        if !pattern.is_empty() {
            pattern.push('|');
        }
        pattern.push_str(&whole_name(name));
    };
    for service in services {
        // What a vendor stores under its own name is out of the site's reach.
        for cookie in service.cookies.iter().filter(|cookie| cookie.party == Party::First) {
            add("cookies", &cookie.name);
        }
        for storage in &service.storage {
            let place = match storage.kind {
                StorageKind::Local => "local",
                StorageKind::Session => "session",
                StorageKind::IndexedDb => "indexeddb",
            };
            add(place, &storage.key);
        }
    }
    stored
}

/// A regular expression for a name in which `*` stands for any letters.
fn whole_name(name: &str) -> String {
    let literal = |c: char| if c.is_ascii_punctuation() && !"_-".contains(c) { format!("\\{c}") } else { c.to_string() };
    name.chars().map(|c| if c == '*' { ".*".to_owned() } else { literal(c) }).collect()
}

fn as_map<S: Serializer>(services: &[(ServiceId, ServiceBounds)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(services.iter().map(|(id, bounds)| (id, bounds)))
}

fn revision(registry: &Registry, service: &Service) -> String {
    let purpose = service.purpose.as_ref().and_then(|id| registry.purpose(id));
    let recipient = service.recipient.as_ref().and_then(|id| registry.recipient(id));
    let agreed = (
        (&service.label, &service.does, &service.receives, &service.cookies, &service.storage, &service.origins),
        purpose.map(|purpose| (&purpose.label, &purpose.data, &purpose.recipients)),
        recipient.map(|recipient| (&recipient.name, &recipient.country)),
    );
    digest(&agreed)
}

/// A few letters and digits of a value's SHA-256: enough to tell a revision from the one before.
fn digest(value: &impl Serialize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = u64::from_str_radix(&crate::digest::of(value)[..15], 16).unwrap_or_default();
    let mut digits = String::new();
    while digits.len() < 4 {
        digits.push(char::from(DIGITS[(rest % 36) as usize]));
        rest /= 36;
    }
    digits
}
