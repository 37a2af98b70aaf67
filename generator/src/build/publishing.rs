//! What a build publishes under `/.well-known/`, and from when on.

use jiff::civil::date;

use super::*;
use crate::source::Memory;

const SITE: &str = "\
=== content/site.yaml
base_url: https://a.example
=== content/privacy.yaml
controller: { name: A, address: B, email: c@d.example }
sale: none
recipients: { x: { name: X, role: processor, country: FR } }
=== content/privacy.md
---
policy: privacy
updated: 2026-05-01
effective: 2026-07-01
---
# Privacy
";

/// The files under `/.well-known/` of a site built on a day.
fn published(text: &str, today: Date) -> BTreeMap<String, String> {
    let source = Memory::parse(text);
    let build = Builder::new(Drafts::Left, today).build(&source, Changes::Everything);
    let output = build.output.unwrap_or_else(|| panic!("{:#?}", build.diagnostics));
    let text = |artifact| String::from_utf8_lossy(&crate::write::finished(artifact, &source).unwrap()).into_owned();
    let below = output.iter().filter_map(|(path, artifact)| Some((path.strip_prefix(".well-known/")?.to_owned(), text(artifact))));
    below.collect()
}

#[test]
fn both_files_are_published_and_change_once_a_month_at_most() {
    let files = published(SITE, date(2026, 6, 15));
    assert_eq!(files["gpc.json"], "{\n  \"gpc\": true,\n  \"lastUpdate\": \"2026-05-01\"\n}\n");
    assert!(files["security.txt"].contains("Contact: mailto:c@d.example\nExpires: 2027-06-01T00:00:00Z\n"), "{}", files["security.txt"]);
    assert_eq!(published(SITE, date(2026, 6, 30)), files);
    // A version of the future is not stated before it takes effect.
    assert!(published(SITE, date(2026, 7, 1))["gpc.json"].contains("2026-07-01"));
}

#[test]
fn nothing_is_published_that_is_not_declared() {
    let names = |text: &str| published(text, date(2026, 6, 15)).into_keys().collect::<Vec<_>>();
    assert_eq!(names(&SITE.replace("policy: privacy\n", "")), ["security.txt"]);
    assert_eq!(names(&SITE.replace("sale: none\n", "")), ["security.txt"]);
    assert_eq!(names(&SITE.replace("recipients: { x: { name: X, role: processor, country: FR } }\n", "")), [""; 0]);
}

#[test]
fn an_authors_own_file_takes_the_place_of_the_made_one() {
    let text = format!("{SITE}=== content/.well-known/security.txt\nContact: tel:+33100000000\n");
    let files = published(&text, date(2026, 6, 15));
    assert_eq!(files["security.txt"], "Contact: tel:+33100000000\n");
    assert!(files.contains_key("gpc.json"));
}

#[test]
fn a_builder_that_goes_on_publishes_what_a_new_one_would() {
    let mut source = Memory::parse(SITE);
    let mut builder = Builder::new(Drafts::Left, date(2026, 6, 15));
    builder.build(&source, Changes::Everything);
    source.save("content/privacy.yaml", b"controller: { name: A, address: B, email: c@d.example }\n");
    let build = builder.build(&source, Changes::Paths(&["content/privacy.yaml".to_owned()]));
    let output = build.output.unwrap();
    assert!(!output.keys().any(|path| path.starts_with(".well-known/")));
}
