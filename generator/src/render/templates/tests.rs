//! Broken templates: each fault is told once, and nothing that follows from it.

use registry::diagnostic::Diagnostic;

use super::*;

/// The templates of a site that has these files in `templates/`.
fn parse(files: &[(&str, &str)]) -> Reported<Templates> {
    let own = files.iter().map(|(name, text)| (Arc::from(format!("templates/{name}")), Arc::from(text.as_bytes())));
    let theme = Theme::new(own);
    let assets = Arc::new(Assets::make(&theme, false).value);
    Templates::parse(&theme, WhiteSpace::Collapsed, &assets)
}

/// Each diagnostic as rule, message and first place.
fn told(parsed: &Reported<Templates>) -> Vec<String> {
    let label = |d: &Diagnostic| d.labels.first().map(|l| l.file.to_string()).unwrap_or_default();
    parsed.diagnostics.iter().map(|d| format!("{}: {} ({})", d.rule.name, d.message, label(d))).collect()
}

#[test]
fn the_built_in_templates_ask_nothing_of_a_sites_own_base_but_its_main_block() {
    let parsed = parse(&[("base.html", "<title>{{ page.title }}</title>{% block main %}{% endblock main %}")]);
    assert_eq!(told(&parsed), [] as [&str; 0]);
}

#[test]
fn the_built_in_templates_are_whole() {
    let parsed = parse(&[]);
    assert_eq!(told(&parsed), [""; 0]);
    assert!(parsed.value.has("page.html") && !parsed.value.is_left_out("page.html"));
}

#[test]
fn one_broken_template_is_one_fault() {
    let parsed = parse(&[("base.html", "{% block main %}"), ("partials/toc.html", "x")]);
    assert_eq!(parsed.diagnostics.len(), 1, "{:?}", told(&parsed));
    assert_eq!(parsed.diagnostics[0].labels[0].file.as_ref(), "templates/base.html");
    for name in ["base.html", "page.html", "404.html"] {
        assert!(parsed.value.is_left_out(name) && !parsed.value.has(name), "{name}");
    }
    assert!(parsed.value.has("partials/toc.html") && parsed.value.has("builtin/base.html"));
}

#[test]
fn what_includes_a_broken_template_is_left_out_silently() {
    let parsed = parse(&[("partials/x.html", "{{ }}"), ("one.html", "{% include 'partials/x.html' %}"), ("two.html", "ok")]);
    assert_eq!(parsed.diagnostics.len(), 1, "{:?}", told(&parsed));
    assert!(parsed.value.is_left_out("one.html") && parsed.value.has("two.html"));
}

#[test]
fn every_template_tells_of_its_own_faults() {
    let parsed =
        parse(&[("a.html", "{% extends 'b.html' %}"), ("c.html", "{{ x | nope }}\n{{ y | neither }}"), ("d.html", "{% include 'e' %}")]);
    let mut told = told(&parsed);
    told.sort();
    assert_eq!(
        told,
        [
            "template-error: `a.html` extends `b.html`, which does not exist (templates/a.html)",
            "template-error: `d.html` includes `e`, which does not exist (templates/d.html)",
            "template-error: unknown filter `neither` (templates/c.html)",
            "template-error: unknown filter `nope` (templates/c.html)",
        ]
    );
    let nope = parsed.diagnostics.iter().find(|d| d.message.contains("neither")).unwrap();
    assert_eq!(nope.labels[0].span.unwrap().start, "{{ x | nope }}\n{{ y | ".len());
    assert!(parsed.value.has("page.html"), "the others are there");
}

#[test]
fn a_circle_is_told_once_and_its_members_are_left_out() {
    let parsed = parse(&[
        ("a.html", "{% extends 'b.html' %}"),
        ("b.html", "{% extends 'c.html' %}"),
        ("c.html", "{% extends 'b.html' %}"),
        ("d.html", "{% extends 'a.html' %}"),
    ]);
    assert_eq!(told(&parsed), ["template-loop: `b.html` comes back to itself: `b.html` → `c.html` → `b.html` (templates/b.html)"]);
    assert!(["a.html", "b.html", "c.html", "d.html"].iter().all(|name| parsed.value.is_left_out(name)));
    let parsed = parse(&[("base.html", "{% extends \"base.html\" %}")]);
    assert_eq!(told(&parsed), ["template-loop: `base.html` comes back to itself: `base.html` → `base.html` (templates/base.html)"]);
}

#[test]
fn a_circle_through_both_kinds_of_links_is_told_too() {
    let parsed = parse(&[("a.html", "{% extends 'b.html' %}"), ("b.html", "{% include 'a.html' %}")]);
    assert_eq!(parsed.diagnostics.iter().map(|d| d.rule.name).collect::<Vec<_>>(), ["template-loop"]);
}

#[test]
fn a_template_that_is_not_utf8_is_left_out() {
    let theme = Theme::new([(Arc::from("templates/base.html"), Arc::from(&b"caf\xe9"[..]))]);
    let parsed = Templates::parse(&theme, WhiteSpace::Kept, &Arc::new(Assets::make(&theme, false).value));
    assert_eq!(parsed.diagnostics.iter().map(|d| d.rule.name).collect::<Vec<_>>(), ["invalid-utf8"]);
    assert!(parsed.value.is_left_out("page.html"));
}

#[test]
fn only_page_templates_are_offered_to_pages() {
    let parsed = parse(&[("own.html", "x"), ("partials/mine.html", "x")]);
    assert_eq!(parsed.value.page_templates(), ["404.html", "home.html", "own.html", "page.html", "section.html", "tag.html", "tags.html"]);
}
