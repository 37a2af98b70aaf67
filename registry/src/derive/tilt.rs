//! The policy in TILT 1.0, the Transparency Information Language: one JSON document a language.
//!
//! Source: the schema of release 1.0, <https://github.com/Transparency-Information-Language/schema>. The schema demands values that
//! a registry may not have. They are filled so that nobody can take them for facts: a text says that the value is not
//! stated and who must supply it, a country is [`NOWHERE`], an e-mail address is [`NOBODY`].

mod disclosed;
mod rights;
mod transfers;

use serde_json::{Map, Value, json};

use super::authority;
use super::edition::Edition;
use super::policy::{Answer, Policy, policy};
use super::words::Words;
use crate::digest;
use crate::model::{AutomatedDecisions, Country, DataCategory, Dpo, From, Registry, Stated};

/// The country where none is stated: in ISO 3166-1 this code is for users to assign, and no country's.
pub const NOWHERE: &str = "ZZ";

/// The e-mail address where none is stated: the domain `invalid` is reserved, and never anyone's (RFC 2606).
pub const NOBODY: &str = "not-stated@unknown.invalid";

/// The document of a registry, in the language of some words.
///
/// `meta._hash` is the SHA-256 of the rest of it: of its JSON without `meta._hash`, with sorted keys and no white space.
pub fn document(registry: &Registry, words: Words<'_>, edition: &Edition<'_>) -> Value {
    let tilt = Tilt { registry, words, policy: policy(registry, words) };
    let mut document = json!({
        "meta": tilt.meta(edition),
        "controller": tilt.controller(),
        "dataProtectionOfficer": tilt.officer(),
        "dataDisclosed": tilt.disclosed(),
        "thirdCountryTransfers": tilt.transfers(),
        "accessAndDataPortability": tilt.access_and_portability(edition),
        "sources": tilt.sources(),
        "rightToInformation": tilt.right_to_information(edition),
        "rightToRectificationOrDeletion": tilt.right_to_rectification_or_deletion(edition),
        "rightToDataPortability": tilt.right_to_portability(edition),
        "rightToWithdrawConsent": tilt.right_to_withdraw(edition),
        "rightToComplain": tilt.right_to_complain(),
        "automatedDecisionMaking": tilt.automated_decisions(),
        "changesOfPurpose": [],
    });
    let mut sorted = document.clone();
    sorted.sort_all_objects();
    document["meta"]["_hash"] = digest::of(&sorted).into();
    document
}

/// A registry as it is told in TILT.
struct Tilt<'a> {
    registry: &'a Registry,
    words: Words<'a>,
    policy: Policy,
}

impl Tilt<'_> {
    fn meta(&self, edition: &Edition<'_>) -> Value {
        let name = self.name();
        let id: String = digest::of(&(&name, edition.url, self.words.language)).chars().take(32).collect();
        json!({
            "_id": id,
            "name": name,
            "created": edition.created,
            "modified": edition.updated,
            "version": edition.version,
            // The schema takes a language without its region.
            "language": self.words.language.split('-').next(),
            "status": if edition.in_force { "active" } else { "inactive" },
            "url": edition.url,
        })
    }

    fn name(&self) -> String {
        let name = &self.policy.controller.name;
        if name.is_empty() { self.not_stated() } else { name.clone() }
    }

    fn controller(&self) -> Value {
        let told = &self.policy.controller;
        let mut person = Map::new();
        person.insert("name".into(), told.representative.told(self.words).into());
        person.insert("email".into(), email(&told.email.text).into());
        if is_phone(&told.phone.text) {
            person.insert("phone".into(), told.phone.text.as_str().into());
        }
        json!({
            "name": self.name(),
            "address": told.address.told(self.words),
            "country": self.country(),
            "representative": person,
        })
    }

    fn country(&self) -> &str {
        country(self.registry.controller.as_ref().and_then(|controller| controller.country.as_ref()))
    }

    /// Where there is none, the controller answers in the officer's place, and the name says so.
    fn officer(&self) -> Value {
        let controller = &self.policy.controller;
        match &self.registry.dpo {
            Some(Stated::Known(Dpo::Contact(contact))) => {
                let address = if contact.contains('@') { self.not_stated() } else { contact.clone() };
                let name = self.words.word("export_dpo");
                json!({ "name": name, "address": address, "country": NOWHERE, "email": email(contact) })
            }
            Some(Stated::Known(Dpo::None(reason))) => json!({
                "name": self.words.word("export_no_dpo").replace("{reason}", reason.get(self.words.language)),
                "address": controller.address.told(self.words),
                "country": self.country(),
                "email": email(&controller.email.text),
            }),
            unknown => {
                let told = self.unknown(unknown.as_ref());
                json!({ "name": told, "address": told, "country": NOWHERE, "email": NOBODY })
            }
        }
    }

    /// Where data comes from that people did not give themselves (GDPR Art. 14(2)(f)). That it is publicly available is never
    /// claimed.
    fn sources(&self) -> Vec<Value> {
        let source = |data: &DataCategory| {
            let (description, url) = match data.from.as_ref()? {
                From::Form(_) | From::Service(_) | From::Functions(_) => return None,
                From::Recipient(id) => {
                    let recipient = self.registry.recipient(id)?;
                    (recipient.name.as_str(), recipient.privacy.as_deref().unwrap_or(""))
                }
                From::Other(text) => (text.get(self.words.language), ""),
            };
            let sources = json!([{ "description": description, "url": url, "publiclyAvailable": false }]);
            Some(json!({ "_id": data.id, "dataCategory": data.label.get(self.words.language), "sources": sources }))
        };
        self.registry.data.iter().filter_map(source).collect()
    }

    fn automated_decisions(&self) -> Value {
        let language = self.words.language;
        match &self.registry.automated_decisions {
            Some(Stated::Known(AutomatedDecisions::None)) => json!({ "inUse": false }),
            Some(Stated::Known(AutomatedDecisions::Made { logic, consequences })) => json!({
                "inUse": true,
                "logicInvolved": logic.get(language),
                "scopeAndIntendedEffects": consequences.get(language),
            }),
            unknown => json!({ "logicInvolved": self.unknown(unknown.as_ref()) }),
        }
    }

    fn not_stated(&self) -> String {
        Answer::default().told(self.words)
    }

    /// That a value is not stated, and who must supply it.
    fn unknown<T>(&self, value: Option<&Stated<T>>) -> String {
        let who = value.and_then(Stated::who_must_supply).map(|who| who.get(self.words.language).to_owned());
        Answer { text: String::new(), unknown: who.unwrap_or_default() }.told(self.words)
    }

    /// The supervisory authority.
    fn authority(&self) -> Option<&'static authority::Authority> {
        authority::by_name(self.registry.authority.as_deref()?)
    }
}

fn country(stated: Option<&Stated<Country>>) -> &str {
    stated.and_then(Stated::known).map_or(NOWHERE, Country::code)
}

/// An e-mail address that may be missing, or be none.
fn email(text: &str) -> &str {
    let address = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if address && !text.contains(char::is_whitespace) { text } else { NOBODY }
}

/// Whether the schema takes a text for a telephone number.
fn is_phone(text: &str) -> bool {
    let digits = text.trim_start_matches('+').trim_start_matches('(');
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || " -./".contains(c))
}
