//! Judging without a browser: what was seen against what is declared.

use std::sync::Arc;

use registry::diagnostic::Severity;
use registry::resolve::{self, Declared};

use super::belongs::Known;
use super::judge::{Subject, judge};
use super::seen::{Agreed, Kept, Key, Moment, Request, Seen, State, Store};
use super::table::{Table, table};

const PRIVACY: &str = "\
services:
  consent: { use: plainsite-consent }
  count: { label: Count, does: counts, category: analytics, origins: { script: [/_count/], connect: [/_count/] }, cookies: [{ name: c_*, keep: 1 year }] }
  maps: { label: Maps, does: shows, category: media, origins: { frame: [https://maps.example], img: [https://tiles.maps.example] }, storage: [{ kind: local, key: zoom, keep: 1 year }] }
  shop: { label: Shop, does: sells, category: essential, cookies: [{ name: basket, keep: session }], origins: { connect: [https://shop.example] } }
  login: { label: Login, does: logs in, category: functional, system: product, cookies: [{ name: sid, keep: session }] }
";

fn declared() -> Declared {
    let file: Arc<str> = registry::model::FILE.into();
    resolve::registry(Some((&file, PRIVACY)), &[]).value
}

fn at(page: &str, agreed: Agreed) -> Moment {
    Moment { page: page.into(), agreed }
}

fn request(url: &str, kind: &str, agreed: Agreed) -> Seen {
    let request = Request {
        url: url.into(),
        method: "GET".into(),
        kind: kind.into(),
        frame: None,
        by: Some("/assets/js/site.js:3".into()),
        at: at("/a/", agreed),
    };
    Seen { requests: vec![request], ..Seen::default() }
}

fn kept(store: Store, name: &str, whose: &str, agreed: Agreed) -> Seen {
    let key = Key { store, name: name.into(), whose: whose.into() };
    Seen { kept: vec![Kept { key, survived: false, by: None, at: at("/a/", agreed) }], ..Seen::default() }
}

fn judged(seen: &[(State, Seen)]) -> (Vec<(&'static str, Severity, String, String)>, Table) {
    let declared = declared();
    let built = |path: &str| ["/", "/a/", "/b/", "/assets/x.js"].contains(&path);
    let known = Known { registry: &declared.registry, base: Some("https://a.example"), built: &built };
    let file = |page: &str| (page == "/a/").then(|| Arc::from("content/a.md"));
    let table = table(known, seen);
    let found = judge(Subject { declared: &declared, known, file: &file }, seen, &table);
    let found = found.into_iter().map(|d| (d.rule.name, d.severity, d.message, d.why.unwrap_or_default()));
    (found.collect(), table)
}

/// The rules that one sight in one state breaks, without what was never seen.
fn rules(state: State, seen: Seen) -> Vec<&'static str> {
    let found = judged(&[(state, seen)]).0;
    found.into_iter().map(|(rule, ..)| rule).filter(|rule| *rule != "declared-never-seen").collect()
}

#[test]
fn what_is_declared_or_built_is_no_finding() {
    for (url, kind, agreed) in [
        ("/a/", "Document", Agreed::Nothing),
        ("/assets/x.js", "Script", Agreed::Nothing),
        ("https://a.example/a/", "Fetch", Agreed::Nothing),
        ("/api/contact", "Fetch", Agreed::Nothing),
        ("/favicon.ico", "Other", Agreed::Nothing),
        ("https://shop.example/x", "Fetch", Agreed::Nothing),
        ("/_count/script.js", "Script", Agreed::Everything),
        ("/_count/script.js", "Script", Agreed::Only("count".into())),
        ("https://maps.example/embed", "Frame", Agreed::Only("maps".into())),
    ] {
        assert_eq!(rules(State::Accepted, request(url, kind, agreed)), [] as [&str; 0], "{url}");
    }
    assert_eq!(rules(State::Untouched, kept(Store::Cookie, "basket", "self", Agreed::Nothing)), [] as [&str; 0]);
    assert_eq!(rules(State::Untouched, kept(Store::Cookie, "plainsite-consent", "self", Agreed::Nothing)), [] as [&str; 0]);
    assert_eq!(rules(State::Accepted, kept(Store::Local, "zoom", "self", Agreed::Everything)), [] as [&str; 0]);
}

#[test]
fn what_nobody_declares_is_found() {
    for (url, kind) in [
        ("https://tracker.example/p.gif", "Image"),
        ("https://maps.example/p.gif", "Image"),
        ("https://fonts.example/f.woff2", "Font"),
        ("/collect", "Fetch"),
        ("wss://shop.example/", "WebSocket"),
    ] {
        assert_eq!(rules(State::Accepted, request(url, kind, Agreed::Everything)), ["seen-undeclared"], "{url}");
    }
    let mut beacon = request("/a/", "Ping", Agreed::Everything);
    beacon.requests[0].method = "POST".into();
    assert_eq!(rules(State::Accepted, beacon), ["seen-undeclared"], "no page takes a beacon");
    for (store, name, whose) in [
        (Store::Cookie, "basket", "other.example"),
        (Store::Cookie, "basket2", "self"),
        (Store::Session, "zoom", "self"),
        (Store::IndexedDb, "zoom", "self"),
        (Store::Cache, "v1", "self"),
    ] {
        assert_eq!(rules(State::Accepted, kept(store, name, whose, Agreed::Everything)), ["seen-undeclared"], "{name} of {whose}");
    }
}

#[test]
fn what_waits_for_consent_is_found_before_it() {
    for agreed in [Agreed::Nothing, Agreed::Only("maps".into())] {
        assert_eq!(rules(State::Untouched, request("/_count/script.js", "Script", agreed.clone())), ["seen-without-consent"]);
        assert_eq!(rules(State::Untouched, request("https://a.example/_count/e", "Ping", agreed.clone())), ["seen-without-consent"]);
        assert_eq!(rules(State::Untouched, kept(Store::Cookie, "c_1", "self", agreed)), ["seen-without-consent"]);
    }
    assert_eq!(rules(State::NoScript, kept(Store::Local, "zoom", "self", Agreed::Nothing)), ["seen-without-consent"]);
}

#[test]
fn what_a_declared_frame_does_within_itself_is_its_services() {
    let mut seen = request("https://cdn.elsewhere.example/x.js", "Script", Agreed::Everything);
    seen.requests[0].frame = Some("https://maps.example/embed".into());
    assert_eq!(rules(State::Accepted, seen.clone()), [] as [&str; 0]);
    seen.requests[0].at.agreed = Agreed::Nothing;
    assert_eq!(rules(State::Accepted, seen.clone()), ["seen-without-consent"]);
    seen.requests[0].frame = Some("https://other.example/".into());
    assert_eq!(rules(State::Accepted, seen), ["seen-undeclared"]);
}

#[test]
fn a_cookie_of_a_services_host_is_the_services_and_told_gently() {
    let (found, _) = judged(&[(State::Accepted, kept(Store::Cookie, "id", "maps.example", Agreed::Everything))]);
    let (rule, severity, message, _) = &found[0];
    assert_eq!((*rule, *severity), ("seen-undeclared", Severity::Warning));
    assert_eq!(message, "the cookie `id` of `maps.example` is written by the service `maps`, which does not declare it");
    let early = judged(&[(State::Untouched, kept(Store::Cookie, "id", "maps.example", Agreed::Nothing))]).0;
    assert!(early.iter().any(|(rule, severity, ..)| (*rule, *severity) == ("seen-without-consent", Severity::Error)), "{early:?}");
}

#[test]
fn what_is_still_there_after_withdrawing_is_found_where_the_site_can_reach_it() {
    let survived = |name: &str, whose: &str| {
        let mut seen = kept(Store::Cookie, name, whose, Agreed::Nothing);
        seen.kept[0].survived = true;
        rules(State::Withdrawn, seen)
    };
    assert_eq!(survived("c_1", "self"), ["survives-withdrawal"]);
    assert_eq!(survived("basket", "self"), [] as [&str; 0]);
    assert_eq!(survived("id", "maps.example"), [] as [&str; 0]);
}

#[test]
fn a_finding_is_told_once_with_its_states_and_pages() {
    let mut first = request("https://tracker.example/p.gif", "Image", Agreed::Nothing);
    first.requests.push(Request {
        at: at("/b/", Agreed::Nothing),
        url: "https://tracker.example/q.gif".into(),
        ..first.requests[0].clone()
    });
    let second = request("https://tracker.example/p.gif", "Image", Agreed::Nothing);
    let found = judged(&[(State::Untouched, first), (State::Refused, second)]).0;
    let of_tracker: Vec<_> = found.iter().filter(|(rule, ..)| *rule == "seen-undeclared").collect();
    let [(_, _, message, why)] = of_tracker[..] else { panic!("{found:?}") };
    assert_eq!(message, "a request goes to `https://tracker.example/p.gif`, which no service declares, and 1 more like it");
    assert!(
        why.starts_with("seen before any choice and 1 more state, on `/a/` and 1 more page, started by `/assets/js/site.js:3`; that host"),
        "{why}"
    );
}

#[test]
fn what_is_never_seen_is_told_of_services_of_this_site_that_wait_for_consent() {
    let (found, table) = judged(&[(State::Accepted, request("/_count/script.js", "Script", Agreed::Everything))]);
    let mut names: Vec<&str> = found
        .iter()
        .filter(|(rule, ..)| *rule == "declared-never-seen")
        .map(|(_, _, message, _)| message.split('`').nth(1).unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["c_*", "https://maps.example", "https://tiles.maps.example", "zoom"]);
    let names = |rows: &[super::table::Row]| rows.iter().map(|row| format!("{} {}", row.service, row.name)).collect::<Vec<_>>();
    assert_eq!(names(&table.seen), ["count /_count/"]);
    assert!(names(&table.never_seen).contains(&"login sid".to_owned()) && names(&table.never_seen).contains(&"shop basket".to_owned()));
    assert_eq!(table.undeclared, []);
}

#[test]
fn the_reports_tell_what_was_seen_and_escape_it() {
    let declared = declared();
    let built = |_: &str| true;
    let known = Known { registry: &declared.registry, base: None, built: &built };
    let mut seen = request("https://x.example/<b>", "Image", Agreed::Nothing);
    seen.notes.push("`/a/` kept <the> network busy".into());
    seen.picture = Some(vec![1]);
    let seen = vec![(State::Only("maps".into()), seen)];
    let (table, audit) = (table(known, &seen), super::Audit { browser: "B/1".into(), pages: 3, visited: vec!["/".into()], seen });
    let report = super::report::Report {
        title: "A & B",
        url: None,
        day: jiff::civil::date(2026, 6, 1),
        stand_ins: true,
        audit: &audit,
        known,
        table: &table,
        diagnostics: &[],
        texts: &|_| None,
    };
    let json = super::report::json(report);
    assert_eq!(json["states"][0]["picture"], "only-maps.png");
    assert_eq!(json["states"][0]["requests"][0]["declared"], false);
    assert_eq!(json["pages"], serde_json::json!({ "all": 3, "visited": ["/"] }));
    let folder = tempfile::tempdir().unwrap();
    super::report::write(folder.path(), report, &declared.registry).unwrap();
    let html = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(html.contains("A &amp; B") && html.contains("https://x.example/&lt;b&gt;") && html.contains("kept &lt;the&gt; network busy"));
    assert!(html.contains("1 of 3, at even distances") && !html.contains("<script") && !html.contains("<b>"));
    assert!(folder.path().join("only-maps.png").is_file() && folder.path().join(".gitignore").is_file());
}
