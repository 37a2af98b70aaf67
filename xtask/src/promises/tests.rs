//! The promises as they stand, and faults planted on purpose: a step that finds none of them could not find a real one either.

use std::fs;

use anyhow::anyhow;

use super::manual::{MANUAL, document, stale};
use super::*;

/// What a site of the tests promises.
const FACTS_OF_CRESCO: &str = "\
- { id: address, fact: the address, kept: page, en: [x] }
- { id: no-passwords, fact: no passwords, kept: function }
- { id: erasure, fact: erasure, kept: [function, browser, organisation] }
- { id: audits, fact: audits, kept: organisation }
";

/// The tests that carry it.
const PAGES: &str = "// Promises: cresco/*\n#[test]\nfn cresco_tells_every_fact() {}\n";
const CODES: &str = "mod x {\n    // Promises: cresco/no-passwords\n    /// About it.\n    #[tokio::test]\n    async fn a_code_opens() {\n";
const SUITE: &str = "// Promises: cresco/erasure\npub(crate) async fn nothing_remains(base: &Base) {\n";
const REQUESTS: &str = "\n  // Promises: cresco/erasure\n  await t.test(`an erasure, ${lang}`, async (t) => {\n";

/// What ran, in each of the forms in which it is told.
const REPORT: &str = r#"<?xml version="1.0"?><testsuites><testsuite name="functions::store">
<testcase name="sqlite::nothing_remains" classname="functions::store"/><testcase name="notion::nothing_remains" classname="functions::store"/>
</testsuite><testsuite name="functions::portal"><testcase name="calls::tests::a_code_opens" classname="functions::portal"><system-out>1</system-out></testcase>
</testsuite><testsuite name="plainsite::facts"><testcase name="cresco_tells_every_fact" classname="plainsite::facts"/></testsuite></testsuites>"#;
const LINES: &str = "{\"file\":\"/w/e2e/tests/requests.test.js\",\"line\":3,\"name\":\"an erasure, en\",\"end\":\"passed\"}
{\"file\":\"/w/e2e/tests/requests.test.js\",\"line\":3,\"name\":\"an erasure, fr\",\"end\":\"passed\"}\n";

fn planted(facts: &str) -> Promises {
    let mut all = Promises::default();
    all.declare("cresco", facts);
    all.carry("generator/tests/facts.rs", PAGES);
    all.carry("functions/tests/portal/calls.rs", CODES);
    all.carry("functions/tests/store/going.rs", SUITE);
    all.carry("e2e/tests/requests.test.js", REQUESTS);
    all
}

fn evidence(report: &str, lines: &str) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.add("tests", nextest(report));
    evidence.add("e2e", node(lines, Path::new("/w")));
    evidence
}

/// What `ci` finds in the planted promises, with something put in another's place.
fn unproven(of: &str, by: &str) -> Vec<String> {
    assert!(REPORT.contains(of) != LINES.contains(of), "{of} is in one of them");
    planted(FACTS_OF_CRESCO).unproven(&evidence(&REPORT.replace(of, by), &LINES.replace(of, by)))
}

#[test]
fn every_promise_has_its_tests() {
    let all = Promises::read(&crate::workspace()).unwrap();
    let faults = all.faults();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(SITES.iter().all(|(site, _)| all.of_site(site).len() >= 40));
}

#[test]
fn the_list_is_made_from_the_facts() {
    let all = Promises::read(&crate::workspace()).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(crate::workspace().join(MANUAL), document(&all)).unwrap();
    }
    assert_eq!(stale(&all, &crate::workspace()), None);
    assert!(stale(&planted(FACTS_OF_CRESCO), &crate::workspace()).is_some());
}

#[test]
fn what_ran_and_passed_is_proven() {
    let all = planted(FACTS_OF_CRESCO);
    let evidence = evidence(REPORT, LINES);
    assert_eq!((all.faults(), all.unproven(&evidence), evidence.missing()), (vec![], vec![], &[][..]));
    let list = document(&all);
    assert!(list.contains("4 promises. Kept by this software, wholly or in part: 2. Statements alone: 1. Kept by the company alone: 1."));
    assert!(list.contains("| audits | `cresco/audits` | organisation |  |\n"), "{list}");
    let both = "`functions/tests/store/going.rs`: nothing_remains<br>`e2e/tests/requests.test.js`: an erasure, ${lang}";
    assert!(list.contains(&format!("| erasure | `cresco/erasure` | function, browser, organisation | {both} |\n")), "{list}");
}

#[test]
fn a_test_that_did_not_pass_proves_nothing() {
    let code = "cresco/no-passwords: functions/tests/portal/calls.rs: a_code_opens: it ";
    let remains = "cresco/erasure: functions/tests/store/going.rs: nothing_remains: it ";
    let erasure = "cresco/erasure: e2e/tests/requests.test.js: an erasure, ${lang}: it ";
    for (of, by, expected) in [
        ("calls::tests::a_code_opens", "calls::tests::another", format!("{code}did not run")),
        ("calls::tests::a_code_opens", "elsewhere::a_code_opens", format!("{code}did not run")),
        ("<system-out>1</system-out>", "<failure/>", format!("{code}failed")),
        ("<system-out>1</system-out>", "<skipped/>", format!("{code}was skipped")),
        (
            "<testcase name=\"notion::nothing_remains\" classname=\"functions::store\"/>",
            "<testcase name=\"notion::nothing_remains\" classname=\"functions::store\"><error/></testcase>",
            format!("{remains}failed"),
        ),
        ("classname=\"functions::store\"", "classname=\"functions::stores\"", format!("{remains}did not run")),
        ("cresco_tells", "tells", "cresco/address: generator/tests/facts.rs: cresco_tells_every_fact: it did not run".to_owned()),
        ("fr\",\"end\":\"passed\"", "fr\",\"end\":\"failed\"", format!("{erasure}failed")),
        ("en\",\"end\":\"passed\"", "en\",\"end\":\"skipped\"", format!("{erasure}was skipped")),
        ("\"line\":3", "\"line\":4", format!("{erasure}did not run")),
    ] {
        assert_eq!(unproven(of, by), [expected], "{by}");
    }
}

#[test]
fn a_step_that_stops_early_is_told() {
    let mut evidence = Evidence::default();
    evidence.add("tests", nextest(&REPORT[..REPORT.len() - 20]));
    evidence.add("e2e", node(LINES.lines().next().unwrap(), Path::new("/w")));
    evidence.add("hosting", Err(anyhow!("no npm")));
    let [first, second, third] = evidence.missing() else { panic!("{:?}", evidence.missing()) };
    assert!(first.starts_with("the step `tests` left no results: the report of nextest cannot be read"), "{first}");
    assert_eq!(second, "the step `e2e` ended before any test did", "a line that was cut short is none");
    assert_eq!(third, "the step `hosting` left no results: no npm");
    assert_eq!(planted(FACTS_OF_CRESCO).unproven(&evidence).len(), 4, "every test that carries one");
    assert!(node("{\"file\":1}\n", Path::new("/w")).is_err());
}

#[test]
fn a_claim_without_a_test_is_told_before_anything_runs() {
    let faults = |facts: &str| planted(facts).faults();
    let more = |line: &str| faults(&format!("{FACTS_OF_CRESCO}- {{ {line} }}\n"));
    assert_eq!(
        more("id: more, fact: more, kept: [check, job]"),
        [
            "cresco/more: kept by `check`, and no test below `registry/` or `generator/` carries it",
            "cresco/more: kept by `job`, and no test below `functions/` carries it",
        ]
    );
    let file = "generator/tests/facts/cresco.yaml: ";
    for (line, fault) in [
        ("id: audits, fact: again, kept: page", "`cresco/audits` stands twice"),
        ("fact: nameless, kept: page", "`nameless` has no `id`"),
        ("id: two--dashes, fact: x, kept: page", "`two--dashes` is no id: small letters, digits and single dashes make one"),
        ("id: x, fact: x", "nothing says what keeps `x`: give it `kept:`"),
        ("id: x, fact: x, kept: []", "nothing says what keeps `x`: give it `kept:`"),
        ("id: x, fact: x, kept: [page, luck]", "`x` is kept by `luck`, which is none of page, check, browser, function, job, organisation"),
    ] {
        assert_eq!(more(line), [format!("{file}{fault}")]);
    }
    let code = "functions/tests/portal/calls.rs: a_code_opens: ";
    assert_eq!(
        faults(&FACTS_OF_CRESCO.replace("kept: function", "kept: organisation")),
        [format!("{code}`cresco/no-passwords` is not kept by anything that this test could prove")]
    );
    let renamed = faults(&FACTS_OF_CRESCO.replace("id: no-passwords", "id: no-password"));
    assert_eq!(renamed[0], format!("{code}no promise has the id `cresco/no-passwords`"));
}

#[test]
fn a_mark_stands_above_a_test() {
    let faults = |file: &str, text: &str| carried::read(file, text).1;
    for (file, text) in [
        ("functions/src/a.rs", "// Promises: cresco/x\nlet a = 1;\n"),
        ("functions/src/a.rs", "// Promises: cresco/x\n\n#[test]\nfn a() {}\n"),
        ("functions/src/a.rs", "// Promises: cresco/x"),
        ("e2e/tests/a.js", "// Promises: cresco/x\nconst tested = latest(1);\n"),
    ] {
        assert_eq!(faults(file, text), [format!("{file}:1: the promises stand directly above no test")], "{text}");
    }
    let two = "// Promises: cresco/x, cresco/y\n// Promises: cluently/z\ntest(\"both, and more\", async (t) => {\n";
    let (carriers, _) = carried::read("e2e/tests/a.js", two);
    assert_eq!(
        (carriers[0].name.as_str(), &carriers[0].ids[..]),
        ("both, and more", &["cresco/x", "cresco/y", "cluently/z"].map(str::to_owned)[..])
    );
    let mut planted = planted(FACTS_OF_CRESCO);
    planted.carry("e2e/tests/a.js", "// Promises: crescendo/*\ntest(what, () => {});\n");
    assert_eq!(planted.faults(), ["e2e/tests/a.js: what: `crescendo/*` names no site"]);
}

#[test]
fn what_cargo_test_says_is_read() {
    let said = "   Compiling registry v0.1.0
     Running unittests src/lib.rs (target/debug/deps/registry-0a1b)

running 3 tests
test check::tests::one ... ok
test check::tests::two - should panic ... FAILED
test three ... ignored, for a reason
     Running tests/facts.rs (target/debug/deps/facts-0a1b)
test cresco_tells_every_fact ... ok
     Running tests/portal/main.rs (target/debug/deps/portal-0a1b)
test calls::a_code_opens ... ok
test a has been running for over 60 seconds
   Doc-tests registry
";
    let workspace = crate::workspace();
    let ran = libtest(said, &workspace);
    assert_eq!(ran.len(), 5);
    let mut evidence = Evidence::default();
    evidence.add("tests", Ok(ran));
    let of = |file: &str, name: &str| {
        let (carriers, _) = carried::read(file, &format!("// Promises: cresco/x\n#[test]\nfn {name}() {{\n"));
        evidence.of(&carriers[0])
    };
    assert_eq!(of("registry/src/check/tests.rs", "one"), Some(End::Passed));
    assert_eq!(of("registry/src/check.rs", "two"), Some(End::Failed));
    assert_eq!(of("registry/src/lib.rs", "three"), Some(End::Skipped));
    assert_eq!(of("registry/src/checks.rs", "one"), None);
    assert_eq!(of("generator/tests/facts.rs", "cresco_tells_every_fact"), Some(End::Passed));
    assert_eq!(of("functions/tests/portal/calls.rs", "a_code_opens"), Some(End::Passed));
    assert_eq!(of("functions/tests/portal/attack.rs", "a_code_opens"), None);
}
