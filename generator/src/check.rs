//! The checks: each a promise about the site or about what was built, one rule a file.

pub mod banner_not_archived;
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
pub mod undeclared_store;
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
        &banner_not_archived::BANNER_NOT_ARCHIVED,
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
        &undeclared_store::UNDECLARED_STORE,
        &ungated_service::UNGATED_SERVICE,
    ];
    let mut rules: Vec<&'static Rule> = own.to_vec();
    rules.extend(seen::RULES);
    rules.extend(registry::yaml::RULES);
    rules.extend(registry::resolve::RULES);
    rules.extend(registry::check::rules());
    rules.extend(crate::source::RULES);
    rules.extend(crate::document::RULES);
    rules.extend(crate::projects::RULES);
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

/// What is wrong with a built page, found where its author wrote it. It stays the same as long as the page does, and the addresses and
/// the registry that it is judged by.
#[derive(Debug)]
pub struct Verdict {
    facts: Arc<Facts>,
    /// Faults of links and images.
    links: Vec<locate::Fault>,
    /// Faults of what the page makes browsers do.
    uses: Vec<written::Fault>,
}

/// Judges built pages: a verdict on each with a fault, in their order.
pub fn pages(built: Built<'_>, pages: &[Arc<Facts>]) -> Vec<Option<Verdict>> {
    pages.par_iter().map(|facts| page(built, facts)).collect()
}

fn page(built: Built<'_>, facts: &Arc<Facts>) -> Option<Verdict> {
    let mut links = Vec::new();
    broken_link::check(built, facts, &mut links);
    broken_anchor::check(built, facts, &mut links);
    missing_alternative::check(facts, &mut links);
    let mut told = of_uses(built, &facts.uses);
    contact_unreadable::check_policy(built, facts, &mut told);
    consent_control::check(built, facts, &mut told);
    if links.is_empty() && told.is_empty() {
        return None;
    }
    for fault in &mut links {
        fault.find(built, facts);
    }
    Some(Verdict { facts: facts.clone(), links, uses: written::found(told, built, facts) })
}

/// Tells what is wrong with pages, by their verdicts, and with whatever else loads or runs something. The same fault on many pages is
/// one fault.
pub fn output<'v>(built: Built<'_>, verdicts: impl Iterator<Item = &'v Verdict> + Clone, files: &[Arc<FileUses>]) -> Vec<Diagnostic> {
    let links = verdicts.clone().flat_map(|verdict| verdict.links.iter().map(|fault| (fault, &verdict.facts)));
    let mut diagnostics = locate::told(built, links);
    let uses = verdicts.flat_map(|verdict| verdict.uses.iter().map(|fault| (fault, &verdict.facts)));
    diagnostics.extend(written::told(built, uses));
    diagnostics.extend(files.iter().flat_map(|file| written::in_file(of_uses(built, &file.uses), file)));
    diagnostics
}

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
