//! The Content-Security-Policy that follows from the declared services, for each state of consent.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Category, Directive, Registry, Service};

/// What a directive lets through, by its name in the policy.
pub type Sources = BTreeMap<&'static str, BTreeSet<String>>;

/// Our own word among the sources of a script: it writes HTML, so that Trusted Types are off while it may run. No browser is sent it.
pub const UNSAFE_HTML: &str = "'unsafe-html'";

/// What every page may load from the site itself. Each directive lists own paths once something optional is served from there.
const OWN: [(&str, &str); 10] = [
    ("connect-src", "'self'"),
    ("font-src", "'self'"),
    ("form-action", "'self'"),
    ("frame-src", ""),
    ("img-src", "'self'"),
    ("manifest-src", "'self'"),
    ("media-src", "'self'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("worker-src", ""),
];

/// The site's own folder of a directive: all that is allowed of the site itself where an optional service is served from the
/// site's own origin, so that a bare `'self'` would let it through.
fn own_folder(directive: &str) -> &'static str {
    match directive {
        "connect-src" | "form-action" => "/api/",
        _ => "/assets/",
    }
}

/// The policy's name of a directive.
pub fn directive_name(directive: Directive) -> &'static str {
    match directive {
        Directive::Connect => "connect-src",
        Directive::Font => "font-src",
        Directive::Form => "form-action",
        Directive::Frame => "frame-src",
        Directive::Img => "img-src",
        Directive::Media => "media-src",
        Directive::Script => "script-src",
        Directive::Style => "style-src",
        Directive::Worker => "worker-src",
    }
}

/// The policy for visitors who agreed to some categories; `base` is the site's own address, where it is known.
///
/// What waits for consent is in it only with its category. Nothing inline is ever allowed.
pub fn content_security_policy(registry: &Registry, accepted: &[Category], base: Option<&str>) -> String {
    let agreed = |service: &&Service| service.needs_consent() && accepted.contains(&service.category);
    let mut sources = always(registry, base);
    for service in registry.services.iter().filter(agreed) {
        for (name, list) in of_service(service, base) {
            sources.entry(name).or_default().extend(list);
        }
    }
    let mut policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'".to_owned();
    for (name, list) in sources.into_iter().filter(|(_, list)| !list.is_empty()) {
        policy.push_str(&format!("; {name} {}", list.into_iter().collect::<Vec<_>>().join(" ")));
    }
    policy.push_str(trusted_types(registry, accepted));
    policy
}

/// What is let through whatever visitors agreed to: the site's own files, and the services that need no consent.
pub fn always(registry: &Registry, base: Option<&str>) -> Sources {
    let mut sources = Sources::new();
    let guarded = guarded_directives(registry);
    for (name, own) in OWN {
        let list = sources.entry(name).or_default();
        match base.filter(|_| guarded.contains(name)) {
            Some(base) => _ = list.insert(format!("{base}{}", own_folder(name))),
            None if !own.is_empty() => _ = list.insert(own.to_owned()),
            None => {}
        }
    }
    for (name, list) in registry.services.iter().filter(|service| !service.needs_consent()).flat_map(|service| of_service(service, base)) {
        sources.entry(name).or_default().extend(list);
    }
    sources
}

/// What is let through for a service.
pub fn of_service(service: &Service, base: Option<&str>) -> Sources {
    let list = |origins: &[String]| origins.iter().filter(|origin| *origin != UNSAFE_HTML).map(|origin| absolute(origin, base)).collect();
    service.origins.iter().map(|(directive, origins)| (directive_name(*directive), list(origins))).collect()
}

/// What keeps text from becoming script or HTML.
///
/// Where visitors are asked for consent, the script that runs first makes the one policy there is, and it passes the addresses of
/// scripts that were agreed to. Where no service has a script, there is none. Where an essential service brings one and nobody is
/// asked, nothing would pass its addresses: Trusted Types are off there, as they are for a service that writes HTML.
fn trusted_types(registry: &Registry, accepted: &[Category]) -> &'static str {
    let mut runs = registry.services.iter().filter(|service| !service.needs_consent() || accepted.contains(&service.category));
    if runs.any(Service::writes_html) {
        return "";
    }
    let has_script = |service: &Service| [Directive::Script, Directive::Worker].iter().any(|way| service.origins.contains_key(way));
    match (registry.asks_for_consent(), registry.services.iter().any(has_script)) {
        (true, _) => "; require-trusted-types-for 'script'; trusted-types default",
        (false, false) => "; require-trusted-types-for 'script'; trusted-types 'none'",
        (false, true) => "",
    }
}

/// The directives in which an optional service is served from the site's own origin.
fn guarded_directives(registry: &Registry) -> BTreeSet<&'static str> {
    let optional = registry.services.iter().filter(|service| service.needs_consent());
    let own = optional.flat_map(|service| &service.origins).filter(|(_, origins)| origins.iter().any(|origin| is_own(origin)));
    own.map(|(directive, _)| directive_name(*directive)).collect()
}

/// Whether an origin is the site's own: `'self'`, or a path of it.
pub fn is_own(origin: &str) -> bool {
    origin == "'self'" || origin.starts_with('/')
}

fn absolute(origin: &str, base: Option<&str>) -> String {
    match base {
        Some(base) if origin.starts_with('/') => format!("{base}{origin}"),
        _ if origin.starts_with('/') => "'self'".to_owned(),
        _ => origin.to_owned(),
    }
}

/// Every state of consent: each combination of the categories that visitors are asked about, none of them first.
pub fn states(registry: &Registry) -> Vec<Vec<Category>> {
    let categories = registry.categories_asked();
    let of = |bits: usize| categories.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0).map(|(_, category)| *category).collect();
    (0..1_usize << categories.len()).map(of).collect()
}

/// The host of an origin such as `https://cdn.example:8443`, without its port; the same text where it is no address.
pub fn host(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(host, _)| host)
}
