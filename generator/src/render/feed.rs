//! Atom feeds: the newest dated pages of each language.

use crate::html::escape_into;
use crate::site::{LanguageId, PageId, Site, date};

use super::view::permalink;

/// The feed's path below the output folder, where a language has one: it needs the site's address and dated pages.
pub fn path(site: &Site, language: LanguageId) -> Option<String> {
    let wanted = site.config.base_url.is_some() && !site.feeds[language].is_empty();
    wanted.then(|| format!("{}atom.xml", site.prefix(language)))
}

/// The feed of a language (RFC 4287). `author` is the organisation, or the site.
pub fn atom(site: &Site, language: LanguageId, author: &str) -> Option<(String, String)> {
    let path = path(site, language)?;
    let base = site.config.base_url.as_deref()?;
    let pages = &site.feeds[language];
    let code = site.language(language);
    let day = |id: usize| {
        let updated = site.pages[id].outline.as_ref().and_then(|o| o.front.updated);
        updated.or(date(site, id)).map(|d| format!("{d}T00:00:00Z")).unwrap_or_default()
    };
    let newest = pages.iter().map(|id| day(*id)).max().unwrap_or_default();
    let mut xml = String::with_capacity(pages.len() * 400 + 600);
    let title = site.config.title.get(code);
    xml.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
    escape_into(code, &mut xml);
    xml.push_str("\">\n");
    let home = site.homes[language].map_or_else(|| format!("{base}/"), |home| permalink(site, home));
    element(&mut xml, "title", if title.is_empty() { base } else { title });
    element(&mut xml, "id", &home);
    link(&mut xml, &home, "alternate");
    link(&mut xml, &format!("{base}/{path}"), "self");
    element(&mut xml, "updated", &newest);
    let author = if author.is_empty() { title } else { author };
    xml.push_str("<author>");
    element(&mut xml, "name", if author.is_empty() { base } else { author });
    xml.push_str("</author>\n");
    for &id in pages {
        let address = permalink(site, id);
        xml.push_str("<entry>\n");
        element(&mut xml, "title", &site.pages[id].title);
        element(&mut xml, "id", &address);
        link(&mut xml, &address, "alternate");
        element(&mut xml, "published", &date(site, id).map(|d| format!("{d}T00:00:00Z")).unwrap_or_default());
        element(&mut xml, "updated", &day(id));
        if !site.description(id).is_empty() {
            element(&mut xml, "summary", site.description(id));
        }
        xml.push_str("</entry>\n");
    }
    xml.push_str("</feed>\n");
    Some((path, xml))
}

/// The feed of a policy's published versions, below the page that tells what changed.
pub fn changes(site: &Site, policy: PageId, author: &str) -> Option<(String, String)> {
    let base = site.config.base_url.as_deref()?;
    let beside = site.beside.get(&policy)?;
    let path = format!("{}/atom.xml", site.pages[beside.changes?].url.trim_matches('/'));
    let day = |id: PageId| {
        let outline = site.pages[id].outline.as_ref();
        let published = outline.and_then(|o| o.front.extra.get("published")?.as_str());
        published.map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
    };
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
    escape_into(site.language(site.pages[policy].language), &mut xml);
    xml.push_str("\">\n");
    element(&mut xml, "title", &site.pages[policy].title);
    let home = permalink(site, beside.changes?);
    element(&mut xml, "id", &home);
    link(&mut xml, &home, "alternate");
    link(&mut xml, &format!("{base}/{path}"), "self");
    element(&mut xml, "updated", &beside.versions.iter().map(|id| day(*id)).max().unwrap_or_default());
    xml.push_str("<author>");
    element(&mut xml, "name", if author.is_empty() { base } else { author });
    xml.push_str("</author>\n");
    for &id in &beside.versions {
        let version = site.pages[id].outline.as_ref().and_then(|o| o.front.version.as_ref()).map_or("", |(version, _)| version);
        xml.push_str("<entry>\n");
        element(&mut xml, "title", &format!("{} {version}", site.pages[id].title));
        element(&mut xml, "id", &permalink(site, id));
        link(&mut xml, &format!("{home}#version-{version}"), "alternate");
        element(&mut xml, "published", &day(id));
        element(&mut xml, "updated", &day(id));
        xml.push_str("</entry>\n");
    }
    xml.push_str("</feed>\n");
    Some((path, xml))
}

fn element(xml: &mut String, name: &str, text: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    escape_into(text, xml);
    xml.push_str("</");
    xml.push_str(name);
    xml.push_str(">\n");
}

fn link(xml: &mut String, address: &str, relation: &str) {
    xml.push_str("<link rel=\"");
    xml.push_str(relation);
    xml.push_str("\" href=\"");
    escape_into(address, xml);
    xml.push_str("\"/>\n");
}
