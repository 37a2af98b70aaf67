//! The nodes that processes refer to: who is responsible, data, recipients, periods, rights; and how a node is written.

use serde_json::{Value, json};

use super::Dpv;
use crate::derive::authority;
use crate::derive::policy::policy;
use crate::derive::well_known::part_of_address;
use crate::model::{Controller, DataCategory, Dpo, From, Holding, Keep, Localized, Recipient, Retention, Right, Role, Stated};

impl Dpv<'_> {
    /// The address of a node: `#purpose-KEY` below the policy's.
    pub(super) fn id(&self, kind: &str, key: &str) -> String {
        let dash = if key.is_empty() { "" } else { "-" };
        format!("{}#{kind}{dash}{}", self.base, part_of_address(key))
    }

    /// A reference to a node.
    pub(super) fn see(&self, kind: &str, key: &str) -> Value {
        json!({ "@id": self.id(kind, key) })
    }

    /// A text in the document's language.
    pub(super) fn text(&self, text: &Localized) -> Value {
        self.word(text.get(self.words.language))
    }

    pub(super) fn word(&self, text: &str) -> Value {
        json!({ "@value": text, "@language": self.words.language })
    }

    pub(super) fn controller(&self, controller: &Controller) -> Value {
        let known = |value: &Option<Stated<String>>| value.as_ref().and_then(Stated::known).cloned();
        let person = |kind: &str, name: String| json!({ "@type": kind, "dpv:hasName": name });
        let people = [("dpv:Representative", &controller.representative), ("eu-gdpr:Representative", &controller.eu_representative)];
        let people = people.into_iter().filter_map(|(kind, name)| Some(person(kind, known(name)?)));
        let officer = match &self.registry.dpo {
            Some(Stated::Known(Dpo::Contact(contact))) => {
                json!({ "@type": "dpv:DataProtectionOfficer", "dpv:hasContact": contact_of(contact) })
            }
            _ => Value::Null,
        };
        let authority = self.registry.authority.as_deref().and_then(authority::by_name).map(|known| {
            json!({
                "@type": "eu-gdpr:DataProtectionAuthority",
                "dpv:hasName": known.full_name,
                "dpv:hasCountry": { "@id": format!("loc:{}", known.country) },
                "foaf:page": { "@id": known.url },
            })
        });
        let country = controller.country.as_ref().and_then(Stated::known);
        without_empty(json!({
            "@id": self.id("controller", ""),
            "@type": "dpv:DataController",
            "dpv:hasName": controller.name,
            "dpv:hasAddress": known(&controller.address),
            "dpv:hasContact": known(&controller.email).map(|email| contact_of(&email)),
            "dpv:hasIdentifier": known(&controller.registration),
            "dpv:hasCountry": country.map(|country| json!({ "@id": format!("loc:{country}") })),
            "dpv:hasRepresentative": people.collect::<Value>(),
            "dpv:hasDataProtectionOfficer": officer,
            "dpv:hasAuthority": authority,
        }))
    }

    pub(super) fn data(&self, data: &DataCategory) -> Value {
        let people = data.people.as_ref().map(|people| json!({ "@type": "dpv:DataSubject", "skos:prefLabel": self.text(people) }));
        let source = data.from.as_ref().map(|from| match from {
            From::Functions(Holding::Projects | Holding::Codes) => json!({ "@id": "dpv:DataControllerDataSource" }),
            From::Form(_) | From::Service(_) | From::Functions(_) => json!({ "@id": "dpv:DataSubjectDataSource" }),
            From::Recipient(id) => {
                let name = self.registry.recipient(id).map_or(id.as_str(), |recipient| recipient.name.as_str());
                json!({ "@type": "dpv:ThirdPartyDataSource", "skos:prefLabel": name })
            }
            From::Other(text) => json!({ "@type": "dpv:DataSource", "skos:prefLabel": self.text(text) }),
        });
        without_empty(json!({
            "@id": self.id("data", data.id.as_str()),
            "@type": "dpv:PersonalData",
            "skos:prefLabel": self.text(&data.label),
            "skos:note": data.items.iter().chain(&data.note).map(|text| self.text(text)).collect::<Value>(),
            "dpv:hasDataSubject": people,
            "dpv:hasDataSource": source,
        }))
    }

    pub(super) fn recipient(&self, recipient: &Recipient) -> Value {
        let kind = match recipient.role.as_ref().and_then(Stated::known) {
            Some(Role::Processor) => "dpv:DataProcessor",
            Some(Role::Controller | Role::JointController) => "dpv:DataController",
            None => "dpv:Recipient",
        };
        let country = recipient.country.as_ref().and_then(Stated::known).filter(|_| !recipient.self_hosted);
        let joint = recipient.role == Some(Stated::Known(Role::JointController));
        let joint = joint.then(|| self.word(&self.words.word_of("role", Role::JointController.name())));
        let own = recipient.self_hosted.then(|| self.word(&self.words.word("export_self_hosted")));
        let said = recipient.does.iter().chain(&recipient.region).map(|text| self.text(text)).chain(joint).chain(own);
        without_empty(json!({
            "@id": self.id("recipient", recipient.id.as_str()),
            "@type": kind,
            "dpv:hasName": recipient.legal_name.as_ref().unwrap_or(&recipient.name),
            "dpv:hasAddress": recipient.address,
            "dpv:hasCountry": country.map(|country| json!({ "@id": format!("loc:{country}") })),
            "dct:description": said.collect::<Value>(),
            "foaf:page": recipient.privacy.as_ref().map(|page| json!({ "@id": page })),
        }))
    }

    /// A period. What ends with an event, a session among them, is told in words; what is not stated is indeterminate.
    pub(super) fn storage(&self, rule: &Retention) -> Value {
        let until = |text: &str| json!({ "@type": "dpv:UntilEventDuration", "rdf:value": self.word(text) });
        let mut durations: Vec<Value> = rule.during.iter().map(|during| until(during.get(self.words.language))).collect();
        match &rule.keep {
            Some(Stated::Known(Keep::For(period))) => {
                let value = json!({ "@value": period.without_weeks().to_string(), "@type": "xsd:duration" });
                durations.push(json!({ "@type": "dpv:TemporalDuration", "rdf:value": value }));
            }
            Some(Stated::Known(keep)) => durations.push(until(&self.words.keep(*keep))),
            None if rule.during.is_some() => {}
            _ => durations.push(json!({ "@type": "dpv:IndeterminateDuration" })),
        }
        let then = rule.then.map(|then| self.word(&self.words.word_of("then", then.name())));
        let from = rule.from.as_ref().map(|from| self.word(&self.words.word("export_from").replace("{what}", &self.words.start(from))));
        without_empty(json!({
            "@id": self.id("retention", rule.id.as_str()),
            "@type": "dpv:StorageDuration",
            "dct:title": rule.label.as_ref().map(|label| self.text(label)),
            "dct:description": from.into_iter().chain(rule.because.iter().map(|why| self.text(why))).chain(then).collect::<Value>(),
            "dpv:hasDuration": durations,
            "dpv:hasPersonalData": rule.data.iter().map(|data| self.see("data", data.as_str())).collect::<Value>(),
        }))
    }

    /// A right, and how it is exercised. A complaint goes to the authority, whom the controller's node names.
    pub(super) fn right(&self, right: Right) -> Value {
        let rights = policy(self.registry, self.words).rights;
        let channels = if right == Right::Withdrawal { &rights.withdraw } else { &rights.channel };
        let mut notice = json!({
            "@type": "dpv:RightExerciseNotice",
            "dct:description": channels.iter().map(|channel| self.word(channel)).collect::<Value>(),
        });
        if !self.base.is_empty() {
            notice["foaf:page"] = json!({ "@id": self.base });
        }
        let note = self.registry.rights.notes.iter().find(|(of, _)| *of == right).map(|(_, note)| self.text(note));
        without_empty(json!({
            "@id": self.id("right", right.name()),
            "@type": format!("eu-gdpr:A{}", right.article().replace('(', "-").replace(')', "")),
            "skos:prefLabel": self.word(&self.words.word_of("right", right.name())),
            "dct:description": note,
            "dpv:isExercisedAt": if right == Right::Complaint { Value::Null } else { without_empty(notice) },
        }))
    }
}

/// A contact: an e-mail address, a web address, or whatever else it is as text.
fn contact_of(contact: &str) -> Value {
    match contact {
        page if page.starts_with("https://") || page.starts_with("http://") => json!({ "@id": page }),
        email if email.contains('@') => json!({ "@id": format!("mailto:{}", part_of_address(email)) }),
        text => text.into(),
    }
}

/// A node without the properties of which nothing is said.
pub(super) fn without_empty(mut node: Value) -> Value {
    if let Value::Object(properties) = &mut node {
        properties.retain(|_, value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(values) => !values.is_empty(),
            _ => true,
        });
    }
    node
}
