//! What the checks need to know of a built page: its anchors, its links, its images. Found in one pass over the HTML.

use std::collections::HashMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::consent_control::CONTROL;
use super::uses::{Gathering, Uses};
use crate::digest::{Names, name64};
use crate::document::links::has_scheme;
use crate::html::scan::{Tag, Token, decode, tokens};
use crate::render::consent::SCRIPT_START;

/// What the checks need to know of a built page.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The page's path below the output folder.
    pub out: Arc<str>,
    /// Where its own words come from.
    pub origin: Option<Arc<str>>,
    /// Its anchors, as sorted names.
    pub anchors: Box<[u64]>,
    /// Its links to this site, each once.
    pub links: Box<[Link]>,
    /// The addresses of images without an alternative text.
    pub bare_images: Vec<String>,
    /// Whether it has a way to reopen the cookie choices.
    pub has_choices: bool,
    /// Whether it brings the script that asks for consent.
    pub asks: bool,
    /// What it makes a browser do.
    pub uses: Uses,
}

/// A link to this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The name of the path.
    pub path: u64,
    /// The name of the anchor; 0 for none.
    pub anchor: u64,
    /// Where in the page's HTML the link stands, for messages: its first byte and its length.
    pub at: (u32, u32),
}

/// Paths that exist on the host though no build makes them: the functions.
const ELSEWHERE: &str = "/api/";

/// Finds the facts of a page. `base` is the site's own address, whose links are links to this site.
pub fn of(out: &Arc<str>, origin: Option<&Arc<str>>, html: &str, base: Option<&str>) -> Facts {
    let uses = Gathering::new(html);
    let (seen, anchors, links) = (Vec::with_capacity(64), Vec::with_capacity(32), Vec::with_capacity(64));
    let mut scan = Scan { html, base, out, seen, anchors, links, has_choices: false, asks: false, uses };
    let mut bare_images = Vec::new();
    for token in tokens(html) {
        match token {
            Token::Start(tag) => {
                scan.uses.start(&tag);
                // Most tags have no attribute at all.
                if tag.text.len() > tag.name.len() + 2
                    && let Some(source) = scan.tag(&tag)
                {
                    bare_images.push(decode(source).into_owned());
                }
            }
            Token::End(tag) => scan.uses.end(&tag),
            Token::Raw(text) => scan.uses.raw(text),
            Token::Text(_) | Token::Comment(_) => {}
        }
    }
    scan.anchors.sort_unstable();
    scan.anchors.dedup();
    let (anchors, links) = (scan.anchors.into(), scan.links.into());
    let (has_choices, asks) = (scan.has_choices, scan.asks);
    Facts { out: out.clone(), origin: origin.cloned(), anchors, links, bare_images, has_choices, asks, uses: scan.uses.finish() }
}

struct Scan<'a> {
    html: &'a str,
    base: Option<&'a str>,
    out: &'a str,
    /// The names of the addresses met so far: few enough to look through.
    seen: Vec<u64>,
    anchors: Vec<u64>,
    links: Vec<Link>,
    has_choices: bool,
    asks: bool,
    uses: Gathering<'a>,
}

impl<'a> Scan<'a> {
    /// Takes a tag in; the address of an image without an alternative text is returned.
    fn tag(&mut self, tag: &Tag<'a>) -> Option<&'a str> {
        let mut alternative = !tag.is("img");
        let mut source = "";
        for (name, value) in tag.attributes() {
            self.uses.attribute(tag, name, value);
            match name.len() {
                2 if name.eq_ignore_ascii_case("id") => self.anchors.push(name64(&decode(value))),
                3 if name.eq_ignore_ascii_case("alt") => alternative = true,
                3 if name.eq_ignore_ascii_case("src") => {
                    source = value;
                    self.asks |= tag.is("script") && value.starts_with(SCRIPT_START);
                    self.link(value);
                }
                4 if name.eq_ignore_ascii_case("href") && (tag.is("a") || tag.is("area") || tag.is("link")) => self.link(value),
                4 if name.eq_ignore_ascii_case("name") && tag.is("a") => self.anchors.push(name64(&decode(value))),
                6 if name.eq_ignore_ascii_case("poster") => self.link(value),
                6 if name.eq_ignore_ascii_case("srcset") => {
                    value.split(',').filter_map(|candidate| candidate.split_ascii_whitespace().next()).for_each(|url| self.link(url));
                }
                20 if name.eq_ignore_ascii_case(CONTROL) => self.has_choices = true,
                _ => {}
            }
        }
        (!alternative).then_some(source)
    }

    fn link(&mut self, written: &'a str) {
        let name = name64(written);
        if self.seen.contains(&name) {
            return;
        }
        self.seen.push(name);
        let value = decode(written);
        let href = value.trim();
        let local = match href.as_bytes() {
            [b'/', b'/', ..] => return,
            [b'/' | b'#' | b'?', ..] | [] => href,
            _ => match self.base.and_then(|base| href.strip_prefix(base)) {
                Some("") => "/",
                Some(rest) if rest.starts_with(['/', '?', '#']) => rest,
                _ if has_scheme(href) => return,
                _ => href,
            },
        };
        if local.starts_with(ELSEWHERE) {
            return;
        }
        let (path, anchor) = local.split_once('#').unwrap_or((local, ""));
        let path = path.split('?').next().unwrap_or("");
        let path = match path {
            "" => name64(&format!("/{}", self.out)),
            absolute if absolute.starts_with('/') && !absolute.contains(['%', '.']) => name64(absolute),
            other => name64(&absolute(self.out, other)),
        };
        let anchor = match anchor {
            "" | "top" => 0,
            anchor if anchor.starts_with(":~:") => 0,
            anchor => name64(&percent_decode_str(anchor).decode_utf8_lossy()),
        };
        let start = written.as_ptr() as usize - self.html.as_ptr() as usize;
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.links.push(Link { path, anchor, at: (short(start), short(written.len())) });
    }
}

impl Link {
    /// The address as it stands in the page's HTML, decoded.
    pub fn href(&self, html: &str) -> String {
        let (start, length) = (self.at.0 as usize, self.at.1 as usize);
        decode(html.get(start..start + length).unwrap_or("")).trim().to_owned()
    }
}

/// A path as seen from a page, percent-decoded, its `.` and `..` resolved.
fn absolute(out: &str, path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let address = crate::output::address(out);
    let mut parts: Vec<&str> = if decoded.starts_with('/') { Vec::new() } else { address.split('/').filter(|p| !p.is_empty()).collect() };
    if !decoded.starts_with('/') && !address.ends_with('/') {
        parts.pop();
    }
    let mut folder = decoded.is_empty();
    for part in decoded.split('/') {
        folder = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let slash = if folder && !parts.is_empty() { "/" } else { "" };
    format!("/{}{slash}", parts.join("/"))
}

/// Every address of a build, and the facts of the pages among them.
#[derive(Debug, Default)]
pub struct Routes {
    addresses: HashMap<u64, usize, Names>,
    facts: Vec<Option<Arc<Facts>>>,
}

impl Routes {
    /// The addresses of some output paths, with the facts of those that are pages.
    pub fn of<'p>(paths: impl Iterator<Item = (&'p str, Option<Arc<Facts>>)>) -> Self {
        let mut routes = Self::default();
        let expected = paths.size_hint().0;
        routes.addresses.reserve(expected * 3);
        routes.facts.reserve(expected);
        let mut text = String::new();
        for (path, facts) in paths {
            text.clear();
            text.push('/');
            text.push_str(path);
            let place = routes.facts.len();
            routes.facts.push(facts);
            routes.addresses.insert(name64(&text), place);
            if let Some(folder) = text.strip_suffix("index.html") {
                routes.addresses.insert(name64(folder), place);
                routes.addresses.insert(name64(folder.trim_end_matches('/')), place);
            } else if let Some(page) = text.strip_suffix(".html") {
                routes.addresses.insert(name64(page), place);
            }
        }
        routes
    }

    /// What is at an address: `None` for nothing, `Some(None)` for a file that is no page.
    pub fn get(&self, path: u64) -> Option<Option<&Facts>> {
        self.addresses.get(&path).map(|place| self.facts[*place].as_deref())
    }

    /// Replaces the facts of the page at a place, counted as in [`Routes::of`].
    pub fn set(&mut self, place: usize, facts: Arc<Facts>) {
        self.facts[place] = Some(facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(out: &str, html: &str) -> Facts {
        of(&Arc::from(out), None, html, Some("https://a.example"))
    }

    #[test]
    fn links_are_seen_from_their_page() {
        for (out, href, path) in [
            ("a/b/index.html", "/c/", "/c/"),
            ("a/b/index.html", "c", "/a/b/c"),
            ("a/b/index.html", "../c/", "/a/c/"),
            ("a/b/index.html", "..", "/a/"),
            ("a/b.html", "c", "/a/c"),
            ("a/index.html", "/x%20y.pdf", "/x y.pdf"),
            ("a/index.html", "https://a.example/c/", "/c/"),
            ("a/index.html", "https://a.example", "/"),
            ("a/index.html", "?q#x", "/a/index.html"),
        ] {
            assert_eq!(facts(out, &format!("<a href=\"{href}\">")).links[0].path, name64(path), "{href} in {out}");
        }
    }

    #[test]
    fn other_hosts_and_the_functions_are_left_alone() {
        assert!(
            facts("a.html", "<a href=\"https://b.example/\"><a href=\"//c.example\"><a href=\"mailto:x@y\"><a href=\"/api/x\">")
                .links
                .is_empty()
        );
    }

    #[test]
    fn anchors_and_images() {
        let facts = facts("a.html", "<h1 id=\"é\"><a name=x><img src=b.png><img src=c.png alt=\"\">");
        assert_eq!(facts.anchors.len(), 2);
        assert_eq!(facts.bare_images, ["b.png"]);
    }
}
