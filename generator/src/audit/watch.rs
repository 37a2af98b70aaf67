//! Watches a browser: every target that appears, every request that leaves, everything that is kept.
//!
//! Requests are seen where they leave the browser, for all pages, frames and workers at once, so that those of a page that is
//! going away, and those of service workers, are among them. What started one is told by the page that it belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use serde_json::{Value, json};

use super::network::{Flight, Number, bare};
use super::pipe::{Browser, Event, Message};
use super::seen::{Kept, Key, Moment, Seen};
use super::world::World;

/// How long the browser may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the network must be quiet for a page to be done with it.
const QUIET: Duration = Duration::from_millis(80);

/// How long a page may keep the network busy.
const PAGE: Duration = Duration::from_secs(10);

/// Tells who writes what is kept.
const WRITERS: &str = include_str!("writers.js");

/// What a browser with Global Privacy Control says.
const GPC: &str =
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true, enumerable: true });";

/// What the browser is like in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it comes.
    Plain,
    /// With Global Privacy Control.
    Gpc,
    /// Without JavaScript.
    NoScript,
}

/// A browser, and what it was seen to do.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) browser: Browser,
    pub(super) world: Arc<World>,
    pub(super) manner: Manner,
    /// What was seen.
    pub(super) seen: Seen,
    /// When whatever comes now is seen.
    pub(super) moment: Moment,
    /// The session of the page.
    pub(super) page: String,
    /// How many documents the page has shown.
    pub(super) commits: u64,
    /// How many of them have loaded.
    pub(super) loads: u64,
    /// The kind and the target of each session.
    pub(super) targets: BTreeMap<String, (String, String)>,
    pub(super) frames: HashMap<String, String>,
    /// The requests under way, by their numbers.
    pub(super) flying: HashMap<String, Flight>,
    pub(super) stirred: u64,
    /// What started a request, by its number; and the requests that were seen, by theirs.
    pub(super) begun: HashMap<String, Option<String>>,
    pub(super) numbers: Vec<Number>,
    /// When the document that is shown was opened, and the one before it.
    pub(super) shown: Moment,
    pub(super) before: Moment,
    /// Whether the document that is shown is about to go.
    pub(super) going: bool,
    pub(super) writers: HashMap<String, String>,
    known: BTreeSet<Key>,
}

impl Watch {
    /// Watches a browser that has just been started.
    pub(super) fn new(browser: Browser, world: Arc<World>, manner: Manner, moment: Moment) -> anyhow::Result<Self> {
        let mut watch = Self {
            browser,
            world,
            manner,
            seen: Seen::default(),
            shown: moment.clone(),
            before: moment.clone(),
            going: false,
            moment,
            page: String::new(),
            commits: 0,
            loads: 0,
            targets: BTreeMap::new(),
            frames: HashMap::new(),
            flying: HashMap::new(),
            stirred: 0,
            begun: HashMap::new(),
            numbers: Vec::new(),
            writers: HashMap::new(),
            known: BTreeSet::new(),
        };
        watch.call("", "Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] }))?;
        watch.call("", "Browser.setDownloadBehavior", json!({ "behavior": "deny" }))?;
        watch.call("", "Target.setAutoAttach", AUTO_ATTACH.clone())?;
        let until = Instant::now() + PATIENCE;
        while watch.page.is_empty() {
            if !watch.step(until)? {
                bail!("the browser opened no page");
            }
        }
        Ok(watch)
    }

    /// The browser's name and version.
    pub(super) fn version(&mut self) -> anyhow::Result<String> {
        Ok(text(&self.call("", "Browser.getVersion", json!({}))?["product"]).to_owned())
    }

    /// Sends a command and waits for its answer; what happens meanwhile is noted.
    pub(super) fn call(&mut self, session: &str, method: &str, params: Value) -> anyhow::Result<Value> {
        let id = self.browser.send(session, method, params)?;
        let until = Instant::now() + PATIENCE;
        loop {
            match self.browser.next(until)? {
                None => bail!("the browser did not answer `{method}` within {} s", PATIENCE.as_secs()),
                Some(Message::Answer(of, answer)) if of == id => return answer.map_err(|error| anyhow!("`{method}`: {error}")),
                Some(Message::Answer(..)) => {}
                Some(Message::Event(event)) => self.note(event)?,
            }
        }
    }

    /// The value of an expression in the page; what it waits for must end.
    pub(super) fn evaluate(&mut self, expression: &str) -> anyhow::Result<Value> {
        let page = self.page.clone();
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call(&page, "Runtime.evaluate", asked)?;
        if let Some(error) = answer["exceptionDetails"]["exception"]["description"].as_str() {
            bail!("the page threw: {error}");
        }
        Ok(answer["result"]["value"].take())
    }

    /// Takes one message in; `false` when none comes until then.
    pub(super) fn step(&mut self, until: Instant) -> anyhow::Result<bool> {
        match self.browser.next(until)? {
            None => return Ok(false),
            Some(Message::Answer(..)) => {}
            Some(Message::Event(event)) => self.note(event)?,
        }
        Ok(true)
    }

    /// Waits until something holds; `false` when it does not in time.
    pub(super) fn wait(&mut self, holds: impl Fn(&Self) -> bool) -> anyhow::Result<bool> {
        let until = Instant::now() + PAGE;
        while !holds(self) {
            if !self.step(until)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until the network is quiet.
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + PAGE;
        let (mut stirred, mut since) = (self.stirred, Instant::now());
        loop {
            let until = if self.flying.is_empty() { since + QUIET } else { end };
            let said = self.step(until.min(end))?;
            if self.stirred != stirred {
                (stirred, since) = (self.stirred, Instant::now());
            }
            if !said && self.flying.is_empty() {
                return Ok(());
            }
            if Instant::now() >= end {
                let waiting = self.flying.values().next().map(|flight| format!(" with `{}`", flight.url)).unwrap_or_default();
                self.seen.notes.push(format!("`{}` kept the network busy for {} s{waiting}", self.moment.page, PAGE.as_secs()));
                self.flying.clear();
                return Ok(());
            }
        }
    }

    fn note(&mut self, event: Event) -> anyhow::Result<()> {
        let Event { session, method, params } = event;
        match method.as_str() {
            "Target.attachedToTarget" => self.attached(&params)?,
            "Target.detachedFromTarget" => {
                let gone = text(&params["sessionId"]);
                self.targets.remove(gone);
                self.flying.retain(|_, flight| flight.session != gone);
            }
            "Fetch.requestPaused" => self.leaving(&params)?,
            "Network.requestWillBeSent" => self.begins(&session, &params),
            "Network.loadingFinished" | "Network.loadingFailed" => {
                self.flying.remove(text(&params["requestId"]));
                self.stirred += 1;
            }
            "Network.webSocketCreated" | "Network.webTransportCreated" => {
                let id = text(&params["requestId"]).to_owned() + text(&params["transportId"]);
                self.begun.insert(id.clone(), self.started(&params["initiator"]));
                self.left(&id, text(&params["url"]), "GET", "WebSocket");
            }
            "Audits.issueAdded" => self.issue(&params["issue"]),
            "Page.frameNavigated" => self.navigated(&session, &params),
            "Page.loadEventFired" => {
                self.loads += u64::from(session == self.page);
                // A document that has loaded was received, whoever failed to say so: its number is that of its request.
                self.flying.retain(|number, flight| flight.session != session || *number != flight.document);
                self.stirred += 1;
            }
            "Page.javascriptDialogOpening" => {
                self.browser.send(&session, "Page.handleJavaScriptDialog", json!({ "accept": true }))?;
            }
            "Runtime.bindingCalled" => {
                if let Ok([name, script]) = serde_json::from_str::<[String; 2]>(text(&params["payload"])) {
                    let script = self.world.short(script.rsplit_once(':').map_or(&script, |(line, _)| line));
                    let name = if name.starts_with("http") { self.world.short(bare(&name)) } else { name };
                    self.writers.entry(name).or_insert(script);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A target has appeared: it is watched before it runs.
    fn attached(&mut self, params: &Value) -> anyhow::Result<()> {
        let info = &params["targetInfo"];
        let (session, kind, id) = (text(&params["sessionId"]).to_owned(), text(&info["type"]), text(&info["targetId"]));
        self.targets.insert(session.clone(), (kind.to_owned(), id.to_owned()));
        let browser = &mut self.browser;
        let mut send = |method: &str, params: Value| browser.send(&session, method, params).map(drop);
        send("Network.enable", json!({}))?;
        if self.manner == Manner::Gpc {
            send("Network.setExtraHTTPHeaders", json!({ "headers": { "Sec-GPC": "1" } }))?;
        }
        if matches!(kind, "page" | "iframe") {
            self.frames.insert(id.to_owned(), text(&info["url"]).to_owned());
            for domain in ["Page", "Audits", "Runtime", "DOMStorage"] {
                send(&format!("{domain}.enable"), json!({}))?;
            }
            send("Runtime.addBinding", json!({ "name": "__plainsiteAudit" }))?;
            send("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WRITERS }))?;
            match self.manner {
                Manner::Plain => {}
                Manner::Gpc => send("Page.addScriptToEvaluateOnNewDocument", json!({ "source": GPC }))?,
                Manner::NoScript => send("Emulation.setScriptExecutionDisabled", json!({ "value": true }))?,
            }
        }
        send("Target.setAutoAttach", AUTO_ATTACH.clone())?;
        send("Runtime.runIfWaitingForDebugger", json!({}))?;
        if kind == "page" && self.page.is_empty() {
            self.page = session;
        }
        Ok(())
    }

    fn navigated(&mut self, session: &str, params: &Value) {
        let frame = &params["frame"];
        self.frames.insert(text(&frame["id"]).to_owned(), text(&frame["url"]).to_owned());
        if session == self.page && frame["parentId"].is_null() {
            self.commits += 1;
            self.going = false;
            self.before = std::mem::replace(&mut self.shown, self.moment.clone());
            if params["type"] == "BackForwardCacheRestore" {
                self.loads += 1;
            }
            // What the document before was waiting for concerns nobody.
            let loader = text(&frame["loaderId"]);
            self.flying.retain(|_, flight| flight.session != session || flight.document == loader);
        }
    }

    /// Notes what the browser keeps now and did not when it was looked at last.
    pub(super) fn look(&mut self) -> anyhow::Result<()> {
        let kept = super::kept::all(self)?;
        for key in kept {
            if self.known.insert(key.clone()) {
                self.keep(key, false);
            }
        }
        Ok(())
    }

    /// Looks after a withdrawal: whatever was there before and still is has survived it, and what is gone may come again.
    pub(super) fn look_after_withdrawal(&mut self) -> anyhow::Result<()> {
        let kept: BTreeSet<Key> = super::kept::all(self)?.into_iter().collect();
        for key in &kept {
            self.keep(key.clone(), self.known.contains(key));
        }
        self.known = kept;
        Ok(())
    }

    fn keep(&mut self, key: Key, survived: bool) {
        let by = self.writers.get(&key.name).cloned();
        self.seen.kept.push(Kept { key, survived, by, at: self.moment.clone() });
    }
}

/// How targets are attached to: before they run, in one flat list.
static AUTO_ATTACH: std::sync::LazyLock<Value> =
    std::sync::LazyLock::new(|| json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }));

/// A value's text; empty where it is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
