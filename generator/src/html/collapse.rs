//! Takes away the white space and the comments that never render: `minify: fast`.
//!
//! Runs of white space become one space, and none where a block-level tag stands on one side; `pre`, `textarea`, `script`
//! and `style` stay as they are. The space between two inline elements stays: it renders.

use super::scan::{Tag, Token, tokens};

/// Whether white space around an element never renders: it is block-level, a part of a table, or belongs in the head.
fn is_block(tag: &Tag<'_>) -> bool {
    let mut lower = [0; 10];
    let Some(name) = lower.get_mut(..tag.name.len()) else { return false };
    name.copy_from_slice(tag.name.as_bytes());
    name.make_ascii_lowercase();
    matches!(
        &*name,
        b"p" | b"dd"
            | b"dl"
            | b"dt"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"hr"
            | b"li"
            | b"ol"
            | b"td"
            | b"th"
            | b"tr"
            | b"ul"
            | b"col"
            | b"dir"
            | b"div"
            | b"nav"
            | b"pre"
            | b"xmp"
            | b"base"
            | b"body"
            | b"form"
            | b"head"
            | b"html"
            | b"link"
            | b"main"
            | b"menu"
            | b"meta"
            | b"aside"
            | b"style"
            | b"table"
            | b"tbody"
            | b"tfoot"
            | b"thead"
            | b"title"
            | b"center"
            | b"dialog"
            | b"figure"
            | b"footer"
            | b"header"
            | b"hgroup"
            | b"legend"
            | b"option"
            | b"search"
            | b"address"
            | b"article"
            | b"caption"
            | b"details"
            | b"listing"
            | b"section"
            | b"summary"
            | b"colgroup"
            | b"fieldset"
            | b"frameset"
            | b"optgroup"
            | b"plaintext"
            | b"blockquote"
            | b"figcaption"
    )
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
    pieces(html, |piece, _| out.push_str(piece.text()));
    out
}

/// Collapses HTML: `take` gets the pieces that are left of it, each with the one that follows it in `html`.
pub fn pieces(html: &str, mut take: impl FnMut(Token<'_>, Option<Token<'_>>)) {
    let mut before = Before::Nothing;
    let mut preformatted = 0_usize;
    // Whether what was taken last ends with a tag or with white space.
    let mut is_apart = false;
    let mut collapsed = String::new();
    let mut rest = tokens(html);
    let mut next = rest.next();
    while let Some(token) = next {
        next = rest.next();
        let piece = match token {
            Token::Text(text) if preformatted == 0 => {
                let after = match next {
                    Some(comment) if is_comment(&comment) => rest.clone().find(|token| !is_comment(token)),
                    after => after,
                };
                let block_after = match after {
                    Some(Token::Start(tag) | Token::End(tag)) => is_block(&tag),
                    Some(_) => false,
                    None => true,
                };
                collapsed.clear();
                before = text_into(text, before, block_after, &mut collapsed);
                Token::Text(&collapsed)
            }
            Token::Text(_) | Token::Raw(_) => token,
            // Without the comment, `<<!-- -->a` would become a tag and `&am<!-- -->p;` a character.
            Token::Comment(_) if is_comment(&token) && is_apart => continue,
            Token::Comment(_) => {
                before = if is_comment(&token) { before } else { Before::Nothing };
                token
            }
            Token::Start(tag) | Token::End(tag) => {
                let opens = matches!(token, Token::Start(_));
                if tag.is("pre") || tag.is("listing") {
                    preformatted = if opens { preformatted + 1 } else { preformatted.saturating_sub(1) };
                }
                before = if is_block(&tag) { Before::Nothing } else { Before::Inline };
                token
            }
        };
        if let Some(last) = piece.text().bytes().last() {
            is_apart = last == b'>' || last.is_ascii_whitespace();
            take(piece, next);
        }
    }
}

fn is_comment(token: &Token<'_>) -> bool {
    matches!(token, Token::Comment(text) if text.starts_with("<!--"))
}

fn text_into(text: &str, before: Before, block_after: bool, out: &mut String) -> Before {
    let bytes = text.as_bytes();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c');
    let (mut before, mut copied, mut at) = (before, 0, 0);
    while let Some(word) = bytes[at..].iter().position(is_space) {
        let start = at + word;
        let end = bytes[start..].iter().position(|byte| !is_space(byte)).map_or(bytes.len(), |gap| start + gap);
        if word > 0 {
            before = Before::Inline;
        }
        let renders = before == Before::Inline && !(end == bytes.len() && block_after);
        // Most gaps are single spaces that render, and are copied with the words around them.
        if !renders || bytes[start..end] != *b" " {
            out.push_str(&text[copied..start]);
            out.push_str(if renders { " " } else { "" });
            copied = end;
        }
        if renders {
            before = Before::Nothing;
        }
        at = end;
    }
    out.push_str(&text[copied..]);
    if at < bytes.len() { Before::Inline } else { before }
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
