//! Readers of addresses: e-mail, the web, hosts, and the origins of the Content-Security-Policy.
//!
//! What is written here reaches links and headers. An address that could say more than one thing there is refused.

use super::read;
use crate::derive::headers::UNSAFE_HTML;
use crate::diagnostic::{Diagnostic, Span};
use crate::model::Stated;
use crate::yaml::{Fields, Node, Value, wrong_type};

/// What an e-mail address looks like.
const EMAIL: &str = "one e-mail address, such as `privacy@example.com`";
/// What a web address looks like.
const WEB: &str = "a web address, such as `https://example.com/privacy`";
/// What a host looks like.
const HOST: &str = "the name of a host, such as `api.example.com` or `*.example.com`";
/// What an origin looks like.
const ORIGIN: &str = "`'self'`, a path such as `/count/`, or an origin such as `https://example.com` or `wss://*.example.com`";
/// The sources that make the policy less strict.
const LOOSE: [&str; 5] = ["data:", "blob:", "'unsafe-inline'", "'unsafe-eval'", UNSAFE_HTML];

/// A key's e-mail address, or that it is unknown. One that is none is reported and stands: it is not missing.
pub(super) fn stated_email(fields: &mut Fields<'_>, key: &'static str) -> Option<Stated<String>> {
    let node = fields.take(key)?;
    let email = read::stated_text(fields, key);
    if matches!(&email, Some(Stated::Known(text)) if !is_email(text)) {
        report(fields, &format!("`{key}`"), EMAIL, node.span, None);
    }
    email
}

/// A key's web address. One that is none is reported and stands: it is not missing.
pub(super) fn web(fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let node = fields.take(key)?;
    let address = fields.text(key)?;
    if !is_web(&address) {
        let host = address.split('/').next().filter(|host| host.contains('.') && is_host(host));
        let help = host.map(|_| format!("write `https://{address}`"));
        report(fields, &format!("`{key}`"), WEB, node.span, help);
    }
    Some(address)
}

/// Reports the address in a map such as `{ contact: … }` if it is neither of e-mail nor of the web.
pub(super) fn contact(fields: &mut Fields<'_>, node: &Node) {
    let Value::Map(entries) = &node.value else { return };
    for entry in entries.iter().filter(|entry| entry.key == "contact") {
        if entry.value.as_text().is_some_and(|text| !is_email(text) && !is_web(text)) {
            report(fields, "`contact`", &format!("{EMAIL}, or {WEB}"), entry.value.span, None);
        }
    }
}

/// A key's list of hosts; what is none is reported and left out.
pub(super) fn hosts(fields: &mut Fields<'_>, key: &'static str) -> Vec<String> {
    let mut hosts = fields.texts(key);
    hosts.retain(|(text, span)| {
        let fits = is_host(text) && text.contains('.');
        if !fits {
            let bare = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest).split('/').next().unwrap_or("");
            let help = (bare != text && is_host(bare) && bare.contains('.')).then(|| format!("write `{bare}`"));
            report(fields, &format!("each of `{key}`"), HOST, *span, help);
        }
        fits
    });
    hosts.into_iter().map(|(host, _)| host).collect()
}

/// A key's list of origins; what is none is reported and left out. A service that loosens the policy may use [`LOOSE`] ones.
pub(super) fn origins(fields: &mut Fields<'_>, key: &'static str, loosens: bool) -> Vec<String> {
    let mut origins = fields.texts(key);
    origins.retain(|(text, span)| {
        let loose = LOOSE.contains(&text.as_str());
        let fits = is_origin(text) || loosens && loose;
        if !fits {
            let help = match loose {
                true => "say beside `origins` what it allows, in `loosens:`".to_owned(),
                false => origin_help(text),
            };
            report(fields, &format!("each of `{key}`"), ORIGIN, *span, Some(help));
        }
        fits
    });
    origins.into_iter().map(|(origin, _)| origin).collect()
}

/// What was most likely meant by a text that is no origin.
fn origin_help(text: &str) -> String {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("//")).unwrap_or(text);
    let secure = format!("https://{host}");
    match text {
        "self" => "write it with its quotes: `\"'self'\"`".to_owned(),
        _ if text.contains([' ', ',', ';']) => {
            "write each origin as an item of the list: `[https://a.example, https://b.example]`".to_owned()
        }
        _ if host.contains('.') && is_origin(&secure) => format!("write `{secure}`"),
        _ => "name the host: what allows every host protects nobody".to_owned(),
    }
}

fn report(fields: &mut Fields<'_>, what: &str, expected: &str, span: Span, help: Option<String>) {
    let wrong: Diagnostic = wrong_type(what, expected, fields.file(), span).maybe_help(help);
    fields.diagnostics().push(wrong);
}

fn is_email(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"'(),:;[]\\@".contains(c);
    text.split_once('@').is_some_and(|(name, domain)| {
        let labels = || domain.split('.');
        !name.is_empty()
            && (name.chars().chain(domain.chars())).all(plain)
            && labels().count() > 1
            && labels().all(|label| !label.is_empty())
    })
}

fn is_web(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or("");
    let starts = rest.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    starts && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c))
}

/// Whether a text is the name of a host, which may stand for all those below it: `*.example.com`.
fn is_host(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    text.strip_prefix("*.").unwrap_or(text).split('.').all(label)
}

fn is_origin(text: &str) -> bool {
    if text == "'self'" {
        return true;
    }
    if text.starts_with('/') {
        return !text.starts_with("//") && is_path(text);
    }
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("wss://")) else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0) && is_path(path)
}

/// Whether a path can stand in a header's list as one item: neither a space nor what ends an item or a directive.
fn is_path(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&()+:@=".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_item_of_a_header() {
        for origin in ["'self'", "/", "/_count/", "https://a.example", "https://*.a.example:8443/x.js", "wss://a.example/live"] {
            assert!(is_origin(origin), "{origin}");
        }
        for text in [
            "*",
            "https:",
            "https://",
            "https://*",
            "http://a.example",
            "//a.example",
            "a.example",
            "https://a.example; script-src *",
            "https://a.example https://b.example",
            "https://a.example,https://b.example",
            "/x; script-src *",
            "https://a.example:x",
            "https://a.example?x",
            "https://a.*.example",
            "'none'",
            "data:",
            "https://a.example\n",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }

    #[test]
    fn an_email_address_is_one() {
        for email in ["a@b.example", "privacy+site@cluster.example"] {
            assert!(is_email(email), "{email}");
        }
        for text in
            ["a", "a@b", "a@@b.example", "a@b.example, c@d.example", "A <a@b.example>", "a b@c.example", "@b.example", "a@b.example."]
        {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn a_web_address_begins_with_its_scheme() {
        for web in ["https://a.example", "http://a.example/b?c=d#e"] {
            assert!(is_web(web), "{web}");
        }
        for text in ["a.example", "javascript:alert(1)", "https://", "https://a.example/a b", "https://a.example/\"x", "ftp://a.example"] {
            assert!(!is_web(text), "{text}");
        }
    }

    #[test]
    fn a_host_is_a_name_alone() {
        assert!(is_host("api.a.example") && is_host("*.a.example"));
        for text in ["https://a.example", "a.example/x", "a.example:80", "*", "a..example", "*.*.example", ""] {
            assert!(!is_host(text), "{text}");
        }
    }
}
