//! That ordinary pages hold nothing, and where what is found stands.

use super::*;

fn of(html: &str) -> Uses {
    super::html::of(html)
}

#[test]
fn an_ordinary_page_has_nothing() {
    let page = "<!doctype html><link rel=canonical href=\"https://a.example/\"><link rel=stylesheet href=\"/assets/css/x.css\">\
        <script type=\"application/ld+json\">{ \"@context\": \"https://schema.org\" }</script>\
        <h1 class=x id=y>T</h1><p><a href=\"https://b.example/\">b</a><img src=c.png srcset=\"c.png 2x\" alt=\"\"></p>";
    assert_eq!(of(page), Uses::default());
}

#[test]
fn everything_stands_where_it_is_said_to_stand() {
    let html = "<p onclick='a()' style=\"b: c\">x</p><form><input name=d></form><style>e { f: url(https://g.example/) }</style>";
    let part = |(start, length): At| &html[start as usize..(start + length) as usize];
    let uses = of(html);
    let inline: Vec<_> = uses.inline.iter().map(|inline| part(inline.at)).collect();
    assert_eq!(inline, ["onclick='a()'", "style=\"b: c\"", "e { f: url(https://g.example/) }"]);
    assert_eq!(part(uses.forms[0].at), "<form>");
    assert_eq!(part(uses.forms[0].controls[0].1), "name=d");
    assert_eq!(part(uses.loads[0].at), "https://g.example/");
}

#[test]
fn a_template_closes_what_is_in_it_only() {
    let gates = |html: &str| of(html).loads.iter().map(|load| load.gate.clone()).collect::<Vec<_>>();
    let img = "<img src=\"//a.example\">";
    assert_eq!(
        gates(&format!("{img}<template data-service=x>{img}<template>{img}</template></template>{img}")),
        [Gate::Open, Gate::Service("x".into()), Gate::Service("x".into()), Gate::Open]
    );
}

#[test]
fn no_css_breaks_the_scan() {
    for css in ["url(//", "@import '//a", "a{b:url(\"//é", "\\", "url(\\é//)", "/*//", "/*/", "image-set(//", "url(//a\\", "'\\é//"] {
        let _ = super::css::loads(css);
    }
}
