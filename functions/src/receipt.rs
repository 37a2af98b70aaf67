//! A receipt: the proof of one choice in the banner (GDPR Art. 7(1)). It tells what was chosen, and nothing about who chose.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use registry::contract::Contract;
use registry::derive::consent::{self, Choice};
use registry::model::{Fault, ServiceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::{FieldProblem, Kind, Problem};

/// How far a visitor's clock may run ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A receipt's id: random, made by the visitor's browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptId(Uuid);

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for ReceiptId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// By what a choice was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// In the banner.
    Consent,
    /// In the dialog.
    Choices,
    /// In the policy.
    Panel,
    /// At an embed.
    Embed,
    /// By the button at the bottom of every page.
    Withdrawal,
    /// By a script of the site's.
    Script,
}

impl How {
    /// All of them, for the API's document.
    pub const ALL: [Self; 6] = [Self::Consent, Self::Choices, Self::Panel, Self::Embed, Self::Withdrawal, Self::Script];
}

/// The proof of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// When it was chosen, by the visitor's clock.
    pub decided: Timestamp,
    /// When the receipt came, by ours.
    pub received: Timestamp,
    /// By what it was chosen.
    pub how: How,
    /// The language of the page.
    pub language: String,
    /// The revision of all that was asked.
    pub revision: String,
    /// The digest of the banner that was shown.
    pub banner: String,
    /// Whether the browser sent the signal of Global Privacy Control.
    pub signalled: bool,
    /// The services that were agreed to, in the script's order.
    pub accepted: Vec<ServiceId>,
    /// The services that were refused. What is in neither list was not decided.
    pub refused: Vec<ServiceId>,
}

/// What the banner sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    id: Uuid,
    /// In seconds since 1970.
    at: i64,
    how: How,
    language: String,
    revision: String,
    banner: String,
    gpc: bool,
    accepted: Vec<ServiceId>,
    refused: Vec<ServiceId>,
}

impl Receipt {
    /// Reads what the banner sent at `now`, and judges it by what the site declares.
    ///
    /// # Errors
    /// It is no JSON of this form; or it names what the site does not ask, in fields that the problem lists. Nothing that was sent is quoted.
    pub fn read(body: &[u8], contract: &Contract, now: Timestamp) -> Result<Self, Problem> {
        let sent: Sent = serde_json::from_slice(body).map_err(|_| Kind::Malformed)?;
        let decided = Timestamp::from_second(sent.at).ok().filter(|decided| {
            let keep = i64::try_from(consent::keep(&contract.registry).seconds()).map_or(SignedDuration::MAX, SignedDuration::from_secs);
            let age = now.duration_since(*decided);
            -AHEAD <= age && age < keep
        });
        let asked = consent::model(&contract.registry);
        let known: BTreeSet<&ServiceId> =
            asked.categories.iter().flat_map(|category| &category.services).map(|service| &service.id).collect();
        let named: Vec<&ServiceId> = sent.accepted.iter().chain(&sent.refused).collect();
        let decided_once = named.iter().collect::<BTreeSet<_>>().len() == named.len();
        let services = !named.is_empty() && decided_once && named.iter().all(|id| known.contains(*id));
        let wrong = [
            ("at", decided.is_none(), "the choice has run out, or is of another day"),
            ("language", !contract.site.languages.contains(&sent.language), "the site has no such language"),
            ("revision", sent.revision != asked.revision, "something else is asked by now"),
            ("banner", contract.site.banners.binary_search(&sent.banner).is_err(), "no such banner is archived"),
            ("accepted", !services, "each service is one that the site asks about, and is accepted or refused once"),
        ];
        let told = |(field, _, message): &(&str, bool, &str)| FieldProblem {
            field: (*field).to_owned(),
            fault: Fault::NotAnOption.name().to_owned(),
            message: (*message).to_owned(),
        };
        let fields: Vec<FieldProblem> = wrong.iter().filter(|(_, is_wrong, _)| *is_wrong).map(told).collect();
        match decided.filter(|_| fields.is_empty()) {
            Some(decided) => Ok(Self {
                id: ReceiptId(sent.id),
                decided,
                received: now,
                how: sent.how,
                language: sent.language,
                revision: sent.revision,
                banner: sent.banner,
                signalled: sent.gpc,
                accepted: sent.accepted,
                refused: sent.refused,
            }),
            None => Err(Problem { fields, ..Kind::Invalid.into() }),
        }
    }

    /// The choice, as the cookie keeps it.
    pub fn choice(&self) -> Choice<'_> {
        Choice { made: self.decided.as_second(), signalled: self.signalled, accepted: &self.accepted, refused: &self.refused }
    }
}
