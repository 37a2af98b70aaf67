//! Each way in which a page or a file reaches another host, and each that only looks like one.

use crate::check::fixture::pages;

/// The hosts that are declared, each for one thing.
const SERVICES: &str = "=== content/site.yaml
base_url: https://a.example
=== content/privacy.yaml
services:
  fonts: { label: Fonts, does: shows type, category: essential, origins: { style: [https://css.fonts.example], font: [\"https://*.fonts.example\"] } }
  pictures: { label: Pictures, does: shows pictures, category: essential, origins: { img: [https://pictures.example] } }
";

/// What the check says of a site: file and message.
fn found(text: &str) -> Vec<(String, String)> {
    let found = pages(&format!("{SERVICES}{text}"));
    let found = found.into_iter().filter(|d| d.rule.name == "undeclared-origin");
    found.map(|d| (d.labels[0].file.to_string(), d.message)).collect()
}

// Promises: cresco/third-parties-after-consent, qualify-crm/no-advertising-cookies, cluently/no-advertising-cookies
#[test]
fn every_way_in_html_is_told_with_its_file() {
    let none = "which no service declares";
    for (html, what) in [
        ("<script src=\"https://t.example/x.js\"></script>", "a script is loaded from"),
        ("<script type=module src=//t.example/x.js></script>", "a script is loaded from"),
        ("<img src=\" HTTPS://t.example/x.gif\n\" alt=\"\">", "an image is loaded from"),
        ("<img src=\"https&#58;//t.example/x.gif\" alt=\"\">", "an image is loaded from"),
        ("<img src=\"\\\\t.example\\x.gif\" alt=\"\">", "an image is loaded from"),
        (
            "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" srcset=\"data:image/gif;base64,R0lGODlhAQABAAAAACw= 1x, https://t.example/b.gif 2x\" alt=\"\">",
            "an image is loaded from",
        ),
        ("<picture><source srcset=\"https://t.example/a,b.gif, x.gif 2x\"></picture>", "an image is loaded from"),
        ("<link rel=preconnect href=\"https://t.example\">", "browsers turn to"),
        ("<link rel=\"DNS-prefetch\" href=\"//t.example\">", "browsers turn to"),
        ("<link rel=prefetch href=\"https://t.example/\">", "browsers turn to"),
        ("<link rel=preload as=font href=\"https://t.example/x.woff2\" crossorigin>", "a font is loaded from"),
        ("<link rel=preload as=image imagesrcset=\"https://t.example/x.png 2x\">", "an image is loaded from"),
        ("<link rel=modulepreload href=\"https://t.example/x.js\">", "a script is loaded from"),
        ("<link rel=\"alternate stylesheet\" href=\"https://t.example/x.css\">", "a style sheet is loaded from"),
        ("<link rel=\"shortcut icon\" href=\"https://t.example/x.ico\">", "an image is loaded from"),
        ("<link rel=manifest href=\"https://t.example/x.json\">", "browsers turn to"),
        ("<meta http-equiv=Refresh content=\"0; URL = 'https://t.example/'\">", "browsers turn to"),
        ("<base href=\"https://t.example/\">", "browsers turn to"),
        ("<form action=\"https://t.example/\"></form>", "a form is sent to"),
        ("<form><button formaction=\"https://t.example/\">x</button></form>", "a form is sent to"),
        ("<a href=\"/\" ping=\"/api/x https://t.example/\">x</a>", "requests are sent to"),
        ("<iframe src=\"https://t.example/\"></iframe>", "a frame is loaded from"),
        ("<iframe srcdoc=\"&lt;img src=&quot;https://t.example/x&amp;amp;y&quot;>\"></iframe>", "an image is loaded from"),
        ("<object data=\"https://t.example/x.swf\"></object>", "a frame is loaded from"),
        ("<embed src=\"https://t.example/x.pdf\">", "a frame is loaded from"),
        ("<video poster=\"https://t.example/x.jpg\"></video>", "an image is loaded from"),
        ("<video src=\"https://t.example/x.mp4\"></video>", "sound or video is loaded from"),
        ("<audio><source src=\"https://t.example/x.mp3\"></audio>", "sound or video is loaded from"),
        ("<video><track src=\"https://t.example/x.vtt\"></video>", "sound or video is loaded from"),
        ("<input type=image src=\"https://t.example/x.png\" alt=Go>", "an image is loaded from"),
        ("<table background=\"https://t.example/x.png\"></table>", "an image is loaded from"),
        ("<svg><image xlink:href=\"https://t.example/x.png\"/></svg>", "an image is loaded from"),
        ("<svg><use href=\"https://t.example/x.svg#a\"/></svg>", "an image is loaded from"),
        ("<svg><script href=\"https://t.example/x.js\"></script></svg>", "a script is loaded from"),
        ("<p style=\"background: url(https://t.example/x.png)\">x</p>", "an image is loaded from"),
        (
            "<p style=\"background: u\\72l(&quot;https:\\2f /t.example/x.png&quot;), url(&quot;https:\\2f /t.example/x.png&quot;)\">x</p>",
            "an image is loaded from",
        ),
        ("<style>@import '//t.example/x.css';</style>", "a style sheet is loaded from"),
        ("<noscript><img src=\"https://t.example/x.gif\" alt=\"\"></noscript>", "an image is loaded from"),
        ("<script>fetch('https://t.example/')</script>", "a script names"),
    ] {
        let message = format!("{what} `t.example`, {none}");
        let markdown = found(&format!("=== content/a.md\nText\n\n<div>{html}</div>\n"));
        assert_eq!(markdown, [("content/a.md".to_owned(), message.clone())], "{html} in Markdown");
        let template =
            found(&format!("=== templates/page.html\n{html}\n{{{{ content }}}}\n=== content/a.md\n# A\n=== content/b.md\n# B\n"));
        assert_eq!(template, [("templates/page.html".to_owned(), message)], "{html} in a template");
    }
}

#[test]
fn an_image_of_markdown_is_told_at_its_place() {
    let text = "=== content/a.md\n[x](https://t.example/x.png)\n\nSee ![x](https://t.example/x.png).\n";
    let found = pages(text).remove(0);
    let span = found.labels[0].span.unwrap();
    assert_eq!(&text["=== content/a.md\n".len()..][span.start..span.end], "![x](https://t.example/x.png)");
    assert!(found.help.as_ref().unwrap().starts_with("put the file beside the page, or declare a service with `origins: { img:"));
}

#[test]
fn a_shortcode_and_front_matter_are_told_in_the_page() {
    let shortcode = "=== templates/shortcodes/video.html\n<iframe src=\"{{ src }}\"></iframe>\n";
    let page = "=== content/a.md\n{{ video(src=\"https://t.example/v\") }}\n";
    assert_eq!(found(&format!("{shortcode}{page}"))[0].0, "content/a.md");
}

#[test]
fn files_are_told_where_they_stand() {
    for (path, text, what, part) in [
        ("templates/css/x.css", "a { background: URL( 'https://t.example/x.png' ) }", "an image is loaded from", "https://t.example/x.png"),
        ("templates/css/x.css", "@import url(//t.example/x.css) screen;", "a style sheet is loaded from", "//t.example/x.css"),
        (
            "templates/css/x.css",
            "/* url(x) */ @import \"https://t.example/x.css\";",
            "a style sheet is loaded from",
            "https://t.example/x.css",
        ),
        (
            "content/x.css",
            "@font-face { font-family: x; src: local(x), url(https://t.example/x) }",
            "a font is loaded from",
            "https://t.example/x",
        ),
        (
            "content/x.css",
            "a { background: -webkit-image-set(\"https://t.example/x\" 1x) }",
            "an image is loaded from",
            "https://t.example/x",
        ),
        ("content/sw.js", "importScripts('https://t.example/sw.js')", "a script names", "'https://t.example/sw.js'"),
        ("content/sw.js", "self.x = /'/; fetch(`https://t.example/${1}`)", "a script names", "https://t.example/"),
        ("content/x.mjs", "import x from \"//t.example/x.js\"; x()", "a script names", "\"//t.example/x.js\""),
        ("content/x.js", "new WebSocket('wss://t.example/')", "a script names", "'wss://t.example/'"),
        ("templates/js/x.js", "navigator.sendBeacon(\"HTTPS://t.example/\")", "a script names", "\"HTTPS://t.example/\""),
        ("content/x.html", "<!doctype html>\n<img src=https://t.example/x>", "an image is loaded from", "https://t.example/x"),
        ("content/x.svg", "<svg><image href=\"https://t.example/x\"/></svg>", "an image is loaded from", "https://t.example/x"),
    ] {
        let found = pages(&format!("=== content/a.md\n# A\n=== {path}\n{text}\n"));
        let found: Vec<_> = found.iter().filter(|d| d.rule.name == "undeclared-origin").collect();
        assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
        assert_eq!(found[0].message, format!("{what} `t.example`, which no service declares"), "{text}");
        let span = found[0].labels[0].span.unwrap();
        assert_eq!((found[0].labels[0].file.as_ref(), &text[span.start..span.end]), (path, part));
    }
}

#[test]
fn what_loads_nothing_or_is_declared_is_left_alone() {
    for html in [
        "<a href=\"https://t.example/\">x</a>",
        "<link rel=canonical href=\"https://t.example/\"><link rel=\"me license\" href=\"https://t.example/\">",
        "<img src=\"https://a.example/x.png\" alt=\"\"><img src=\"//A.EXAMPLE/x.png\" alt=\"\">",
        "<img src=\"data:image/png;base64,//t.example\" alt=\"\"><a href=\"mailto:x@t.example\">x</a><img src=\"blob:https://t.example\" alt=\"\">",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"></svg>",
        "<meta property=\"og:image\" content=\"https://t.example/x.png\"><meta http-equiv=refresh content=30>",
        "<script type=\"text/plain\" src=\"https://t.example/x.js\"></script>",
        "<blockquote cite=\"https://t.example/\">x</blockquote>",
        "<!-- <img src=\"https://t.example/\"> --><code>&lt;img src=https://t.example/></code>",
        "<img src=\"https://pictures.example/x.png\" alt=\"\"><link rel=preconnect href=\"https://pictures.example\">",
        "<link rel=stylesheet href=\"https://css.fonts.example/x.css\"><link rel=preload as=font href=\"https://files.fonts.example/x\">",
    ] {
        assert_eq!(found(&format!("=== content/a.md\n<div>{html}</div>\n")), [], "{html}");
    }
    for (path, text) in [
        (
            "content/x.css",
            "/* url(https://t.example/) */ @namespace svg url(http://www.w3.org/2000/svg); a { content: \"https://t.example\" }",
        ),
        ("content/x.css", "@font-face { src: url(https://files.fonts.example/x) } @import 'https://css.fonts.example/';"),
        (
            "content/x.js",
            "// 'https://t.example/'\nconst ns = 'http://www.w3.org/2000/svg', note = '// remark', path = '/x//y', more = 'see https://t.example/'",
        ),
        ("content/x.js", "fetch('/api/x'); const own = 'https://a.example/x', any = `https://${own}/`, made = 'https://'"),
        ("content/x.txt", "https://t.example/"),
    ] {
        assert_eq!(found(&format!("=== content/a.md\n# A\n=== {path}\n{text}\n")), [], "{text}");
    }
}

#[test]
fn a_host_is_declared_for_one_thing_and_not_for_another() {
    let found = pages(&format!("{SERVICES}=== content/a.md\n<script src=\"https://pictures.example/x.js\"></script>\n")).remove(0);
    assert_eq!(found.message, "a script is loaded from `pictures.example`, which the service `pictures` declares for other things only");
    let help = found.help.unwrap();
    assert!(help.contains("`script: [https://pictures.example]`") && help.contains("`pictures`"), "{help}");
}
