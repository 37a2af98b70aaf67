//! The checks: each a promise about the site or about what was built, one rule a file.

pub mod broken_anchor;
pub mod broken_link;
pub mod change_without_notice;
pub mod duplicate_permalink;
pub mod empty_site;
pub mod facts;
#[cfg(test)]
mod fixture;
pub mod foreign_file;
mod locate;
mod manual;
pub mod minify_unavailable;
mod missing_alternative;
pub mod promise_not_shown;
pub mod silence;
pub mod stale_headers;

use std::sync::Arc;

use rayon::prelude::*;
use registry::diagnostic::{Diagnostic, Rule};

use crate::render::theme::Theme;
use crate::site::Site;
use facts::{Facts, Routes};
pub use manual::{document, summary};

/// Every rule that a site can break, by name.
pub fn rules() -> Vec<&'static Rule> {
    let own = [
        &broken_anchor::BROKEN_ANCHOR,
        &broken_link::BROKEN_LINK,
        &change_without_notice::CHANGE_WITHOUT_NOTICE,
        &duplicate_permalink::DUPLICATE_PERMALINK,
        &empty_site::EMPTY_SITE,
        &foreign_file::FOREIGN_FILE,
        &minify_unavailable::MINIFY_UNAVAILABLE,
        &promise_not_shown::PROMISE_NOT_SHOWN,
        &silence::UNKNOWN_RULE,
        &stale_headers::STALE_HEADERS,
    ];
    let mut rules: Vec<&'static Rule> = own.to_vec();
    rules.extend(registry::yaml::RULES);
    rules.extend(registry::resolve::RULES);
    rules.extend(registry::check::rules());
    rules.extend(crate::source::RULES);
    rules.extend(crate::document::RULES);
    rules.extend(crate::site::config::RULES);
    rules.extend(crate::render::RULES);
    rules.sort_by_key(|rule| rule.name);
    rules
}

/// Judges a site's structure.
pub fn site(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    empty_site::check(site, &mut diagnostics);
    duplicate_permalink::check(site, &mut diagnostics);
    broken_link::check_menus(site, &mut diagnostics);
    minify_unavailable::check(site, &mut diagnostics);
    silence::check(site, &mut diagnostics);
    diagnostics
}

/// What a built page is judged by.
#[derive(Clone, Copy)]
pub struct Built<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its look, to find the template behind a fault.
    pub theme: &'a Theme,
    /// Every address that exists.
    pub routes: &'a Routes,
    /// The HTML of a built page, by its path below the output folder.
    pub html: &'a (dyn Fn(&str) -> String + Sync),
    /// The text of a file of the site.
    pub text: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// Judges built pages: `pages` are those to look at, by their place in the routes.
pub fn output(built: Built<'_>, pages: &[Arc<Facts>]) -> Vec<Diagnostic> {
    let judge = |mut faults: locate::Faults, facts: &Arc<Facts>| {
        broken_link::check(built, facts, &mut faults);
        broken_anchor::check(built, facts, &mut faults);
        missing_alternative::check(facts, &mut faults);
        faults
    };
    let faults = pages.par_iter().fold(locate::Faults::default, judge).reduce(locate::Faults::default, locate::Faults::merged);
    faults.diagnostics(built)
}

#[cfg(test)]
mod tests;
