//! Versions of a policy: published, kept readable, compared, sealed.

use jiff::civil::{Date, date};
use plainsite::build::{Build, Builder, Changes};
use plainsite::document::version::Version;
use plainsite::site::Drafts;
use plainsite::source::Memory;

const SITE: &str = "=== content/site.yaml
base_url: https://a.example
languages: [en, fr]
=== content/_index.md
# Home
=== content/_index.fr.md
# Accueil
=== content/privacy.md
---
title: Privacy policy
policy: privacy
version: 1
effective: 2026-05-01
---
We keep little.
=== content/privacy.fr.md
---
title: Confidentialité
slug: confidentialite
policy: privacy
version: 1
effective: 2026-05-01
---
Nous gardons peu.
";

fn build(files: &Memory, today: Date) -> (Builder, Build) {
    let mut builder = Builder::new(Drafts::Left, today);
    let build = builder.build(files, Changes::Everything);
    (builder, build)
}

/// Publishes the policy as it stands, and keeps its version beside the site's other files.
fn publish(files: &mut Memory, today: Date) -> Result<Version, String> {
    let (builder, build) = build(files, today);
    let version = builder.version(&build, "privacy").map_err(|error| error.to_string())?;
    files.save(&Version::path("privacy", &version.version), version.to_json().as_bytes());
    Ok(version)
}

/// Changes the policy's words, version and day in both languages.
fn change(files: &mut Memory, version: &str, effective: &str) {
    for (path, words, others) in [
        ("content/privacy.md", "We keep little.", "We keep nothing."),
        ("content/privacy.fr.md", "Nous gardons peu.", "Nous ne gardons rien."),
    ] {
        let text = String::from_utf8_lossy(&files.0[path]).into_owned();
        let text = text.replace(words, others).replace("version: 1", &format!("version: {version}"));
        files.save(path, text.replace("2026-05-01", effective).as_bytes());
    }
}

/// A built file's text.
fn text(build: &Build, path: &str) -> String {
    let output = build.output.as_ref().unwrap_or_else(|| panic!("{:#?}", build.diagnostics));
    let artifact = output.get(path).unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8_lossy(&artifact.bytes().unwrap_or_else(|| panic!("{path} is a copied file"))).into_owned()
}

fn two_versions() -> Memory {
    let mut files = Memory::parse(SITE);
    publish(&mut files, date(2026, 4, 1)).expect("nothing keeps it from being published");
    change(&mut files, "2", "2026-09-01");
    publish(&mut files, date(2026, 7, 1)).expect("nothing keeps it from being published");
    files
}

#[test]
fn a_version_to_come_is_announced_until_it_applies() {
    let files = two_versions();
    let (_, before) = build(&files, date(2026, 8, 1));
    let page = text(&before, "privacy/index.html");
    assert!(page.contains("A new version applies from 1 September 2026.") && page.contains("href=\"/privacy/versions/1/\""), "{page}");
    assert!(text(&before, "privacy/versions/1/index.html").contains("has applied since 1 May 2026"));
    let (_, after) = build(&files, date(2026, 9, 1));
    assert!(!text(&after, "privacy/index.html").contains("class=\"notice\""));
    assert!(text(&after, "privacy/versions/1/index.html").contains("This is an earlier version."));
}

#[test]
fn what_changed_is_told_word_by_word_in_each_language_with_a_feed() {
    let (_, build) = build(&two_versions(), date(2026, 9, 1));
    let english = text(&build, "privacy/changes/index.html");
    assert!(english.contains("[removed] </span>little.") && english.contains("[added] </span>nothing."), "{english}");
    assert!(text(&build, "fr/confidentialite/changes/index.html").contains("[ajouté] "));
    assert!(text(&build, "privacy/versions/1/index.html").contains("We keep little."));
    let feed = text(&build, "privacy/changes/atom.xml");
    assert!(
        feed.contains("<id>https://a.example/privacy/versions/2/</id>") && feed.contains("<updated>2026-07-01T00:00:00Z</updated>"),
        "{feed}"
    );
}

#[test]
fn what_cannot_be_published_says_why() {
    let mut files = Memory::parse(SITE);
    publish(&mut files, date(2026, 4, 1)).unwrap();
    assert!(publish(&mut files, date(2026, 4, 1)).unwrap_err().starts_with("version 1 is published already"));
    change(&mut files, "2", "2026-04-01");
    assert!(publish(&mut files, date(2026, 4, 1)).unwrap_err().starts_with("version 1 applies from 2026-05-01"));
    let french = String::from_utf8(files.0["content/privacy.fr.md"].clone()).unwrap();
    files.save("content/privacy.fr.md", french.replace("version: 2", "version: 3").as_bytes());
    assert!(publish(&mut files, date(2026, 4, 1)).unwrap_err().contains("do not have the same"));
}

#[test]
fn a_version_that_was_changed_or_is_gone_stops_the_build() {
    let first = Version::path("privacy", "1");
    let rules = |files: &Memory| {
        let (_, build) = build(files, date(2026, 9, 1));
        build.diagnostics.iter().map(|d| (d.rule.name, d.message.clone())).collect::<Vec<_>>()
    };
    let mut changed = two_versions();
    assert_eq!(rules(&changed), []);
    let text = String::from_utf8(changed.0[first.as_str()].clone()).unwrap();
    changed.save(&first, text.replace("We keep little", "We keep much").as_bytes());
    assert_eq!(rules(&changed), [("invalid-version", "version 1 of `privacy` was changed after it was published".to_owned())]);
    let mut gone = two_versions();
    gone.0.remove(first.as_str());
    assert_eq!(rules(&gone), [("invalid-version", "the version before version 2 of `privacy` is missing".to_owned())]);
}

#[test]
fn a_policy_that_nobody_wrote_is_made_without_empty_sections() {
    let registry = "=== content/privacy.yaml\ncontroller: { name: A, address: B, email: c@d.example }\nhost: h\n\
                    recipients: { h: { name: Hosty, role: processor, does: hosts, country: FR } }\n";
    let site = format!("=== content/_index.md\n# Home\n{registry}=== content/site.yaml\nsilence:\n");
    let rules = ["dpo-undecided", "automated-decisions-undecided", "authority-missing", "right-missing", "broken-anchor"];
    let site = rules.iter().fold(site, |site, rule| format!("{site}  - {{ rule: {rule}, reason: only the made pages matter here }}\n"));
    let (_, build) = build(&Memory::parse(&site), date(2026, 9, 1));
    let page = text(&build, "privacy/index.html");
    assert!(page.contains("Hosty") && !page.contains("How it is protected") && !page.contains("When this policy changes"), "{page}");
    assert!(text(&build, "legal/index.html").contains("Hosty"));
}
