//! The table: what is declared and was seen, what is declared and was never seen, what was seen and is not declared.

use registry::derive::headers::is_own;
use registry::model::{Directive, Party, Registry, Service, StorageKind, System, covers};

use super::belongs::{Known, Owner, fits};
use super::seen::{Key, Request, Seen, State, Store};
use crate::check::origins::{self, Place, place};

/// A declaration, and the states in which it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The service.
    pub service: String,
    /// `origin`, `cookie`, `local`, `session` or `indexeddb`.
    pub what: &'static str,
    /// Its name, as declared.
    pub name: String,
    /// Its path of keys.
    pub path: String,
    /// The states in which it was seen.
    pub states: Vec<String>,
    /// Whether it should have been seen: it waits for consent, and belongs to this site.
    pub expected: bool,
}

/// Something that no service declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// `request`, `cookie`, `local`, `session`, `indexeddb` or `cache`.
    pub what: &'static str,
    /// Its address or name.
    pub name: String,
    /// Whose it is; empty for requests.
    pub whose: String,
    /// The states in which it was seen.
    pub states: Vec<String>,
}

/// All three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Declared, and seen.
    pub seen: Vec<Row>,
    /// Declared, and never seen.
    pub never_seen: Vec<Row>,
    /// Seen, and not declared.
    pub undeclared: Vec<Stray>,
}

/// Makes the table.
pub fn table(known: Known<'_>, seen: &[(State, Seen)]) -> Table {
    let rows = known.registry.services.iter().flat_map(|service| rows(known, service, seen));
    let (seen_rows, never_seen) = rows.partition(|row| !row.states.is_empty());
    Table { seen: seen_rows, never_seen, undeclared: strays(known, seen) }
}

fn rows(known: Known<'_>, service: &Service, seen: &[(State, Seen)]) -> Vec<Row> {
    let row = |what: &'static str, name: &str, path: String, states: Vec<String>| Row {
        service: service.id.to_string(),
        what,
        name: name.to_owned(),
        path: format!("services.{}.{path}", service.id),
        states,
        expected: service.needs_consent() && service.system == System::Site,
    };
    let requested = |is_it: &dyn Fn(&Request) -> bool| states(seen, |seen| seen.requests.iter().any(is_it));
    let kept = |is_it: &dyn Fn(&Key) -> bool| states(seen, |seen| seen.kept.iter().any(|kept| is_it(&kept.key)));
    let mut rows: Vec<Row> = Vec::new();
    for (directive, list) in &service.origins {
        for (n, origin) in list.iter().enumerate().filter(|(_, origin)| *origin != "'self'") {
            let states = requested(&|request| fits_origin(known, request, *directive, origin));
            match rows.iter_mut().find(|row| row.name == *origin) {
                // An origin that was seen in one way is seen.
                Some(row) => states.into_iter().for_each(|state| {
                    if !row.states.contains(&state) {
                        row.states.push(state);
                    }
                }),
                None => rows.push(row("origin", origin, format!("origins.{}.{n}", directive.name()), states)),
            }
        }
    }
    for (n, cookie) in service.cookies.iter().enumerate() {
        let is_it = |key: &Key| {
            key.store == Store::Cookie && (cookie.party == Party::First) == (key.whose == "self") && covers(&cookie.name, &key.name)
        };
        rows.push(row("cookie", &cookie.name, format!("cookies.{n}"), kept(&is_it)));
    }
    for (n, storage) in service.storage.iter().enumerate() {
        let is_it = |key: &Key| fits(storage.kind, key.store) && covers(&storage.key, &key.name);
        let what = match storage.kind {
            StorageKind::Local => "local",
            StorageKind::Session => "session",
            StorageKind::IndexedDb => "indexeddb",
        };
        rows.push(row(what, &storage.key, format!("storage.{n}"), kept(&is_it)));
    }
    rows
}

fn states(seen: &[(State, Seen)], is_it: impl Fn(&Seen) -> bool) -> Vec<String> {
    seen.iter().filter(|(_, seen)| is_it(seen)).map(|(state, _)| state.to_string()).collect()
}

fn fits_origin(known: Known<'_>, request: &Request, directive: Directive, origin: &str) -> bool {
    if request.way().is_some_and(|way| way != directive) {
        return false;
    }
    match place(&request.url, known.base) {
        Place::Own(path) => is_own(origin) && path.starts_with(origin),
        Place::Elsewhere(address) => !is_own(origin) && origins::covers(origin, address, request.way().is_some()),
    }
}

fn strays(known: Known<'_>, seen: &[(State, Seen)]) -> Vec<Stray> {
    let mut strays: Vec<Stray> = Vec::new();
    let mut add = |what: &'static str, name: &str, whose: &str, state: &State| {
        let at = strays.iter().position(|stray| stray.what == what && stray.name == name && stray.whose == whose);
        let at = at.unwrap_or_else(|| {
            strays.push(Stray { what, name: name.to_owned(), whose: whose.to_owned(), states: Vec::new() });
            strays.len() - 1
        });
        let state = state.to_string();
        if !strays[at].states.contains(&state) {
            strays[at].states.push(state);
        }
    };
    let is_stray = |owner: Owner<'_>| matches!(owner, Owner::Nobody | Owner::Unnamed(_));
    for (state, seen) in seen {
        for request in seen.requests.iter().filter(|request| is_stray(known.request(request))) {
            add("request", &request.url, "", state);
        }
        for kept in seen.kept.iter().filter(|kept| is_stray(known.key(&kept.key))) {
            add(kept.key.store.name(), &kept.key.name, &kept.key.whose, state);
        }
    }
    strays.sort();
    strays
}

/// The names of the services that a registry has visitors asked about.
pub fn optional(registry: &Registry) -> Vec<&Service> {
    registry.services.iter().filter(|service| service.needs_consent()).collect()
}
