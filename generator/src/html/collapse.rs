//! Takes away the white space and the comments that never render: `minify: fast`.
//!
//! Runs of white space become one space, and none where a block-level tag stands on one side; `pre`, `textarea`, `script`
//! and `style` stay as they are. The space between two inline elements stays: it renders.

use super::scan::{Tag, Token, tokens};

/// Elements around which white space never renders: block-level ones, the parts of tables, what belongs in the head.
const BLOCK: [&str; 62] = [
    "address",
    "article",
    "aside",
    "base",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "menu",
    "meta",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "xmp",
];

fn is_block(tag: &Tag<'_>) -> bool {
    let mut lower = [0; 10];
    let Some(name) = lower.get_mut(..tag.name.len()) else { return false };
    name.copy_from_slice(tag.name.as_bytes());
    name.make_ascii_lowercase();
    BLOCK.binary_search_by(|known| known.as_bytes().cmp(name)).is_ok()
}

/// What stands before a text: decides whether a space at its beginning renders.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// An inline tag, or text.
    Inline,
    /// A block-level tag, a space that is already written, or the beginning.
    Nothing,
}

/// Collapses HTML.
pub fn collapse(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut before = Before::Nothing;
    let mut preformatted = 0_usize;
    let mut pieces = tokens(html);
    while let Some(token) = pieces.next() {
        match token {
            Token::Text(text) if preformatted > 0 => out.push_str(text),
            Token::Text(text) => {
                let block_after = match pieces.clone().find(|t| !is_comment(t)) {
                    Some(Token::Start(tag) | Token::End(tag)) => is_block(&tag),
                    Some(_) => false,
                    None => true,
                };
                before = text_into(text, before, block_after, &mut out);
            }
            Token::Raw(text) => out.push_str(text),
            // Without the comment, `<<!-- -->a` would become a tag and `&am<!-- -->p;` a character.
            Token::Comment(_) if is_comment(&token) && out.ends_with(|c: char| c == '>' || c.is_ascii_whitespace()) => {}
            Token::Comment(text) => {
                out.push_str(text);
                before = if is_comment(&token) { before } else { Before::Nothing };
            }
            Token::Start(tag) | Token::End(tag) => {
                let opens = matches!(token, Token::Start(_));
                if tag.is("pre") || tag.is("listing") {
                    preformatted = if opens { preformatted + 1 } else { preformatted.saturating_sub(1) };
                }
                out.push_str(tag.text);
                before = if is_block(&tag) { Before::Nothing } else { Before::Inline };
            }
        }
    }
    out
}

fn is_comment(token: &Token<'_>) -> bool {
    matches!(token, Token::Comment(text) if text.starts_with("<!--"))
}

fn text_into(text: &str, mut before: Before, block_after: bool, out: &mut String) -> Before {
    let space = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r' | '\x0c');
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(space).unwrap_or(rest.len());
        out.push_str(&rest[..word]);
        if word > 0 {
            before = Before::Inline;
        }
        rest = &rest[word..];
        let after = rest.trim_start_matches(space);
        if after.len() < rest.len() {
            let renders = before == Before::Inline && !(after.is_empty() && block_after);
            if renders {
                out.push(' ');
                before = Before::Nothing;
            }
        }
        rest = after;
    }
    before
}

/// Collapses a template: its `{{ … }}`, `{% … %}` and `{# … #}` stay as they are and count as words.
pub fn collapse_template(template: &str) -> String {
    let (masked, tags) = mask(template);
    let collapsed = collapse(&masked);
    let mut out = String::with_capacity(collapsed.len());
    let mut tags = tags.into_iter();
    let mut rest = collapsed.as_str();
    // Every mask is in place and in order, but for those inside a comment, which went with it.
    while let Some(at) = rest.find(MASK) {
        let length = rest[at..].find(MASK_END).map_or(rest.len() - at, |i| i + MASK_END.len_utf8());
        let id = &rest[at + MASK.len_utf8()..at + length - MASK_END.len_utf8()];
        out.push_str(&rest[..at]);
        let id: usize = id.parse().unwrap_or(usize::MAX);
        if let Some((_, tag)) = tags.by_ref().find(|(n, _)| *n == id) {
            out.push_str(tag);
        }
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

const MASK: char = '\u{E000}';
const MASK_END: char = '\u{E001}';

/// A template with each of Tera's tags replaced by a word, and the tags with their numbers.
fn mask(template: &str) -> (String, Vec<(usize, &str)>) {
    let mut out = String::with_capacity(template.len());
    let mut tags = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let close = match rest.as_bytes().get(at + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
                continue;
            }
        };
        let length = tera_tag_end(&rest[at..], close);
        out.push_str(&rest[..at]);
        out.push_str(&format!("{MASK}{}{MASK_END}", tags.len()));
        tags.push((tags.len(), &rest[at..at + length]));
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    (out, tags)
}

/// The length of a tag of Tera's; a closing mark inside a text of an expression does not end it.
fn tera_tag_end(tag: &str, close: &str) -> usize {
    let bytes = tag.as_bytes();
    let mut quote = None;
    for at in 2..bytes.len() {
        match (quote, bytes[at]) {
            (None, b'"' | b'\'' | b'`') if close != "#}" => quote = Some(bytes[at]),
            (Some(open), byte) if open == byte => quote = None,
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return at + close.len(),
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_that_never_renders_goes() {
        for (html, expected) in [
            ("<div>\n  <a>x</a> <a>y</a>\n</div>", "<div><a>x</a> <a>y</a></div>"),
            ("<div>\n  <a>x</a>\n  <a>y</a>\n</div>", "<div><a>x</a> <a>y</a></div>"),
            ("<p>a <b>b</b>\n<i>c</i></p>\n\n<p>d</p>", "<p>a <b>b</b> <i>c</i></p><p>d</p>"),
            ("<p>a <!-- c --> b</p>", "<p>a b</p>"),
            ("<p>a<!-- c --> b</p>", "<p>a<!-- c --> b</p>"),
            ("<p><<!-- c -->b</p>", "<p><<!-- c -->b</p>"),
            ("<ul>\n <li>a</li>\n <!-- c -->\n <li>b</li>\n</ul>\n", "<ul><li>a</li><li>b</li></ul>"),
            ("<pre>\n a  <b> b </b>\n</pre>\n<p>x</p>", "<pre>\n a  <b> b </b>\n</pre><p>x</p>"),
            ("<p title=\"a  b\" x='>  <'>c\n d <  e</p>", "<p title=\"a  b\" x='>  <'>c d < e</p>"),
            ("<span>a</span>\n<script> let a  = 1 </script>\n<p>b", "<span>a</span> <script> let a  = 1 </script><p>b"),
            ("<!doctype html>\n<html>\n<head>", "<!doctype html><html><head>"),
            ("<b>a </b> <i> b</i>", "<b>a </b> <i> b</i>"),
        ] {
            assert_eq!(collapse(html), expected, "{html}");
        }
    }

    #[test]
    fn a_template_keeps_its_tags() {
        for (template, expected) in [
            ("<ul>\n{% for a  in b %}\n  <li>{{ a }}</li>\n{% endfor %}\n</ul>", "<ul>{% for a  in b %}<li>{{ a }}</li>{% endfor %}</ul>"),
            ("<p>\n{{ a }}\n{{ b }}\n</p>", "<p>{{ a }} {{ b }}</p>"),
            ("<a{% if a > \"%}  >\" %} class=\"x\"{% endif %}>\n", "<a{% if a > \"%}  >\" %} class=\"x\"{% endif %}>"),
            ("<p>{# it's  a note #} a</p>", "<p>{# it's  a note #} a</p>"),
            ("<p><!-- {{ a }} -->{{ b }}</p>", "<p>{{ b }}</p>"),
            ("a { b } {\n", "a { b } {"),
        ] {
            assert_eq!(collapse_template(template), expected, "{template}");
        }
    }

    #[test]
    fn the_block_elements_are_sorted() {
        assert!(BLOCK.is_sorted());
    }

    proptest::proptest! {
        #[test]
        fn a_template_may_hold_anything(template in "[aé…<> {%#}\"'=\n]{0,60}") {
            collapse_template(&template);
        }

        #[test]
        fn collapsing_twice_changes_nothing_more(html in "[ab <>/\\-!\n\"'=p]{0,60}") {
            let once = collapse(&html);
            proptest::prop_assert_eq!(collapse(&once), once);
        }
    }
}
