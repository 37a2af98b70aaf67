//! What the dev server holds: the last good output, and what is wrong since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use registry::contract::Contract;
use registry::diagnostic::{Diagnostic, has_errors};
use registry::resolve::Declared;
use tokio::sync::watch;

use super::events::{Event, Events};
use crate::build::{Build, Builder, Changes};
use crate::digest::{Digest, Hasher};
use crate::output::Output;
use crate::render::theme::Theme;
use crate::report::{self, Format, Style};
use crate::site::{Drafts, Site};
use crate::source::Disk;

/// The dev server's state.
#[derive(Debug)]
pub struct Server {
    /// The site on the disk.
    pub disk: Disk,
    /// How pages reach the browser.
    pub(super) delivery: Delivery,
    builder: Mutex<Builder>,
    shown: RwLock<Arc<Shown>>,
    pub(super) events: Events,
    ended: watch::Sender<bool>,
}

/// How pages reach the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// With the script that reloads them.
    Live,
    /// As the host sends them.
    AsHosted,
}

/// What browsers are shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The last good output; none before the first.
    pub(super) output: Option<Arc<Output>>,
    pub(super) site: Option<Arc<Site>>,
    /// What the shown site declares: its headers derive from it.
    pub(super) declared: Arc<Declared>,
    /// The digest of the whole output: browsers compare it.
    pub(super) version: Digest,
    /// The same for the functions; none before the first good build.
    pub(super) contract: Option<Arc<Contract>>,
    /// What is wrong now, as the terminal says it; empty when nothing is.
    pub(super) problem: String,
    /// All that the last build said, warnings included.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The addresses of the style sheets by name.
    styles: BTreeMap<String, String>,
}

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files the output has; none after an error.
    pub files: Option<usize>,
    /// What was changed; empty for the first build.
    pub changed: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Server {
    /// A server that has not built yet.
    pub fn new(disk: Disk, drafts: Drafts, today: Date) -> Self {
        let builder = Mutex::new(Builder::new(drafts, today));
        let (shown, events, ended) = Default::default();
        Self { disk, delivery: Delivery::Live, builder, shown, events, ended }
    }

    /// A server of what was built, as the host will send it.
    pub fn as_hosted(disk: Disk, build: Build) -> Self {
        let server = Self { delivery: Delivery::AsHosted, ..Self::new(disk, Drafts::Left, build.site.today) };
        let report = Report { diagnostics: Vec::new(), files: None, changed: Vec::new(), took: Duration::ZERO };
        server.show(build, &report);
        server
    }

    /// Whether a build made something for a path of the site, or leads on from there.
    pub fn has(&self, path: &str) -> bool {
        super::answer::is_there(&self.shown(), path)
    }

    /// The path of the first page with the client portal.
    pub fn portal(&self) -> Option<String> {
        self.shown().site.as_ref()?.portals().next().map(str::to_owned)
    }

    /// Builds what changed, shows it, and tells the browsers.
    pub fn rebuild(&self, changes: Changes<'_>) -> Report {
        let start = Instant::now();
        let build = locked(&self.builder).build(&self.disk, changes);
        let changed = match changes {
            Changes::Everything => Vec::new(),
            Changes::Paths(paths) => paths.to_vec(),
        };
        let report = Report {
            files: build.output.as_ref().map(|output| output.len()),
            diagnostics: build.diagnostics.clone(),
            changed,
            took: start.elapsed(),
        };
        self.show(build, &report);
        report
    }

    fn show(&self, build: Build, report: &Report) {
        let problem = if has_errors(&report.diagnostics) { self.text(&report.diagnostics, Style::Plain) } else { String::new() };
        let before = self.shown();
        let Some(output) = build.output.clone() else {
            let shown = Shown {
                output: before.output.clone(),
                site: before.site.clone(),
                declared: before.declared.clone(),
                contract: before.contract.clone(),
                version: before.version,
                styles: before.styles.clone(),
                diagnostics: report.diagnostics.clone(),
                problem,
            };
            self.replace(shown);
            self.events.send(Event::Problem);
            return;
        };
        let version = version(&output);
        let only_styles = !build.changed.is_empty() && build.changed.iter().all(|path| path.ends_with(".css"));
        let event = match () {
            () if version == before.version && before.problem.is_empty() => None,
            () if version == before.version => Some(Event::Resolved),
            () if only_styles && before.problem.is_empty() => {
                let moved = before.styles.iter().filter_map(|(name, old)| {
                    let new = build.styles.get(name)?;
                    (new != old).then(|| (old.clone(), new.clone()))
                });
                Some(Event::Styles { version, moved: moved.collect() })
            }
            () => Some(Event::Changed { version }),
        };
        // The functions are made anew only where it is another one.
        let contract = build.contract();
        let known = before.contract.clone().filter(|known| **known == contract);
        self.replace(Shown {
            output: Some(output),
            site: Some(build.site),
            declared: build.declared,
            contract: known.or_else(|| Some(Arc::new(contract))),
            version,
            problem,
            diagnostics: report.diagnostics.clone(),
            styles: build.styles,
        });
        if let Some(event) = event {
            self.events.send(event);
        }
    }

    /// Diagnostics as the terminal shows them.
    pub fn text(&self, diagnostics: &[Diagnostic], style: Style) -> String {
        report::render(diagnostics, Format::Human, style, &|path| Theme::text(&self.disk, path))
    }

    pub(super) fn shown(&self) -> Arc<Shown> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shown);
    }

    /// Ends every event stream.
    pub(super) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Resolves when the server ends.
    pub(super) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ended = self.ended.subscribe();
        async move {
            // A sender that is gone has ended too.
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A builder whose build panicked holds digests of what it made; the next build compares them anew.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn version(output: &Output) -> Digest {
    let mut hasher = Hasher::default();
    for (path, artifact) in output {
        hasher.add(path.as_bytes()).add_digest(artifact.digest);
    }
    hasher.finish()
}
