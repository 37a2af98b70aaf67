//! Pages through `minify-html`, a tag at a time.
//!
//! As a whole, it drops the space between two inline elements and joins words around comments; and the pages of a site consist of the same
//! tags, ten thousand times. So a page is collapsed first, which leaves exactly the spaces that render; then what `minify-html` makes of each
//! tag is remembered, and texts go through it only where they have something to be written shorter.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use memchr::{memchr, memchr2};

use crate::digest::{Names, name64};
use crate::html::collapse::pieces;
use crate::html::scan::{Tag, Token, decode, tokens};

/// The most bytes of tags that are remembered; beyond, remembering begins anew.
const MOST: usize = 1 << 20;

/// Elements whose content `minify-html` knows what to do with, though it holds no markup.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Those of them that are so in SVG too.
const RAW_IN_SVG: &[&str] = &["script", "style"];

/// Minifies pages one after the other, and remembers what they have in common.
#[derive(Debug, Default)]
pub struct Minifier {
    /// What became of a tag, by its name, together with the tag; those in SVG by themselves, since they mean something else there.
    known: [HashMap<u64, Known, Names>; 2],
    /// The bytes of what is known.
    bytes: usize,
}

#[derive(Debug)]
struct Known {
    markup: Box<str>,
    minified: Box<str>,
}

/// Where in a page a piece stands.
#[derive(Default)]
struct Place {
    preformatted: usize,
    svg: usize,
    /// `minify-html` does not know that its elements close themselves.
    math: usize,
    /// Whether the text before could go on as a character reference or a tag, so that a comment is all that keeps it from it.
    is_open: bool,
    /// Whether the piece is the content of an element that was minified with it.
    is_taken: bool,
}

impl Minifier {
    /// Minifies a page.
    pub fn html(&mut self, page: &str) -> Vec<u8> {
        let mut out = String::with_capacity(page.len());
        let mut place = Place::default();
        pieces(page, |piece, next| self.piece(piece, next, &mut place, &mut out));
        out.into_bytes()
    }

    fn piece(&mut self, piece: Token<'_>, next: Option<Token<'_>>, place: &mut Place, out: &mut String) {
        match piece {
            Token::Text(text) => {
                place.is_open = memchr2(b'&', b'<', text.as_bytes()).is_some();
                text_into(text, place, out);
            }
            Token::Raw(_) if std::mem::take(&mut place.is_taken) => {}
            Token::Raw(text) => out.push_str(text),
            Token::Comment(text) if text.starts_with("<!--") && !place.is_open => {}
            Token::Comment(text) => out.push_str(text),
            Token::Start(tag) => {
                place.enter(&tag);
                match next {
                    Some(Token::Raw(raw)) if place.raw().iter().any(|element| tag.is(element)) => {
                        place.is_taken = true;
                        let end = format!("</{}>", tag.name.to_ascii_lowercase());
                        let minified = self.markup(&format!("{}{raw}{end}", tag.text), place);
                        out.push_str(minified.strip_suffix(end.as_str()).unwrap_or(minified));
                    }
                    _ if is_plain(&tag, 2) || place.math > 0 => out.push_str(tag.text),
                    _ => out.push_str(self.markup(tag.text, place)),
                }
            }
            Token::End(tag) => {
                place.leave(&tag);
                if is_plain(&tag, 3) {
                    out.push_str(tag.text);
                } else {
                    out.push_str(&format!("</{}>", tag.name.to_ascii_lowercase()));
                }
            }
        }
    }

    /// What becomes of a tag, or of an element without markup in it.
    fn markup(&mut self, markup: &str, place: &Place) -> &str {
        if self.bytes > MOST {
            *self = Self::default();
        }
        let around = if place.svg > 0 { "<svg>" } else { "" };
        let Self { known, bytes } = self;
        let minify = || {
            let minified = minified(&format!("{around}{markup}"));
            // It takes empty values and defaults away, and the values of what it holds for switches: what a sandbox forbids, or how a
            // form is sent. A tag that would say something else stays.
            let minified = minified.strip_prefix(around).filter(|new| attributes(new) == attributes(markup)).unwrap_or(markup);
            Known { markup: markup.into(), minified: minified.into() }
        };
        let known = match known[usize::from(place.svg > 0)].entry(name64(markup)) {
            Entry::Occupied(known) if &*known.get().markup == markup => known.into_mut(),
            entry => {
                let made = minify();
                *bytes += made.markup.len() + made.minified.len();
                entry.insert_entry(made).into_mut()
            }
        };
        &known.minified
    }
}

impl Place {
    /// The elements whose content goes through `minify-html` with them.
    fn raw(&self) -> &'static [&'static str] {
        if self.svg > 0 { RAW_IN_SVG } else { &RAW }
    }

    fn enter(&mut self, tag: &Tag<'_>) {
        self.is_open = false;
        let closes_itself = tag.text.ends_with("/>");
        match tag.name.len() {
            3 if tag.is("pre") => self.preformatted += 1,
            3 if tag.is("svg") && !closes_itself => self.svg += 1,
            4 if tag.is("math") && !closes_itself => self.math += 1,
            7 if tag.is("listing") => self.preformatted += 1,
            _ => {}
        }
    }

    fn leave(&mut self, tag: &Tag<'_>) {
        self.is_open = false;
        let depth = match tag.name.len() {
            3 if tag.is("pre") => &mut self.preformatted,
            3 if tag.is("svg") => &mut self.svg,
            4 if tag.is("math") => &mut self.math,
            7 if tag.is("listing") => &mut self.preformatted,
            _ => return,
        };
        *depth = depth.saturating_sub(1);
    }
}

/// What a tag says: its attributes' values by their names, whatever white space there is between words. How a style is written is its own
/// affair.
fn attributes(markup: &str) -> Option<BTreeMap<String, String>> {
    let Some(Token::Start(tag)) = tokens(markup).next() else { return None };
    let mut said = BTreeMap::new();
    for (name, value) in tag.attributes() {
        let name = name.to_ascii_lowercase();
        let value = match name.as_str() {
            "style" => String::new(),
            "class" | "d" => decode(value).split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            _ => decode(value).into_owned(),
        };
        // Written twice, the first counts.
        said.entry(name).or_insert(value);
    }
    Some(said)
}

/// Whether a tag is its name, in lower case, and the `marks` around it.
fn is_plain(tag: &Tag<'_>, marks: usize) -> bool {
    tag.text.len() == tag.name.len() + marks && !tag.name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// A text with its characters written as short as can be. One with a `<` that begins no tag stays: it is taken for one all too easily.
fn text_into(text: &str, place: &Place, out: &mut String) {
    let bytes = text.as_bytes();
    if memchr(b'<', bytes).is_some() || (memchr(b'&', bytes).is_none() && bytes.is_ascii()) {
        return out.push_str(text);
    }
    if place.preformatted > 0 {
        let minified = minified(&format!("<pre>{text}</pre>"));
        return out.push_str(minified.strip_prefix("<pre>").and_then(|rest| rest.strip_suffix("</pre>")).unwrap_or(text));
    }
    // The spaces at its edges are those that render.
    let inner = text.trim_matches(' ');
    let start = text.len() - text.trim_start_matches(' ').len();
    out.push_str(&text[..start]);
    out.push_str(&minified(inner));
    out.push_str(&text[start + inner.len()..]);
}

fn minified(markup: &str) -> String {
    let config = minify_html::Cfg {
        keep_closing_tags: true,
        keep_html_and_head_opening_tags: true,
        keep_input_type_text_attr: true,
        minify_css: true,
        minify_js: true,
        ..minify_html::Cfg::default()
    };
    // What it made of something is UTF-8, as that is.
    String::from_utf8(minify_html::minify(markup.as_bytes(), &config)).unwrap_or_else(|_| markup.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_is_written_shorter() {
        for (page, expected) in [
            ("<p class=\" a  b \" id=\"c\">d</p>", "<p class=\"a b\" id=c>d</p>"),
            ("<P>a &quot;b&quot; <!-- c --><b>&eacute;</b></P>", "<p>a \"b\" <b>\u{e9}</b></p>"),
            ("<p>&am<!-- -->p; <1</p>", "<p>&am<!-- -->p; <1</p>"),
            ("<pre>\n a  &quot;</pre>", "<pre>\n a  \"</pre>"),
            (
                "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg><path d=\"M\"/>",
                "<svg viewbox=\"0 0 1 1\"><path d=\"M0 0\"/></svg><path d=M>",
            ),
            ("<math><mspace width=\"1em\"/></math>", "<math><mspace width=\"1em\"/></math>"),
            ("<script>let a  = 1;</script><SCRIPT>let a  = 1;</SCRIPT>", "<script>let a=1;</script><script>let a=1;</script>"),
        ] {
            assert_eq!(String::from_utf8(Minifier::default().html(page)).unwrap(), expected, "{page}");
        }
    }

    #[test]
    fn a_tag_that_would_say_something_else_stays() {
        for page in [
            "<iframe sandbox=\"\" src=\"/\"></iframe>",
            "<input type=\"checkbox\" value=\"\">",
            "<link crossorigin=\"use-credentials\" rel=\"preload\">",
            "<button type=\"submit\">go</button>",
            "<script type=\"text/javascript\">let a  = 1;</script>",
        ] {
            assert_eq!(String::from_utf8(Minifier::default().html(page)).unwrap(), page);
        }
        let page = "<SCRIPT type=\"text/javascript\">let a  = 1;</SCRIPT>";
        let expected = "<SCRIPT type=\"text/javascript\">let a  = 1;</script>";
        assert_eq!(String::from_utf8(Minifier::default().html(page)).unwrap(), expected);
    }

    #[test]
    fn what_is_remembered_stays_bounded() {
        let mut minifier = Minifier::default();
        for number in 0..3 {
            let long = format!("<p title=\"{}\">", number.to_string().repeat(MOST));
            assert_eq!(minifier.html(&long), format!("<p title={}>", number.to_string().repeat(MOST)).into_bytes());
            assert!(minifier.known.iter().map(HashMap::len).sum::<usize>() <= 1);
        }
    }
}
