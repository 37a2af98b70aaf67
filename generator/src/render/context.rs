//! What all pages of a language share in their templates: the site, its menus, the interface's words, the data.

use std::collections::BTreeMap;

use jiff::civil::Date;
use registry::derive::policy::{self, Policy};
use registry::derive::rights;
use registry::derive::schema::thanks;
use registry::derive::words::Words;
use registry::model::{Registry, Stated};
use serde::Serialize;
use serde_json::Value as Json;
use tera::Value;

use super::consent::{Banner, Links};
use super::feed;
use super::interface::spoken_date;
use crate::digest::{Digest, Hasher};
use crate::site::{Page, Site};

/// What all pages share, ready for templates.
#[derive(Clone, Debug)]
pub struct Shared {
    languages: Vec<Language>,
    data: Value,
    /// The digest of all of this, and of the look.
    pub digest: Digest,
}

#[derive(Clone, Debug)]
struct Language {
    code: Value,
    site: Value,
    ui: Value,
    policy: Policy,
    privacy: Value,
    words: Json,
}

#[derive(Serialize)]
struct SiteFields<'a> {
    title: &'a str,
    description: &'a str,
    base_url: &'a str,
    home: &'a str,
    languages: &'a [String],
    menus: serde_json::Map<String, Json>,
    feed: String,
    choices: String,
    portal: bool,
    policy: String,
    thanks: BTreeMap<&'a str, String>,
    consent: Option<Links<'a>>,
    extra: &'a Json,
    theme_color: ThemeColor<'a>,
    organisation: Organisation<'a>,
}

#[derive(Serialize)]
struct ThemeColor<'a> {
    light: &'a str,
    dark: &'a str,
}

#[derive(Serialize, Default)]
struct Organisation<'a> {
    name: &'a str,
    representative: &'a str,
    address: &'a str,
    email: &'a str,
}

impl Shared {
    /// Gathers what all pages share. `words` has the interface of each language; `look` is the digest of templates and
    /// assets.
    pub fn new(site: &Site, registry: &Registry, banner: Option<&Banner>, words: Vec<Json>, data: &Json, look: Digest) -> Self {
        let mut hasher = Hasher::default();
        hasher.add_digest(look).add(data.to_string());
        let languages = words.into_iter().enumerate().map(|(language, words)| {
            let fields = serde_json::to_value(fields(site, registry, banner, language))
                .expect("a site's fields are plain data, which is always JSON");
            let code = site.language(language);
            let get = |key: &str| word(&words, key).map(str::to_owned);
            let policy = policy::policy(registry, Words { language: code, get: &get });
            let privacy = serde_json::to_value(&policy).expect("a policy is plain data, which is always JSON");
            hasher.add(fields.to_string()).add(words.to_string()).add(privacy.to_string());
            Language {
                code: Value::from_serializable(code),
                site: Value::from_serializable(&fields),
                ui: Value::from_serializable(&words),
                privacy: Value::from_serializable(&privacy),
                policy,
                words,
            }
        });
        let languages = languages.collect();
        Self { languages, data: Value::from_serializable(data), digest: hasher.finish() }
    }

    /// A context with what a page of this language shares with all others; nothing of it is copied.
    pub fn context(&self, language: usize) -> tera::Context {
        let own = &self.languages[language];
        let mut context = tera::Context::new();
        context.insert_value("lang", own.code.clone());
        context.insert_value("site", own.site.clone());
        context.insert_value("ui", own.ui.clone());
        context.insert_value("data", self.data.clone());
        context.insert_value("privacy", own.privacy.clone());
        context
    }

    /// What the policy tells in a language.
    pub fn policy(&self, language: usize) -> &Policy {
        &self.languages[language].policy
    }

    /// A day in the words of a language.
    pub fn day(&self, language: usize, day: Date) -> String {
        spoken_date(&day.to_string(), &self.languages[language].words)
    }

    /// The words of a language.
    pub fn words(&self, language: usize) -> &Json {
        &self.languages[language].words
    }

    /// A word of the interface; empty where there is none.
    pub fn word(&self, language: usize, key: &str) -> &str {
        word(&self.languages[language].words, key).unwrap_or("")
    }
}

/// A word of an interface. Countries have a map of their own: `country_FR` is `countries.FR`.
pub fn word<'w>(words: &'w Json, key: &str) -> Option<&'w str> {
    let found = match key.strip_prefix("country_") {
        Some(code) => words.get("countries").and_then(|countries| countries.get(code)),
        None => words.get(key),
    };
    found.and_then(Json::as_str)
}

fn fields<'a>(site: &'a Site, registry: &'a Registry, banner: Option<&'a Banner>, language: usize) -> SiteFields<'a> {
    let config = &site.config;
    let code = site.language(language);
    let menus = site.menus[language].iter().map(|menu| {
        let entries: Vec<_> = menu.entries.iter().flatten().collect();
        (menu.name.clone(), serde_json::to_value(entries).expect("a menu is plain data, which is always JSON"))
    });
    let organisation = registry.controller.as_ref().map(|c| Organisation {
        name: &c.name,
        representative: known(c.representative.as_ref()),
        address: known(c.address.as_ref()),
        email: known(c.email.as_ref()),
    });
    SiteFields {
        title: config.title.get(code),
        description: config.description.get(code),
        base_url: config.base_url.as_deref().unwrap_or(""),
        home: site.homes[language].map_or("/", |home| &site.pages[home].url),
        languages: &config.languages,
        menus: menus.collect(),
        feed: feed::path(site, language).map(|path| format!("/{path}")).unwrap_or_default(),
        portal: registry.has_portal(),
        policy: policy(site, language).unwrap_or_default(),
        thanks: registry
            .forms
            .iter()
            .map(|form| form.id.as_str())
            .chain(registry.requests().map(|_| rights::FORM))
            .map(|form| (form, thanks(form, code, &config.languages, site.ending())))
            .collect(),
        choices: if registry.asks_for_consent() { choices(site, language) } else { String::new() },
        consent: banner.and_then(|banner| banner.links(language)),
        extra: &config.extra,
        theme_color: ThemeColor { light: &config.theme_color.light, dark: &config.theme_color.dark },
        organisation: organisation.unwrap_or_default(),
    }
}

/// A text that is known; empty otherwise.
fn known(text: Option<&Stated<String>>) -> &str {
    text.and_then(Stated::known).map_or("", String::as_str)
}

/// Where visitors read of the services that need their consent: the cookies' own policy in their language, else the privacy
/// policy; empty where there is neither.
pub fn choices(site: &Site, language: usize) -> String {
    let page = of_policy(site, language, "cookies").or_else(|| of_policy(site, language, "privacy"));
    page.map(|page| format!("{}#declared-cookies", page.url)).unwrap_or_default()
}

/// The address of the privacy policy in a language.
pub fn policy(site: &Site, language: usize) -> Option<String> {
    of_policy(site, language, "privacy").map(|page| page.url.to_string())
}

fn of_policy<'s>(site: &'s Site, language: usize, name: &str) -> Option<&'s Page> {
    site.pages.iter().find(|page| {
        let policy = page.outline.as_ref().and_then(|outline| outline.front.policy.as_ref());
        page.language == language && policy.is_some_and(|(policy, _)| policy == name)
    })
}
