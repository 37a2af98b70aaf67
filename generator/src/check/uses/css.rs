//! The addresses that CSS loads: `url(…)`, `@import`, `image-set(…)`; not those in comments, texts and names of namespaces.

use registry::model::Directive;

use super::{At, Gate, Load, has_prefix, names_host, place, read};

/// What a style sheet loads from other hosts.
pub(super) fn loads(css: &str) -> Box<[Load]> {
    let loads = addresses(css).into_iter().map(|(way, written)| (way, unescaped(written), place(css, written)));
    foreign(loads).collect()
}

/// What the declarations of a `style` attribute load from other hosts, given decoded; all of it stands at one place.
pub(super) fn loads_at(css: &str, at: At) -> Vec<Load> {
    foreign(addresses(css).into_iter().map(|(way, written)| (way, unescaped(written), at))).collect()
}

fn foreign(found: impl Iterator<Item = (Directive, String, At)>) -> impl Iterator<Item = Load> {
    let found = found.map(|(way, url, at)| Load { way: Some(way), url: read(&url).into(), gate: Gate::Open, at });
    found.filter(|load| names_host(&load.url))
}

/// Every address, as it is written, with what it is loaded as.
fn addresses(css: &str) -> Vec<(Directive, &str)> {
    let mut scan = Scan { css, at: 0, found: Vec::new() };
    // Without one of these there is no other host.
    if css.contains("//") || css.contains('\\') {
        scan.run();
    }
    scan.found
}

struct Scan<'a> {
    css: &'a str,
    at: usize,
    found: Vec<(Directive, &'a str)>,
}

/// What an at-rule makes of the addresses in it.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Import,
    FontFace,
    Namespace,
    Other,
}

impl<'a> Scan<'a> {
    fn run(&mut self) {
        let mut within = Within::Other;
        // How many brackets are open, and at which of them an `image-set(` began: texts in it are addresses.
        let (mut brackets, mut set) = (0_usize, None);
        while let Some(&byte) = self.css.as_bytes().get(self.at) {
            let rest = &self.css[self.at..];
            let starts_word = !self.css[..self.at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'));
            match byte {
                b'/' if rest.starts_with("/*") => self.at += rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
                b'"' | b'\'' => {
                    let text = self.text();
                    match within {
                        Within::Import => self.found.push((Directive::Style, text)),
                        _ if set.is_some() => self.found.push((Directive::Img, text)),
                        _ => {}
                    }
                }
                b'@' => {
                    within = match rest {
                        _ if has_prefix(rest, "@import") => Within::Import,
                        _ if has_prefix(rest, "@font-face") => Within::FontFace,
                        _ if has_prefix(rest, "@namespace") => Within::Namespace,
                        _ => Within::Other,
                    };
                    self.at += 1;
                }
                b'u' | b'U' | b's' | b'S' if starts_word && (has_prefix(rest, "url(") || has_prefix(rest, "src(")) => {
                    self.at += 4;
                    let written = self.address();
                    match within {
                        Within::Import => self.found.push((Directive::Style, written)),
                        Within::FontFace => self.found.push((Directive::Font, written)),
                        Within::Namespace => {}
                        Within::Other => self.found.push((Directive::Img, written)),
                    }
                }
                b'i' | b'I' if has_prefix(rest, "image-set(") => {
                    set = set.or(Some(brackets));
                    brackets += 1;
                    self.at += "image-set(".len();
                }
                _ => {
                    match byte {
                        b'(' => brackets += 1,
                        b')' => {
                            brackets = brackets.saturating_sub(1);
                            set = set.filter(|first| *first < brackets);
                        }
                        b';' if within != Within::FontFace => within = Within::Other,
                        b'}' => within = Within::Other,
                        _ => {}
                    }
                    self.at += rest.chars().next().map_or(1, char::len_utf8);
                }
            }
        }
    }

    /// The text whose opening quote is here, without its quotes.
    fn text(&mut self) -> &'a str {
        let (start, quote) = (self.at + 1, self.css.as_bytes()[self.at]);
        let end = self.until(start, |byte| byte == quote || byte == b'\n');
        self.at = (end + 1).min(self.css.len());
        &self.css[start..end]
    }

    /// The address whose `url(` ends here.
    fn address(&mut self) -> &'a str {
        let rest = &self.css[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let written = if self.css[self.at..].starts_with(['"', '\'']) {
            self.text()
        } else {
            let start = self.at;
            self.at = self.until(start, |byte| byte == b')');
            self.css[start..self.at].trim_end()
        };
        let end = self.until(self.at, |byte| byte == b')');
        self.at = (end + 1).min(self.css.len());
        written
    }

    /// The first byte of a kind from a place on, what is escaped left out; the text's end where there is none.
    fn until(&self, from: usize, is_end: impl Fn(u8) -> bool) -> usize {
        let bytes = self.css.as_bytes();
        let mut at = from;
        while at < bytes.len() && !is_end(bytes[at]) {
            at += if bytes[at] == b'\\' && at + 1 < bytes.len() { 2 } else { 1 };
        }
        // An escaped letter may be longer than one byte.
        while !self.css.is_char_boundary(at) {
            at += 1;
        }
        at
    }
}

/// A text with its escapes replaced.
fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut parts = written.split('\\');
    text.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let digits = part.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        match u32::from_str_radix(&part[..digits], 16).ok().and_then(char::from_u32) {
            Some(letter) => {
                text.push(letter);
                text.push_str(part[digits..].strip_prefix(' ').unwrap_or(&part[digits..]));
            }
            None => text.push_str(part),
        }
    }
    text
}
