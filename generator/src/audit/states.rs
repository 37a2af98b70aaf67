//! The states of consent, and how a visitor gets into each: by pressing what people press.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use registry::model::{Registry, ServiceId};

use super::pipe::Browser;
use super::seen::{Agreed, Moment, Seen, State};
use super::visit::Visitor;
use super::watch::{Manner, Watch};
use super::world::World;

/// A visit in one browser, from its first page to its last: one state, or two of which the second begins in the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// Untouched, with Global Privacy Control, or without JavaScript: nothing is pressed.
    Still(State),
    /// Refused at once.
    Refusing,
    /// Accepted, and withdrawn in the end.
    Accepting,
    /// One service accepted.
    Choosing(ServiceId),
    /// One service's embeds, each for once, on the pages that have them.
    Once(ServiceId, Vec<Arc<str>>),
}

impl Visit {
    /// What it is called where it fails.
    pub(super) fn name(&self) -> String {
        let state = match self {
            Self::Still(state) => state.clone(),
            Self::Refusing => State::Refused,
            Self::Accepting => State::Accepted,
            Self::Choosing(service) => State::Only(service.clone()),
            Self::Once(service, _) => State::Once(service.clone()),
        };
        format!("the state `{state}`")
    }
}

/// The visits of a site, but for those to embeds, which are found on the way.
pub(super) fn visits(registry: &Registry) -> Vec<Visit> {
    let mut visits = vec![Visit::Still(State::Untouched), Visit::Still(State::Gpc), Visit::Still(State::NoScript)];
    if registry.asks_for_consent() {
        let optional = registry.services.iter().filter(|service| service.needs_consent());
        // The longest first.
        visits.splice(0..0, [Visit::Accepting, Visit::Refusing]);
        visits.extend(optional.map(|service| Visit::Choosing(service.id.clone())));
    }
    visits
}

/// What is visited, and in which browser.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route<'a> {
    pub(super) program: &'a Path,
    /// The addresses of the pages; the first is the home page, and is where choices are made.
    pub(super) pages: &'a [Arc<str>],
    /// The browser's further arguments.
    pub(super) arguments: &'a [String],
    /// Whether all is to end.
    pub(super) stop: &'a Arc<AtomicBool>,
}

/// Goes on a visit; what was seen in each of its states, and the browser's version.
pub(super) fn go(visit: &Visit, route: Route<'_>, world: Arc<World>) -> anyhow::Result<(Vec<(State, Seen)>, String)> {
    let manner = match visit {
        Visit::Still(State::Gpc) => Manner::Gpc,
        Visit::Still(State::NoScript) => Manner::NoScript,
        _ => Manner::Plain,
    };
    let home = route.pages[0].clone();
    let browser = Browser::start(route.program, route.arguments, route.stop.clone())?;
    let mut watch = Watch::new(browser, world, manner, Moment { page: home.clone(), agreed: Agreed::Nothing })?;
    let version = watch.version()?;
    let mut visitor = Visitor::new(watch)?;
    let seen = match visit {
        Visit::Still(state) => {
            visitor.open(&home)?;
            vec![(state.clone(), all(&mut visitor, route.pages)?)]
        }
        Visit::Refusing => {
            visitor.open(&home)?;
            visitor.press("#plainsite-consent [data-consent=\"refuse\"]")?;
            visitor.watch.settle()?;
            vec![(State::Refused, all(&mut visitor, route.pages)?)]
        }
        Visit::Accepting => {
            visitor.open(&home)?;
            visitor.watch.look()?;
            visitor.press_and_reload("#plainsite-consent [data-consent=\"accept\"]", Agreed::Everything)?;
            let mut accepted = all(&mut visitor, route.pages)?;
            visitor.open(&home)?;
            visitor.watch.look()?;
            visitor.press_and_reload("[data-consent=\"withdraw\"]", Agreed::Nothing)?;
            // What was seen until the press belongs to the state before.
            let both = visitor.watch.take();
            let (before, after) = both.requests.into_iter().partition(|request| request.at.agreed == Agreed::Everything);
            accepted.requests.extend::<Vec<_>>(before);
            accepted.kept.extend(both.kept);
            visitor.watch.seen = Seen { requests: after, refused: both.refused, notes: both.notes, ..Seen::default() };
            visitor.watch.look_after_withdrawal()?;
            vec![(State::Accepted, accepted), (State::Withdrawn, all(&mut visitor, route.pages)?)]
        }
        Visit::Choosing(service) => {
            visitor.open(&home)?;
            visitor.watch.look()?;
            visitor.press("#plainsite-consent [data-consent=\"choose\"]")?;
            visitor.press(&format!("#plainsite-choices input[name=\"{service}\"]"))?;
            visitor.press_and_reload("#plainsite-choices [data-consent=\"save\"]", Agreed::Only(service.clone()))?;
            vec![(State::Only(service.clone()), all(&mut visitor, route.pages)?)]
        }
        Visit::Once(service, pages) => {
            for page in pages {
                once(&mut visitor, service, page)?;
            }
            // The next page has not been allowed anything.
            visitor.open(&home)?;
            visitor.dwell()?;
            vec![(State::Once(service.clone()), visitor.watch.take())]
        }
    };
    Ok((seen, version))
}

/// Visits all pages, and takes a picture of the first.
fn all(visitor: &mut Visitor, pages: &[Arc<str>]) -> anyhow::Result<Seen> {
    for (n, page) in pages.iter().enumerate() {
        visitor.open(page)?;
        if n == 0 {
            visitor.picture()?;
            visitor.linger()?;
        }
        note_embeds(visitor)?;
        visitor.dwell()?;
    }
    Ok(visitor.watch.take())
}

/// Notes which embeds wait on a page; with everything accepted, one that waits still is allowed.
fn note_embeds(visitor: &mut Visitor) -> anyhow::Result<()> {
    if visitor.watch.manner == Manner::NoScript {
        return Ok(());
    }
    let page = visitor.watch.moment.page.clone();
    for service in visitor.embeds()? {
        let waiting = waiting(&service);
        if visitor.watch.moment.agreed == Agreed::Everything && visitor.shows(&waiting)? {
            visitor.press_and_reload(&waiting, Agreed::Everything)?;
        }
        visitor.watch.seen.embeds.entry(ServiceId(service)).or_default().push(page.clone());
    }
    Ok(())
}

/// The button that allows a service's embed for once, where it has not been opened.
fn waiting(service: &str) -> String {
    format!("[data-embed=\"{service}\"]:has(template[data-service]) [data-consent=\"once\"]")
}

fn once(visitor: &mut Visitor, service: &ServiceId, page: &Arc<str>) -> anyhow::Result<()> {
    visitor.open(page)?;
    visitor.watch.look()?;
    visitor.press_and_reload(&waiting(service.as_str()), Agreed::Only(service.clone()))?;
    if visitor.watch.seen.picture.is_none() {
        visitor.picture()?;
    }
    visitor.scroll_and_leave()?;
    visitor.watch.moment.agreed = Agreed::Nothing;
    Ok(())
}
