//! `content/site.yaml`: what a site is called, where it lives, which languages it speaks.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, Span};
use registry::model::Localized;
use registry::resolve::localized;
use registry::yaml::{self, Fields, Node};

use crate::document::front_matter::positive;

/// Where the configuration lies.
pub const PATH: &str = "content/site.yaml";

/// `base_url` is no address of a site.
pub static INVALID_BASE_URL: Rule = Rule {
    name: "invalid-base-url",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/invalid-base-url.md"),
};
/// A silenced check without a written reason.
pub static SILENCE_WITHOUT_REASON: Rule = Rule {
    name: "silence-without-reason",
    severity: Severity::Error,
    silence: Silence::Never,
    doc: include_str!("../../rules/silence-without-reason.md"),
};

/// Every rule that this module reports.
pub static RULES: [&Rule; 2] = [&INVALID_BASE_URL, &SILENCE_WITHOUT_REASON];

/// What `site.yaml` says; every key has a default, and the file may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The site's name.
    pub title: Localized,
    /// The site in a sentence.
    pub description: Localized,
    /// The name below an icon on a phone; the title when empty.
    pub short_name: String,
    /// Scheme and host, without a `/` at the end. Without it nothing that needs whole addresses is made.
    pub base_url: Option<String>,
    /// Language codes, the default one first; at least one.
    pub languages: Vec<String>,
    /// How addresses are shaped.
    pub urls: Urls,
    /// What becomes of white space.
    pub minify: Minify,
    /// Pages on one page of a list; all when absent.
    pub paginate_by: Option<usize>,
    /// The menus, by name.
    pub menus: Vec<(String, Vec<MenuEntry>)>,
    /// Whether tags have pages.
    pub tags: bool,
    /// The most entries of a feed; 0 for no feed.
    pub feed: usize,
    /// Colours for the browser's own surfaces.
    pub theme_color: ThemeColor,
    /// Icons for the web manifest, as paths below `templates/`.
    pub icons: Vec<Icon>,
    /// Whatever else templates read.
    pub extra: serde_json::Value,
    /// Checks that this site silences.
    pub silenced: Vec<Silenced>,
}

/// How addresses are shaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urls {
    /// `/privacy/`, in `privacy/index.html`.
    Folders,
    /// `/privacy`, in `privacy.html`: for hosts with `cleanUrls`.
    Clean,
}

/// What becomes of white space in HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minify {
    /// It stays.
    Off,
    /// Templates lose what never renders, once, when they are loaded.
    Fast,
    /// Every page goes through `minify-html`.
    Full,
}

/// An entry of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuEntry {
    /// Where it leads.
    pub to: MenuTarget,
    /// Its words; the page's title when absent.
    pub label: Option<Localized>,
    /// Where it is written.
    pub span: Span,
}

/// Where an entry of a menu leads.
#[derive(Clone, Debug, PartialEq)]
pub enum MenuTarget {
    /// A page, by its path below `content/`.
    Page(String),
    /// Any address.
    Url(String),
}

/// Colours for the browser's own surfaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeColor {
    /// Where light is preferred; may be empty.
    pub light: String,
    /// Where dark is preferred; may be empty.
    pub dark: String,
}

/// An icon of the web manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The file, below `templates/`.
    pub src: String,
    /// Such as `192x192`, or `any`.
    pub sizes: String,
    /// Where it is written.
    pub span: Span,
}

/// A check that a site silences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// The rule's name.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Where it is written.
    pub span: Span,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: Localized::default(),
            description: Localized::default(),
            short_name: String::new(),
            base_url: None,
            languages: vec!["en".to_owned()],
            urls: Urls::Folders,
            minify: Minify::Fast,
            paginate_by: None,
            menus: Vec::new(),
            tags: true,
            feed: 20,
            theme_color: ThemeColor::default(),
            icons: Vec::new(),
            extra: serde_json::Value::Null,
            silenced: Vec::new(),
        }
    }
}

/// Reads `site.yaml`. `file` is its path, for the diagnostics.
pub fn read(file: &Arc<str>, text: &str) -> Reported<Config> {
    let mut diagnostics = Vec::new();
    let default = Config::default();
    let root = yaml::parse(file, text, 0).into_value(&mut diagnostics);
    let Some(root) = &root else { return Reported { value: default, diagnostics } };
    let Some(mut fields) = Fields::of(root, file, "`site.yaml`", &mut diagnostics) else {
        return Reported { value: default, diagnostics };
    };
    let languages: Vec<String> = fields.texts("languages").into_iter().map(|(code, _)| code).collect();
    let config = Config {
        title: fields.typed("title", TEXT_OR_MAP, localized).unwrap_or_default(),
        description: fields.typed("description", TEXT_OR_MAP, localized).unwrap_or_default(),
        short_name: fields.text("short_name").unwrap_or_default(),
        base_url: base_url(&mut fields, file),
        languages: if languages.is_empty() { default.languages } else { languages },
        urls: fields.typed("urls", "`folders` or `clean`", |node| urls(node.as_text()?)).unwrap_or(default.urls),
        minify: fields.typed("minify", "`off`, `fast` or `full`", |node| minify(node.as_text()?)).unwrap_or(default.minify),
        paginate_by: fields.typed("paginate_by", "a whole number above 0", positive),
        menus: menus(&mut fields, file),
        tags: fields.bool("tags").unwrap_or(default.tags),
        feed: fields.typed("feed", "a whole number", |node| usize::try_from(node.as_int()?).ok()).unwrap_or(default.feed),
        theme_color: theme_color(&mut fields, file),
        icons: icons(&mut fields, file),
        extra: fields.take("extra").map(Node::to_json).unwrap_or_default(),
        silenced: silenced(&mut fields, file),
    };
    fields.finish();
    Reported { value: config, diagnostics }
}

const TEXT_OR_MAP: &str = "a text, or one for each language";

fn urls(text: &str) -> Option<Urls> {
    match text {
        "folders" => Some(Urls::Folders),
        "clean" => Some(Urls::Clean),
        _ => None,
    }
}

fn minify(text: &str) -> Option<Minify> {
    match text {
        "off" => Some(Minify::Off),
        "fast" => Some(Minify::Fast),
        "full" => Some(Minify::Full),
        _ => None,
    }
}

fn base_url(fields: &mut Fields<'_>, file: &Arc<str>) -> Option<String> {
    let (url, span) = fields.typed("base_url", "text", |node| Some((node.as_text()?.to_owned(), node.span)))?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).map(|rest| rest.trim_end_matches('/'));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' '])) {
        return Some(url.trim_end_matches('/').to_owned());
    }
    fields.diagnostics().push(
        Diagnostic::new(&INVALID_BASE_URL, format!("`{url}` is not the address of a site"))
            .at(file, span, "")
            .why("sitemap, feeds and canonical links are made of it and each page's path")
            .help("write the scheme and the host and nothing more: `https://example.org`"),
    );
    None
}

fn menus(fields: &mut Fields<'_>, file: &Arc<str>) -> Vec<(String, Vec<MenuEntry>)> {
    let Some(node) = fields.take("menus") else { return Vec::new() };
    let Some(entries) = node.as_map() else {
        fields.diagnostics().push(yaml::wrong_type("`menus`", "a map of menus by name", file, node.span));
        return Vec::new();
    };
    let diagnostics = fields.diagnostics();
    let mut menus = Vec::new();
    for menu in entries {
        let Some(items) = menu.value.as_list() else {
            diagnostics.push(yaml::wrong_type(&format!("the menu `{}`", menu.key), "a list", file, menu.value.span));
            continue;
        };
        menus.push((menu.key.clone(), items.iter().filter_map(|item| menu_entry(item, file, diagnostics)).collect()));
    }
    menus
}

fn menu_entry(node: &Node, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> Option<MenuEntry> {
    if let Some(page) = node.as_text() {
        return Some(MenuEntry { to: MenuTarget::Page(page.to_owned()), label: None, span: node.span });
    }
    let mut fields = Fields::of(node, file, "an entry of a menu", diagnostics)?;
    let page = fields.text("page").map(MenuTarget::Page);
    let to = page.or(fields.text("url").map(MenuTarget::Url));
    let label = fields.typed("label", TEXT_OR_MAP, localized);
    if to.is_none() || (label.is_none() && matches!(to, Some(MenuTarget::Url(_)))) {
        fields.diagnostics().push(yaml::wrong_type(
            "an entry of a menu",
            "a page's path, `page:`, or `url:` with `label:`",
            file,
            node.span,
        ));
    }
    fields.finish();
    Some(MenuEntry { to: to?, label, span: node.span })
}

fn theme_color(fields: &mut Fields<'_>, file: &Arc<str>) -> ThemeColor {
    let Some(node) = fields.take("theme_color") else { return ThemeColor::default() };
    if let Some(color) = node.as_text() {
        return ThemeColor { light: color.to_owned(), dark: color.to_owned() };
    }
    let Some(mut colors) = Fields::of(node, file, "`theme_color`", fields.diagnostics()) else { return ThemeColor::default() };
    let color = ThemeColor { light: colors.text("light").unwrap_or_default(), dark: colors.text("dark").unwrap_or_default() };
    colors.finish();
    color
}

fn icons(fields: &mut Fields<'_>, file: &Arc<str>) -> Vec<Icon> {
    let Some(node) = fields.take("icons") else { return Vec::new() };
    let Some(items) = node.as_list() else {
        fields.diagnostics().push(yaml::wrong_type("`icons`", "a list", file, node.span));
        return Vec::new();
    };
    let mut icons = Vec::new();
    for item in items {
        let Some(mut icon) = Fields::of(item, file, "an icon", fields.diagnostics()) else { continue };
        match (icon.text("src"), icon.text("sizes")) {
            (Some(src), Some(sizes)) => icons.push(Icon { src, sizes, span: item.span }),
            _ => icon.diagnostics().push(yaml::wrong_type("an icon", "a map with `src:` and `sizes:`", file, item.span)),
        }
        icon.finish();
    }
    icons
}

fn silenced(fields: &mut Fields<'_>, file: &Arc<str>) -> Vec<Silenced> {
    let Some(node) = fields.take("silence") else { return Vec::new() };
    let Some(items) = node.as_list() else {
        fields.diagnostics().push(yaml::wrong_type("`silence`", "a list", file, node.span));
        return Vec::new();
    };
    let mut silenced = Vec::new();
    for item in items {
        let Some(mut entry) = Fields::of(item, file, "an entry of `silence`", fields.diagnostics()) else { continue };
        let (rule, reason) = (entry.text("rule"), entry.text("reason"));
        match (rule, reason) {
            (Some(rule), Some(reason)) => silenced.push(Silenced { rule, reason, span: item.span }),
            _ => entry.diagnostics().push(
                Diagnostic::new(&SILENCE_WITHOUT_REASON, "a check is silenced without saying which, or why")
                    .at(file, item.span, "")
                    .why("whoever reads the report must be able to judge the exception")
                    .help("write `{ rule: NAME, reason: why this site is right }`"),
            ),
        }
        entry.finish();
    }
    silenced
}
