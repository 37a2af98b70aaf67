//! Visits pages as a person would: looks at them to the end, turns away and comes back, and presses buttons with the mouse.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use super::seen::Agreed;
use super::watch::{Manner, Watch, text};

/// How long a button may take to appear, in milliseconds.
const APPEARS: u32 = 5_000;

/// How long the first page of a state is watched for what comes late.
const LATE: Duration = Duration::from_secs(5);

/// A browser with a page that is visited, and another tab to turn to.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) watch: Watch,
    /// The other tab's target.
    other: String,
}

impl Visitor {
    pub(super) fn new(mut watch: Watch) -> anyhow::Result<Self> {
        let other = text(&watch.call("", "Target.createTarget", json!({ "url": "about:blank" }))?["targetId"]).to_owned();
        let mut visitor = Self { watch, other };
        visitor.turn_to_page()?;
        Ok(visitor)
    }

    /// Opens a page, and waits until it is done.
    pub(super) fn open(&mut self, page: &Arc<str>) -> anyhow::Result<()> {
        let url = format!("{}{page}", self.watch.world.own);
        let (session, loads) = (self.watch.page.clone(), self.watch.loads);
        self.watch.moment.page = page.clone();
        self.watch.going = true;
        let answer = self.watch.call(&session, "Page.navigate", json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("the browser cannot open `{url}`: {error}");
        }
        self.loaded(loads)
    }

    /// Waits for the next document to have loaded, and for the network to be quiet.
    fn loaded(&mut self, loads: u64) -> anyhow::Result<()> {
        if !self.watch.wait(|watch| watch.loads > loads)? {
            let note = format!("`{}` did not end loading", self.watch.moment.page);
            self.watch.seen.notes.push(note);
        }
        self.watch.settle()
    }

    /// Watches the page that is open for what comes late: many trackers wait a few seconds, so as not to be seen by speed tests.
    pub(super) fn linger(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + LATE;
        while self.watch.step(until)? {}
        self.watch.settle()
    }

    /// Looks at the page that is open: to its end, away from it and back, and off to nowhere and back.
    pub(super) fn dwell(&mut self) -> anyhow::Result<()> {
        self.scroll()?;
        self.watch.settle()?;
        self.watch.look()?;
        self.turn_away()?;
        self.watch.settle()?;
        self.turn_to_page()?;
        self.leave()?;
        let (session, loads) = (self.watch.page.clone(), self.watch.loads);
        let history = self.watch.call(&session, "Page.getNavigationHistory", json!({}))?;
        let at = history["currentIndex"].as_u64().unwrap_or(0);
        let before = at.checked_sub(1).map(|at| &history["entries"][at as usize]["id"]).context("there is no page to return to")?;
        self.watch.going = true;
        self.watch.call(&session, "Page.navigateToHistoryEntry", json!({ "entryId": before }))?;
        self.loaded(loads)?;
        self.watch.look()
    }

    /// Looks at a page for which something was allowed for once, and leaves it: coming back would be another visit.
    pub(super) fn scroll_and_leave(&mut self) -> anyhow::Result<()> {
        self.scroll()?;
        self.watch.settle()?;
        self.watch.look()?;
        self.turn_away()?;
        self.watch.settle()?;
        self.turn_to_page()?;
        self.leave()?;
        self.watch.look()
    }

    /// Leaves the page for an empty one, so that it says what pages say when they go.
    pub(super) fn leave(&mut self) -> anyhow::Result<()> {
        let (session, loads) = (self.watch.page.clone(), self.watch.loads);
        self.watch.going = true;
        self.watch.call(&session, "Page.navigate", json!({ "url": "about:blank" }))?;
        self.loaded(loads)
    }

    fn turn_away(&mut self) -> anyhow::Result<()> {
        let target = self.other.clone();
        self.watch.call("", "Target.activateTarget", json!({ "targetId": target }))?;
        self.is_hidden(true)
    }

    fn turn_to_page(&mut self) -> anyhow::Result<()> {
        let target = self.watch.targets.get(&self.watch.page).map(|(_, target)| target.clone()).context("the page has gone")?;
        self.watch.call("", "Target.activateTarget", json!({ "targetId": target }))?;
        self.is_hidden(false)
    }

    fn is_hidden(&mut self, hidden: bool) -> anyhow::Result<()> {
        if self.watch.manner == Manner::NoScript {
            return Ok(());
        }
        let waits = format!(
            "document.hidden === {hidden} || new Promise((done) => {{ addEventListener('visibilitychange', () => done(true), {{ once: true }}); setTimeout(done, 1000, false); }})"
        );
        if self.watch.evaluate(&waits)? != true {
            let note = format!("`{}` did not learn that it was {}", self.watch.moment.page, if hidden { "hidden" } else { "shown again" });
            self.watch.seen.notes.push(note);
        }
        Ok(())
    }

    /// Scrolls to the end, a screen at a time, with the mouse over the page.
    fn scroll(&mut self) -> anyhow::Result<()> {
        let session = self.watch.page.clone();
        let metrics = self.watch.call(&session, "Page.getLayoutMetrics", json!({}))?;
        let of = |of: &str, what: &str| metrics[of][what].as_f64().unwrap_or(0.0);
        let (height, screen) = (of("cssContentSize", "height"), of("cssLayoutViewport", "clientHeight").max(200.0));
        let screens = ((height / screen).ceil() as usize).clamp(1, 40);
        self.mouse("mouseMoved", 200.0, 200.0, json!({}))?;
        if self.watch.manner == Manner::NoScript {
            for _ in 0..screens {
                self.mouse("mouseWheel", 200.0, 200.0, json!({ "deltaX": 0, "deltaY": screen }))?;
            }
            return Ok(());
        }
        let scrolls = format!(
            "(async () => {{ const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
             for (let n = 1; n <= {screens}; n += 1) {{ scrollTo({{ top: n * {screen}, behavior: 'instant' }}); await frame(); }} }})()"
        );
        self.watch.evaluate(&scrolls).map(drop)
    }

    fn mouse(&mut self, kind: &str, x: f64, y: f64, more: serde_json::Value) -> anyhow::Result<()> {
        let mut event = json!({ "type": kind, "x": x, "y": y });
        for (name, value) in more.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        let session = self.watch.page.clone();
        self.watch.call(&session, "Input.dispatchMouseEvent", event).map(drop)
    }

    /// Whether something that fits a selector can be seen, now.
    pub(super) fn shows(&mut self, selector: &str) -> anyhow::Result<bool> {
        let asked =
            format!("[...document.querySelectorAll({})].some((e) => e.checkVisibility({{ visibilityProperty: true }}))", quoted(selector));
        Ok(self.watch.evaluate(&asked)? == true)
    }

    /// Presses what fits a selector with the mouse. It may take a while to appear, and must stand still and on top.
    pub(super) fn press(&mut self, selector: &str) -> anyhow::Result<()> {
        let finds = format!(
            "new Promise((done) => {{
               const end = performance.now() + {APPEARS};
               let last = '';
               (function look() {{
                 const found = [...document.querySelectorAll({})].find((e) => e.checkVisibility({{ visibilityProperty: true }}));
                 if (found) {{
                   found.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                   const box = found.getBoundingClientRect();
                   const at = [box.x + box.width / 2, box.y + box.height / 2];
                   const top = document.elementFromPoint(...at);
                   if (last === at.join() && top && (found.contains(top) || top.contains(found) || top.control === found)) return done(at);
                   last = at.join();
                 }}
                 if (performance.now() > end) return done(found ? 'covered' : null);
                 requestAnimationFrame(look);
               }})();
             }})",
            quoted(selector)
        );
        let found = self.watch.evaluate(&finds)?;
        let (Some(x), Some(y)) = (found[0].as_f64(), found[1].as_f64()) else {
            let page = &self.watch.moment.page;
            let what = if found == "covered" { "lies under something, or moves" } else { "does not appear" };
            bail!("on `{page}`, `{selector}` {what}: the audit cannot press it");
        };
        self.mouse("mouseMoved", x, y, json!({}))?;
        self.mouse("mousePressed", x, y, json!({ "button": "left", "clickCount": 1 }))?;
        self.mouse("mouseReleased", x, y, json!({ "button": "left", "clickCount": 1 }))
    }

    /// Presses what makes the page load again; from its new document on, something else has been agreed to.
    pub(super) fn press_and_reload(&mut self, selector: &str, agreed: Agreed) -> anyhow::Result<()> {
        let (commits, loads) = (self.watch.commits, self.watch.loads);
        self.watch.going = true;
        self.press(selector)?;
        if !self.watch.wait(|watch| watch.commits > commits)? {
            bail!("on `{}`, pressing `{selector}` did not load the page again", self.watch.moment.page);
        }
        self.watch.moment.agreed = agreed;
        self.watch.shown = self.watch.moment.clone();
        self.loaded(loads)
    }

    /// A picture of what the page shows.
    pub(super) fn picture(&mut self) -> anyhow::Result<()> {
        let session = self.watch.page.clone();
        let answer = self.watch.call(&session, "Page.captureScreenshot", json!({ "format": "png" }))?;
        self.watch.seen.picture = data_encoding::BASE64.decode(text(&answer["data"]).as_bytes()).ok();
        Ok(())
    }

    /// The services whose embeds wait on the page.
    pub(super) fn embeds(&mut self) -> anyhow::Result<Vec<String>> {
        let found = self.watch.evaluate("[...new Set([...document.querySelectorAll('[data-embed]')].map((e) => e.dataset.embed))]")?;
        Ok(found.as_array().into_iter().flatten().map(|name| text(name).to_owned()).collect())
    }
}

/// A text as JavaScript writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
