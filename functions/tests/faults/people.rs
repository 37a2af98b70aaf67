//! What people and the host's clock do: they send, they repeat themselves, they come twice and late.

use std::net::SocketAddr;

use altcha::{CreateChallengeOptions, Payload, SolveChallengeOptions, create_challenge, solve_challenge};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::guard::Keys;
use functions::token;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::program::{Answer, ask};
use crate::stage::{SECRET, Stage};

/// What a form's script sends, and sends again in the same words until it is acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub(crate) values: Value,
}

impl Submission {
    /// A discovery enquiry of somebody. The form was opened a while ago, by a clock that is ours as well.
    pub(crate) fn of(name: &str) -> Self {
        let keys = Keys::new(SECRET.into());
        let opened = Timestamp::now() - SignedDuration::from_secs(60);
        // As the program makes them, and solved at once: what a proof costs is tested elsewhere.
        let challenge = create_challenge(CreateChallengeOptions {
            algorithm: "PBKDF2/SHA-256".to_owned(),
            cost: 1,
            counter: Some(1),
            data: Some([("form".to_owned(), json!("contact")), ("until".to_owned(), json!(opened.as_second() + 7200))].into()),
            hmac_signature_secret: Some(keys.text_of("challenge")),
            hmac_key_signature_secret: Some(keys.text_of("challenge key")),
            ..CreateChallengeOptions::default()
        });
        let challenge = challenge.unwrap();
        let solution = solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
        let proof = STANDARD.encode(serde_json::to_vec(&Payload { challenge, solution }).unwrap());
        let values = json!({
            "name": name,
            "email": format!("{name}@agency.example"),
            "phone": "+33 1 23 45 67 89",
            "agency_type": "Design",
            "package": "audit",
            "message": "We would like to know more.",
            "slot": "2031-02-01T10:00",
            "_language": "fr",
            "_key": format!("key-of-{name}"),
            "_token": token::issue(&keys.of("form token"), "contact", opened),
            "_proof": proof,
        });
        Self { values }
    }

    /// The same with another value.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.values[name] = json!(value);
        self
    }

    pub(crate) async fn send(&self, address: SocketAddr) -> Option<Answer> {
        ask(address, "POST /api/contact", "content-type: application/json\r\n", &self.values.to_string()).await
    }

    /// Sends it, while the test goes on.
    pub(crate) fn sending(&self, address: SocketAddr) -> JoinHandle<Option<Answer>> {
        let this = self.clone();
        tokio::spawn(async move { this.send(address).await })
    }
}

pub(crate) async fn one_key_is_one_submission(mut stage: Stage) {
    let first = Submission::of("ada");
    let lead = stage.attempted(&first, stage.sinks()).await;
    assert_eq!(stage.acknowledged(&first).await, lead);
    let other = stage.send(&first.clone().with("message", "Something else.")).await.unwrap();
    assert_eq!((other.status, other.problem()), (422, "key-reused".to_owned()));
    stage.drained().await;
    stage.each_once(&[lead], 1).await;
}

pub(crate) async fn the_clock_may_call_twice_and_late(mut stage: Stage) {
    let mut leads = Vec::new();
    for name in ["ada", "grace", "hedy"] {
        leads.push(stage.acknowledged(&Submission::of(name)).await);
        stage.restart().await;
    }
    // What was begun was begun within the day in which Resend recognises a repetition.
    stage.later(20 * 3600).await;
    let (first, second) = tokio::join!(stage.job(), stage.job());
    assert_eq!((first.status, second.status), (200, 200), "{first:?} {second:?}");
    stage.drained().await;
    stage.each_once(&leads, 2).await;
    stage.later(30 * 24 * 3600).await;
    assert_eq!(stage.job().await.status, 200);
    // What has arrived is not sent again.
    stage.each_once(&leads, 2).await;
}
