//! The consent banner's files: a script in each language with what the registry declares in it, and its style sheet. None of them
//! exists on a site that asks for no consent.

use std::collections::BTreeMap;
use std::sync::Arc;

use oxc_minifier::CompressOptions;
use registry::derive::consent;
use registry::diagnostic::Diagnostic;
use registry::model::{Registry, StorageKind};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::assets::{self, Asset};
use super::context::{choices, word};
use super::theme::{Theme, ThemeFile};
use super::{script, style};
use crate::document::shown::Shown;
use crate::site::Site;

/// The script's parts, in their order: what keeps to the choice, and what asks for it.
const SCRIPT: [&str; 2] = ["consent/guard.js", "consent/banner.js"];
/// The style sheet of what it shows.
const STYLE: &str = "consent/banner.css";
/// The style sheet of what stands in pages.
const PAGE_STYLE: &str = "consent/page.css";

/// How the script's address begins, whatever its language and content.
pub const SCRIPT_START: &str = "/assets/consent.";

/// Where choices are recorded.
const RECEIPTS: &str = "/api/consent";

/// What the script says, as the ends of the interface's keys.
const WORDS: [&str; 14] =
    ["accept", "ask", "asking", "blocked", "choose", "close", "decided", "gpc", "policy", "refuse", "save", "title", "until", "withdraw"];

/// The signals of Google Consent Mode v2, by the category that stands for them.
const SIGNALS: [(&str, &[&str]); 3] = [
    ("analytics", &["analytics_storage"]),
    ("functional", &["functionality_storage", "personalization_storage"]),
    ("marketing", &["ad_storage", "ad_user_data", "ad_personalization"]),
];

/// The files of the banner.
#[derive(Clone, Debug)]
pub struct Banner {
    style: Asset,
    page_style: Asset,
    narrows: bool,
    /// The script, in each language.
    scripts: Vec<Asset>,
    /// What visitors see, in each language; none where no proof of choices is kept.
    pub shown: Vec<Shown>,
}

/// The addresses of what pages bring, for templates.
#[derive(Debug, Serialize)]
pub struct Links<'a> {
    script: &'a str,
    style: &'a str,
    /// Whether the script may have to narrow the host's policy: a category has several services, so that it can be accepted in part.
    narrows: bool,
}

/// What the banner is made from.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// The site.
    pub site: &'a Site,
    /// What it declares.
    pub registry: &'a Registry,
    /// The interface of each language.
    pub words: &'a [Json],
    /// The look.
    pub theme: &'a Theme,
    /// Whether the files are made small.
    pub minify: bool,
}

impl Banner {
    /// The banner's files; none where no service waits for consent.
    pub fn make(basis: Basis<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        if !basis.registry.asks_for_consent() {
            return None;
        }
        let mut sheet = |name: &str, out: &str| {
            let file = basis.theme.files.get(name)?;
            let css = style::process(name, &file.path, assets::text(file, diagnostics)?, basis.minify, |_| None, diagnostics)?;
            Some(asset(out, file, css))
        };
        let (style, page_style) = (sheet(STYLE, "consent.css")?, sheet(PAGE_STYLE, "consent-page.css")?);
        let source = source(basis, diagnostics)?;
        let (mut scripts, mut shown) = (Vec::new(), Vec::new());
        for language in 0..basis.words.len() {
            let mut config = config(basis, language, &style.url);
            if basis.registry.keeps_receipts() {
                shown.push(provable(basis, language, &mut config, &source, &style));
            }
            scripts.push(script(basis, language, &source, &config, diagnostics)?);
        }
        let narrows = consent::model(basis.registry).categories.iter().any(|category| category.services.len() > 1);
        Some(Self { style, page_style, narrows, scripts, shown })
    }

    /// What the pages of a language bring.
    pub fn links(&self, language: usize) -> Option<Links<'_>> {
        Some(Links { script: &self.scripts.get(language)?.url, style: &self.page_style.url, narrows: self.narrows })
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = &Asset> {
        [&self.style, &self.page_style].into_iter().chain(&self.scripts)
    }
}

/// The script's text, without the parts that this site has no use for. Each file is read alone first, so that a mistake is told where
/// its author made it.
fn source(Basis { registry, theme, .. }: Basis<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let any = |has: &dyn Fn(&registry::model::Service) -> bool| registry.services.iter().any(has);
    let parts = [
        // A form that nobody declares is no form of the site's.
        ("FORMS", !registry.forms.is_empty()),
        ("DATABASES", any(&|service| service.needs_consent() && service.storage.iter().any(|s| s.kind == StorageKind::IndexedDb))),
        (
            "LOOSENED",
            any(&|service| service.needs_consent() && service.writes_html())
                && !any(&|service| !service.needs_consent() && service.writes_html()),
        ),
        ("PORTAL", registry.has_portal()),
        ("RECEIPTS", registry.keeps_receipts()),
        ("SIGNALS", any(&|service| service.consent_mode)),
    ];
    let mut source: String = parts.iter().map(|(name, wanted)| format!("const {name} = {wanted};\n")).collect();
    for name in SCRIPT {
        let file = theme.files.get(name)?;
        let text = assets::text(file, diagnostics)?;
        script::process(&file.path, name, text, None, diagnostics)?;
        source.push_str(text);
    }
    Some(source)
}

/// What visitors see, for the archive; the script is told how to name it, and where choices are recorded.
fn provable(basis: Basis<'_>, language: usize, config: &mut Json, source: &str, style: &Asset) -> Shown {
    let shown = Shown {
        digest: String::new(),
        language: basis.site.language(language).to_owned(),
        revision: consent::model(basis.registry).revision,
        says: config.clone(),
        style: String::from_utf8_lossy(&style.bytes).into_owned(),
        script: registry::digest::of(&source),
    };
    let shown = shown.sealed();
    config["receipts"] = json!(RECEIPTS);
    config["revision"] = json!(shown.revision);
    config["digest"] = json!(shown.digest);
    shown
}

/// The script of a language.
fn script(basis: Basis<'_>, language: usize, source: &str, config: &Json, diagnostics: &mut Vec<Diagnostic>) -> Option<Asset> {
    let file = basis.theme.files.get(SCRIPT[1])?;
    let name = format!("consent.{}.js", basis.site.language(language));
    let whole = format!("((config) => {{\n{source}\n}})({config});\n");
    let whole = script::process(&file.path, &name, &whole, basis.minify.then(CompressOptions::smallest), diagnostics)?;
    Some(asset(&name, file, whole))
}

/// What the script must know in a language.
fn config(Basis { site, registry, words, .. }: Basis<'_>, language: usize, style: &str) -> Json {
    let code = site.language(language);
    let word = |key: &str| word(&words[language], key).unwrap_or("");
    let bounds = consent::bounds(registry);
    let told = |id: &registry::model::ServiceId| {
        let service = registry.services.iter().find(|service| service.id == *id);
        let recipient = service.and_then(|service| registry.recipient(service.recipient.as_ref()?));
        let (label, does) = service.map_or(("", ""), |service| (service.label.get(code), service.does.get(code)));
        // A label such as "Vimeo videos" names its company already.
        let unnamed = recipient.filter(|recipient| !label.contains(recipient.name.as_str()));
        (label.to_owned(), unnamed.map_or(does.to_owned(), |recipient| format!("{does} ({})", recipient.name)))
    };
    let services = bounds.services.iter().map(|(id, bounds)| {
        let mut service = serde_json::to_value(bounds).expect("bounds are plain data, which is always JSON");
        let (label, does) = told(id);
        service["label"] = json!(label);
        service["does"] = json!(does);
        (id.to_string(), service)
    });
    let categories = registry.categories_asked().into_iter().map(|category| {
        let name = category.name();
        (name.to_owned(), json!(word(&format!("category_{name}"))))
    });
    let controller = registry.controller.as_ref().map_or(site.config.title.get(code), |controller| controller.name.as_str());
    let said = WORDS.map(|key| (key, word(&format!("consent_{key}")).replace("{site}", controller)));
    let mut config = json!({
        "style": style,
        "policy": choices(site, language),
        "keep": bounds.keep,
        "attributes": bounds.attributes,
        "always": bounds.always,
        "stays": bounds.stays,
        "services": services.collect::<Map<_, _>>(),
        "categories": categories.collect::<Map<_, _>>(),
        "words": said.into_iter().collect::<BTreeMap<_, _>>(),
    });
    if registry.services.iter().any(|service| service.consent_mode) {
        config["signals"] = json!(SIGNALS.into_iter().collect::<BTreeMap<_, _>>());
    }
    config
}

fn asset(name: &str, file: &ThemeFile, text: String) -> Asset {
    Asset::named(name, Arc::from(text.into_bytes()), file.path.clone())
}
