//! When a build judges the pages that it made.

use super::*;
use crate::source::Memory;

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// The rules that a site breaks, sorted.
fn broken(text: &str) -> Vec<&'static str> {
    let build = Builder::new(Drafts::Left, TODAY).build(&Memory::parse(text), Changes::Everything);
    let mut names: Vec<_> = build.diagnostics.iter().map(|d| d.rule.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn built_pages_are_judged_unless_the_site_is_not_whole() {
    let page = "=== content/a.md\n[x](no.md)\n=== content/privacy.yaml\ncontroller: { name: A }\n";
    assert_eq!(broken(page), ["broken-link", "controller-incomplete"]);
    let silenced = "=== content/site.yaml\nsilence: [{ rule: controller-incomplete, reason: x }]\n";
    assert_eq!(broken(&format!("{page}{silenced}")), ["broken-link"]);
    let missing = "=== content/b.md\n---\ntemplate: no.html\n---\n";
    assert_eq!(broken(&format!("{page}{missing}")), ["controller-incomplete", "unknown-template"]);
}

#[test]
fn a_broken_template_is_one_fault_however_many_pages_use_it() {
    let text = "=== templates/base.html\n{% block main %}\n=== content/a.md\n---\naliases: [/b/]\n---\n[x](no.md)\n=== content/c.md\n# C\n";
    assert_eq!(broken(text), ["template-error"]);
    let text = "=== templates/shortcodes/x.html\n{{ }}\n=== content/a.md\n{{ x() }}\n";
    assert_eq!(broken(text), ["template-error"]);
    let text = "=== templates/css/site.css\n} a {\n=== content/a.md\n# A\n";
    assert_eq!(broken(text), ["invalid-style"]);
}

#[test]
fn a_registry_that_changes_judges_pages_that_do_not() {
    let page = "=== content/a.md\n# A\n<img src=\"https://c.example/x.png\" alt=\"\">\n=== content/x.css\na { background: url(//c.example/x.png) }\n";
    let declared = |category: &str| {
        format!("services: {{ p: {{ label: P, does: shows, category: {category}, origins: {{ img: [https://c.example] }} }} }}\n")
    };
    let mut source = Memory::parse(page);
    let mut builder = Builder::new(Drafts::Left, TODAY);
    let mut told = |source: &Memory, paths: &[String]| {
        let build = builder.build(source, Changes::Paths(paths));
        // What the registry itself lacks is not what is asked here.
        let told = build.diagnostics.into_iter().filter(|d| matches!(d.rule.name, "undeclared-origin" | "ungated-service"));
        told.map(|d| (d.rule.name, d.labels[0].file.to_string())).collect::<Vec<_>>()
    };
    let both = |rule: &'static str| vec![(rule, "content/a.md".to_owned()), (rule, "content/x.css".to_owned())];
    let registry = "content/privacy.yaml".to_owned();
    assert_eq!(told(&source, &["content".to_owned()]), both("undeclared-origin"));
    source.save(&registry, declared("essential").as_bytes());
    assert_eq!(told(&source, std::slice::from_ref(&registry)), []);
    source.save(&registry, declared("media").as_bytes());
    assert_eq!(told(&source, std::slice::from_ref(&registry)), both("ungated-service"));
}

#[test]
fn only_pages_that_say_which_policy_they_are_are_held_against_a_registry() {
    let declared = "=== content/privacy.yaml\ncontroller: { name: A, address: 1 Road, email: a@a.example }\n";
    let purposes = "purposes: { answer: { label: Answer, basis: consent } }\n";
    let page = |front: &str| format!("=== content/a.md\n---\ntitle: A\n{front}---\nWe keep data for 9 years.\n");
    let is_told = |text: &str| broken(text).contains(&"prose-contradicts-registry");
    assert!(is_told(&format!("{}{declared}{purposes}", page("policy: privacy\n"))));
    assert!(!is_told(&format!("{}{declared}{purposes}", page(""))), "it is no policy");
    assert!(!is_told(&format!("{}{declared}", page("policy: privacy\n"))), "there is nothing to hold it against");
    assert!(!is_told(&format!("{}{declared}{purposes}", page("policy: privacy\ndraft: true\n"))), "it is not published");
}
