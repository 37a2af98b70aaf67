//! The checks: each a promise about the site or about what was built, one rule a file.

pub mod broken_anchor;
pub mod broken_link;
pub mod change_without_notice;
pub mod consent_control;
pub mod contact_unreadable;
pub mod duplicate_permalink;
pub mod empty_site;
pub mod facts;
#[cfg(test)]
mod fixture;
pub mod foreign_file;
pub mod inline_script;
mod locate;
mod manual;
pub mod minify_unavailable;
mod missing_alternative;
pub(crate) mod origins;
pub mod promise_not_shown;
mod prose;
pub mod prose_contradicts_registry;
pub mod seen;
pub mod silence;
pub mod stale_headers;
pub mod undeclared_field;
pub mod undeclared_origin;
pub mod ungated_service;
pub mod uses;
mod written;

use std::sync::Arc;

use rayon::prelude::*;
use registry::diagnostic::{Diagnostic, Rule};
use registry::model::Registry;

use crate::render::theme::Theme;
use crate::site::Site;
use facts::{Facts, Routes};
pub use manual::{document, summary};
use uses::{FileUses, Uses};

/// Every rule that a site can break, by name.
pub fn rules() -> Vec<&'static Rule> {
    let own = [
        &broken_anchor::BROKEN_ANCHOR,
        &broken_link::BROKEN_LINK,
        &change_without_notice::CHANGE_WITHOUT_NOTICE,
        &consent_control::BANNER_WITHOUT_NEED,
        &consent_control::CONSENT_CONTROL_MISSING,
        &contact_unreadable::CONTACT_UNREADABLE,
        &duplicate_permalink::DUPLICATE_PERMALINK,
        &empty_site::EMPTY_SITE,
        &foreign_file::FOREIGN_FILE,
        &inline_script::INLINE_SCRIPT,
        &minify_unavailable::MINIFY_UNAVAILABLE,
        &promise_not_shown::PROMISE_NOT_SHOWN,
        &prose_contradicts_registry::PROSE_CONTRADICTS_REGISTRY,
        &silence::UNKNOWN_RULE,
        &stale_headers::STALE_HEADERS,
        &undeclared_field::UNDECLARED_FIELD,
        &undeclared_origin::UNDECLARED_ORIGIN,
        &ungated_service::UNGATED_SERVICE,
    ];
    let mut rules: Vec<&'static Rule> = own.to_vec();
    rules.extend(seen::RULES);
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
    /// What it declares about personal data.
    pub registry: &'a Registry,
    /// Its look, to find the template behind a fault.
    pub theme: &'a Theme,
    /// Every address that exists.
    pub routes: &'a Routes,
    /// The HTML of a built page, by its path below the output folder.
    pub html: &'a (dyn Fn(&str) -> String + Sync),
    /// The text of a file of the site.
    pub text: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// Judges built pages and files: `pages` are those to look at, `files` whatever else loads or runs something.
pub fn output(built: Built<'_>, pages: &[Arc<Facts>], files: &[Arc<FileUses>]) -> Vec<Diagnostic> {
    let judge = |mut faults: Faults, facts: &Arc<Facts>| {
        broken_link::check(built, facts, &mut faults.0);
        broken_anchor::check(built, facts, &mut faults.0);
        missing_alternative::check(facts, &mut faults.0);
        let mut told = of_uses(built, &facts.uses);
        contact_unreadable::check_policy(built, facts, &mut told);
        consent_control::check(built, facts, &mut told);
        faults.1.add(told, built, facts);
        faults
    };
    let merge = |a: Faults, b: Faults| (a.0.merged(b.0), a.1.merged(b.1));
    let (faults, tellings) = pages.par_iter().fold(Faults::default, judge).reduce(Faults::default, merge);
    let mut diagnostics = faults.diagnostics(built);
    diagnostics.extend(tellings.diagnostics(built));
    diagnostics.extend(files.iter().flat_map(|file| written::in_file(of_uses(built, &file.uses), file)));
    diagnostics
}

/// Faults of links and images, and those of what pages make browsers do.
type Faults = (locate::Faults, written::Tellings);

/// Judges what a page or a file makes a browser do.
fn of_uses(built: Built<'_>, uses: &Uses) -> Vec<written::Told> {
    let mut told = Vec::new();
    undeclared_origin::check(built, uses, &mut told);
    ungated_service::check(built, uses, &mut told);
    undeclared_field::check(built, uses, &mut told);
    inline_script::check(uses, &mut told);
    contact_unreadable::check(uses, &mut told);
    told
}

#[cfg(test)]
mod tests;
