//! Requests as they come by: what leaves the browser, what started it, what the policy held back.

use serde_json::{Value, json};

use super::seen::{Moment, Refused, Request, Seen};
use super::watch::{Watch, text};

/// A request under way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) session: String,
    /// The document that waits for it.
    pub(super) document: String,
    pub(super) url: String,
}

/// The number of a request that was seen.
#[derive(Debug)]
pub(super) struct Number {
    /// Its place among the requests.
    pub(super) at: usize,
    /// What the browser calls it.
    pub(super) number: String,
    /// The document that was going or had gone then, where it may come from that.
    pub(super) before: Option<Moment>,
}

impl Watch {
    /// A request leaves the browser: it is noted, and answered or let go.
    pub(super) fn leaving(&mut self, params: &Value) -> anyhow::Result<()> {
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

    pub(super) fn left(&mut self, number: &str, url: &str, method: &str, kind: &str) {
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
    pub(super) fn begins(&mut self, session: &str, params: &Value) {
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
    pub(super) fn started(&self, initiator: &Value) -> Option<String> {
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
    pub(super) fn issue(&mut self, issue: &Value) {
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

/// An address without what is behind `?` or `#`.
pub(super) fn bare(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
