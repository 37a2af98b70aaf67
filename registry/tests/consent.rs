//! What the script that keeps to a visitor's choice is told.

use std::sync::Arc;

use registry::derive::consent::{Stored, bounds};
use registry::model::Registry;
use registry::resolve;

fn registry(text: &str) -> Registry {
    let read = resolve::registry(Some((&Arc::from("content/privacy.yaml"), text)), &[]);
    assert_eq!(read.diagnostics, []);
    read.value.registry
}

const SITE: &str = "
services:
  consent: { use: plainsite-consent }
  film: { label: Film, does: plays, category: media, origins: { frame: [https://f.example] }, cookies: [{ name: f, keep: 1 day, party: third }] }
  count:
    label: Count
    does: counts
    category: analytics
    origins: { script: [/_count/], connect: [/_count/, https://c.example] }
    cookies: [{ name: \"_c.*\", keep: 1 year }, { name: c, keep: session }]
    storage: [{ kind: local, key: c, keep: until deleted }]
";

#[test]
fn the_script_knows_what_is_allowed_and_what_is_left_behind() {
    let bounds = bounds(&registry(SITE));
    assert_eq!(bounds.keep, 6 * 30 * 86_400);
    assert!(bounds.always.contains("script-src /assets/") && bounds.always.contains("connect-src /api/;"), "{}", bounds.always);
    assert_eq!(bounds.stays, Stored::from([("cookies", "plainsite-consent".to_owned())]));
    let of: Vec<_> = bounds.services.iter().map(|(id, b)| (id.as_str(), b.sources.as_str(), b.stored.clone())).collect();
    let left = Stored::from([("cookies", "_c\\..*|c".to_owned()), ("local", "c".to_owned())]);
    let counts = "connect-src /_count/ https://c.example;script-src /_count/";
    assert_eq!(of, [("count", counts, left), ("film", "frame-src https://f.example", Stored::new())]);
}

#[test]
fn a_revision_changes_with_what_was_agreed_to_and_with_nothing_else() {
    let revision = |text: &str| bounds(&registry(text)).services[0].1.revision.clone();
    let before = revision(SITE);
    assert_eq!(before.len(), 4);
    assert_eq!(revision(&SITE.replace("does: plays", "does: shows")), before, "another service");
    assert_eq!(revision(&format!("{SITE}sale: none\n")), before);
    for (old, new) in [("does: counts", "does: follows"), ("keep: 1 year", "keep: 2 years"), ("https://c.example]", "https://d.example]")] {
        assert_ne!(revision(&SITE.replace(old, new)), before, "{new}");
    }
}
