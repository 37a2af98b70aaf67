//! Which services the catalogue knows as trackers, whatever their author calls them: by where their facts come from, by what they
//! load from elsewhere, by their cookies.

use std::sync::{Arc, LazyLock};

use crate::catalogue;
use crate::derive::headers::host;
use crate::model::{Category, Service, covers};
use crate::resolve;

/// The services of the catalogue.
static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let entries: String = catalogue::services().iter().map(|name| format!("  {name}: {{ use: {name} }}\n")).collect();
    // Their recipients are not declared here; what is said of that does not matter.
    resolve::registry(Some((&Arc::from("catalogue"), &format!("services:\n{entries}"))), &[]).value.registry.services
});

/// The category of the tracker that a service is, or loads.
pub(super) fn tracker(service: &Service) -> Option<Category> {
    let (trackers, others): (Vec<&Service>, Vec<&Service>) = SERVICES.iter().partition(|known| is_tracker(known));
    trackers.into_iter().find(|known| is(service, known) || loads(service, known, &others)).map(|known| known.category)
}

fn is_tracker(known: &Service) -> bool {
    matches!(known.category, Category::Analytics | Category::Media | Category::Marketing)
}

/// Whether a service takes its facts from the entry.
fn is(service: &Service, known: &Service) -> bool {
    let source = |service: &Service| service.facts.as_ref().map(|facts| facts.source.clone());
    source(service).is_some() && source(service) == source(known)
}

/// Whether a service loads or sets what is the tracker's, and none of the other entries'.
fn loads(service: &Service, known: &Service, others: &[&Service]) -> bool {
    let own_host = |name: &&str| !others.iter().any(|other| hosts(other).any(|host| covers(host, name)));
    let own_cookie = |name: &&str| !others.iter().any(|other| other.cookies.iter().any(|cookie| covers(&cookie.name, name)));
    let mut loaded = hosts(service).filter(own_host);
    loaded.any(|name| hosts(known).any(|host| covers(host, name)))
        || service.cookies.iter().any(|set| {
            let same = known.cookies.iter().any(|cookie| cookie.party == set.party && covers(&cookie.name, &set.name));
            same && own_cookie(&set.name.as_str())
        })
}

/// The hosts of others from which a service loads something; not `'self'`, a path or `data:`.
fn hosts(service: &Service) -> impl Iterator<Item = &str> {
    service.origins.values().flatten().map(|origin| host(origin)).filter(|host| host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_names() {
        assert!(covers("*.clarity.ms", "www.clarity.ms") && !covers("*.clarity.ms", "clarity.ms.example"));
    }

    #[test]
    fn the_catalogue_tells_its_own_trackers_from_the_rest() {
        assert!(SERVICES.len() > 30);
        for service in SERVICES.iter() {
            assert_eq!(tracker(service).is_some(), is_tracker(service), "{}", service.id);
        }
    }
}
