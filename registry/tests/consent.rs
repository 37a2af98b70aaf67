//! What the script that keeps to a visitor's choice is told.

use std::sync::Arc;

use registry::derive::consent::{self, Choice, Stored, bounds};
use registry::model::{Registry, ServiceId};
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

/// The services of the cookie's tests, in another order than they are asked about.
fn asking() -> Registry {
    let services = [("film", "media"), ("count", "analytics"), ("heat", "analytics")];
    let services = services.map(|(id, category)| format!("  {id}: {{ label: {id}, category: {category} }}\n")).concat();
    registry(&format!("services:\n{services}"))
}

#[test]
fn a_choice_is_written_as_the_script_writes_it() {
    let registry = asking();
    let revision = |id: &str| {
        let mut asked = consent::model(&registry).categories.into_iter().flat_map(|category| category.services);
        asked.find(|service| service.id.as_str() == id).unwrap().revision
    };
    let (both, rest) = ([ServiceId::from("film"), ServiceId::from("count")], [ServiceId::from("heat")]);
    let choice = Choice { made: 1_800_000_000, signalled: false, accepted: &both, refused: &rest };
    let keep = consent::keep(&registry).seconds();
    let [film, count] = ["film", "count"].map(revision);
    let value = format!("analytics.media~tro8w0~film:{film}.count:{count}~heat~");
    assert_eq!(
        choice.cookie(&registry, 1_800_000_000, ";Secure").unwrap(),
        format!("plainsite-consent={value};Path=/;SameSite=Lax;Max-Age={keep};Secure")
    );
    let refusal = Choice { signalled: true, accepted: &[], refused: &both, ..choice };
    let left = keep - 60;
    assert_eq!(
        refusal.cookie(&registry, 1_800_000_060, "").unwrap(),
        format!("plainsite-consent=~tro8w0!~~film.count~;Path=/;SameSite=Lax;Max-Age={left}")
    );
}

#[test]
fn no_choice_outlives_its_time_or_its_service() {
    let (registry, film, gone) = (asking(), [ServiceId::from("film")], [ServiceId::from("gone")]);
    let keep = i64::try_from(consent::keep(&registry).seconds()).unwrap();
    let choice = Choice { made: 1000, signalled: false, accepted: &film, refused: &[] };
    assert_eq!(choice.cookie(&registry, 1000 + keep, ""), None);
    assert!(choice.cookie(&registry, 0, "").unwrap().ends_with(&format!("Max-Age={keep}")), "a clock that runs ahead gives no more");
    assert_eq!(Choice { accepted: &gone, ..choice }.cookie(&registry, 1000, ""), None);
}
