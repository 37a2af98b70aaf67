//! Pages as authors write them, and what becomes of each.

use super::*;

fn read(text: &str) -> Reported<Option<Document>> {
    parse(&Arc::from("content/a.md"), text.as_bytes(), Digest::default())
}

fn clean(text: &str) -> Document {
    let read = read(text);
    assert!(read.diagnostics.is_empty(), "{:#?}", read.diagnostics);
    read.value.unwrap()
}

fn rules(text: &str) -> Vec<&'static str> {
    read(text).diagnostics.iter().map(|d| d.rule.name).collect()
}

#[test]
fn a_policy_without_front_matter_builds_as_it_is() {
    let page = clean("# Privacy *policy*\n\nWe keep `little`,\nand briefly.\n\n## What we collect\n\n### Names\n");
    assert_eq!(page.outline.title.as_deref(), Some("Privacy policy"));
    assert_eq!(page.outline.summary, "We keep little, and briefly.");
    assert!(page.heading_in_content);
    assert_eq!(page.toc[0].id, "what-we-collect");
    assert_eq!(page.toc[0].children[0].id, "names");
    assert!(page.html.contains("<h2 id=\"what-we-collect\">"));
}

#[test]
fn front_matter_is_read_and_wrong_keys_are_all_reported() {
    let page = clean("---\ntitle: A\ndate: 2026-05-01\ntags: [x, y]\nextra: { n: 1 }\n---\nText\n");
    assert_eq!(page.outline.front.date.unwrap().to_string(), "2026-05-01");
    assert_eq!(page.outline.front.tags, ["x", "y"]);
    assert_eq!(page.html, "<p>Text</p>\n");
    assert_eq!(rules("---\ntitel: A\ndate: 2026-02-30\ndraft: maybe\n---\n"), ["invalid-date", "wrong-type", "unknown-key"]);
}

#[test]
fn blank_texts_of_front_matter_count_as_absent() {
    let page = clean("---\ntitle: \"  \"\nslug: ''\ndate: ''\ntags: ['']\n---\n# From the heading\n");
    assert_eq!(page.outline.title.as_deref(), Some("From the heading"));
    assert_eq!((&page.outline.front.slug, page.outline.front.date), (&None, None));
    assert!(page.outline.front.tags.is_empty());
}

#[test]
fn an_unknown_key_is_told_about_extra() {
    let help = read("---\ncolour: green\n---\n").diagnostics.remove(0).help.unwrap();
    assert!(help.ends_with("; what only templates read goes under `extra:`"), "{help}");
}

#[test]
fn a_rule_at_the_top_is_no_front_matter() {
    assert!(clean("---\n\nText\n").html.starts_with("<hr />"));
}

#[test]
fn relative_links_stay_open_and_others_do_not() {
    let page = clean(
        "[a](b.md#c) [d](/e/) [f](https://g.example) <h@i.example> [j](#k) ![l](m n.png) ![l](<m n.png>)\n\n<a href=\"o.pdf\">p</a>\n",
    );
    let targets: Vec<_> = page.slots.iter().map(|s| &s.fill).collect();
    let address = |t: &str| Fill::Address(t.to_owned());
    let raw = Fill::RawAddress { link: "o.pdf".to_owned(), written: "o.pdf".to_owned() };
    assert_eq!(targets, [&address("b.md#c"), &address("m n.png"), &raw]);
    let first = &page.slots[0];
    assert!(page.html[..first.at].ends_with("href=\"") && page.html[first.at..].starts_with("\">a"));
}

#[test]
fn shortcodes_are_found_outside_code_only() {
    let page = clean(
        "{{ a(x=\"1|2\", n=3, y=true) }}\n\nin `{{ b() }}` and {{ c() }} text\n\n    {{ d() }}\n\n```\n{{ e() }}\n```\n\n{{ not one }}\n",
    );
    let calls: Vec<_> = page
        .slots
        .iter()
        .map(|s| match &s.fill {
            Fill::Shortcode(c) => c.name.as_str(),
            _ => "?",
        })
        .collect();
    assert_eq!(calls, ["a", "c"]);
    for kept in ["<code>{{ b() }}</code>", "<pre><code>{{ d() }}", "{{ e() }}", "<p>{{ not one }}</p>"] {
        assert!(page.html.contains(kept), "{kept} in {}", page.html);
    }
    assert!(page.html.starts_with('\n'), "a shortcode alone is no paragraph: {}", page.html);
    let span = page.slots[0].span;
    assert_eq!((span.start, span.end), (0, 29));
}

#[test]
fn a_shortcode_in_a_table_a_heading_and_raw_html() {
    let page = clean("| a |\n|---|\n| {{ x(t=\"1|2\") }} |\n\n## H {{ y() }}\n\n<div>{{ z() }}</div>\n");
    let calls = page.slots.iter().filter(|slot| matches!(slot.fill, Fill::Shortcode(_)));
    assert_eq!(calls.count(), 3);
    assert_eq!(page.toc[0].title, "H");
    assert!(page.html.contains("<div class=\"table-scroll\" role=\"group\" tabindex=\"0\" aria-label=\"\">\n<table>"), "{}", page.html);
}

#[test]
fn columns_are_aligned_by_class() {
    let page = clean("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |\n\n| e |\n|---|\n| 5 |\n");
    for cell in [
        "<th class=\"align-left\">a</th>",
        "<th class=\"align-center\">b</th>",
        "<td class=\"align-right\">3</td>",
        "<td>4</td>",
        "<th>e</th>",
        "<td>5</td>",
    ] {
        assert!(page.html.contains(cell), "{cell} in {}", page.html);
    }
    assert!(!page.html.contains("style"), "{}", page.html);
}

#[test]
fn a_malformed_shortcode_says_what_was_expected() {
    let read = read("{{ a(x=) }}\n");
    assert_eq!(read.diagnostics[0].rule.name, "malformed-shortcode");
    assert_eq!(read.diagnostics[0].message, "expected a value: a text in quotes, a number, `true` or `false`");
    let message = |text: &str| self::read(text).diagnostics.remove(0).message;
    assert_eq!(message("{{ a(x=1 y=2) }}\n"), "expected `,` or `)`");
    assert_eq!(message("{{ a(x) }}\n"), "expected `=`");
    assert_eq!(rules("`{{ a(x=) }}`\n"), [""; 0]);
}

#[test]
fn bytes_that_are_not_utf8_are_named_by_line() {
    let read = parse(&Arc::from("content/a.md"), b"# A\n\ncaf\xe9\n", Digest::default());
    assert!(read.value.is_none());
    let message = "this file is not UTF-8: line 3 has a byte that is no letter in it (byte 9 of the file)";
    assert_eq!(read.diagnostics[0].message, message);
}

#[test]
fn a_very_large_page_is_built_with_a_warning() {
    let read = read(&"A word and another one.\n\n".repeat(420_000));
    assert_eq!(read.diagnostics.iter().map(|d| d.rule.name).collect::<Vec<_>>(), ["large-page"]);
    assert!(read.value.unwrap().html.len() > 10_000_000);
}

#[test]
fn an_image_without_a_word_is_told_where_it_stands() {
    let read = read("a\n\n![](b.png)\n");
    assert_eq!(read.diagnostics[0].message, "the image `b.png` has no alternative text");
    assert_eq!(read.diagnostics[0].labels[0].span, Some(Span { start: 3, end: 13 }));
    assert!(read.value.unwrap().html.contains("alt=\"\""), "as CommonMark has it");
    assert!(clean("![b](/a.png)\n").html.contains("alt=\"b\""));
}

#[test]
fn links_are_found_again_by_their_place() {
    let text = "---\ntitle: x\n---\n[a](b.md)\n";
    let links::Written { address, span, form } = links::all(text).remove(0);
    assert_eq!((address.as_str(), &text[span.start..span.end], form), ("b.md", "[a](b.md)", links::Form::Markdown));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "[a-z {}()=\"'`#|>*\\[\\]<!\\-/\n.é]{0,120}") {
        read(&text);
    }
}
