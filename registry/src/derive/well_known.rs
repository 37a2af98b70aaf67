//! What the conventions of `/.well-known/` publish: `gpc.json` and `security.txt`.

use serde_json::json;

use crate::model::{Registry, Sale, Stated};

/// Where `gpc.json` is published.
pub const GPC: &str = ".well-known/gpc.json";
/// Where `security.txt` is published.
pub const SECURITY_TXT: &str = ".well-known/security.txt";

/// `gpc.json`: that the site abides by Global Privacy Control, stated on a day, `YYYY-MM-DD`. None where data is sold, or nobody has
/// said that it is not: the signal asks not to sell or share it, and what is published here is a promise.
/// Source: the GPC specification, section "GPC Support Resource", <https://w3c.github.io/gpc/>.
pub fn gpc(registry: &Registry, stated: &str) -> Option<String> {
    let unsold = registry.sale == Some(Stated::Known(Sale::None));
    unsold.then(|| format!("{:#}\n", json!({ "gpc": true, "lastUpdate": stated })))
}

/// `security.txt` (RFC 9116): where to report a weakness, in which languages, until which day, `YYYY-MM-DD`, this holds.
/// None where there is no address to write to.
pub fn security_txt(registry: &Registry, base_url: Option<&str>, languages: &[String], expires: &str) -> Option<String> {
    let email = registry.controller.as_ref()?.email.as_ref().and_then(Stated::known).filter(|email| email.contains('@'))?;
    let mut text = format!("Contact: mailto:{}\nExpires: {expires}T00:00:00Z\n", part_of_address(email));
    if !languages.is_empty() {
        text.push_str(&format!("Preferred-Languages: {}\n", languages.join(", ")));
    }
    // A web address in this file has to begin with `https://`.
    if let Some(base) = base_url.filter(|base| base.starts_with("https://")) {
        text.push_str(&format!("Canonical: {base}/{SECURITY_TXT}\n"));
    }
    Some(text)
}

/// A text as a part of an address, such as the mailbox behind `mailto:` (RFC 3986, 6068).
pub(super) fn part_of_address(email: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    email.bytes().map(byte).collect()
}
