//! What the stand-ins over HTTP have in common: they listen, keep calls, and give the faults that they were told to give.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use http_body::Frame;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The most bytes that a call may have for any service.
const MOST: usize = 5_000_000;

/// Something that goes wrong with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: this call goes as it should, and a later one does not.
    Pass,
    /// 429, with the seconds to wait.
    TooMany(u64),
    /// 529, with the seconds to wait.
    Overloaded(u64),
    /// 500, and nothing was done.
    Broken,
    /// 500, and it was done all the same.
    BrokenAfterSaving,
    /// 503 that names what was made.
    Committed,
    /// 502, as a page of HTML.
    HtmlPage,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    Missing,
    /// No answer, ever, and nothing was done.
    Silence,
    /// No answer, ever, and it was done all the same.
    SilenceAfterSaving,
    /// The connection ends within the answer, and nothing was done.
    Dropped,
    /// The connection ends within the answer, and it was done all the same.
    DroppedAfterSaving,
    /// The queue of the automation is full.
    QueueFull,
    /// 410: nothing listens.
    Gone,
    /// The day's quota is used up.
    DailyQuota,
    /// The month's quota is used up.
    MonthlyQuota,
    /// The same call is being carried out.
    Concurrent,
}

/// A call that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// What follows the path's question mark: names with their values.
    pub query: Vec<(String, String)>,
    /// Its headers, with names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body; null where it is no JSON.
    pub body: Value,
    /// How many bytes that had.
    pub bytes: usize,
}

impl Call {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The key that was given as a bearer.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }
}

/// What is answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) retry_after: Option<u64>,
}

impl Reply {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, body, retry_after: None }
    }
}

/// How a service answers.
pub(super) trait Service: Send + Sync + 'static {
    /// Carries a call out, if it is a right one.
    fn answer(&self, call: &Call) -> Reply;

    /// How it words a fault. `done` is the answer of a call that was carried out all the same.
    fn fault(&self, fault: Fault, done: Option<&Reply>) -> Reply;
}

/// A service that listens.
pub(super) struct Desk<S> {
    pub(super) service: Arc<S>,
    inner: Arc<Inner>,
    address: String,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    faults: Mutex<VecDeque<Fault>>,
    calls: Mutex<Vec<Call>>,
    count: watch::Sender<usize>,
}

impl<S: Service> Desk<S> {
    /// Listens on a free port of this machine.
    pub(super) async fn start(service: S) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (service, inner) = (Arc::new(service), Arc::new(Inner::default()));
        let router = Router::new().fallback(handle::<S>).with_state((Arc::clone(&service), Arc::clone(&inner)));
        let task = tokio::spawn(async move {
            // It serves until it is dropped: there is nobody to tell of an error.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { service, inner, address, task })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.inner.faults).extend(faults);
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        lock(&self.inner.calls).clone()
    }

    pub(super) async fn called(&self, times: usize) {
        let mut count = self.inner.count.subscribe();
        // The sender lives as long as `self`.
        let _ = count.wait_for(|count| *count >= times).await;
    }
}

impl<S> Drop for Desk<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A lock that outlives a panic of another test's thread.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle<S: Service>(State((service, inner)): State<(Arc<S>, Arc<Inner>)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MOST).await else {
        return respond(Reply::json(413, Value::Null));
    };
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: headers.collect(),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
        bytes: bytes.len(),
    };
    lock(&inner.calls).push(call.clone());
    let fault = lock(&inner.faults).pop_front();
    inner.count.send_modify(|count| *count += 1);
    match fault {
        None | Some(Fault::Pass) => respond(service.answer(&call)),
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::SilenceAfterSaving) => {
            service.answer(&call);
            std::future::pending().await
        }
        Some(Fault::Dropped) => cut(),
        Some(Fault::DroppedAfterSaving) => {
            service.answer(&call);
            cut()
        }
        Some(Fault::HtmlPage) => page(),
        Some(fault @ (Fault::BrokenAfterSaving | Fault::Committed)) => {
            let done = service.answer(&call);
            respond(service.fault(fault, Some(&done)))
        }
        Some(fault) => respond(service.fault(fault, None)),
    }
}

fn respond(reply: Reply) -> Response {
    // A text is sent as it is: not every service answers with JSON.
    let (kind, body) = match reply.body {
        Value::String(text) => ("text/plain", text),
        body => ("application/json", body.to_string()),
    };
    let mut response = response(reply.status, kind, Body::from(body));
    if let Some(seconds) = reply.retry_after {
        response.headers_mut().insert(HeaderName::from_static("retry-after"), HeaderValue::from(seconds));
    }
    response
}

fn page() -> Response {
    response(502, "text/html", Body::from("<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"))
}

/// An answer that ends before it is whole.
fn cut() -> Response {
    response(200, "application/json", Body::new(Cut))
}

fn response(status: u16, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(HeaderName::from_static("content-type"), HeaderValue::from_static(kind));
    response
}

/// A body that fails.
struct Cut;

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
    }
}
