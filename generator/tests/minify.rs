//! Minifying changes nothing that a browser shows: the parsed pages, spaces between words included, are the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use plainsite::build::{Builder, Changes};
#[cfg(feature = "minify-full")]
use plainsite::html::collapse::collapse;
use plainsite::render::minify::Minifier;
use plainsite::site::Drafts;
use plainsite::source::{Disk, Memory, Source};
use plainsite::write::finished;

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// Elements that begin a line of their own: white space at their edges never shows.
const BLOCK: [&str; 49] = [
    "address",
    "article",
    "aside",
    "base",
    "blockquote",
    "body",
    "caption",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// What shows of a page: its elements with their attributes, and its text with white space as a browser lays it out.
fn shown(html: &str) -> String {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let mut out = String::new();
    walk(&dom.document, false, &mut out);
    // A space at a block's edge never shows, and of two with only inline tags between them one does.
    let mut laid_out = String::new();
    for line in out.split('\n').map(|line| line.trim_matches(' ')).filter(|line| !line.is_empty()) {
        let mut spaced = false;
        let mut tag = false;
        for c in line.chars() {
            match c {
                '\u{2}' => tag = true,
                '\u{3}' => tag = false,
                ' ' if !tag && spaced => continue,
                _ => {}
            }
            if !tag && c != '\u{3}' {
                spaced = c == ' ';
            }
            laid_out.push(c);
        }
        laid_out.push('\n');
    }
    laid_out
}

fn walk(node: &Handle, preformatted: bool, out: &mut String) {
    let mut inside = preformatted;
    let mut block = false;
    match &node.data {
        NodeData::Text { contents } => {
            let text = contents.borrow();
            if preformatted {
                out.push_str(&text.replace('\n', "\\n").replace(' ', "·"));
            } else {
                let mut words = text.split([' ', '\n', '\t', '\r', '\x0c']).peekable();
                while let Some(word) = words.next() {
                    out.push_str(word);
                    if words.peek().is_some() && !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
            }
        }
        NodeData::Element { name, attrs, .. } => {
            let name = name.local.to_string();
            let attributes: BTreeMap<String, String> =
                attrs.borrow().iter().map(|a| (a.name.local.to_string(), attribute(&a.name.local, &a.value))).collect();
            block = BLOCK.contains(&name.as_str());
            inside |= matches!(name.as_str(), "pre" | "textarea" | "style");
            out.push_str(if block { "\n" } else { "" });
            out.push_str(&format!("\u{2}<{name} {attributes:?}>\u{3}"));
            out.push_str(if block { "\n" } else { "" });
            if name == "script" {
                let text: String = node
                    .children
                    .borrow()
                    .iter()
                    .map(|child| match &child.data {
                        NodeData::Text { contents } => contents.borrow().to_string(),
                        _ => String::new(),
                    })
                    .collect();
                if !text.trim().is_empty() {
                    let data: serde_json::Value = serde_json::from_str(&text).expect("the only inline scripts are JSON");
                    out.push_str(&data.to_string());
                }
                return;
            }
        }
        _ => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, inside, out);
    }
    if block {
        out.push('\n');
    }
}

fn pages(site: &Memory, minify: &str) -> BTreeMap<String, String> {
    let mut site = site.clone();
    let config = site.read("content/site.yaml").map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
    let others: String = config.lines().filter(|line| !line.starts_with("minify:")).map(|line| format!("{line}\n")).collect();
    site.save("content/site.yaml", format!("minify: {minify}\n{others}"));
    let build = Builder::once(Drafts::Left, TODAY).build(&site, Changes::Everything);
    let output = build.output.unwrap_or_else(|| panic!("{:#?}", build.diagnostics));
    let mut minifier = Minifier::default();
    let html = output.iter().filter(|(path, _)| path.ends_with(".html"));
    html.map(|(path, artifact)| {
        let page = finished(artifact, &site, &mut minifier).unwrap().into_owned();
        (path.to_string(), String::from_utf8(page).unwrap())
    })
    .collect()
}

/// An attribute as it counts: the names of assets change with their content, which minifying changes.
fn attribute(name: &str, value: &str) -> String {
    if name == "class" {
        return value.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let Some(at) = value.find("/assets/") else { return value.to_owned() };
    value[at..].find('.').map_or(value, |dot| &value[..at + dot]).to_owned()
}

fn on_disk(root: &str) -> Memory {
    let disk = Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(root));
    let files = disk.list().files;
    Memory(files.into_iter().map(|path| (path.clone(), disk.read(&path).unwrap())).collect::<BTreeMap<Arc<str>, Vec<u8>>>())
}

const HARD: &str = "\
=== templates/page.html
<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<title>{{ page.title }}</title>
</head>
<body>
  <!-- a comment -->
  <p>before<!-- glued -->after, <b>bold</b> <i>slanted</i>
  <a href=\"/\">one</a>
  <a href=\"/\">two</a></p>
  <pre>
  kept   as
    it <b> is </b>
</pre>
  <p><span> a </span> <span> b </span><!-- c --> <em>d</em> </p>
  <textarea>
  kept   too
  </textarea>
  <p>{% if page.title %} <code>x</code> {% endif %} y <button> z </button> <select><option> a </option> <option>b</option></select></p>
  <ul> <li> one </li> <li>two</li> </ul>
  <svg viewBox=\"0 0 10 10\" role=\"img\"><title>A &amp; B</title><linearGradient id=\"g\"></linearGradient> <path d=\"M 0 0\"/> <g><circle r=\"1\" /></g></svg>
  <math><mspace width=\"1em\"/><mi>x</mi></math> <P Class='a  b'>&eacute; &#x26;lt; &ldquo;é&rdquo; 1 <2 &amp;amp <!-- -->b &am<!-- -->p;</P>
  <p data-x='\"' title=\"a > b &amp;copy\">x</p><input disabled=\"disabled\" value=\"\"> <textarea class=\"t\">&amp;lt; &quot;</textarea>
  <input type=\"checkbox\" value=\"\"> <iframe sandbox=\"\" src=\"/\"></iframe> <button type=\"submit\" form=\"\">Go</button>
  <link rel=\"preload\" as=\"font\" crossorigin=\"use-credentials\" href=\"/\"><p hidden=\"until-found\" lang=\"\">y</p>
  <pre class=\"code\"><code>if a &lt; b &amp;&amp; c  &gt;  \"d\"
  </code></pre>
  {{ content }}
  text <div> block </div> text
</body>
</html>
=== content/a.md
# A

*one* **two** `three`
four<br>five <kbd>six</kbd> <!-- seven --> eight

| a | b |
|---|---|
| 1 | *2* 3 |

- [ ] task
- item

      code   block

> [!TIP]
> a *tip*

<div> raw  <span>html</span> <span>here</span> </div>
";

fn assert_same(site: &Memory, minify: &str) {
    let plain = pages(site, "off");
    let minified = pages(site, minify);
    assert_eq!(plain.keys().collect::<Vec<_>>(), minified.keys().collect::<Vec<_>>());
    for (path, html) in &plain {
        assert_eq!(shown(&minified[path]), shown(html), "{path} with `minify: {minify}`");
    }
}

fn fixtures() -> [Memory; 2] {
    [Memory::parse(HARD), on_disk("..")]
}

#[test]
fn fast_changes_nothing_that_shows() {
    fixtures().iter().for_each(|site| assert_same(site, "fast"));
}

#[cfg(feature = "minify-full")]
#[test]
fn full_changes_nothing_that_shows() {
    fixtures().iter().for_each(|site| assert_same(site, "full"));
}

#[cfg(feature = "minify-full")]
proptest::proptest! {
    #[test]
    fn full_changes_nothing_whatever_the_tags(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..24),
    ) {
        let page = format!("<!doctype html><html><head><title>x</title></head><body>{}", pieces.concat());
        let minified = String::from_utf8(Minifier::default().html(&page)).unwrap();
        // What collapsing does to white space around tags that are out of place is tested by itself.
        proptest::prop_assert_eq!(shown(&minified), shown(&collapse(&page)), "{} became {}", page, minified);
    }
}

/// What pages are made of, and what is easily mistaken in them.
#[cfg(feature = "minify-full")]
const PIECES: [&str; 40] = [
    "<p>",
    "</p>",
    "<div class=\"a b\">",
    "</div>",
    "<b>",
    "</b>",
    "<A Href='/x?a=1&amp;b=2'>",
    "</A>",
    "<span title=\"it's &quot;so&quot;\">",
    "</span>",
    "<br>",
    "<br/>",
    "<img src=/x.png alt=\"a  b\">",
    "<svg viewBox=\"0 0 1 1\">",
    "</svg>",
    "<path d=\"M0 0\"/>",
    "<g>",
    "</g>",
    "<math>",
    "</math>",
    "<mspace width=\"1em\"/>",
    "<pre>",
    "</pre>",
    "<ul>",
    "<li>",
    "</ul>",
    "<script type=\"application/json\">{ \"a\": \"b\" }</script>",
    "<textarea rows=\"2\"> &amp;lt;\n </textarea>",
    "<input type=\"checkbox\" checked=\"\">",
    "<!-- c -->",
    "word",
    " ",
    "\n ",
    "&amp;",
    "&",
    "amp;",
    "lt",
    "< ",
    "<1",
    "é&nbsp;",
];

#[cfg(not(feature = "minify-full"))]
#[test]
fn full_is_refused_where_it_was_left_out() {
    let site = Memory::parse("=== content/site.yaml\nminify: full\n=== content/a.md\n# A\n");
    let build = Builder::once(Drafts::Left, TODAY).build(&site, Changes::Everything);
    assert_eq!(build.diagnostics.iter().map(|d| d.rule.name).collect::<Vec<_>>(), ["minify-unavailable"]);
}

#[test]
fn fast_makes_pages_smaller() {
    let size = |minify| pages(&fixtures()[1], minify).values().map(String::len).sum::<usize>();
    assert!(size("fast") < size("off"));
}

#[test]
fn the_comparison_sees_a_lost_space_and_a_lost_word() {
    assert_ne!(shown("<p><a>a</a> <a>b</a></p>"), shown("<p><a>a</a><a>b</a></p>"));
    assert_ne!(shown("<p>a b</p>"), shown("<p>a</p>"));
    assert_ne!(shown("<pre>a  b</pre>"), shown("<pre>a b</pre>"));
    assert_eq!(shown("<div> <p> a\n b </p> </div>"), shown("<div><p>a b</p></div>"));
}
