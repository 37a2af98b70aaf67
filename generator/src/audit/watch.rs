//! Watches a browser: every target that appears, every request that leaves, everything that is kept.
//!
//! Requests are seen where they leave the browser, for all pages, frames and workers at once, so that those of a page that is
//! going away, and those of service workers, are among them. What started one is told by the page that it belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use serde_json::{Value, json};

use super::pipe::{Browser, Event, Message};
use super::seen::{Kept, Key, Moment, Refused, Request, Seen};
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

/// A request under way.
#[derive(Debug)]
struct Flight {
    session: String,
    /// The document that waits for it.
    document: String,
    url: String,
}

/// The number of a request that was seen.
#[derive(Debug)]
struct Number {
    /// Its place among the requests.
    at: usize,
    /// What the browser calls it.
    number: String,
    /// The document that was going or had gone then, where it may come from that.
    before: Option<Moment>,
}

/// A browser, and what it was seen to do.
#[derive(Debug)]
pub(super) struct Watch {
    browser: Browser,
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
    frames: HashMap<String, String>,
    /// The requests under way, by their numbers.
    flying: HashMap<String, Flight>,
    stirred: u64,
    /// What started a request, by its number; and the requests that were seen, by theirs.
    begun: HashMap<String, Option<String>>,
    numbers: Vec<Number>,
    /// When the document that is shown was opened, and the one before it.
    pub(super) shown: Moment,
    before: Moment,
    /// Whether the document that is shown is about to go.
    pub(super) going: bool,
    writers: HashMap<String, String>,
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

    /// A request leaves the browser: it is noted, and answered or let go.
    fn leaving(&mut self, params: &Value) -> anyhow::Result<()> {
        let (request, frame) = (&params["request"], text(&params["frameId"]));
        let url = text(&request["url"]);
        let of_page = self.targets.get(&self.page).is_some_and(|(_, target)| target == frame);
        let kind = match text(&params["resourceType"]) {
            "Document" if !of_page => "Frame",
            kind => kind,
        };
        let within =
            self.frames.get(frame).filter(|url| url.starts_with("http") && !self.world.is_own(url)).map(|url| bare(url).to_owned());
        self.left(text(&params["networkId"]), url, text(&request["method"]), kind);
        if let (Some(number), Some(left)) = (self.numbers.last_mut(), self.seen.requests.last_mut()) {
            left.frame = within;
            number.before = of_page.then(|| if self.going { self.shown.clone() } else { self.before.clone() });
        }
        let id = &params["requestId"];
        match self.world.answer(url, request) {
            Some(mut answer) => {
                answer["requestId"] = id.clone();
                self.browser.send("", "Fetch.fulfillRequest", answer)?;
            }
            None => _ = self.browser.send("", "Fetch.continueRequest", json!({ "requestId": id }))?,
        }
        Ok(())
    }

    fn left(&mut self, number: &str, url: &str, method: &str, kind: &str) {
        self.stirred += 1;
        self.numbers.push(Number { at: self.seen.requests.len(), number: number.to_owned(), before: None });
        self.seen.requests.push(Request {
            url: self.world.short(bare(url)),
            method: method.to_owned(),
            kind: kind.to_owned(),
            frame: None,
            by: None,
            at: self.moment.clone(),
        });
    }

    /// A page or a worker begins a request.
    fn begins(&mut self, session: &str, params: &Value) {
        let id = text(&params["requestId"]).to_owned();
        let by = self.started(&params["initiator"]);
        self.begun.entry(id.clone()).or_insert(by);
        let lasting = matches!(text(&params["type"]), "EventSource" | "WebSocket" | "Ping");
        if !lasting && text(&params["request"]["url"]).starts_with("http") {
            self.stirred += 1;
            let url = self.world.short(bare(text(&params["request"]["url"])));
            self.flying.insert(id, Flight { session: session.to_owned(), document: text(&params["loaderId"]).to_owned(), url });
        }
    }

    /// What started a request: the first script that has an address, or a place in the page.
    fn started(&self, initiator: &Value) -> Option<String> {
        let mut stack = &initiator["stack"];
        while !stack.is_null() {
            let frames = stack["callFrames"].as_array().into_iter().flatten();
            if let Some(frame) = frames.into_iter().find(|frame| text(&frame["url"]).starts_with("http")) {
                let line = frame["lineNumber"].as_u64().unwrap_or(0) + 1;
                return Some(format!("{}:{line}", self.world.short(bare(text(&frame["url"])))));
            }
            stack = &stack["parent"];
        }
        let url = Some(text(&initiator["url"])).filter(|url| url.starts_with("http"))?;
        let line = initiator["lineNumber"].as_u64().map(|line| format!(":{}", line + 1)).unwrap_or_default();
        Some(format!("{}{line}", self.world.short(bare(url))))
    }

    /// The page's policy held something back.
    fn issue(&mut self, issue: &Value) {
        let details = &issue["details"]["contentSecurityPolicyIssueDetails"];
        let url = text(&details["blockedURL"]);
        if details["isReportOnly"] == true || !url.starts_with("http") && !url.starts_with("ws") {
            return;
        }
        let source = &details["sourceCodeLocation"];
        let by = Some(text(&source["url"])).filter(|url| url.starts_with("http"));
        let line = source["lineNumber"].as_u64().map(|line| format!(":{}", line + 1)).unwrap_or_default();
        let refused = Refused {
            url: self.world.short(bare(url)),
            directive: text(&details["violatedDirective"]).to_owned(),
            page: self.moment.page.clone(),
            by: by.map(|url| format!("{}{line}", self.world.short(bare(url)))),
        };
        if !self.seen.refused.contains(&refused) {
            self.seen.refused.push(refused);
        }
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

    /// What was seen until now; from here on it is another state's.
    pub(super) fn take(&mut self) -> Seen {
        for Number { at, number, before } in self.numbers.drain(..) {
            let request = &mut self.seen.requests[at];
            match (self.begun.get(&number), before) {
                (Some(by), _) => request.by = self.writers.get(&request.url).or(by.as_ref()).cloned(),
                // What no living document tells of is the last that the one before said.
                (None, Some(before)) => request.at = before,
                (None, None) => {}
            }
        }
        std::mem::take(&mut self.seen)
    }
}

/// How targets are attached to: before they run, in one flat list.
static AUTO_ATTACH: std::sync::LazyLock<Value> =
    std::sync::LazyLock::new(|| json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }));

/// A value's text; empty where it is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// An address without what is behind `?` or `#`.
fn bare(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
