//! A scanner over HTML that finds the tags a browser's tokenizer finds, without copying anything.
//!
//! It exists because every page's links, anchors and (later) origins are judged at every build: it takes a tenth of the
//! time of a general tokenizer. A property test holds it against one that passes html5lib's tests.

use std::borrow::Cow;

use memchr::{memchr, memchr3, memmem};

/// A piece of HTML; the pieces of a text follow each other without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text between tags, with its character references.
    Text(&'a str),
    /// The content of an element that holds no markup: `script`, `style`, `textarea`, `title` and the like.
    Raw(&'a str),
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag.
    End(Tag<'a>),
    /// A comment, a document type, or what browsers take for a comment.
    Comment(&'a str),
}

impl<'a> Token<'a> {
    /// The piece as it is written.
    pub fn text(&self) -> &'a str {
        match self {
            Self::Text(text) | Self::Raw(text) | Self::Comment(text) => text,
            Self::Start(tag) | Self::End(tag) => tag.text,
        }
    }
}

/// A tag as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its name, in whatever case it was written.
    pub name: &'a str,
    /// The whole tag, from `<` to `>`.
    pub text: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Whether this is the tag of that element; `name` in lower case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Its attributes as written: name, and value without quotes, character references undecoded.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of an attribute, decoded; the first where it is written twice, as browsers take it.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| decode(value))
    }
}

/// A text with its character references replaced.
pub fn decode(value: &str) -> Cow<'_, str> {
    match memchr(b'&', value.as_bytes()) {
        Some(_) => html_escape::decode_html_entities(value),
        None => Cow::Borrowed(value),
    }
}

/// The pieces of a text.
pub fn tokens(html: &str) -> Tokens<'_> {
    Tokens { html, at: 0, raw: None }
}

/// Iterates over the pieces of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    html: &'a str,
    at: usize,
    raw: Option<&'a str>,
}

/// Elements whose content the tokenizer does not look into.
const RAW: [&str; 8] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let start = self.at;
        let bytes = self.html.as_bytes();
        if let Some(element) = self.raw.take() {
            self.at = if element.eq_ignore_ascii_case("plaintext") { bytes.len() } else { start + raw_end(&self.html[start..], element) };
            if self.at > start {
                return Some(Token::Raw(&self.html[start..self.at]));
            }
        }
        if start >= bytes.len() {
            return None;
        }
        let mut from = start;
        loop {
            let Some(offset) = memchr(b'<', &bytes[from..]) else {
                self.at = bytes.len();
                return Some(Token::Text(&self.html[start..]));
            };
            let open = from + offset;
            if !matches!(bytes.get(open + 1), Some(b'!' | b'?' | b'/')) && !bytes.get(open + 1).is_some_and(u8::is_ascii_alphabetic) {
                from = open + 1;
                continue;
            }
            if bytes.get(open + 1) == Some(&b'/') && bytes.get(open + 2).is_none() {
                from = open + 1;
                continue;
            }
            if open > start {
                self.at = open;
                return Some(Token::Text(&self.html[start..open]));
            }
            return Some(self.markup(open));
        }
    }
}

impl<'a> Tokens<'a> {
    fn markup(&mut self, open: usize) -> Token<'a> {
        let rest = &self.html[open..];
        let bytes = rest.as_bytes();
        let end_tag = bytes[1] == b'/';
        let name_at = if end_tag { 2 } else { 1 };
        if !bytes.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            let length = if rest.starts_with("<!--") { comment_end(rest) } else { memchr(b'>', bytes).map_or(rest.len(), |i| i + 1) };
            self.at = open + length;
            return Token::Comment(&rest[..length]);
        }
        let name_length = bytes[name_at..].iter().position(|b| is_space(*b) || matches!(b, b'/' | b'>')).unwrap_or(bytes.len() - name_at);
        let name = &rest[name_at..name_at + name_length];
        let attributes_at = name_at + name_length;
        let Some(length) = tag_end(&rest[attributes_at..]).map(|i| attributes_at + i) else {
            // A tag that never ends is no tag: browsers drop it with the rest of the text.
            self.at = self.html.len();
            return Token::Comment(rest);
        };
        self.at = open + length;
        let tag = Tag { name, text: &rest[..length], attributes: &rest[attributes_at..length - 1] };
        if end_tag {
            return Token::End(tag);
        }
        // By length first: `a`, `li`, `td`, `span` and most others cannot be any of them.
        if matches!(name.len(), 3 | 5..=9) && (RAW.iter().any(|raw| tag.is(raw)) || tag.is("plaintext")) {
            self.raw = Some(name);
        }
        Token::Start(tag)
    }
}

/// The length of a comment that begins with `<!--`.
fn comment_end(rest: &str) -> usize {
    if rest[4..].starts_with('>') {
        return 5;
    }
    if rest[4..].starts_with("->") {
        return 6;
    }
    let mut from = 4;
    while let Some(offset) = memmem::find(&rest.as_bytes()[from..], b"--") {
        let at = from + offset + 2;
        if rest[at..].starts_with('>') {
            return at + 1;
        }
        if rest[at..].starts_with("!>") {
            return at + 2;
        }
        from = at - 1;
    }
    rest.len()
}

/// The length up to and with the `>` that ends a tag whose attributes begin here.
fn tag_end(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut from = 0;
    // Nearly every tag is written with values in quotes right behind `name=`: then quotes and `>` are all there is to see.
    while let Some(at) = memchr3(b'>', b'"', b'\'', &bytes[from..]).map(|i| from + i) {
        if bytes[at] == b'>' {
            return Some(at + 1);
        }
        if !opens_value(&bytes[from..at]) {
            break;
        }
        from = at + 2 + memchr(bytes[at], &bytes[at + 1..])?;
    }
    let mut attributes = Attributes { rest };
    for _ in attributes.by_ref() {}
    let left = attributes.rest.as_bytes();
    (left.first() == Some(&b'>')).then(|| rest.len() - left.len() + 1)
}

/// Whether a quote after these bytes surely opens a value: they end with white space, a plain name and `=`.
fn opens_value(before: &[u8]) -> bool {
    let Some(name) = before.strip_suffix(b"=") else { return false };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':');
    let length = name.iter().rev().take_while(|b| plain(b)).count();
    length > 0 && name.len().checked_sub(length + 1).is_some_and(|at| is_space(name[at]))
}

/// Iterates over a tag's attributes: name and value, as written.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.rest.as_bytes();
        let skip = |from: usize, what: fn(u8) -> bool| bytes[from..].iter().position(|b| !what(*b)).map_or(bytes.len(), |i| from + i);
        let start = skip(0, |b| is_space(b) || b == b'/');
        if start == bytes.len() || bytes[start] == b'>' {
            self.rest = &self.rest[start..];
            return None;
        }
        // A leading `=` belongs to the name.
        let name_end = skip(start + 1, |b| !is_space(b) && !matches!(b, b'/' | b'>' | b'='));
        let name_end = if name_end > start { name_end } else { bytes.len() };
        let name = &self.rest[start..name_end];
        let equals = skip(name_end, is_space);
        if bytes.get(equals) != Some(&b'=') {
            self.rest = &self.rest[name_end..];
            return Some((name, ""));
        }
        let value = skip(equals + 1, is_space);
        let (from, to, next) = match bytes.get(value) {
            Some(quote @ (b'"' | b'\'')) => match memchr(*quote, &bytes[value + 1..]) {
                Some(i) => (value + 1, value + 1 + i, value + 2 + i),
                None => (bytes.len(), bytes.len(), bytes.len()),
            },
            Some(b'>') | None => (value, value, value),
            Some(_) => {
                let end = skip(value, |b| !is_space(b) && b != b'>');
                (value, end, end)
            }
        };
        let text = &self.rest[from..to];
        self.rest = &self.rest[next..];
        Some((name, text))
    }
}

/// The length of a raw element's content: up to the end tag that closes it.
fn raw_end(rest: &str, element: &str) -> usize {
    let bytes = rest.as_bytes();
    let script = element.eq_ignore_ascii_case("script");
    let word = |at: usize, word: &str| {
        rest.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word))
            && bytes.get(at + word.len()).is_some_and(|b| is_space(*b) || matches!(b, b'/' | b'>'))
    };
    // A script that opens a comment and in it another script is closed only after that: the tokenizer's escaped states.
    let (mut escaped, mut twice) = (false, false);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'<' if bytes.get(at + 1) == Some(&b'/') && word(at + 2, element) => {
                if !twice {
                    return at;
                }
                twice = false;
                at += 2 + element.len();
            }
            b'<' if script && !escaped && rest[at..].starts_with("<!--") => {
                escaped = true;
                // `<!-->` and `<!--->` close at once: the dashes count for both.
                at += 2;
            }
            b'<' if escaped && !twice && word(at + 1, "script") => {
                twice = true;
                at += 1 + element.len();
            }
            b'-' if escaped && rest[at..].starts_with("-->") => {
                (escaped, twice) = (false, false);
                at += 3;
            }
            _ => {
                let wanted = if escaped { memchr::memchr2(b'<', b'-', &bytes[at + 1..]) } else { memchr(b'<', &bytes[at + 1..]) };
                at = wanted.map_or(bytes.len(), |i| at + 1 + i);
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests;
