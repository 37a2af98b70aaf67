//! What the functions know of a site: the same whether it comes from a build or from the functions' own build script.

use registry::contract::{Contract, Site, TEMPLATES};

use super::Build;
use crate::site::config::Urls;

impl Build {
    /// The contract of what was built.
    pub fn contract(&self) -> Contract {
        let config = &self.site.config;
        let words = config.languages.iter().enumerate();
        let templates = self.theme.files.iter().filter(|(name, _)| TEMPLATES.iter().any(|folder| name.starts_with(folder)));
        let site = Site {
            base_url: config.base_url.clone().unwrap_or_default(),
            languages: config.languages.clone(),
            folders: config.urls == Urls::Folders,
            words: words.filter_map(|(n, code)| Some((code.clone(), self.shared.words(n).as_object()?.clone()))).collect(),
            banners: self.archived.iter().map(|shown| shown.digest.clone()).collect(),
            templates: templates.map(|(name, file)| (name.clone(), String::from_utf8_lossy(&file.bytes).into_owned())).collect(),
        };
        Contract::of(&self.declared.registry, site)
    }
}
