//! What the conventions of `/.well-known/` publish: `gpc.json` and `security.txt`.

use crate::model::{Registry, Stated};

/// Where `gpc.json` is published.
pub const GPC: &str = ".well-known/gpc.json";
/// Where `security.txt` is published.
pub const SECURITY_TXT: &str = ".well-known/security.txt";

/// `gpc.json`: that the site abides by Global Privacy Control, as of a day. Source: the GPC specification, section 4.
pub fn gpc(updated: &str) -> String {
    format!("{{ \"gpc\": true, \"lastUpdate\": \"{updated}\" }}\n")
}

/// `security.txt` (RFC 9116): where to report a weakness, in which languages, until when this holds.
/// None where there is no address to write to.
pub fn security_txt(registry: &Registry, base_url: Option<&str>, languages: &[String], expires: &str) -> Option<String> {
    let email = registry.controller.as_ref()?.email.as_ref().and_then(Stated::known)?;
    let mut text = format!("Contact: mailto:{email}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: {}\n", languages.join(", "));
    if let Some(base) = base_url {
        text.push_str(&format!("Canonical: {base}/{SECURITY_TXT}\n"));
    }
    Some(text)
}
