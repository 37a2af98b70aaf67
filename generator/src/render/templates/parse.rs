//! Parses the templates of a look. What is broken is reported and left out, and with it, silently, what builds on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, suggest};
use tera::{ErrorKind, Tera};

use super::links::{self, Link};
use super::{Place, TEMPLATE_ERROR, TEMPLATE_LOOP, engine, lower};
use crate::render::assets::Assets;
use crate::render::theme::PREFIX;

/// The templates that could be parsed, and the names of the others.
pub(super) struct Parsed {
    pub(super) tera: Tera,
    pub(super) left_out: BTreeSet<String>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Parses templates, given by name. `paths` has each one's file; `left_out` names those that could not even be read.
pub(super) fn parse(
    texts: &BTreeMap<&str, &str>,
    paths: &BTreeMap<String, Arc<str>>,
    left_out: BTreeSet<String>,
    assets: &Arc<Assets>,
) -> Parsed {
    let links = texts.iter().map(|(name, text)| (*name, links::of(text))).collect();
    let mut parser = Parser { texts, paths, links, empty: engine(assets), left_out, diagnostics: Vec::new() };
    let circles = parser.circles();
    if circles.is_empty() && parser.left_out.is_empty() {
        let mut tera = parser.empty.clone();
        if tera.add_raw_templates(texts.iter().map(|(name, text)| (*name, *text))).is_ok() {
            return Parsed { tera, left_out: parser.left_out, diagnostics: Vec::new() };
        }
    }
    parser.syntax();
    circles.iter().for_each(|circle| parser.report_circle(circle));
    parser.missing();
    parser.spread();
    let tera = parser.together().unwrap_or_else(|| parser.one_by_one());
    Parsed { tera, left_out: parser.left_out, diagnostics: parser.diagnostics }
}

struct Parser<'a> {
    texts: &'a BTreeMap<&'a str, &'a str>,
    paths: &'a BTreeMap<String, Arc<str>>,
    links: BTreeMap<&'a str, Vec<Link>>,
    /// An engine without a template.
    empty: Tera,
    left_out: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn path(&self, name: &str) -> Arc<str> {
        self.paths.get(name).cloned().unwrap_or_else(|| name.into())
    }

    /// Leaves a template out, and says why.
    fn refuse(&mut self, name: &str, diagnostic: Diagnostic) {
        self.left_out.insert(name.to_owned());
        self.diagnostics.push(diagnostic);
    }

    /// The circles of templates that lead back to themselves, each with its members in order.
    fn circles(&self) -> Vec<Vec<&'a str>> {
        let mut circles: Vec<Vec<&'a str>> = Vec::new();
        for name in self.links.keys() {
            if circles.iter().any(|circle| circle.contains(name)) || self.way(name, name).is_empty() {
                continue;
            }
            let members = self.links.keys().filter(|other| !self.way(name, other).is_empty() && !self.way(other, name).is_empty());
            circles.push(members.copied().collect());
        }
        circles
    }

    /// The shortest way from a template along its links to another one, that one included; empty where there is none.
    fn way(&self, from: &str, to: &str) -> Vec<&'a str> {
        let mut ways: Vec<Vec<&'a str>> = vec![Vec::new()];
        let mut seen = BTreeSet::new();
        let mut at = 0;
        while let Some(way) = ways.get(at).cloned() {
            let last = way.last().copied().unwrap_or(from);
            for link in self.links.get(last).into_iter().flatten() {
                let Some((target, _)) = self.links.get_key_value(link.target.as_str()) else { continue };
                let further = [way.as_slice(), &[*target]].concat();
                if *target == to {
                    return further;
                }
                if seen.insert(*target) {
                    ways.push(further);
                }
            }
            at += 1;
        }
        Vec::new()
    }

    /// A circle is told once, at a template of the site's own where there is one.
    fn report_circle(&mut self, circle: &[&str]) {
        let own = circle.iter().find(|name| self.path(name).starts_with("templates/"));
        if let Some(name) = own.or(circle.first()) {
            let way = self.way(name, name);
            let round = std::iter::once(name).chain(&way).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" → ");
            let links = self.links.get(name).into_iter().flatten();
            let span = links.filter(|link| way.first() == Some(&link.target.as_str())).map(|link| link.span).next().unwrap_or_default();
            let diagnostic = Diagnostic::new(&TEMPLATE_LOOP, format!("`{name}` comes back to itself: {round}"))
                .at(&self.path(name), span, "")
                .help(format!("break the circle; a site's own `{name}` builds on the built-in one as `{PREFIX}{name}`"));
            self.diagnostics.push(diagnostic);
        }
        self.left_out.extend(circle.iter().map(|name| (*name).to_owned()));
    }

    /// Refuses what is no template at all, each for itself.
    fn syntax(&mut self) {
        for (name, text) in self.texts {
            if let Err(error) = self.empty.clone().add_raw_template(name, text)
                && let ErrorKind::SyntaxError(report) = error.kind()
            {
                let span = Place::of(report).span(text);
                self.refuse(name, Diagnostic::new(&TEMPLATE_ERROR, lower(report.message())).at(&self.path(name), span, ""));
            }
        }
    }

    /// Refuses templates that name one that nobody has.
    fn missing(&mut self) {
        let known: Vec<&str> = self.texts.keys().copied().collect();
        for (name, links) in std::mem::take(&mut self.links) {
            let unknown = |link: &&Link| !known.contains(&link.target.as_str()) && !self.left_out.contains(&link.target);
            let refused = self.left_out.contains(name);
            let unknown: Vec<&Link> = links.iter().filter(unknown).collect();
            for link in unknown.into_iter().filter(|_| !refused) {
                let (how, target) = (link.how, &link.target);
                let diagnostic = Diagnostic::new(&TEMPLATE_ERROR, format!("`{name}` {how} `{target}`, which does not exist"))
                    .at(&self.path(name), link.span, "")
                    .help(suggest(target, &known));
                self.refuse(name, diagnostic);
            }
            self.links.insert(name, links);
        }
    }

    /// Leaves out what builds on a template that was left out.
    fn spread(&mut self) {
        loop {
            let mut links = self.links.iter().filter(|(name, _)| !self.left_out.contains(**name));
            let Some((name, _)) = links.find(|(_, links)| links.iter().any(|link| self.left_out.contains(&link.target))) else { return };
            self.left_out.insert((*name).to_owned());
        }
    }

    /// Adds all templates that are not left out, if they have no more faults.
    fn together(&self) -> Option<Tera> {
        let mut tera = self.empty.clone();
        let texts = self.texts.iter().filter(|(name, _)| !self.left_out.contains(**name));
        tera.add_raw_templates(texts.map(|(name, text)| (*name, *text))).is_ok().then_some(tera)
    }

    /// Adds one template after the other, each behind those that it builds on, to find the ones with faults.
    fn one_by_one(&mut self) -> Tera {
        let mut tera = self.empty.clone();
        let mut waiting: Vec<(&str, &str)> = self.texts.iter().map(|(name, text)| (*name, *text)).collect();
        loop {
            let before = waiting.len();
            let mut faults: BTreeMap<&str, tera::Error> = BTreeMap::new();
            waiting.retain(|(name, text)| {
                let mut targets = self.links.get(name).into_iter().flatten().map(|link| &link.target);
                if self.left_out.contains(*name) || targets.clone().any(|target| self.left_out.contains(target)) {
                    self.left_out.insert((*name).to_owned());
                    return false;
                }
                if targets.any(|target| !tera.contains_template(target)) {
                    return true;
                }
                match tera.add_raw_template(name, text) {
                    Ok(()) => false,
                    // What is missing, such as a component, may come with another template.
                    Err(error) => faults.insert(name, error).is_none(),
                }
            });
            if waiting.len() < before {
                continue;
            }
            if faults.is_empty() {
                self.left_out.extend(waiting.iter().map(|(name, _)| (*name).to_owned()));
                return tera;
            }
            waiting.retain(|(name, _)| !faults.contains_key(name));
            for (name, error) in faults {
                let text = self.texts.get(name).copied().unwrap_or("");
                let path = self.path(name);
                links::told(&error, name, text).into_iter().for_each(|(message, span)| {
                    self.refuse(name, Diagnostic::new(&TEMPLATE_ERROR, lower(&message)).at(&path, span.unwrap_or_default(), ""));
                });
            }
        }
    }
}
