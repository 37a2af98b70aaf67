//! The Content-Security-Policy in each state of consent.

use std::sync::Arc;

use registry::derive::headers::*;
use registry::model::{Category, Registry};
use registry::resolve;

fn registry(text: &str) -> Registry {
    let read = resolve::registry(Some((&Arc::from("content/privacy.yaml"), text)), &[]);
    assert_eq!(read.diagnostics, []);
    read.value.registry
}

const SITE: &str = "
services:
  portal: { label: Portal, does: opens the portal, category: essential, origins: { connect: [https://portal.example] } }
  video: { label: Video, does: plays, category: media, origins: { frame: [https://video.example] } }
  figures: { label: Figures, does: counts, category: analytics, origins: { script: [\"'self'\"], connect: [/_figures/] } }
";

// Promises: cresco/analytics-after-consent, cresco/third-parties-after-consent, cluently/usage-after-consent
#[test]
fn what_waits_for_consent_is_allowed_with_its_category_only() {
    let registry = registry(SITE);
    let of = |accepted: &[Category]| content_security_policy(&registry, accepted, Some("https://a.example"));
    let before = of(&[]);
    assert!(before.contains("connect-src https://a.example/api/ https://portal.example"), "{before}");
    assert!(before.contains("script-src https://a.example/assets/;") && !before.contains("frame-src"), "{before}");
    assert!(of(&[Category::Media]).contains("frame-src https://video.example"));
    let measured = of(&[Category::Analytics]);
    assert!(measured.contains("https://a.example/_figures/") && measured.contains("script-src 'self'"), "{measured}");
}

#[test]
fn there_is_a_state_for_each_combination() {
    use Category::{Analytics, Media};
    assert_eq!(states(&registry(SITE)), [vec![], vec![Analytics], vec![Media], vec![Analytics, Media]]);
    assert_eq!(states(&Registry::default()), [Vec::new()]);
}

#[test]
fn nothing_declared_allows_the_site_itself() {
    let policy = content_security_policy(&Registry::default(), &[], None);
    assert!(policy.starts_with("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn hosts_are_read_from_origins() {
    for (origin, expected) in [("https://a.example", "a.example"), ("wss://b.example:8443/x", "b.example"), ("*.c.example", "*.c.example")]
    {
        assert_eq!(host(origin), expected);
    }
}

#[test]
fn text_never_becomes_script_unless_a_service_that_runs_needs_it() {
    let base = Some("https://a.example");
    let needs = "  chat: { label: Chat, does: chats, category: functional, loosens: it writes HTML, origins: { script: [https://c.example, \"'unsafe-html'\"] } }\n";
    let asks = registry(&format!("{SITE}{needs}"));
    let of = |accepted: &[Category]| content_security_policy(&asks, accepted, base);
    let enforced = "require-trusted-types-for 'script'; trusted-types default";
    assert!(of(&[]).ends_with(enforced) && of(&[Category::Analytics]).ends_with(enforced));
    let loosened = of(&[Category::Functional]);
    assert!(loosened.contains("script-src https://a.example/assets/ https://c.example"), "{loosened}");
    assert!(!loosened.contains("trusted-types") && !loosened.contains("unsafe-html"), "{loosened}");
    assert!(content_security_policy(&Registry::default(), &[], base).ends_with("trusted-types 'none'"));
    let essential =
        registry("services: { pay: { label: P, does: pays, category: essential, origins: { script: [https://p.example] } } }\n");
    let policy = content_security_policy(&essential, &[], base);
    assert!(!policy.contains("trusted-types"), "nothing on the page would pass the addresses of its scripts: {policy}");
}
