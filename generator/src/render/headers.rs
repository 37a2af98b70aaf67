//! The headers that every host sends: for `vercel.json` (see `render::vercel`) and for the dev server, from one list.

use std::borrow::Cow;

use registry::derive::{consent, headers};
use registry::model::{Category, Registry};

/// Headers for the paths that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRule {
    /// The beginning of the paths; everything below belongs to it.
    pub prefix: Cow<'static, str>,
    /// The categories that a visitor must have agreed to, and no others; everyone where absent.
    pub accepted: Option<Vec<Category>>,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
}

/// The name of the policy's header.
const POLICY: &str = "Content-Security-Policy";

/// The rules, the general ones first; a later one replaces what it names again. `base` is the address that pages are sent from.
///
/// There is a policy for everyone, and one for each combination of categories that visitors can agree to. The pages of the client portal, whose
/// addresses are `portals`, keep to the first whatever visitors agreed to, and tell nobody where they were: nothing optional sees a project
/// code. Where addresses have no slash at their end, that holds for what begins alike.
pub fn rules<'p>(registry: &Registry, base: Option<&str>, portals: impl Iterator<Item = &'p str>) -> Vec<HeaderRule> {
    let policy = |accepted: &[Category]| (POLICY, headers::content_security_policy(registry, accepted, base));
    let everywhere = [
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "browsing-topics=(), camera=(), geolocation=(), microphone=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ];
    let everywhere = [policy(&[])].into_iter().chain(everywhere.map(|(name, value)| (name, value.to_owned())));
    let mut rules = vec![HeaderRule { prefix: "/".into(), accepted: None, headers: everywhere.collect() }];
    let states = headers::states(registry).into_iter().filter(|accepted| !accepted.is_empty());
    rules.extend(states.map(|accepted| HeaderRule { prefix: "/".into(), headers: vec![policy(&accepted)], accepted: Some(accepted) }));
    // Nor does a browser's cache keep the address by which such a page was opened.
    let private = || vec![policy(&[]), ("Referrer-Policy", "no-referrer".to_owned()), ("Cache-Control", "no-store".to_owned())];
    rules.extend(portals.map(|url| HeaderRule { prefix: url.to_owned().into(), accepted: None, headers: private() }));
    // The names change with the content.
    let lasting = ("Cache-Control", "public, max-age=31536000, immutable".to_owned());
    rules.push(HeaderRule { prefix: "/assets/".into(), accepted: None, headers: vec![lasting] });
    rules
}

/// The headers of a path for a visitor, whose consent cookie's value is given where there is one.
pub fn of(rules: &[HeaderRule], path: &str, cookie: Option<&str>) -> Vec<(&'static str, String)> {
    let agreed = cookie.map(consent::accepted).unwrap_or_default();
    let applies = |rule: &&HeaderRule| path.starts_with(&*rule.prefix) && rule.accepted.as_ref().is_none_or(|wanted| *wanted == agreed);
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    for (name, value) in rules.iter().filter(applies).flat_map(|rule| rule.headers.clone()) {
        headers.retain(|(known, _)| *known != name);
        headers.push((name, value));
    }
    headers
}
