//! Resend: takes e-mails as Resend takes them, and recognises repetitions.

use std::collections::BTreeMap;
use std::sync::Mutex;

use lettre::message::Mailbox;
use serde_json::{Value, json};

use super::Mail;
use super::desk::{Call, Desk, Fault, Reply, Service, lock};
use crate::config::{self, Config};

/// The stand-in.
pub struct Resend(Desk<Team>);

#[derive(Default)]
struct Team {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    /// By idempotency key: what was asked, and the id that was given.
    replays: BTreeMap<String, (Value, String)>,
}

/// What a request may hold.
const KEYS: [&str; 12] =
    ["from", "to", "subject", "html", "text", "reply_to", "cc", "bcc", "headers", "tags", "attachments", "scheduled_at"];

impl Resend {
    /// The key that it knows: one that may send and nothing else.
    pub const KEY: &str = "re_stand_in";

    /// Listens.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start() -> std::io::Result<Self> {
        Ok(Self(Desk::start(Team::default()).await?))
    }

    /// Has a configuration use it.
    pub fn configure(&self, config: &mut Config) {
        config.addresses.resend = self.0.address().to_owned();
        config.mail = Some(config::Mail::Resend(Self::KEY.to_owned().into()));
    }

    /// Has the next calls go wrong, one fault each.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.fail_next(faults);
    }

    /// The calls that arrived.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls()
    }

    /// Waits until so many calls have arrived in all.
    pub async fn called(&self, times: usize) {
        self.0.called(times).await;
    }

    /// The e-mails that were sent, each once.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.0.service.kept).mails.clone()
    }
}

impl Service for Team {
    fn answer(&self, call: &Call) -> Reply {
        match call.bearer() {
            None => return refused(401, "missing_api_key", "Missing API Key"),
            Some(Resend::KEY) => {}
            Some(_) => return refused(403, "invalid_api_key", "API key is invalid"),
        }
        if call.header("user-agent").is_none() {
            return refused(403, "validation_error", "a request needs a `User-Agent`");
        }
        match (call.method.as_str(), call.path.as_str()) {
            ("POST", "/emails") => self.send(call),
            ("GET" | "POST", _) => refused(401, "restricted_api_key", "This API key is restricted to only send emails"),
            _ => refused(405, "method_not_allowed", "method not allowed"),
        }
    }

    fn fault(&self, fault: Fault, _: Option<&Reply>) -> Reply {
        let wait = |seconds, reply| Reply { retry_after: Some(seconds), ..reply };
        match fault {
            Fault::TooMany(seconds) => wait(seconds, refused(429, "rate_limit_exceeded", "Too many requests")),
            Fault::DailyQuota => refused(429, "daily_quota_exceeded", "You have reached your daily email sending quota"),
            Fault::MonthlyQuota => refused(429, "monthly_quota_exceeded", "You have reached your monthly email sending quota"),
            Fault::Unauthorized => refused(401, "missing_api_key", "Missing API Key"),
            Fault::Forbidden => refused(403, "invalid_api_key", "API key is invalid"),
            Fault::Missing | Fault::Gone => refused(404, "not_found", "The requested endpoint does not exist"),
            Fault::Concurrent => refused(409, "concurrent_idempotent_requests", "The same idempotency key is in use"),
            Fault::Overloaded(seconds) => wait(seconds, refused(503, "service_unavailable", "Service unavailable")),
            _ => refused(500, "application_error", "An unexpected error occurred"),
        }
    }
}

impl Team {
    fn send(&self, call: &Call) -> Reply {
        let key = call.header("idempotency-key").unwrap_or_default();
        if key.chars().count() > 256 {
            return refused(400, "invalid_idempotency_key", "The key must be between 1-256 chars");
        }
        let mut kept = lock(&self.kept);
        if let Some((body, id)) = kept.replays.get(key) {
            return match *body == call.body {
                true => Reply::json(200, json!({ "id": id })),
                false => refused(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload"),
            };
        }
        let mail = match mail(&call.body, key) {
            Ok(mail) => mail,
            Err(message) => return refused(422, "validation_error", &message),
        };
        kept.mails.push(mail);
        let id = format!("33333333-3333-4333-8333-{:012}", kept.mails.len());
        if !key.is_empty() {
            kept.replays.insert(key.to_owned(), (call.body.clone(), id.clone()));
        }
        Reply::json(200, json!({ "id": id }))
    }
}

/// The e-mail that is asked for, or what is wrong with it.
fn mail(body: &Value, key: &str) -> Result<Mail, String> {
    let map = body.as_object().ok_or("the body is no object")?;
    if let Some(unknown) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown field `{unknown}`"));
    }
    let text = |field: &str| map.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let required = |field: &str| text(field).ok_or_else(|| format!("Missing `{field}` field."));
    let (from, subject) = (required("from")?, required("subject")?);
    if subject.chars().any(|c| c == '\r' || c == '\n') {
        return Err("The `\n` is not allowed in the `subject` field.".to_owned());
    }
    let (to, reply_to) = (addresses(map.get("to"), "to")?, map.get("reply_to").map(|it| addresses(Some(it), "reply_to")).transpose()?);
    if to.is_empty() || to.len() > 50 {
        return Err("`to` holds 1 to 50 addresses".to_owned());
    }
    address(&from, "from")?;
    let (html, plain) = (text("html"), text("text"));
    if html.is_none() && plain.is_none() {
        return Err("Missing `html` or `text` field.".to_owned());
    }
    let reply_to = reply_to.and_then(|all| all.into_iter().next());
    Ok(Mail { from, to, reply_to, subject, text: plain.unwrap_or_default(), html: html.unwrap_or_default(), key: key.to_owned() })
}

/// One address or several.
fn addresses(value: Option<&Value>, field: &str) -> Result<Vec<String>, String> {
    let one = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("Invalid `{field}` field."));
    let all: Vec<String> = match value {
        Some(Value::Array(all)) => all.iter().map(one).collect::<Result<_, _>>()?,
        Some(value) => vec![one(value)?],
        None => return Err(format!("Missing `{field}` field.")),
    };
    all.iter().try_for_each(|text| address(text, field))?;
    Ok(all)
}

fn address(text: &str, field: &str) -> Result<(), String> {
    let is_address = text.parse::<Mailbox>().is_ok() && !text.chars().any(char::is_control);
    is_address
        .then_some(())
        .ok_or_else(|| format!("Invalid `{field}` field. The email address needs to follow the `Name <email@example.com>` format"))
}

fn refused(status: u16, name: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "statusCode": status, "name": name, "message": message }))
}
