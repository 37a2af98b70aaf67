//! The router of a program, asked without a host: its answers, a clock that tests set, proofs of work that are solved.

use std::sync::Mutex;

use altcha::{Payload, SolveChallengeOptions, solve_challenge};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::guard::Challenge;
use functions::ports::Clock;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn later(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self(Mutex::new(Timestamp::from_second(1_800_000_000).unwrap()))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The last part of a problem's type.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        json["type"].as_str().unwrap_or_default().strip_prefix("urn:plainsite:problem:").unwrap_or_default().to_owned()
    }
}

/// Asks a router. No answer of ours may be kept on its way.
pub(crate) async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(parts.headers[header::CACHE_CONTROL], "no-store");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A solved challenge, as scripts send it.
pub(crate) fn solved(challenge: Challenge) -> String {
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
    STANDARD.encode(serde_json::to_vec(&Payload { challenge, solution }).unwrap())
}
