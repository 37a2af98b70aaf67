//! Every fact of the three sites' promises is readable in their built pages, in both languages, and what they leave open is
//! listed in `docs/three-sites.md`.
//!
//! `tests/facts/*.yaml` hold the facts, each with the texts by which it is read. How the pages look is judged elsewhere, and what keeps
//! each promise is listed in `docs/promises.md`.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plainsite::build::{Builder, Changes};
use plainsite::html::scan::{Token, decode, tokens};
use plainsite::render::minify::Minifier;
use plainsite::site::Drafts;
use plainsite::source::Disk;
use plainsite::write::finished;
use registry::diagnostic::Severity;
use registry::yaml::{self, Node, Value};

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// The languages of each site.
const LANGUAGES: [&str; 2] = ["en", "fr"];

/// Elements that stand within a sentence: their tags separate no words.
const INLINE: [&str; 9] = ["a", "abbr", "b", "code", "em", "i", "small", "strong", "time"];

/// A fact, and by language the texts that must all be readable.
struct Fact {
    name: String,
    texts: BTreeMap<String, Vec<String>>,
}

fn facts(site: &str) -> Vec<Fact> {
    let file: Arc<str> = format!("tests/facts/{site}.yaml").into();
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&*file)).unwrap();
    let parsed = yaml::parse(&file, &text, 0);
    assert_eq!(parsed.diagnostics, [], "{file}");
    parsed.value.unwrap().as_list().unwrap().iter().map(fact).collect()
}

fn fact(node: &Node) -> Fact {
    let mut fact = Fact { name: String::new(), texts: BTreeMap::new() };
    for entry in node.as_map().unwrap() {
        match entry.key.as_str() {
            "fact" => fact.name = entry.value.as_text().unwrap().to_owned(),
            // For the list of promises.
            "id" | "kept" => {}
            _ => {
                let texts = entry.value.as_list().unwrap().iter().map(|text| text.as_text().unwrap().to_owned());
                fact.texts.insert(entry.key.clone(), texts.collect());
            }
        }
    }
    assert_eq!(fact.texts.keys().map(String::as_str).collect::<Vec<_>>(), LANGUAGES, "the languages of `{}`", fact.name);
    fact
}

/// What people can read of a page: lower case, each run of white space one space.
fn readable(html: &str) -> String {
    let body = html.find("<body").map_or("", |at| &html[at..]);
    let mut text = String::with_capacity(body.len() / 2);
    for token in tokens(body) {
        match token {
            Token::Text(part) => text.push_str(&decode(part)),
            Token::Start(tag) | Token::End(tag) if INLINE.iter().any(|name| tag.is(name)) => {}
            _ => text.push(' '),
        }
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The readable texts of a site's pages, by language. It is built as its author would build it.
fn pages(root: &str) -> BTreeMap<&'static str, Vec<String>> {
    let source = Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(root));
    let build = Builder::once(Drafts::Left, TODAY).build(&source, Changes::Everything);
    let errors: Vec<_> = build.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{root}: {errors:#?}");
    let mut pages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, artifact) in build.output.unwrap().iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8(finished(artifact, &source, &mut Minifier::default()).unwrap().into_owned()).unwrap();
        let language = LANGUAGES.into_iter().find(|language| html.contains(&format!("<html lang=\"{language}\"")));
        let language = language.unwrap_or_else(|| panic!("{root}: `{path}` is in no language of the site"));
        pages.entry(language).or_default().push(readable(&html));
    }
    pages
}

/// The texts of facts that no page of their language shows, all of them.
fn missing(facts: &[Fact], pages: &BTreeMap<&'static str, Vec<String>>) -> Vec<String> {
    let mut missing = Vec::new();
    for fact in facts {
        for (language, texts) in &fact.texts {
            let shown =
                |text: &String| pages.get(language.as_str()).is_some_and(|pages| pages.iter().any(|page| page.contains(&plain(text))));
            missing.extend(texts.iter().filter(|text| !shown(text)).map(|text| format!("{language}: {}: `{text}`", fact.name)));
        }
    }
    missing
}

fn assert_told(site: &str, root: &str) {
    let facts = facts(site);
    assert!(facts.len() >= 40, "{site} has {} facts", facts.len());
    let missing = missing(&facts, &pages(root));
    assert!(missing.is_empty(), "{site} does not tell:\n{}", missing.join("\n"));
}

// Promises: cresco/*
#[test]
fn cresco_tells_every_fact() {
    assert_told("cresco", "..");
}

// Promises: qualify-crm/*
#[test]
fn qualify_crm_tells_every_fact() {
    assert_told("qualify-crm", "../examples/qualify-crm");
}

// Promises: cluently/*
#[test]
fn cluently_tells_every_fact() {
    assert_told("cluently", "../examples/cluently");
}

/// What a registry leaves open: the path of keys of each `unknown:`, and who must supply it.
fn open(node: &Node, path: &str, found: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Map(entries) if entries.len() == 1 && entries[0].key == "unknown" => {
            found.push((path.to_owned(), entries[0].value.as_text().unwrap().to_owned()));
        }
        Value::Map(entries) => entries.iter().for_each(|entry| open(&entry.value, &below(&entry.key), found)),
        Value::List(items) => items.iter().enumerate().for_each(|(n, item)| open(item, &below(&n.to_string()), found)),
        Value::Scalar(_) => {}
    }
}

/// The rows of the first table below a heading: the last cell without its backticks, and the one before it.
fn listed(document: &str, heading: &str) -> Vec<(String, String)> {
    let section = document.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let lines = section.lines().skip_while(|line| !line.starts_with("| --- ")).skip(1).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let mut cells = line.trim_matches('|').rsplit('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        (cells.next().unwrap(), cells.next().unwrap())
    };
    lines.map(row).collect()
}

#[test]
fn what_the_promises_leave_open_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = std::fs::read_to_string(root.join("docs/three-sites.md")).unwrap();
    for (site, folder) in [("CRESCO System", "."), ("Qualify CRM", "examples/qualify-crm"), ("Cluently", "examples/cluently")] {
        let file: Arc<str> = format!("{folder}/content/privacy.yaml").into();
        let registry = yaml::parse(&file, &std::fs::read_to_string(root.join(&*file)).unwrap(), 0);
        let mut found = Vec::new();
        open(&registry.value.unwrap(), "", &mut found);
        assert!(!found.is_empty(), "{site} leaves nothing open");
        assert_eq!(listed(&document, site), found, "{site}, in the order of its registry");
    }
}

#[test]
fn a_fact_that_one_language_leaves_out_is_missed() {
    let texts = [("en", "kept 2 years"), ("fr", "gardées 2 ans")].map(|(language, text)| (language.to_owned(), vec![text.to_owned()]));
    let facts = [Fact { name: "two years".to_owned(), texts: BTreeMap::from(texts) }];
    let told = |en: &str, fr: &str| missing(&facts, &BTreeMap::from([("en", vec![readable(en)]), ("fr", vec![readable(fr)])]));
    let french = "<body><td>Gardées</td><td>2&nbsp;ans</td>";
    assert_eq!(told("<body>Kept <b>2</b> years", french), [""; 0]);
    assert_eq!(told("<title>Kept 2 years</title><body>Kept <b>3</b> years", french), ["en: two years: `kept 2 years`"]);
    assert_eq!(told("<body>Kept 2 years", "<body>gardées 12 ans"), ["fr: two years: `gardées 2 ans`"]);
}
