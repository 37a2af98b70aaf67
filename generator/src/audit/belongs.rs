//! What was seen, held against what is declared: whose it is.

use registry::model::{Directive, Party, Registry, Service, StorageKind, covers};

use super::seen::{Key, Request, Store};
use crate::check::origins::{Place, declaring, declaring_path, place};

/// Whose something is.
#[derive(Clone, Debug, PartialEq)]
pub enum Owner<'r> {
    /// The site's own, which nobody has to declare: a page, a file, a function.
    Site,
    /// One of these services'.
    Services(Vec<&'r Service>),
    /// It came from the host of one of these services, which do not declare it by name.
    Unnamed(Vec<&'r Service>),
    /// Nobody's.
    Nobody,
}

impl<'r> Owner<'r> {
    /// The services, if it is theirs.
    pub fn services(&self) -> &[&'r Service] {
        match self {
            Self::Services(services) | Self::Unnamed(services) => services,
            Self::Site | Self::Nobody => &[],
        }
    }
}

/// What things are held against.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What is declared.
    pub registry: &'a Registry,
    /// The site's own address, where it is known.
    pub base: Option<&'a str>,
    /// Whether the build made something for a path.
    pub built: &'a dyn Fn(&str) -> bool,
}

impl<'a> Known<'a> {
    /// Whose a request is.
    pub fn request(self, request: &Request) -> Owner<'a> {
        let way = request.way();
        let services = match place(&request.url, self.base) {
            Place::Own(path) => {
                let of_way = declaring_path(self.registry, way, path);
                let services = if of_way.is_empty() { declaring_path(self.registry, None, path) } else { of_way };
                if services.is_empty() && self.is_of_site(path, &request.method) {
                    return Owner::Site;
                }
                services
            }
            Place::Elsewhere(address) => declaring(self.registry, way, address),
        };
        if !services.is_empty() {
            return Owner::Services(services);
        }
        // What a service's frame does within itself is the service's.
        match request.frame.as_deref().map(|frame| place(frame, self.base)) {
            Some(Place::Elsewhere(frame)) => match declaring(self.registry, Some(Directive::Frame), frame) {
                of_frame if of_frame.is_empty() => Owner::Nobody,
                of_frame => Owner::Services(of_frame),
            },
            _ => Owner::Nobody,
        }
    }

    fn is_of_site(self, path: &str, method: &str) -> bool {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let read = matches!(method, "GET" | "HEAD");
        // Browsers ask for an icon by themselves.
        path.starts_with("/api/") || read && (path == "/favicon.ico" || (self.built)(path))
    }

    /// Whose something is that a browser keeps.
    pub fn key(self, key: &Key) -> Owner<'a> {
        let named: Vec<&Service> = self.registry.services.iter().filter(|service| declares(service, key)).collect();
        let of_host = self.of_host(&key.whose);
        match (named.is_empty(), of_host.is_empty()) {
            (false, true) => Owner::Services(named),
            // A name may be declared by several: whose host it is decides.
            (false, false) => {
                let both: Vec<&Service> = named.iter().copied().filter(|service| of_host.iter().any(|of| of.id == service.id)).collect();
                Owner::Services(if both.is_empty() { named } else { both })
            }
            (true, false) => Owner::Unnamed(of_host),
            (true, true) => Owner::Nobody,
        }
    }

    /// The services that load something from a host, or from one above or below it.
    fn of_host(self, whose: &str) -> Vec<&'a Service> {
        let host = registry::derive::headers::host(whose);
        let below = |host: &str, domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'));
        let is_its = |origin: &String| {
            let its = registry::derive::headers::host(origin).trim_start_matches("*.");
            its.contains('.') && host.contains('.') && (below(host, its) || below(its, host))
        };
        let services = self.registry.services.iter();
        services.filter(|service| whose != "self" && service.origins.values().flatten().any(is_its)).collect()
    }
}

/// Whether a service declares something that a browser keeps, by its name.
pub fn declares(service: &Service, key: &Key) -> bool {
    let own = key.whose == "self";
    match key.store {
        Store::Cookie => service.cookies.iter().any(|cookie| (cookie.party == Party::First) == own && covers(&cookie.name, &key.name)),
        _ => service.storage.iter().any(|storage| fits(storage.kind, key.store) && covers(&storage.key, &key.name)),
    }
}

/// Whether a declared kind of storage is where something was found. Cache Storage has no kind of its own.
pub fn fits(kind: StorageKind, store: Store) -> bool {
    match store {
        Store::Local => kind == StorageKind::Local,
        Store::Session => kind == StorageKind::Session,
        Store::IndexedDb => kind == StorageKind::IndexedDb,
        Store::Cache => true,
        Store::Cookie => false,
    }
}
