//! The one way out: every call of an outside service goes through here, and none reaches a host that no recipient declares.

mod connections;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, Method, Request, request};
use hyper::body::Bytes;
use registry::model::{RecipientId, Registry, covers};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Position, Url};

use self::connections::Connections;

use crate::config::{Addresses, Config, Mail, loopback};
use crate::lead::Failure;

/// How long a connection may take to come about.
pub const CONNECT: Duration = Duration::from_secs(5);

/// How long a call may take as a whole.
pub const TOTAL: Duration = Duration::from_secs(10);

/// The most bytes of an answer. No service has a reason to send more.
const MOST: usize = 1_000_000;

/// The way out of this program, to every recipient or to some of them.
#[derive(Clone)]
pub struct Egress {
    /// The hosts of each recipient.
    hosts: BTreeMap<RecipientId, Vec<String>>,
    /// Host and port of the stand-ins that the configuration names.
    stand_ins: BTreeSet<(String, u16)>,
    connections: Arc<Connections>,
}

/// A call of a service that is to be made. What is no address or no header is told when it is made.
pub struct Call {
    address: String,
    request: request::Builder,
    body: Bytes,
}

/// What a service answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// A call without a body.
    pub fn new(method: Method, address: impl Into<String>) -> Self {
        Self { address: address.into(), request: Request::builder().method(method), body: Bytes::new() }
    }

    /// A call that asks for something.
    pub fn get(address: impl Into<String>) -> Self {
        Self::new(Method::GET, address)
    }

    /// A call that brings something.
    pub fn post(address: impl Into<String>) -> Self {
        Self::new(Method::POST, address)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With a key that proves who calls.
    #[must_use]
    pub fn bearer(self, key: &SecretString) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {}", key.expose_secret()))
    }

    /// With a body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into();
        self.header(CONTENT_TYPE.as_str(), "application/json")
    }
}

impl Egress {
    /// The way out of a site's functions. What the configuration names on loopback is a stand-in: nothing of it leaves the machine.
    pub fn new(registry: &Registry, config: &Config) -> Arc<Self> {
        let Addresses { notion, resend, stripe } = &config.addresses;
        let mut named = vec![notion.as_str(), resend.as_str(), stripe.as_str()];
        named.extend(config.webhook.as_ref().map(|webhook| webhook.url.expose_secret()));
        if let Some(Mail::Smtp(url)) = &config.mail {
            named.push(url.expose_secret());
        }
        Arc::new(Self {
            hosts: registry.recipients.iter().map(|recipient| (recipient.id.clone(), recipient.calls.clone())).collect(),
            stand_ins: named.into_iter().filter_map(|address| loopback(&Url::parse(address).ok()?)).collect(),
            connections: Arc::default(),
        })
    }

    /// The way to some recipients alone: what one may have is not sent to the host of another.
    pub fn only<'a>(&self, recipients: impl IntoIterator<Item = &'a str>) -> Arc<Self> {
        let wanted: BTreeSet<&str> = recipients.into_iter().collect();
        let mut narrowed = self.clone();
        narrowed.hosts.retain(|recipient, _| wanted.contains(recipient.as_str()));
        Arc::new(narrowed)
    }

    /// Whether an address may be called, by whatever protocol.
    ///
    /// # Errors
    /// [`Failure::Undeclared`] where no recipient has its host.
    pub fn permit(&self, address: &Url) -> Result<(), Failure> {
        let host = address.host_str().ok_or(Failure::Undeclared)?;
        let is_declared = self.hosts.values().flatten().any(|declared| covers(declared, host));
        let is_stand_in = loopback(address).is_some_and(|place| self.stand_ins.contains(&place));
        // What a recipient receives is encrypted on its way; only a mail server may begin in clear, since it then changes to TLS.
        let is_safe = matches!(address.scheme(), "https" | "smtps" | "smtp");
        if is_stand_in || (is_declared && is_safe) { Ok(()) } else { Err(Failure::Undeclared) }
    }

    /// Calls a service.
    ///
    /// # Errors
    /// [`Failure::Undeclared`] as [`Egress::permit`]; [`Failure::Unreachable`] where no whole answer came in time, after which nobody knows
    /// whether the call arrived; [`Failure::Strange`] for an answer without end.
    pub async fn call(&self, call: Call) -> Result<Answer, Failure> {
        let address = Url::parse(&call.address).map_err(|_| Failure::Undeclared)?;
        self.permit(&address)?;
        let request = call
            .request
            .uri(&address[Position::BeforePath..Position::AfterQuery])
            .header(HOST, &address[Position::BeforeHost..Position::AfterPort])
            .header(USER_AGENT, "plainsite")
            .header(ACCEPT, "*/*")
            .body(call.body.into())
            .map_err(|_| Failure::Undeclared)?;
        let (head, body) = self.connections.send(&address, request).await?.into_parts();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

impl Answer {
    /// Whether it is a success.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Its body as JSON; null where it is none, such as the page of a proxy.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Its body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    /// How long to wait, in whole seconds, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds: f64 = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
        Duration::try_from_secs_f64(seconds.ceil()).ok()
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use registry::model::Recipient;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn egress(change: impl FnOnce(&mut Config)) -> Arc<Egress> {
        let variables = BTreeMap::from([("PLAINSITE_SECRET".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())]);
        let mut config = Config::from_variables(&variables).unwrap();
        change(&mut config);
        let mut registry = Registry::default();
        registry.recipients.extend([recipient("notes", "api.notion.com"), recipient("mails", "*.mail.example")]);
        Egress::new(&registry, &config)
    }

    fn recipient(id: &str, calls: &str) -> Recipient {
        let recipient = serde_json::json!({ "id": id, "name": id, "self_hosted": false, "certifications": [], "calls": [calls] });
        serde_json::from_value(recipient).unwrap()
    }

    fn permits(egress: &Egress, address: &str) -> bool {
        egress.permit(&Url::parse(address).unwrap()).is_ok()
    }

    // Promises: cresco/https-only, cresco/nothing-passed-on
    #[test]
    fn only_declared_hosts_are_called_and_over_tls() {
        let egress = egress(|_| {});
        for address in ["https://api.notion.com/v1/pages", "smtps://u:p@eu.mail.example", "smtp://eu.mail.example:587"] {
            assert!(permits(&egress, address), "{address}");
        }
        for address in [
            "http://api.notion.com/",
            "https://notion.com/",
            "https://api.notion.com.example/",
            "https://api.notion.com@evil.example/",
            "https://mail.example/",
            "http://127.0.0.1:9/",
            "http://169.254.169.254/",
        ] {
            assert!(!permits(&egress, address), "{address}");
        }
    }

    // Promises: cresco/nothing-passed-on
    #[test]
    fn what_is_for_one_recipient_goes_to_no_other() {
        let egress = egress(|_| {});
        let notes = egress.only(["notes"]);
        assert!(permits(&notes, "https://api.notion.com/v1/pages") && !permits(&notes, "https://eu.mail.example"));
        let mails = egress.only(["mails", "nobody"]);
        assert!(permits(&mails, "https://eu.mail.example") && !permits(&mails, "https://api.notion.com/v1/pages"));
        assert!(!permits(&egress.only([]), "https://api.notion.com/v1/pages"));
    }

    #[test]
    fn a_stand_in_is_called_where_the_configuration_names_it() {
        let egress = egress(|config| {
            config.addresses.notion = "http://127.0.0.1:4001".to_owned();
            config.addresses.resend = "http://10.0.0.1:4002".to_owned();
            config.mail = Some(Mail::Smtp("smtp://127.0.0.1:4003".to_owned().into()));
        });
        assert!(permits(&egress, "http://127.0.0.1:4001/v1/pages") && permits(&egress, "smtp://127.0.0.1:4003"));
        assert!(!permits(&egress, "http://127.0.0.1:4004/") && !permits(&egress, "http://10.0.0.1:4002/"));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_not_declared_is_not_called() {
        let answer = egress(|_| {}).call(Call::get("https://telemetry.example/")).await;
        assert_eq!(answer.unwrap_err(), Failure::Undeclared);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_call_says_what_it_is() {
        let service = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = service.local_addr().unwrap();
        let url = format!("http://{place}/hook?of=é");
        let egress = egress(|config| config.webhook = Some(crate::config::Webhook { url: url.clone().into(), key: None }));
        let call = Call::post(url).bearer(&"canary".to_owned().into()).json(&serde_json::json!({ "id": 1 }));
        let heard = async {
            let (mut stream, _) = service.accept().await.unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"}") {
                heard.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            String::from_utf8(heard).unwrap()
        };
        let (answer, heard) = tokio::join!(egress.call(call), heard);
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.retry_after()), (429, Some(Duration::from_secs(3))));
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<_> = head.lines().collect();
        lines[1..].sort_unstable();
        let host = format!("host: {place}");
        let expected = [
            "POST /hook?of=%C3%A9 HTTP/1.1",
            "accept: */*",
            "authorization: Bearer canary",
            "content-length: 8",
            "content-type: application/json",
            &host,
            "user-agent: plainsite",
        ];
        assert_eq!((lines, body), (expected.to_vec(), r#"{"id":1}"#));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_key_that_is_no_header_is_not_sent() {
        let egress = egress(|config| config.addresses.notion = "http://127.0.0.1:1".to_owned());
        let answer = egress.call(Call::get("http://127.0.0.1:1/").bearer(&"one\ntwo".to_owned().into())).await;
        assert_eq!(answer.unwrap_err(), Failure::Undeclared);
    }

    #[test]
    fn nobody_reads_a_wait_that_is_no_number() {
        let wait = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            Answer { status: 429, headers, body: Bytes::new() }.retry_after().map(|wait| wait.as_secs())
        };
        assert_eq!(["7", " 0.2", "-1", "soon", "1e40", "NaN"].map(wait), [Some(7), Some(1), None, None, None, None]);
    }
}
