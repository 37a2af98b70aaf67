//! What a browser was seen to do: plain values, from which the judging and the report are made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use registry::model::{Directive, Service, ServiceId};

/// A state of consent in which the site is visited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Before any choice.
    Untouched,
    /// After refusing everything.
    Refused,
    /// After accepting everything.
    Accepted,
    /// After accepting one service alone.
    Only(ServiceId),
    /// After allowing a service's embed for once.
    Once(ServiceId),
    /// After withdrawing what had been accepted.
    Withdrawn,
    /// With Global Privacy Control on.
    Gpc,
    /// Without JavaScript.
    NoScript,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untouched => f.write_str("untouched"),
            Self::Refused => f.write_str("refused"),
            Self::Accepted => f.write_str("accepted"),
            Self::Only(service) => write!(f, "only:{service}"),
            Self::Once(service) => write!(f, "once:{service}"),
            Self::Withdrawn => f.write_str("withdrawn"),
            Self::Gpc => f.write_str("gpc"),
            Self::NoScript => f.write_str("no-script"),
        }
    }
}

impl State {
    /// What it is, in words that go on "seen …".
    pub fn words(&self) -> String {
        match self {
            Self::Untouched => "before any choice".to_owned(),
            Self::Refused => "after refusing".to_owned(),
            Self::Accepted => "after accepting".to_owned(),
            Self::Only(service) => format!("with `{service}` alone accepted"),
            Self::Once(service) => format!("with `{service}` allowed once"),
            Self::Withdrawn => "after withdrawing".to_owned(),
            Self::Gpc => "with Global Privacy Control on".to_owned(),
            Self::NoScript => "without JavaScript".to_owned(),
        }
    }
}

/// What had been agreed to at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// Nothing.
    Nothing,
    /// Everything.
    Everything,
    /// One service.
    Only(ServiceId),
}

impl Agreed {
    /// Whether a service may run.
    pub fn to(&self, service: &Service) -> bool {
        match self {
            _ if !service.needs_consent() => true,
            Self::Nothing => false,
            Self::Everything => true,
            Self::Only(id) => *id == service.id,
        }
    }
}

/// When something was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The address of the page that was visited, as the site writes it.
    pub page: Arc<str>,
    /// What had been agreed to.
    pub agreed: Agreed,
}

/// A request that left the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its address, without what is behind `?`: that may tell one visitor from another.
    pub url: String,
    /// Its method.
    pub method: String,
    /// What it is for, as the browser calls it.
    pub kind: String,
    /// The address of the frame of another host that it comes from.
    pub frame: Option<String>,
    /// What started it: a script with its line, or a place in the page.
    pub by: Option<String>,
    /// When.
    pub at: Moment,
}

impl Request {
    /// The way of loading that a declaration must name; none where any will do.
    pub fn way(&self) -> Option<Directive> {
        match self.kind.as_str() {
            "Stylesheet" => Some(Directive::Style),
            "Image" => Some(Directive::Img),
            "Media" | "TextTrack" => Some(Directive::Media),
            "Font" => Some(Directive::Font),
            "Script" => Some(Directive::Script),
            "Frame" => Some(Directive::Frame),
            "XHR" | "Fetch" | "EventSource" | "WebSocket" | "Ping" | "Preflight" => Some(Directive::Connect),
            _ => None,
        }
    }
}

/// A request that the Content-Security-Policy held back, so that it never left the browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Its address, without what is behind `?`.
    pub url: String,
    /// The directive that it breaks.
    pub directive: String,
    /// The page.
    pub page: Arc<str>,
    /// What started it.
    pub by: Option<String>,
}

/// Where a browser keeps something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// Among the cookies.
    Cookie,
    /// In local storage.
    Local,
    /// In session storage.
    Session,
    /// In IndexedDB.
    IndexedDb,
    /// In Cache Storage.
    Cache,
}

impl Store {
    /// What is kept there, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Local => "local storage key",
            Self::Session => "session storage key",
            Self::IndexedDb => "IndexedDB database",
            Self::Cache => "Cache Storage",
        }
    }

    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Local => "local",
            Self::Session => "session",
            Self::IndexedDb => "indexeddb",
            Self::Cache => "cache",
        }
    }
}

/// The name of something that a browser keeps, and for whom. Values are never looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Where.
    pub store: Store,
    /// Its name.
    pub name: String,
    /// A cookie's host, without a dot before it; otherwise the origin.
    pub whose: String,
}

/// Something that a browser came to keep, or still kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What.
    pub key: Key,
    /// Whether it was there before consent was withdrawn, and still is.
    pub survived: bool,
    /// What wrote it, where that could be told.
    pub by: Option<String>,
    /// When.
    pub at: Moment,
}

/// What was seen in a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The requests that left.
    pub requests: Vec<Request>,
    /// Those that the policy held back.
    pub refused: Vec<Refused>,
    /// What the browser came to keep.
    pub kept: Vec<Kept>,
    /// The pages that have embeds, by their service.
    pub embeds: BTreeMap<ServiceId, Vec<Arc<str>>>,
    /// What went otherwise than planned, such as a page that never ended loading.
    pub notes: Vec<String>,
    /// A picture of the home page, as PNG.
    pub picture: Option<Vec<u8>>,
}
