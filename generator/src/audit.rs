//! The audit: drives a real browser through the built site, in every state of consent, and holds what it saw against what is
//! declared, both ways.
//!
//! Driving (`pipe`, `watch`, `network`, `kept`, `visit`, `states`) makes plain values (`seen`); judging them (`belongs`, `judge`, `table`) and telling
//! them (`report`, `page`) needs no browser. Each visit has a browser of its own, with a fresh profile, and a server of its own.

pub mod belongs;
mod host;
pub mod judge;
mod kept;
mod network;
mod page;
mod pipe;
pub mod report;
pub mod sample;
pub mod seen;
mod states;
pub mod table;
mod visit;
mod watch;
mod world;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use registry::model::{Registry, ServiceId};

use crate::serve::Server;
use crate::site::{Kind, Site};
use host::Host;
pub use pipe::find as find_browser;
use seen::{Agreed, Moment, Seen, State};
use states::{Route, Visit};
use watch::{Manner, Watch};
use world::World;

/// The most browsers at a time.
const AT_ONCE: usize = 4;

/// How to look.
#[derive(Clone, Debug)]
pub struct Options {
    /// The browser to drive.
    pub browser: PathBuf,
    /// The address of a site that is already served; without it, what was built is served on this machine.
    pub url: Option<String>,
    /// The most pages to visit in each state.
    pub pages: usize,
    /// The folder of what stands in for other hosts; without it they are asked themselves.
    pub stand_ins: Option<PathBuf>,
}

/// What was looked at, and what was seen.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The browser's name and version.
    pub browser: String,
    /// How many pages the site has.
    pub pages: usize,
    /// The addresses of those that were visited, the home page first.
    pub visited: Vec<Arc<str>>,
    /// What was seen in each state.
    pub seen: Vec<(State, Seen)>,
}

/// Looks at a site in every state of consent.
///
/// # Errors
/// A browser that cannot be started or driven, an address that does not answer, a banner that cannot be pressed.
pub fn look(built: &Arc<Server>, site: &Site, registry: &Registry, options: &Options) -> anyhow::Result<Audit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start a server")?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    // Browsers and their profiles go on every way out, so that an interruption is one more way.
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopped.store(true, Ordering::Relaxed);
        }
    });
    let looking = Looking { built, options, runtime: &runtime, arguments: arguments(options), stop };
    let addresses = looking.addresses(site)?;
    let visited = sample::sample(&addresses, options.pages);
    let mut told = looking.all(&visited, states::visits(registry))?;
    let embeds: BTreeMap<ServiceId, Vec<Arc<str>>> = told.seen.iter().flat_map(|(_, seen)| seen.embeds.clone()).collect();
    let asked = |id: &ServiceId| registry.service(id).is_some_and(|service| service.needs_consent());
    let once: Vec<Visit> = embeds.into_iter().filter(|(id, _)| asked(id)).map(|(id, pages)| Visit::Once(id, pages)).collect();
    told.seen.extend(looking.all(&visited, once)?.seen);
    told.seen.sort_by(|(a, _), (b, _)| a.cmp(b));
    drop(looking);
    runtime.shutdown_background();
    Ok(Audit { browser: told.browser, pages: addresses.len(), visited, seen: told.seen })
}

/// The browser's further arguments.
fn arguments(options: &Options) -> Vec<String> {
    // Where something stands in for all other hosts, a request that slips through reaches nobody.
    let own = options.url.as_deref().map(|url| format!(", EXCLUDE {}", registry::derive::headers::host(url)));
    let only = format!("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1{}", own.unwrap_or_default());
    options.stand_ins.iter().map(|_| only.clone()).collect()
}

/// What all visits share.
struct Looking<'a> {
    built: &'a Arc<Server>,
    options: &'a Options,
    runtime: &'a tokio::runtime::Runtime,
    arguments: Vec<String>,
    stop: Arc<AtomicBool>,
}

/// What visits told.
#[derive(Default)]
struct Told {
    browser: String,
    seen: Vec<(State, Seen)>,
}

impl Looking<'_> {
    /// The addresses of the site's pages, the home page first.
    fn addresses(&self, site: &Site) -> anyhow::Result<Vec<Arc<str>>> {
        let home = site.homes.iter().flatten().next().map_or_else(|| "/".into(), |home| site.pages[*home].url.clone());
        let mut addresses: Vec<Arc<str>> = match &self.options.url {
            Some(url) => self.listed(url)?,
            None => Vec::new(),
        };
        if addresses.is_empty() {
            addresses = site.pages.iter().filter(|page| page.kind != Kind::NotFound).map(|page| page.url.clone()).collect();
        }
        addresses.retain(|address| *address != home);
        addresses.sort_unstable();
        addresses.dedup();
        addresses.insert(0, home);
        Ok(addresses)
    }

    /// What the sitemap of a served site lists.
    fn listed(&self, url: &str) -> anyhow::Result<Vec<Arc<str>>> {
        let browser = pipe::Browser::start(&self.options.browser, &self.arguments, self.stop.clone())?;
        let world = Arc::new(World { own: url.to_owned(), built: self.built.clone(), stand_ins: self.options.stand_ins.clone() });
        let moment = Moment { page: "/sitemap.xml".into(), agreed: Agreed::Nothing };
        let mut visitor = visit::Visitor::new(Watch::new(browser, world, Manner::Plain, moment)?)?;
        visitor.open(&"/sitemap.xml".into())?;
        let listed = visitor.watch.evaluate("[...document.getElementsByTagName('loc')].map((e) => new URL(e.textContent).pathname)")?;
        Ok(listed.as_array().into_iter().flatten().filter_map(|path| path.as_str()).map(Arc::from).collect())
    }

    /// Goes on visits, several at a time: each of them waits more than it works.
    fn all(&self, pages: &[Arc<str>], visits: Vec<Visit>) -> anyhow::Result<Told> {
        let at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get() * 2).min(AT_ONCE).min(visits.len());
        let waiting = Mutex::new(VecDeque::from(visits));
        let next = || locked(&waiting).pop_front();
        let told = Mutex::new(Ok(Told::default()));
        std::thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(|| {
                    while let Some(visit) = next() {
                        let ended = self.one(pages, &visit);
                        let mut told = locked(&told);
                        match (ended, told.as_mut()) {
                            (Ok((seen, browser)), Ok(told)) => {
                                told.seen.extend(seen);
                                told.browser = browser;
                            }
                            (Err(error), Ok(_)) => {
                                *told = Err(error);
                                // The others need not go on.
                                self.stop.store(true, Ordering::Relaxed);
                                locked(&waiting).clear();
                            }
                            (_, Err(_)) => {}
                        }
                    }
                });
            }
        });
        told.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self, pages: &[Arc<str>], visit: &Visit) -> anyhow::Result<(Vec<(State, Seen)>, String)> {
        let host = match &self.options.url {
            Some(_) => None,
            None => Some(Host::open(self.built.clone(), self.runtime)?),
        };
        let own = self.options.url.clone().or_else(|| host.as_ref().map(|host| host.address.clone())).unwrap_or_default();
        let world = Arc::new(World { own, built: self.built.clone(), stand_ins: self.options.stand_ins.clone() });
        let route = Route { program: &self.options.browser, pages, arguments: &self.arguments, stop: &self.stop };
        let (mut seen, browser) = states::go(visit, route, world).with_context(|| visit.name())?;
        if let Some(host) = &host {
            host.bear_witness(&mut seen);
        }
        Ok((seen, browser))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What a thread that panicked left there is a list that is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
