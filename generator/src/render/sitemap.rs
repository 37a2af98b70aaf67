//! `sitemap.xml` and `robots.txt`.

use std::fmt::Write;

use crate::html::escape_into;
use crate::site::{Kind, Site, date};

/// The sitemap: every page that people should find, and the first page of each list. Needs the site's address.
pub fn xml(site: &Site) -> Option<String> {
    let base = site.config.base_url.as_deref()?;
    let mut xml = String::with_capacity(site.pages.len() * 110 + 200);
    xml.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    let mut pages: Vec<usize> = (0..site.pages.len()).filter(|&id| is_listed(site, id)).collect();
    pages.sort_unstable_by(|a, b| site.pages[*a].url.cmp(&site.pages[*b].url));
    for id in pages {
        let page = &site.pages[id];
        xml.push_str("<url><loc>");
        escape_into(base, &mut xml);
        escape_into(&page.url, &mut xml);
        xml.push_str("</loc>");
        let changed = page.outline.as_ref().and_then(|o| o.front.updated).or_else(|| date(site, id));
        if let Some(day) = changed {
            let _ = write!(xml, "<lastmod>{day}</lastmod>");
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    Some(xml)
}

fn is_listed(site: &Site, id: usize) -> bool {
    let page = &site.pages[id];
    let draft = page.outline.as_ref().is_some_and(|o| o.front.draft);
    !matches!(page.kind, Kind::NotFound | Kind::Thanks) && !draft && page.list.pager.as_ref().is_none_or(|pager| pager.number == 1)
}

/// The word to crawlers: everything may be read, and where the sitemap is.
pub fn robots(site: &Site) -> String {
    match &site.config.base_url {
        Some(base) => format!("User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n"),
        None => "User-agent: *\nAllow: /\n".to_owned(),
    }
}
