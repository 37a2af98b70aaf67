//! The headers that every host sends: for `vercel.json` and for the dev server, from one list.

use serde_json::{Value, json};

use crate::site::Site;

/// Headers for the paths that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRule {
    /// The beginning of the paths; everything below belongs to it.
    pub prefix: &'static str,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
}

/// Nothing is loaded from anywhere else, nothing runs inline, nobody frames the site.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; img-src 'self'; manifest-src 'self'; media-src 'self'; script-src 'self'; style-src 'self'";

/// The rules, the general one first; a later one adds to it.
pub fn rules() -> Vec<HeaderRule> {
    let everywhere = [
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "browsing-topics=(), camera=(), geolocation=(), microphone=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ];
    let owned = |headers: &[(&'static str, &str)]| headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    vec![
        HeaderRule { prefix: "/", headers: owned(&everywhere) },
        // The names change with the content.
        HeaderRule { prefix: "/assets/", headers: owned(&[("Cache-Control", "public, max-age=31536000, immutable")]) },
    ]
}

/// The headers of a path.
pub fn of(rules: &[HeaderRule], path: &str) -> Vec<(&'static str, String)> {
    rules.iter().filter(|rule| path.starts_with(rule.prefix)).flat_map(|rule| rule.headers.clone()).collect()
}

/// `vercel.json` with the headers and redirects of the site, all else as it was; `None` where the text is no JSON map.
pub fn vercel_json(text: &str, site: &Site) -> Option<String> {
    let mut root: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    let headers = rules().into_iter().map(|rule| {
        let headers: Vec<Value> = rule.headers.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({ "source": format!("{}(.*)", rule.prefix), "headers": headers })
    });
    root.insert("headers".into(), headers.collect());
    let redirects =
        site.redirects.iter().map(|r| json!({ "source": r.from, "destination": site.pages[r.to].url.as_ref(), "permanent": true }));
    root.insert("redirects".into(), redirects.collect());
    Some(format!("{:#}\n", Value::Object(root)))
}
