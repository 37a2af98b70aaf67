//! `minify: full`: a page through `minify-html`, behind a guard that keeps the spaces which render.
//!
//! `minify-html` drops the space between two inline elements and joins words around comments. So the page is collapsed
//! first, which leaves exactly the spaces that render, and those beside a tag are hidden behind a letter it cannot know.

/// Whether this build of the tool can do it.
pub const AVAILABLE: bool = cfg!(feature = "minify-full");

/// Minifies a page.
#[cfg(feature = "minify-full")]
pub fn html(page: &str) -> Vec<u8> {
    use crate::html::collapse::collapse;

    let Some(guard) = ('\u{E000}'..'\u{F8FF}').find(|c| !page.contains(*c)) else { return page.as_bytes().to_vec() };
    let guarded = guard_spaces(&collapse(page), guard);
    let config = minify_html::Cfg {
        keep_closing_tags: true,
        keep_html_and_head_opening_tags: true,
        minify_css: true,
        minify_js: true,
        ..minify_html::Cfg::default()
    };
    let minified = minify_html::minify(guarded.as_bytes(), &config);
    match String::from_utf8(minified) {
        Ok(text) => text.replace(guard, " ").into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// Minifies a page: without the feature, as it is.
#[cfg(not(feature = "minify-full"))]
pub fn html(page: &str) -> Vec<u8> {
    page.as_bytes().to_vec()
}

/// The page with every space at the edge of a text replaced, outside elements that keep their white space.
#[cfg(feature = "minify-full")]
fn guard_spaces(page: &str, guard: char) -> String {
    use crate::html::scan::{Token, tokens};

    let mut out = String::with_capacity(page.len() + page.len() / 16);
    let mut preformatted = 0_usize;
    for token in tokens(page) {
        match token {
            Token::Text(text) if preformatted == 0 => {
                let inner = text.trim_matches(' ');
                let start = text.len() - text.trim_start_matches(' ').len();
                out.extend(std::iter::repeat_n(guard, start));
                out.push_str(inner);
                out.extend(std::iter::repeat_n(guard, text.len() - start - inner.len()));
            }
            Token::Text(text) | Token::Raw(text) | Token::Comment(text) => out.push_str(text),
            Token::Start(tag) | Token::End(tag) => {
                if tag.is("pre") {
                    preformatted = if matches!(token, Token::Start(_)) { preformatted + 1 } else { preformatted.saturating_sub(1) };
                }
                out.push_str(tag.text);
            }
        }
    }
    out
}
