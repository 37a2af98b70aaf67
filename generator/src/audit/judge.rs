//! What was seen against what is declared, as diagnostics: a finding is told once, with all the states and pages where it was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule};
use registry::model::Service;
use registry::resolve::Declared;

use super::belongs::{Known, Owner};
use super::seen::{Kept, Request, Seen, State, Store};
use super::table::{Row, Table};
use crate::check::origins::{Address, Place, declaring, place};
use crate::check::seen::{DECLARED_NEVER_SEEN, SEEN_UNDECLARED, SEEN_WITHOUT_CONSENT, SURVIVES_WITHDRAWAL};

/// What the judging needs to know of the site.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// What is declared, and where.
    pub declared: &'a Declared,
    /// How things are told whose they are.
    pub known: Known<'a>,
    /// The file behind a page's address.
    pub file: &'a dyn Fn(&str) -> Option<Arc<str>>,
}

/// Judges what was seen, in the order of the states.
pub fn judge(subject: Subject<'_>, seen: &[(State, Seen)], table: &Table) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for (state, seen) in seen {
        for request in &seen.requests {
            of_request(subject, state, request, &mut findings);
        }
        for kept in &seen.kept {
            of_kept(subject, state, kept, &mut findings);
        }
    }
    let mut diagnostics: Vec<Diagnostic> = findings.0.into_values().map(|finding| finding.diagnostic(subject)).collect();
    diagnostics.extend(table.never_seen.iter().filter(|row| row.expected).map(|row| never_seen(subject, row)));
    diagnostics
}

#[derive(Debug, Default)]
struct Findings(BTreeMap<(&'static str, String), Finding>);

impl Findings {
    /// Adds a sight of something: `what` tells it from others.
    fn add(&mut self, rule: &'static Rule, what: &str, sight: Sight<'_>, told: impl FnOnce() -> Told) {
        let finding = self.0.entry((rule.name, what.to_owned())).or_insert_with(|| Finding {
            rule,
            told: told(),
            states: Vec::new(),
            pages: Vec::new(),
            by: Vec::new(),
            names: BTreeSet::new(),
        });
        let push = |list: &mut Vec<String>, value: String| {
            if !list.contains(&value) {
                list.push(value);
            }
        };
        push(&mut finding.states, sight.state.words());
        push(&mut finding.pages, sight.page.to_string());
        if let Some(by) = sight.by {
            push(&mut finding.by, by.to_owned());
        }
        finding.names.insert(sight.name.to_owned());
    }
}

/// Once that something was seen.
#[derive(Clone, Copy)]
struct Sight<'a> {
    state: &'a State,
    page: &'a str,
    by: Option<&'a str>,
    name: &'a str,
}

/// What is told of something that was seen.
#[derive(Debug)]
struct Told {
    message: String,
    /// The path of the declaration to point at; the page where there is none.
    path: Option<String>,
    why: String,
    help: String,
    warning: bool,
}

#[derive(Debug)]
struct Finding {
    rule: &'static Rule,
    told: Told,
    states: Vec<String>,
    pages: Vec<String>,
    by: Vec<String>,
    /// The addresses, where they are told as one.
    names: BTreeSet<String>,
}

impl Finding {
    fn diagnostic(self, subject: Subject<'_>) -> Diagnostic {
        let Self { rule, told, states, pages, by, names } = self;
        let page = pages.first().cloned().unwrap_or_default();
        let mut seen = format!("seen {}, on {}", first_of(&states, "state"), first_of(&quoted(&pages), "page"));
        if !by.is_empty() {
            seen.push_str(&format!(", started by {}", first_of(&quoted(&by), "place")));
        }
        let others = names.len().saturating_sub(1);
        let message = if others == 0 { told.message } else { format!("{}, and {others} more like it", told.message) };
        let mut diagnostic = Diagnostic::new(rule, message).why(format!("{seen}; {}", told.why)).help(told.help);
        if told.warning {
            diagnostic.severity = registry::diagnostic::Severity::Warning;
        }
        match (told.path, (subject.file)(&page)) {
            (Some(path), _) => subject.declared.places.point(diagnostic, &path),
            (None, Some(file)) => diagnostic.in_file(&file),
            (None, None) => diagnostic,
        }
    }
}

/// The first of several, and how many more there are.
fn first_of(all: &[String], what: &str) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {}", more(rest.len(), what)),
    }
}

fn more(n: usize, what: &str) -> String {
    format!("{n} more {what}{}", if n == 1 { "" } else { "s" })
}

fn quoted(all: &[String]) -> Vec<String> {
    all.iter().map(|one| format!("`{one}`")).collect()
}

fn of_request(subject: Subject<'_>, state: &State, request: &Request, findings: &mut Findings) {
    let owner = subject.known.request(request);
    let sight = Sight { state, page: &request.at.page, by: request.by.as_deref(), name: &request.url };
    let place = place(&request.url, subject.known.base);
    let what = match place {
        Place::Own(path) => path.to_owned(),
        Place::Elsewhere(address) => address.origin(),
    };
    match &owner {
        Owner::Site => {}
        Owner::Nobody | Owner::Unnamed(_) => {
            findings.add(&SEEN_UNDECLARED, &format!("request {what}"), sight, || undeclared_request(subject, request, place));
        }
        Owner::Services(services) => {
            if let Some(service) = forbidden(services, |service| request.at.agreed.to(service)) {
                findings.add(&SEEN_WITHOUT_CONSENT, &format!("request {what} {}", service.id), sight, || Told {
                    message: format!("`{}`, which belongs to the service `{}`, is asked for {}", request.url, service.id, state.words()),
                    path: Some(format!("services.{}.origins", service.id)),
                    why: format!("the service is in the category `{}`, for which consent is asked", service.category.name()),
                    help: gate(service),
                    warning: false,
                });
            }
        }
    }
}

/// The first service, where none of them may run.
fn forbidden<'r>(services: &[&'r Service], may: impl Fn(&Service) -> bool) -> Option<&'r Service> {
    services.first().copied().filter(|_| !services.iter().any(|service| may(service)))
}

fn gate(service: &Service) -> String {
    let id = &service.id;
    format!(
        "put what starts it into `<template data-service=\"{id}\">…</template>`, or have it ask `plainsite.consent.has(\"{id}\")` first"
    )
}

fn undeclared_request(subject: Subject<'_>, request: &Request, place: Place<'_>) -> Told {
    let way = request.way().unwrap_or(registry::model::Directive::Connect).name();
    let (message, why, origin) = match place {
        Place::Own(path) => (
            format!("a request goes to `{}`, which the build did not make and no service declares", request.url),
            "an address of one's own can pass data on to others like any other",
            folder(path).to_owned(),
        ),
        Place::Elsewhere(address) => {
            let otherwise = declaring(subject.known.registry, None, address);
            let message = match otherwise.first() {
                Some(service) => {
                    let id = &service.id;
                    format!("a request goes to `{}`, which the service `{id}` declares for other things only", request.url)
                }
                None => format!("a request goes to `{}`, which no service declares", request.url),
            };
            (message, "that host learns who visits, which nobody was told", address.origin())
        }
    };
    Told {
        message,
        path: service_of(subject, place).map(|id| format!("services.{id}.origins")),
        why: why.to_owned(),
        help: format!("take it out, or declare a service with `origins: {{ {way}: [{origin}] }}` in `content/privacy.yaml`"),
        warning: false,
    }
}

fn service_of(subject: Subject<'_>, place: Place<'_>) -> Option<String> {
    let of = |address: Address<'_>| declaring(subject.known.registry, None, address).first().map(|service| service.id.to_string());
    match place {
        Place::Own(_) => None,
        Place::Elsewhere(address) => of(address),
    }
}

/// The folder of a path.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or(path, |at| &path[..=at])
}

fn of_kept(subject: Subject<'_>, state: &State, kept: &Kept, findings: &mut Findings) {
    let key = &kept.key;
    let sight = Sight { state, page: &kept.at.page, by: kept.by.as_deref(), name: &key.name };
    let whose = if key.whose == "self" { String::new() } else { format!(" of `{}`", key.whose) };
    let thing = format!("the {} `{}`{whose}", key.store.words(), key.name);
    let what = format!("{} {} {}", key.store.name(), key.name, key.whose);
    let owner = subject.known.key(key);
    match &owner {
        Owner::Site => {}
        // What was there before is no news.
        Owner::Nobody | Owner::Unnamed(_) if kept.survived => {}
        Owner::Nobody | Owner::Unnamed(_) => {
            let service = owner.services().first().map(|service| service.id.to_string());
            let message = match &service {
                Some(id) => format!("{thing} is written by the service `{id}`, which does not declare it"),
                None => format!("{thing} is written, which no service declares"),
            };
            findings.add(&SEEN_UNDECLARED, &what, sight, || Told {
                message,
                path: service.as_ref().map(|id| format!("services.{id}")),
                why: "visitors are told what is stored on their device, by whom and for how long".to_owned(),
                help: format!("take it out, or add {} to the service that writes it, in `content/privacy.yaml`", declaration(kept)),
                warning: service.is_some(),
            });
        }
        Owner::Services(_) => {}
    }
    let Some(service) = forbidden(owner.services(), |service| kept.at.agreed.to(service)) else { return };
    let path = Some(declared_at(service, kept));
    if !kept.survived {
        findings.add(&SEEN_WITHOUT_CONSENT, &format!("{what} {}", service.id), sight, || Told {
            message: format!("{thing}, which belongs to the service `{}`, is written {}", service.id, state.words()),
            path,
            why: format!("the service is in the category `{}`, for which consent is asked", service.category.name()),
            help: gate(service),
            warning: false,
        });
    } else if key.whose == "self" {
        findings.add(&SURVIVES_WITHDRAWAL, &what, sight, || Told {
            message: format!("{thing}, which belongs to the service `{}`, is still there after withdrawing", service.id),
            path,
            why: "withdrawing consent ends what rested on it (GDPR Art. 7(3))".to_owned(),
            help: match key.store {
                Store::Cookie => {
                    "have it set without `HttpOnly`, for the path `/`, so that the banner can remove it; or end it on the server".to_owned()
                }
                _ => "write it where the banner can remove it, or declare it as it is written".to_owned(),
            },
            warning: false,
        });
    }
}

/// The path of the declaration that something fits.
fn declared_at(service: &Service, kept: &Kept) -> String {
    let key = &kept.key;
    let at = match key.store {
        Store::Cookie => service.cookies.iter().position(|cookie| registry::model::covers(&cookie.name, &key.name)).map(|n| ("cookies", n)),
        store => {
            let fits = |storage: &registry::model::Storage| {
                super::belongs::fits(storage.kind, store) && registry::model::covers(&storage.key, &key.name)
            };
            service.storage.iter().position(fits).map(|n| ("storage", n))
        }
    };
    match at {
        Some((list, n)) => format!("services.{}.{list}.{n}", service.id),
        None => format!("services.{}", service.id),
    }
}

/// What to write for something, in YAML.
fn declaration(kept: &Kept) -> String {
    let Kept { key, .. } = kept;
    match key.store {
        Store::Cookie => {
            let party = if key.whose == "self" { "first" } else { "third" };
            format!("`cookies: [{{ name: {}, keep: …, party: {party} }}]`", key.name)
        }
        store => {
            let kind = if store == Store::Cache { "local" } else { store.name() };
            format!("`storage: [{{ kind: {kind}, key: {}, keep: … }}]`", key.name)
        }
    }
}

fn never_seen(subject: Subject<'_>, row: &Row) -> Diagnostic {
    let what = match row.what {
        "origin" => format!("the origin `{}`", row.name),
        "cookie" => format!("the cookie `{}`", row.name),
        what => format!("the {what} storage `{}`", row.name),
    };
    let found =
        Diagnostic::new(&DECLARED_NEVER_SEEN, format!("{what} of the service `{}` was never seen, whatever was chosen", row.service))
            .why("the policy tells of it, and the Content-Security-Policy allows it")
            .help("build the service in, or take it out of the declaration; silence this where it takes more than visiting pages");
    subject.declared.places.point(found, &row.path)
}
