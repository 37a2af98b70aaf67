//! How builds behave: what a site becomes, and the law that editing step by step ends where a new build begins.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::*;
use crate::render::minify::Minifier;
use crate::source::Memory;
use crate::write::finished;

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

const SITE: &str = "\
=== content/site.yaml
title: { en: Site, fr: Le site }
base_url: https://a.example
languages: [en, fr]
menus: { main: [about.md, { url: https://b.example/, label: B }] }
=== content/_index.md
---
title: Home
---
Welcome.
=== content/about.md
---
title: About
aliases: [/old/]
tags: [one]
---
See [us](about.md#here) and [the file](a%20b.pdf).

## Here
=== content/about.fr.md
---
title: À propos
slug: a-propos
---
Voyez [nous](about.md).
=== content/a b.pdf
pdf
=== content/posts/2026-01-02-first.md
# First
=== content/posts/2026-01-03-second.md
---
title: Second
tags: [one, two words]
---
Text
";

/// Every output file as visitors get it.
fn files(build: &Build, source: &Memory) -> BTreeMap<String, String> {
    let output = build.output.as_ref().unwrap_or_else(|| panic!("{:#?}", build.diagnostics));
    let text = |artifact| String::from_utf8_lossy(&finished(artifact, source, &mut Minifier::default()).unwrap()).into_owned();
    output.iter().map(|(path, artifact)| (path.to_string(), text(artifact))).collect()
}

fn build(text: &str) -> BTreeMap<String, String> {
    let source = Memory::parse(text);
    files(&Builder::new(Drafts::Left, TODAY).build(&source, Changes::Everything), &source)
}

fn rules(text: &str) -> Vec<&'static str> {
    let build = Builder::new(Drafts::Left, TODAY).build(&Memory::parse(text), Changes::Everything);
    build.diagnostics.iter().map(|d| d.rule.name).collect()
}

#[test]
fn a_site_has_everything_that_visitors_and_machines_look_for() {
    let files = build(SITE);
    let assets = |name: &&String| !name.starts_with("assets/");
    let names: Vec<&str> = files.keys().filter(assets).map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "404.html",
            "a b.pdf",
            "about/index.html",
            "atom.xml",
            "fr/a-propos/index.html",
            "fr/index.html",
            "index.html",
            "old/index.html",
            "posts/first/index.html",
            "posts/index.html",
            "posts/second/index.html",
            "robots.txt",
            "site.webmanifest",
            "sitemap.xml",
            "tags/index.html",
            "tags/one/index.html",
            "tags/two-words/index.html",
        ]
    );
    let about = &files["about/index.html"];
    for part in [
        "<link rel=\"canonical\" href=\"https://a.example/about/\">",
        "hreflang=\"fr\" href=\"https://a.example/fr/a-propos/\"",
        "<a href=\"/about/#here\">us</a>",
        "<a href=\"/a%20b.pdf\">the file</a>",
    ] {
        assert!(about.contains(part), "{part} in {about}");
    }
    assert!(files["fr/a-propos/index.html"].contains("<a href=\"/fr/a-propos/\">nous</a>"), "a link leads to its own language");
    assert!(files["old/index.html"].contains("url=/about/"));
    assert!(files["atom.xml"].contains("<updated>2026-01-03T00:00:00Z</updated>"));
    assert!(files["sitemap.xml"].contains("<loc>https://a.example/posts/second/</loc><lastmod>2026-01-03</lastmod>"));
    assert!(files["posts/index.html"].find("Second") < files["posts/index.html"].find("First"), "the newest first");
    assert!(files["robots.txt"].contains("https://a.example/sitemap.xml"));
}

#[test]
fn clean_addresses_are_files_without_folders() {
    let files = build("=== content/site.yaml\nurls: clean\n=== content/_index.md\n[a](x/a.md)\n=== content/x/a.md\n# A\n");
    assert!(files.contains_key("x/a.html") && files.contains_key("x.html") && files["index.html"].contains("href=\"/x/a\""));
}

#[test]
fn long_lists_are_cut_into_pages() {
    let mut text = "=== content/site.yaml\npaginate_by: 2\n=== content/_index.md\n# H\n".to_owned();
    (0..5).for_each(|n| text.push_str(&format!("=== content/b/{n}.md\n# P{n}\n")));
    let files = build(&text);
    assert!(files["b/index.html"].contains("href=\"/b/page/2/\""));
    assert!(files["b/page/3/index.html"].contains("P4") && !files["b/page/3/index.html"].contains("P3"));
}

#[test]
fn drafts_are_left_out_unless_they_are_asked_for() {
    let source = Memory::parse("=== content/_index.md\n# H\n=== content/d.md\n---\ndraft: true\n---\n# D\n");
    let left = Builder::new(Drafts::Left, TODAY).build(&source, Changes::Everything);
    let shown = Builder::new(Drafts::Shown, TODAY).build(&source, Changes::Everything);
    assert_eq!((files(&left, &source).contains_key("d/index.html"), files(&shown, &source).contains_key("d/index.html")), (false, true));
}

#[test]
fn one_build_equals_another_whatever_the_number_of_threads() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(alone.install(|| build(SITE)), build(SITE));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text =
        "=== content/site.yaml\ntitel: x\n=== content/a.md\n---\ndate: never\n---\n[x](y.md)\n=== content/b.md\n---\ntags: {}\n---\n";
    assert_eq!(rules(text), ["invalid-date", "broken-link", "wrong-type", "unknown-key"]);
}

#[test]
fn a_fault_on_many_pages_is_one_diagnostic() {
    let text = "=== templates/page.html\n<p>{{ page.titel }}</p>\n=== content/a.md\n# A\n=== content/b.md\n# B\n=== content/c.md\n# C\n";
    let build = Builder::new(Drafts::Left, TODAY).build(&Memory::parse(text), Changes::Everything);
    assert_eq!(build.diagnostics.len(), 1, "{:#?}", build.diagnostics);
    assert!(build.diagnostics[0].message.contains("titel") && build.diagnostics[0].message.contains("title"));
    assert!(build.diagnostics[0].why.as_ref().unwrap().ends_with("and 2 more"));
}

/// An edit of a site.
#[derive(Clone, Debug)]
enum Edit {
    Save(&'static str, String),
    Remove(&'static str),
}

const PATHS: [&str; 15] = [
    "content/_index.md",
    "content/a.md",
    "content/a.fr.md",
    "content/b/_index.md",
    "content/b/c.md",
    "content/b/d.md",
    "content/b/x.pdf",
    "content/b/x.css",
    "content/forms/contact.yaml",
    "content/site.yaml",
    "content/privacy.yaml",
    "content/_data/words.yaml",
    "templates/page.html",
    "templates/css/site.css",
    "templates/redirect.html",
];

fn content(path: &'static str) -> BoxedStrategy<String> {
    let text = |texts: &'static [&'static str]| proptest::sample::select(texts).prop_map(str::to_owned).boxed();
    match path {
        "content/site.yaml" => text(&[
            "title: A\nlanguages: [en, fr]\n",
            "title: B\nbase_url: https://b.example\npaginate_by: 1\n",
            "tags: false\nmenus: { main: [a.md] }\n",
            "urls: clean\nminify: off\n",
            "titel: x\n",
        ]),
        "content/privacy.yaml" => text(&[
            "controller: { name: A, address: B, email: c@d.example }\n",
            "controller: { name: A, address: B, email: c@d.example }\nsale: none\nrecipients: { x: { name: X, role: processor, country: FR } }\n",
            "controller: {}\n",
            "services: { pictures: { label: P, does: shows, category: essential, origins: { img: [https://c.example] } } }\n",
            "services: { pictures: { label: P, does: shows, category: media, origins: { img: [https://c.example] } } }\n",
        ]),
        "content/forms/contact.yaml" => text(&["fields: { email: { type: email } }\n", "fields: { name: { type: text } }\n"]),
        "content/b/x.css" => text(&["a { background: url(https://c.example/x) }\n", "a { color: red }\n"]),
        "templates/redirect.html" => text(&["<a href=\"{{ target }}\">x</a>\n", "<link rel=preconnect href=https://c.example>\n"]),
        "content/_data/words.yaml" => text(&["a: 1\n", "a: 2\n", "a: [\n"]),
        "templates/page.html" => text(&[
            "<title>{{ page.title }}</title>{{ content }}",
            "<p>{{ data.words.a }} {{ page.next.title }}</p>{{ content }}",
            "{% extends \"builtin/page.html\" %}",
            "{{ nothing }}",
            "{% if %}",
        ]),
        "templates/css/site.css" => text(&["a { color: red }\n", "a { color: blue }\n", "}\n"]),
        "content/b/x.pdf" => text(&["1", "2"]),
        _ => {
            let front = proptest::sample::select(vec![
                "",
                "---\ntitle: T\n---\n",
                "---\ntitle: U\ntags: [x, y]\n---\n",
                "---\nslug: s\n---\n",
                "---\ndraft: true\n---\n",
                "---\ndate: 2026-01-01\nweight: 2\n---\n",
                "---\naliases: [/old/]\n---\n",
                "---\nextra: { to: \"@/a.md\" }\n---\n",
                "---\ndate: x\n---\n",
                "---\npolicy: privacy\nupdated: 2026-05-01\n---\n",
                "---\npolicy: privacy\neffective: 2026-07-01\nupdated: 2026-04-01\n---\n",
            ]);
            let body = proptest::collection::vec(
                proptest::sample::select(vec![
                    "# H\n\n",
                    "## One\n\n",
                    "## Two\n\n",
                    "text\n\n",
                    "[a](/a/)\n\n",
                    "[a](a.md)\n\n",
                    "[x](b/x.pdf)\n\n",
                    "[o](#one)\n\n",
                    "[t](/a/#two)\n\n",
                    "{{ email() }}\n\n",
                    "> [!NOTE]\n> n\n\n",
                    "![i](x.pdf)\n\n",
                    "![i](https://c.example/x)\n\n",
                    "<template data-service=pictures><img src=\"https://c.example/x\" alt=\"\"></template>\n\n",
                    "<form action=\"/api/forms/contact\" method=\"post\"><input name=\"email\"></form>\n\n",
                    "<b onclick=\"x\">b</b>\n\n",
                ]),
                0..4,
            );
            (front, body).prop_map(|(front, body)| format!("{front}{}", body.concat())).boxed()
        }
    }
}

fn edits() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    let edit = proptest::sample::select(PATHS.as_slice())
        .prop_flat_map(|path| prop_oneof![4 => content(path).prop_map(move |text| Edit::Save(path, text)), 1 => Just(Edit::Remove(path))]);
    proptest::collection::vec(proptest::collection::vec(edit, 1..4), 1..8)
}

/// The law of this module: any series of edits rebuilt step by step equals a build from nothing.
fn each_step_equals_a_clean_build(steps: &[Vec<Edit>]) -> Result<(), TestCaseError> {
    let mut source = Memory::parse(SITE);
    let mut builder = Builder::new(Drafts::Left, TODAY);
    builder.build(&source, Changes::Everything);
    for (n, step) in steps.iter().enumerate() {
        let mut paths = Vec::new();
        for edit in step {
            match edit {
                Edit::Save(path, text) => source.save(path, text.as_bytes()),
                Edit::Remove(path) => drop(source.0.remove(*path)),
            }
            let (Edit::Save(path, _) | Edit::Remove(path)) = edit;
            paths.push((*path).to_owned());
        }
        // Every other step is told by its paths, the others by a new look at everything.
        let changes = if n % 2 == 0 { Changes::Paths(&paths) } else { Changes::Everything };
        let edited = builder.build(&source, changes);
        let clean = Builder::new(Drafts::Left, TODAY).build(&source, Changes::Everything);
        let only = |one: &Build, other: &Build| -> Vec<Diagnostic> {
            one.diagnostics.iter().filter(|diagnostic| !other.diagnostics.contains(diagnostic)).cloned().collect()
        };
        let told =
            |diagnostics: Vec<Diagnostic>| diagnostics.into_iter().map(|d| (d.rule.name, d.message, d.labels, d.why)).collect::<Vec<_>>();
        prop_assert_eq!(told(only(&edited, &clean)), told(only(&clean, &edited)), "only in the one, only in the other, after step {}", n);
        prop_assert!(edited.diagnostics == clean.diagnostics, "in another order, or differently helped, after step {}", n);
        let texts = |build: &Build| build.output.is_some().then(|| files(build, &source));
        prop_assert_eq!(texts(&edited), texts(&clean), "after step {}", n);
    }
    Ok(())
}

proptest! {
    // Each case is up to fourteen whole builds; `PROPTEST_CASES` asks for more of them.
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24), ..ProptestConfig::default() })]
    #[test]
    fn edits_rebuilt_equal_a_clean_build(steps in edits()) {
        each_step_equals_a_clean_build(&steps)?;
    }
}

#[test]
fn an_address_that_two_pages_had_is_one_page() {
    let alias = |path: &str| format!("=== content/{path}\n---\naliases: [/old/]\n---\n# A\n");
    let template = "=== templates/redirect.html\n<link rel=preconnect href=https://c.example>\n";
    let text = format!("{template}{}{}", alias("a.md"), alias("b.md"));
    // Pages are judged on as many threads as there are: whatever each of them gets, the outcome is the same.
    for threads in 1..4 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let build = pool.install(|| Builder::new(Drafts::Left, TODAY).build(&Memory::parse(&text), Changes::Everything));
        let whys: Vec<_> =
            build.diagnostics.iter().filter(|d| d.rule.name == "undeclared-origin").filter_map(|d| d.why.as_deref()).collect();
        assert!(matches!(whys[..], [why] if why.ends_with("seen in `/old/`")), "{whys:?}");
    }
}
