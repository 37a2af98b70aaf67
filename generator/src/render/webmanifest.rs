//! `site.webmanifest`: what a phone shows when someone keeps the site on its home screen.

use registry::diagnostic::{Diagnostic, suggest};
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::assets::Assets;
use super::theme::MISSING_ASSET;
use crate::site::{Site, config};

/// The manifest in the default language.
pub fn make(site: &Site, assets: &Assets, diagnostics: &mut Vec<Diagnostic>) -> String {
    let config = &site.config;
    let code = site.language(0);
    let title = config.title.get(code);
    let mut manifest = Map::new();
    manifest.insert("name".into(), title.into());
    manifest.insert("short_name".into(), if config.short_name.is_empty() { title.into() } else { config.short_name.as_str().into() });
    if !config.description.get(code).is_empty() {
        manifest.insert("description".into(), config.description.get(code).into());
    }
    manifest.insert("lang".into(), code.into());
    manifest.insert("start_url".into(), "/".into());
    manifest.insert("display".into(), "browser".into());
    for key in ["theme_color", "background_color"] {
        if !config.theme_color.light.is_empty() {
            manifest.insert(key.into(), config.theme_color.light.as_str().into());
        }
    }
    let mut icons = Vec::new();
    for icon in &config.icons {
        match assets.url(&icon.src) {
            Some(url) => icons.push(entry(url, &icon.sizes)),
            None => diagnostics.push(
                Diagnostic::new(&MISSING_ASSET, format!("the icon `{}` is not in `templates/`", icon.src))
                    .at(&Arc::from(config::PATH), icon.span, "")
                    .help(suggest(&icon.src, &assets.names())),
            ),
        }
    }
    if config.icons.is_empty() {
        for (name, sizes) in [("images/icon-192.png", "192x192"), ("images/icon-512.png", "512x512")] {
            icons.extend(assets.url(name).map(|url| entry(url, sizes)));
        }
    }
    manifest.insert("icons".into(), icons.into());
    format!("{:#}\n", Value::Object(manifest))
}

fn entry(url: &str, sizes: &str) -> Value {
    let kind = if url.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
    json!({ "src": url, "sizes": sizes, "type": kind })
}
