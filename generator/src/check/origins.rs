//! Which service declares an address, and as what: how a built page's addresses are held against the registry.

use registry::derive::headers::is_own;
use registry::model::{Directive, Registry, Service};

use super::Built;
use super::facts::Facts;
use super::uses::Gate;

/// An address, split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// Its scheme; none for `//host`.
    scheme: Option<&'a str>,
    /// Its host, with the port where it has one.
    pub(crate) host: &'a str,
    path: &'a str,
}

impl Address<'_> {
    /// The origin to declare for it.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme.unwrap_or("https").to_ascii_lowercase(), self.host.to_ascii_lowercase())
    }
}

/// Where an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// On the site itself, at this path.
    Own(&'a str),
    /// On another host.
    Elsewhere(Address<'a>),
}

/// Where an address lies that begins with `/` or names a host. `base` is the site's own address, where it is known.
pub(crate) fn place<'a>(url: &'a str, base: Option<&str>) -> Place<'a> {
    let address = match (url.strip_prefix("//"), url.split_once("://")) {
        (Some(rest), _) => split(None, rest),
        (None, Some((scheme, rest))) if !url.starts_with('/') => split(Some(scheme), rest),
        _ => return Place::Own(url),
    };
    let own = base.and_then(|base| base.split_once("//")).map(|(_, rest)| split(None, rest).host);
    match own {
        Some(own) if own.eq_ignore_ascii_case(address.host) => Place::Own(if address.path.is_empty() { "/" } else { address.path }),
        _ => Place::Elsewhere(address),
    }
}

fn split<'a>(scheme: Option<&'a str>, rest: &'a str) -> Address<'a> {
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    Address { scheme, host, path }
}

/// The services that declare an address of another host as something that is loaded in this way.
pub(crate) fn declaring<'r>(registry: &'r Registry, way: Option<Directive>, address: Address<'_>) -> Vec<&'r Service> {
    with_origin(registry, way, |origin| covers(origin, address, way.is_some()))
}

/// The services that declare a path of the site itself as theirs.
pub(crate) fn declaring_path<'r>(registry: &'r Registry, way: Option<Directive>, path: &str) -> Vec<&'r Service> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    with_origin(registry, way, |origin| {
        let below = |rest: &str| rest.is_empty() || origin.ends_with('/') || rest.starts_with('/');
        origin.starts_with('/') && path.strip_prefix(origin).is_some_and(below)
    })
}

/// Whether an address of the site itself, at which no build makes anything, is answered for a service by the host: a
/// declared path, or what stands in the template of a service that is served from here.
pub(super) fn is_of_service(built: Built<'_>, facts: &Facts, url: &str) -> bool {
    let Place::Own(path) = place(url, built.site.config.base_url.as_deref()) else { return false };
    let is_served_here = |service: &Service| service.origins.values().flatten().any(|origin| is_own(origin));
    let gated = || {
        let gates = facts.uses.loads.iter().filter(|load| load.url.as_ref() == url).map(|load| &load.gate);
        let mut services =
            gates.flat_map(|gate| built.registry.services.iter().filter(move |s| *gate == Gate::Service(s.id.as_str().into())));
        services.any(is_served_here)
    };
    !declaring_path(built.registry, None, path).is_empty() || gated()
}

fn with_origin(registry: &Registry, way: Option<Directive>, is_it: impl Fn(&str) -> bool) -> Vec<&Service> {
    let declares = |service: &&Service| {
        let fitting = service.origins.iter().filter(|(directive, _)| way.is_none_or(|way| way == **directive));
        fitting.flat_map(|(_, origins)| origins).any(|origin| is_it(origin))
    };
    registry.services.iter().filter(declares).collect()
}

/// Whether a declared origin covers an address, as the sources of a Content-Security-Policy do.
pub(crate) fn covers(origin: &str, address: Address<'_>, with_path: bool) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    let declared = split(None, rest);
    let same_scheme = address.scheme.is_none_or(|named| {
        let upgraded = matches!((scheme, named.to_ascii_lowercase().as_str()), ("http", "https") | ("ws", "wss"));
        upgraded || scheme.eq_ignore_ascii_case(named)
    });
    let host = match declared.host.strip_prefix("*.") {
        // Hosts are ASCII, or another name altogether.
        Some(domain) => address
            .host
            .len()
            .checked_sub(domain.len() + 1)
            .and_then(|at| address.host.get(at..))
            .is_some_and(|end| end.starts_with('.') && end[1..].eq_ignore_ascii_case(domain)),
        None => declared.host.eq_ignore_ascii_case(address.host),
    };
    let path = address.path.split(['?', '#']).next().unwrap_or("");
    let below = match declared.path {
        "" | "/" => true,
        folder if folder.ends_with('/') => path.starts_with(folder),
        file => path == file,
    };
    same_scheme && host && (below || !with_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_origin_covers_what_a_policy_would_let_through() {
        for (origin, url, is_covered) in [
            ("https://cdn.example", "https://cdn.example/a.js", true),
            ("https://cdn.example", "HTTPS://CDN.Example:443/a.js", true),
            ("https://cdn.example", "//cdn.example/a.js", true),
            ("https://cdn.example", "http://cdn.example/a.js", false),
            ("https://cdn.example", "https://cdn.example.evil.example/", false),
            ("https://cdn.example", "https://cdn.example@evil.example/", false),
            ("https://cdn.example", "https://cdn.example:8443/", false),
            ("https://*.cdn.example", "https://a.b.cdn.example/", true),
            ("https://*.cdn.example", "https://cdn.example/", false),
            ("https://*.cdn.example", "https://evilcdn.example/", false),
            ("https://cdn.example/lib/", "https://cdn.example/lib/a.js?x", true),
            ("https://cdn.example/lib/", "https://cdn.example/other/a.js", false),
            ("wss://chat.example", "wss://chat.example/socket", true),
            ("'self'", "https://cdn.example/", false),
        ] {
            let Place::Elsewhere(address) = place(url, None) else { panic!("{url}") };
            assert_eq!(covers(origin, address, true), is_covered, "{origin} and {url}");
        }
    }

    #[test]
    fn the_sites_own_address_is_its_own() {
        let base = Some("https://a.example");
        assert_eq!(place("https://A.example/x", base), Place::Own("/x"));
        assert_eq!(place("//a.example", base), Place::Own("/"));
        assert_eq!(place("/x//y", base), Place::Own("/x//y"));
        assert!(matches!(place("https://a.example.evil.example/", base), Place::Elsewhere(_)));
        assert!(matches!(place("https://a.example/", None), Place::Elsewhere(_)));
    }
}
