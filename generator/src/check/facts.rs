//! What the checks need to know of a built page: its anchors, its links, its images. Found in one pass over the HTML.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::digest::name64;
use crate::document::links::has_scheme;
use crate::html::scan::{Tag, Token, tokens};

/// What the checks need to know of a built page.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The page's path below the output folder.
    pub out: Arc<str>,
    /// Where its own words come from.
    pub origin: Option<Arc<str>>,
    /// Its anchors, as sorted names.
    pub anchors: Vec<u64>,
    /// Its links to this site, each once.
    pub links: Vec<Link>,
    /// The addresses of images without an alternative text.
    pub bare_images: Vec<String>,
}

/// A link to this site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The name of the path.
    pub path: u64,
    /// The name of the anchor; 0 for none.
    pub anchor: u64,
    /// The link as it stands in the page, decoded. Kept for messages.
    pub href: Box<str>,
}

/// Paths that exist on the host though no build makes them: the functions.
const ELSEWHERE: &str = "/api/";

/// Finds the facts of a page. `base` is the site's own address, whose links are links to this site.
pub fn of(out: &Arc<str>, origin: Option<&Arc<str>>, html: &str, base: Option<&str>) -> Facts {
    let mut facts = Facts { out: out.clone(), origin: origin.cloned(), anchors: Vec::new(), links: Vec::new(), bare_images: Vec::new() };
    let mut seen: HashMap<u64, (), BuildHasherDefault<Named>> = HashMap::default();
    for token in tokens(html) {
        let Token::Start(tag) = token else { continue };
        let mut alternative = !tag.is("img");
        let mut source = "";
        for (name, value) in tag.attributes() {
            match name.len() {
                2 if name.eq_ignore_ascii_case("id") => facts.anchors.push(name64(&crate::html::scan::decode(value))),
                3 if name.eq_ignore_ascii_case("alt") => alternative = true,
                3 if name.eq_ignore_ascii_case("src") => {
                    source = value;
                    facts.link(value, base, &mut seen);
                }
                4 if name.eq_ignore_ascii_case("href") && follows(&tag) => facts.link(value, base, &mut seen),
                4 if name.eq_ignore_ascii_case("name") && tag.is("a") => facts.anchors.push(name64(&crate::html::scan::decode(value))),
                6 if name.eq_ignore_ascii_case("poster") => facts.link(value, base, &mut seen),
                6 if name.eq_ignore_ascii_case("srcset") => {
                    for candidate in value.split(',').filter_map(|c| c.split_ascii_whitespace().next()) {
                        facts.link(candidate, base, &mut seen);
                    }
                }
                _ => {}
            }
        }
        if !alternative {
            facts.bare_images.push(crate::html::scan::decode(source).into_owned());
        }
    }
    facts.anchors.sort_unstable();
    facts.anchors.dedup();
    facts.anchors.shrink_to_fit();
    facts.links.shrink_to_fit();
    facts
}

fn follows(tag: &Tag<'_>) -> bool {
    tag.is("a") || tag.is("area") || tag.is("link")
}

impl Facts {
    fn link(&mut self, value: &str, base: Option<&str>, seen: &mut HashMap<u64, (), BuildHasherDefault<Named>>) {
        if seen.insert(name64(value), ()).is_some() {
            return;
        }
        let value = crate::html::scan::decode(value);
        let href = value.trim();
        let local = match base.and_then(|base| href.strip_prefix(base)) {
            Some("") => "/",
            Some(rest) if rest.starts_with(['/', '?', '#']) => rest,
            _ if href.starts_with("//") || has_scheme(href) => return,
            _ => href,
        };
        if local.starts_with(ELSEWHERE) {
            return;
        }
        let (path, anchor) = local.split_once('#').unwrap_or((local, ""));
        let path = path.split('?').next().unwrap_or("");
        let path = match path {
            "" => name64(&format!("/{}", self.out)),
            absolute if absolute.starts_with('/') && !absolute.contains(['%', '.']) => name64(absolute),
            other => name64(&absolute(&self.out, other)),
        };
        let anchor = match anchor {
            "" | "top" => 0,
            anchor if anchor.starts_with(":~:") => 0,
            anchor => name64(&percent_decode_str(anchor).decode_utf8_lossy()),
        };
        self.links.push(Link { path, anchor, href: href.into() });
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
    addresses: HashMap<u64, usize, BuildHasherDefault<Named>>,
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

/// A hasher for names that are hashes already.
#[derive(Default)]
struct Named(u64);

impl Hasher for Named {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u64(&mut self, name: u64) {
        self.0 = name;
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
