//! The scanner against a tokenizer that passes html5lib's tests.

use html5gum::{DefaultEmitter, Token as Judged, Tokenizer};
use proptest::prelude::*;

use super::*;

type Tags = Vec<(bool, String, Vec<(String, String)>)>;

/// What our scanner sees: start or end, name, attributes (each name once, as browsers keep them).
fn seen(html: &str) -> Tags {
    tokens(html)
        .filter_map(|token| match token {
            Token::Start(tag) => Some((true, tag)),
            Token::End(tag) => Some((false, tag)),
            _ => None,
        })
        .map(|(start, tag)| {
            let mut attributes: Vec<(String, String)> = Vec::new();
            for (name, value) in tag.attributes().filter(|_| start) {
                let name = name.to_ascii_lowercase();
                if attributes.iter().all(|(n, _)| *n != name) {
                    attributes.push((name, value.replace("\r\n", "\n").replace('\r', "\n")));
                }
            }
            attributes.sort();
            (start, tag.name.to_ascii_lowercase(), attributes)
        })
        .collect()
}

fn judged(html: &str) -> Tags {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter)
        .filter_map(|token| match token.unwrap() {
            Judged::StartTag(tag) => {
                let attributes = tag.attributes.iter().map(|(n, v)| (text(n), text(v))).collect::<Vec<_>>();
                Some((true, text(&tag.name), attributes))
            }
            Judged::EndTag(tag) => Some((false, text(&tag.name), Vec::new())),
            _ => None,
        })
        .map(|(start, name, mut attributes)| {
            attributes.sort();
            (start, name, attributes)
        })
        .collect()
}

#[test]
fn pieces_follow_each_other_without_gaps() {
    let html = "<!doctype html><p class=\"a b\" id=x>1 < 2<br/><!-- c --><script>a<b</script></p>";
    let mut glued = String::new();
    for token in tokens(html) {
        glued.push_str(match token {
            Token::Text(t) | Token::Raw(t) | Token::Comment(t) => t,
            Token::Start(tag) | Token::End(tag) => tag.text,
        });
    }
    assert_eq!(glued, html);
}

#[test]
fn hard_cases_agree_with_the_judge() {
    for html in [
        "<a href=x>",
        "<a href='x>y' b>",
        "<a =b c = d e=>",
        "<a/b/c>",
        "<a b=\"1\"c=2>",
        "</a b='>'>",
        "<!--> <b> -->",
        "<!---> <b> -->",
        "<!-- a --!> <b>",
        "<!-- -- > <b> -->",
        "<? x > <b>",
        "</ x > <b>",
        "</><b>",
        "<script><!-- <script> </script> --> </script><b>",
        "<script><!-- <script> </script> </script> <b>",
        "<script><!--></script><b>",
        "<style></styles></style ><b>",
        "<title><b></TITLE><i>",
        "<textarea></textarea/><b>",
        "<plaintext><b>",
        "a < b <3 <b>",
        "<a",
        "<a b='",
        "<",
        "</",
    ] {
        assert_eq!(seen(html), judged(html), "{html}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn any_text_agrees_with_the_judge(parts in proptest::collection::vec(
        prop_oneof![
            Just("<"), Just(">"), Just("</"), Just("/"), Just("="), Just("\""), Just("'"), Just("!"), Just("<!--"), Just("-->"), Just("--"), Just("-"),
            Just("<!"), Just("?"), Just(" "), Just("\n"), Just("a"), Just("B"), Just("é"), Just("script"), Just("<script>"), Just("</script>"),
            Just("<style>"), Just("</style>"), Just("<textarea>"), Just("</title>"), Just("<title>"), Just("x=1"),
        ],
        0..24,
    )) {
        let html = parts.concat();
        prop_assert_eq!(seen(&html), judged(&html), "{}", html);
    }
}
