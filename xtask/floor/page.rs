//! One page of the corpus, from its file to its HTML, through the corpus's own templates.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use serde::{Deserialize, Serialize};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

#[derive(Deserialize)]
struct Front {
    title: String,
    date: String,
    description: String,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Heading {
    id: String,
    title: String,
    children: Vec<Heading>,
}

#[derive(Serialize)]
struct Link<'a> {
    title: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct View<'a> {
    title: &'a str,
    description: &'a str,
    date: &'a str,
    url: &'a str,
    permalink: String,
    tags: Vec<Name<'a>>,
    toc: Vec<Heading>,
    breadcrumbs: [Link<'a>; 2],
}

/// The templates, with what all pages share.
pub(crate) fn templates(site: &Path) -> Result<Tera> {
    let mut tera = Tera::new();
    tera.register_function("asset", |arguments: Kwargs, _: &State| -> TeraResult<String> {
        Ok(format!("/{}", arguments.must_get::<&str>("path")?))
    });
    let folder = site.join("templates");
    let read = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| format!("no template {name}"));
    tera.add_raw_templates([("base.html", read("base.html")?), ("page.html", read("page.html")?)])?;
    let menu: Vec<_> = ["Home", "Product", "Guides", "Customers", "Blog", "Legal"]
        .into_iter()
        .map(|label| match label {
            "Home" => serde_json::json!({ "label": label, "url": "/" }),
            _ => {
                serde_json::json!({ "label": label, "url": format!("/{}/", label.to_lowercase()) })
            }
        })
        .collect();
    let shared = serde_json::json!({
        "title": "Example Co", "home": "/", "feed": "/feed.xml", "menus": { "main": menu },
    });
    tera.global_context().insert("site", &shared);
    tera.global_context().insert("lang", "en");
    Ok(tera)
}

/// The address and HTML of a page's file; nothing where the file is not one, or was caught half written.
pub(crate) fn render(tera: &Tera, content: &Path, file: &Path) -> Option<(String, Vec<u8>)> {
    let text = fs::read_to_string(file).ok()?;
    let (front, body) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    let front: Front = serde_saphyr::from_str(front).ok()?;
    let mut markup = String::with_capacity(body.len() * 2);
    let toc = markdown(body, &mut markup);
    let url = format!("/{}/", file.strip_prefix(content).ok()?.with_extension("").display());
    let section = url[1..].split('/').next()?;
    let section_url = format!("/{section}/");
    let home = Link { title: "Example Co", url: "/" };
    let view = View {
        title: &front.title,
        description: &front.description,
        date: &front.date,
        url: &url,
        permalink: format!("https://example.org{url}"),
        tags: front.tags.iter().map(|name| Name { name }).collect(),
        toc,
        breadcrumbs: [home, Link { title: section, url: &section_url }],
    };
    let mut context = Context::new();
    context.insert("page", &view);
    context.insert_value("content", Value::safe_string(&markup));
    let mut page = Vec::with_capacity(markup.len() + 6000);
    tera.render_to("page.html", &context, &mut page).ok()?;
    Some((url, page))
}

/// Markdown to HTML in one pass: a heading is held back until its text, and so its id, is known.
fn markdown(body: &str, markup: &mut String) -> Vec<Heading> {
    let mut toc: Vec<Heading> = Vec::new();
    let mut used: Vec<String> = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::with_capacity(body.len() / 16);
    let (mut start, mut title) = (None, String::new());
    for event in Parser::new_ext(body, Options::ENABLE_TABLES) {
        match &event {
            Event::Start(Tag::Heading { .. }) => {
                start = Some(events.len());
                title.clear();
            }
            Event::Text(text) | Event::Code(text) if start.is_some() => title.push_str(text),
            Event::End(TagEnd::Heading(level)) => {
                let id = unused(&title, &used);
                used.push(id.clone());
                if let Some(Event::Start(Tag::Heading { id: place, .. })) = start.take().and_then(|start| events.get_mut(start)) {
                    *place = Some(CowStr::from(id.clone()));
                }
                let heading = Heading { id, title: std::mem::take(&mut title), children: Vec::new() };
                match (level, toc.last_mut()) {
                    (HeadingLevel::H2, _) => toc.push(heading),
                    (HeadingLevel::H3, Some(above)) => above.children.push(heading),
                    _ => {}
                }
            }
            _ => {}
        }
        events.push(event);
    }
    html::push_html(markup, events.into_iter());
    toc
}

/// An id made of a heading's words that no heading before it has.
fn unused(title: &str, used: &[String]) -> String {
    let words: Vec<String> =
        title.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let plain = words.join("-");
    let numbered = (1..).map(|number| format!("{plain}-{number}"));
    std::iter::once(plain.clone()).chain(numbered).find(|id| !used.contains(id)).unwrap_or_default()
}
