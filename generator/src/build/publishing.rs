//! What a build publishes under `/.well-known/`, and from when on.

use jiff::civil::date;

use super::*;
use crate::render::minify::Minifier;
use crate::render::well_known;
use crate::source::Memory;

/// The site of the tests of `plainsite export`.
fn site() -> String {
    let files = [
        ("site.yaml", include_str!("../../tests/exports/site.yaml")),
        ("privacy.yaml", include_str!("../../tests/exports/privacy.yaml")),
        ("privacy.md", include_str!("../../tests/exports/privacy.md")),
        ("privacy.fr.md", include_str!("../../tests/exports/privacy.fr.md")),
    ];
    files.iter().map(|(name, text)| format!("=== content/{name}\n{text}")).collect()
}

/// The files under `/.well-known/` of a site built on a day.
fn published(text: &str, today: Date) -> BTreeMap<String, String> {
    let source = Memory::parse(text);
    let build = Builder::new(Drafts::Left, today).build(&source, Changes::Everything);
    let output = build.output.unwrap_or_else(|| panic!("{:#?}", build.diagnostics));
    let text =
        |artifact| String::from_utf8_lossy(&crate::write::finished(artifact, &source, &mut Minifier::default()).unwrap()).into_owned();
    let below = output.iter().filter_map(|(path, artifact)| Some((path.strip_prefix(".well-known/")?.to_owned(), text(artifact))));
    below.collect()
}

#[test]
fn both_files_are_published_and_change_once_a_month_at_most() {
    let files = published(&site(), date(2026, 6, 15));
    assert_eq!(files["gpc.json"], "{\n  \"gpc\": true,\n  \"lastUpdate\": \"2026-05-01\"\n}\n");
    assert!(
        files["security.txt"].contains("Contact: mailto:privacy@lighthouse.example\nExpires: 2027-06-01T00:00:00Z\n"),
        "{}",
        files["security.txt"]
    );
    assert_eq!(published(&site(), date(2026, 6, 30)), files);
    // A version of the future is not stated before it takes effect.
    assert!(published(&site(), date(2026, 7, 1))["gpc.json"].contains("2026-07-01"));
}

/// What would be published, whatever else is wrong with the site.
fn names(text: &str) -> Vec<&'static str> {
    let today = date(2026, 6, 15);
    let build = Builder::new(Drafts::Left, today).build(&Memory::parse(text), Changes::Everything);
    well_known::files(&build.site, &build.declared.registry, today).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn nothing_is_published_that_is_not_declared() {
    let both = [".well-known/gpc.json", ".well-known/security.txt"];
    assert_eq!(names(&site()), both);
    assert_eq!(names(&site().replace("policy: privacy\n", "")), both[1..]);
    assert_eq!(names(&site().replace("sale: none\n", "")), both[1..]);
    assert_eq!(names(&site().replace("  email: privacy@lighthouse.example\n", "")), both[..1]);
    assert_eq!(names("=== content/privacy.yaml\ncontroller: { name: A, address: B, email: c@d.example }\nsale: none\n"), [""; 0]);
}

#[test]
fn an_authors_own_file_takes_the_place_of_the_made_one() {
    let text = format!("{}=== content/.well-known/security.txt\nContact: tel:+33100000000\n", site());
    let files = published(&text, date(2026, 6, 15));
    assert_eq!(files["security.txt"], "Contact: tel:+33100000000\n");
    assert!(files.contains_key("gpc.json"));
}

#[test]
fn a_builder_that_goes_on_publishes_what_a_new_one_would() {
    let mut source = Memory::parse(&site());
    let mut builder = Builder::new(Drafts::Left, date(2026, 6, 15));
    builder.build(&source, Changes::Everything);
    source.save("content/privacy.yaml", b"controller: { name: A, address: B, email: c@d.example }\n");
    let build = builder.build(&source, Changes::Paths(&["content/privacy.yaml".to_owned()]));
    let output = build.output.unwrap();
    assert!(!output.keys().any(|path| path.starts_with(".well-known/")));
}
