//! From a request to a stored lead: where it comes from, what it brings, whether it is suspicious, and which store takes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use registry::derive::words::Words;
use registry::digest::hex;
use registry::model::{CaptureKind, Form};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::request;
use crate::app::App;
use crate::guard::{self, Path};
use crate::lead::{Lead, LeadId, SinkId, Suspicion, Values};
use crate::personal::Personal;
use crate::ports::{Accepted, ClientAddress, Entry, Spent, Store};
use crate::problem::{Kind, Problem};
use crate::submission::{self, Encoding, Submission, Technical};
use crate::token::{self, Refused};

/// Links that a message sent without a script may have.
const LINKS: usize = 1;

/// The longest that what was captured is kept, in characters.
const CAPTURED: usize = 500;

/// What an idempotency key may be.
pub(super) const KEY: &str = "^[A-Za-z0-9_-]{8,64}$";

/// The header that brings it.
const KEY_HEADER: &str = "idempotency-key";

/// A lead that is stored.
#[derive(Debug)]
pub(super) struct Received {
    /// Its id.
    pub(super) lead: LeadId,
    /// How it was sent.
    pub(super) path: Path,
    /// The language of the page.
    pub(super) language: String,
    /// Why it is held back.
    pub(super) held: Vec<Suspicion>,
    /// The store that has it.
    pub(super) store: Arc<dyn Store>,
}

/// A submission that is refused.
#[derive(Debug)]
pub(super) struct Rejected {
    /// Why.
    pub(super) problem: Problem,
    /// What came, where who sent it has no script and reads a page; none for scripts, and for what could not be read.
    pub(super) again: Option<submission::Received>,
}

impl From<Problem> for Rejected {
    fn from(problem: Problem) -> Self {
        Self { problem, again: None }
    }
}

impl From<Kind> for Rejected {
    fn from(kind: Kind) -> Self {
        Problem::from(kind).into()
    }
}

/// A submission that keeps to every rule, and who sent it.
#[derive(Debug)]
pub(super) struct Arrived {
    /// What was filled in, and what came along.
    pub(super) submission: Submission,
    /// How it was sent.
    pub(super) encoding: Encoding,
    /// The language of the page, or the site's first one.
    pub(super) language: String,
    /// Who sent it.
    pub(super) sender: Sender,
    typed: submission::Received,
}

impl Arrived {
    /// It, refused after all.
    pub(super) fn rejected(self, problem: Problem) -> Rejected {
        rejected(self.typed, problem)
    }
}

fn rejected(typed: submission::Received, problem: Problem) -> Rejected {
    Rejected { problem, again: (typed.encoding == Encoding::Form).then_some(typed) }
}

/// Takes a submission.
///
/// # Errors
/// What is wrong with it, or that nothing could store it. Nothing is stored then.
pub(super) async fn receive(app: &App, form: &Form, request: Request) -> Result<Received, Rejected> {
    let arrived = arrive(app, form, request).await?;
    match take(app, form, &arrived).await {
        Ok(received) => Ok(received),
        Err(problem) => Err(arrived.rejected(problem)),
    }
}

/// Reads a submission of a form, and judges it.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn arrive(app: &App, form: &Form, request: Request) -> Result<Arrived, Rejected> {
    request::own_origin(request.headers(), request.uri())?;
    let sender = Sender::of(app, &request);
    let content_type = sender.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = request::body(request).await?;
    let typed = submission::Received::read(content_type.as_deref(), &body)?;
    let language = app.contract.site.language(typed.technical.language.as_deref()).to_owned();
    let words = Words { language: &language, get: &|key| app.contract.site.word(&language, key) };
    match typed.judge(app.judge(form), words) {
        Ok(submission) => Ok(Arrived { submission, encoding: typed.encoding, language, sender, typed }),
        Err(problem) => Err(rejected(typed, problem)),
    }
}

/// Who sent a submission.
#[derive(Debug)]
pub(super) struct Sender {
    headers: HeaderMap,
    address: Option<ClientAddress>,
    /// The keyed hash of the shortened address.
    pub(super) hash: Option<String>,
    /// When it came.
    pub(super) now: Timestamp,
}

impl Sender {
    fn of(app: &App, request: &Request) -> Self {
        let now = app.clock.now();
        let address = request.extensions().get::<ClientAddress>().cloned();
        Self { headers: request.headers().clone(), address, hash: request::network(app, request, now), now }
    }
}

/// How a submission was sent, the key under which it is repeated, and the proof that was spent for it.
///
/// # Errors
/// A script brought no key, or neither token nor proof; or a key that came along is none.
pub(super) fn brought(app: &App, form: &Form, arrived: &Arrived) -> Result<(Path, String, Option<Spent>), Problem> {
    let (technical, sender) = (&arrived.submission.technical, &arrived.sender);
    Ok(match arrived.encoding {
        Encoding::Json => (Path::Script, own_key(&sender.headers, technical)?, Some(proven(app, form, technical, sender.now)?)),
        Encoding::Form if sender.headers.contains_key(KEY_HEADER) => (Path::Plain, own_key(&sender.headers, technical)?, None),
        // Sent twice by two presses of a button, it is the same: what was typed and where it came from make the key.
        Encoding::Form => {
            let fingerprint = fingerprint(form, arrived.submission.values.reveal());
            let digest = app.keys.digest("plain key", &[&fingerprint, sender.hash.as_deref().unwrap_or("")]);
            (Path::Plain, format!("plain-{}", hex(&digest)), None)
        }
    })
}

async fn take(app: &App, form: &Form, arrived: &Arrived) -> Result<Received, Problem> {
    let (Submission { values, technical }, sender) = (&arrived.submission, &arrived.sender);
    let now = sender.now;
    let (path, key, proof) = brought(app, form, arrived)?;
    let fingerprint = fingerprint(form, values.reveal());
    // The same key has the same id wherever it is stored, so that a repetition is known by every store and every recipient.
    let id = LeadId::of_digest(first_16(app.keys.digest("lead id", &[form.id.as_str(), &key])));
    let _flight = app.in_flight.take_off(id).ok_or_else(|| Problem::from(Kind::InFlight).retry_after(1))?;
    let held = suspicions(path, values.reveal(), technical);
    let lead = Lead {
        id,
        form: form.id.clone(),
        language: arrived.language.clone(),
        received: now,
        contacted: now,
        values: values.clone(),
        captured: Personal::new(captured(form, technical, sender)),
        held: held.clone(),
    };
    let limits = guard::limits(path, sender.hash.as_deref(), app.config.per_address);
    let sinks = form.deliver.iter().map(SinkId::of).collect();
    let entry = Entry { lead, key, fingerprint, proof, limits, sinks };
    let (accepted, store) = store(app, entry.clone()).await?;
    let lead = match accepted {
        Accepted::New => entry.lead.id,
        Accepted::Replayed(id) => id,
        Accepted::OtherBody => return Err(Kind::KeyReused.into()),
        Accepted::SpentProof => return Err(Kind::Proof.into()),
        Accepted::Limited { until } => {
            return Err(too_many(until, now));
        }
    };
    Ok(Received { lead, path, language: arrived.language.clone(), held, store })
}

/// Stores it where that is possible: in the first store, else in the ones that take over.
async fn store(app: &App, entry: Entry) -> Result<(Accepted, Arc<dyn Store>), Problem> {
    let now = entry.lead.received;
    for store in app.stores_now(now) {
        let mut entry = entry.clone();
        entry.sinks.retain(|sink| !store.delivers(sink));
        match store.accept(&entry).await {
            Ok(accepted) => return Ok((accepted, store.clone())),
            Err(error) => app.failed(store, &error, now),
        }
    }
    Err(Problem::from(Kind::Unavailable).retry_after(30))
}

/// A limit is reached, until its window ends.
pub(super) fn too_many(until: Timestamp, now: Timestamp) -> Problem {
    Problem::from(Kind::TooMany).retry_after(until.duration_since(now).as_secs().max(1).unsigned_abs())
}

/// The idempotency key that came along.
fn own_key(headers: &HeaderMap, technical: &Technical) -> Result<String, Problem> {
    let header = headers.get(KEY_HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
    let key = header.or_else(|| technical.key.clone()).unwrap_or_default();
    let letters = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if letters && (8..=64).contains(&key.len()) { Ok(key) } else { Err(Kind::Key.into()) }
}

/// What a script has to bring: a token of the right age, and a solved proof of work.
fn proven(app: &App, form: &Form, technical: &Technical, now: Timestamp) -> Result<Spent, Problem> {
    let (name, text) = (form.id.as_str(), |text: &Option<String>| text.clone().unwrap_or_default());
    token::check(&app.keys.of("form token"), name, &text(&technical.token), now).map_err(|refused| match refused {
        Refused::Early => Problem::from(Kind::TooEarly).retry_after(token::LEAST_AGE.as_secs()),
        Refused::Forged | Refused::Late => Kind::Token.into(),
    })?;
    app.keys.check_proof(name, &text(&technical.proof), 0, now).map_err(|_| Kind::Proof.into())
}

/// Why a submission is held back. It is stored all the same, and operations get a list of such.
fn suspicions(path: Path, values: &Values, technical: &Technical) -> Vec<Suspicion> {
    let links: usize = values.values().filter_map(Value::as_str).map(|text| text.matches("://").count()).sum();
    let honeypot = technical.honeypot.as_ref().map(|_| Suspicion::Honeypot);
    let many = (path == Path::Plain && links > LINKS).then_some(Suspicion::Links);
    honeypot.into_iter().chain(many).collect()
}

/// What the form declares to be noted beside its fields, and nothing else.
fn captured(form: &Form, technical: &Technical, sender: &Sender) -> BTreeMap<CaptureKind, String> {
    // Without a script, the address of the form's page is where the browser says that it comes from.
    let referer = sender.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let page = technical.page.as_ref().map(|page| page.reveal().as_str()).or(referer);
    let value = |kind| match kind {
        CaptureKind::IpAddress => sender.address.as_ref().map(|address| address.reveal().to_string()),
        CaptureKind::Utm => page.map(campaign),
        CaptureKind::Referrer => {
            technical.referrer.as_ref().map(Personal::reveal).map(|referrer| referrer.split(['?', '#']).next().unwrap_or("").to_owned())
        }
    };
    let noted = form.captures.iter().filter_map(|capture| Some((capture.kind, value(capture.kind)?)));
    noted.filter(|(_, value)| !value.is_empty()).map(|(kind, value)| (kind, value.chars().take(CAPTURED).collect())).collect()
}

/// The parameters of a campaign in a page's address, and no others.
fn campaign(page: &str) -> String {
    let query = page.split('#').next().and_then(|page| page.split_once('?')).map_or("", |(_, query)| query);
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name.starts_with("utm_"));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The digest of what was filled in: the same for the same, whatever else came along.
pub(super) fn fingerprint(form: &Form, values: &Values) -> String {
    let mut hasher = Sha256::new();
    hasher.update(form.id.as_str());
    hasher.update([0]);
    hasher.update(serde_json::to_vec(values).expect("texts and truth values are always JSON"));
    hex(&hasher.finalize())
}

/// The first half of a digest, which is enough to tell ids apart.
pub(super) fn first_16(bytes: [u8; 32]) -> [u8; 16] {
    bytes.first_chunk().copied().expect("32 bytes begin with 16")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Promises: qualify-crm/lead-utm
    #[test]
    fn of_a_page_s_address_only_the_campaign_is_kept() {
        assert_eq!(
            campaign("https://a.example/x/?utm_source=news&email=ada%40a.example&utm_term=a%20b#utm_x=1"),
            "utm_source=news&utm_term=a+b"
        );
        assert_eq!(campaign("https://a.example/x/#?utm_source=news"), "");
        assert_eq!(campaign("no address"), "");
    }
}
