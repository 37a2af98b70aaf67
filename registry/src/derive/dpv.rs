//! The policy in JSON-LD, with the terms of the Data Privacy Vocabulary (DPV 2.3) of the W3C's community group.
//!
//! Sources: <https://w3id.org/dpv/2.3>, <https://w3id.org/dpv/legal/eu/gdpr>, <https://w3id.org/dpv/loc>. What is not stated is
//! not in the graph: RDF does not take silence for a no. Cookies, extensions, attributions and the law of California are
//! left to the policy's page.

mod nodes;

use serde_json::{Value, json};

use super::edition::Edition;
use super::uses::{recipients, retention, safeguards, unused_data, unused_recipients, unused_retention};
use super::words::Words;
use crate::model::{AutomatedDecisions, BasisUse, Field, Purpose, Recipient, Registry, Role, Safeguard, Sale, Stated};

/// The document of a registry, in the language of some words. Its nodes have addresses below the policy's.
pub fn document(registry: &Registry, words: Words<'_>, edition: &Edition<'_>) -> Value {
    let dpv = Dpv { registry, words, base: edition.url };
    json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "loc": "https://w3id.org/dpv/loc#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": dpv.graph(edition),
    })
}

/// A registry as it is told in DPV.
struct Dpv<'a> {
    registry: &'a Registry,
    words: Words<'a>,
    base: &'a str,
}

impl Dpv<'_> {
    fn graph(&self, edition: &Edition<'_>) -> Vec<Value> {
        let registry = self.registry;
        let mut graph = vec![self.notice(edition)];
        graph.extend(registry.controller.as_ref().map(|controller| self.controller(controller)));
        graph.extend(registry.purposes.iter().map(|purpose| self.process(purpose)));
        graph.extend(self.automated_decisions());
        graph.extend(self.sale());
        graph.extend(registry.data.iter().map(|data| self.data(data)));
        graph.extend(registry.recipients.iter().map(|recipient| self.recipient(recipient)));
        graph.extend(registry.retention.iter().map(|rule| self.storage(rule)));
        graph.extend(registry.security.iter().enumerate().map(|(n, measure)| {
            json!({ "@id": self.id("measure", &n.to_string()), "@type": "dpv:TechnicalOrganisationalMeasure", "skos:prefLabel": self.text(&measure.label) })
        }));
        graph.extend(registry.rights.offer.iter().map(|right| self.right(*right)));
        graph
    }

    /// The policy itself. What no purpose places hangs on it.
    fn notice(&self, edition: &Edition<'_>) -> Value {
        let registry = self.registry;
        let mut processes: Vec<Value> = registry.purposes.iter().map(|purpose| self.see("process", purpose.id.as_str())).collect();
        let of_its_own = self.automated_decisions().into_iter().chain(self.sale());
        processes.extend(of_its_own.map(|node| json!({ "@id": node["@id"] })));
        processes.extend(self.transfers(None, &unused_recipients(registry)));
        let mut notice = json!({
            "@id": self.id("notice", ""),
            "@type": "dpv:PrivacyNotice",
            "dct:language": self.words.language,
            "dct:created": { "@value": edition.created, "@type": "xsd:date" },
            "dct:modified": { "@value": edition.updated, "@type": "xsd:date" },
            "dct:conformsTo": { "@id": "https://w3id.org/dpv/2.3" },
            "dpv:hasProcess": processes,
            "dpv:hasPersonalData": unused_data(registry).iter().map(|data| self.see("data", data.id.as_str())).collect::<Value>(),
            "dpv:hasRecipient": unused_recipients(registry).iter().map(|r| self.see("recipient", r.id.as_str())).collect::<Value>(),
            "dpv:hasStorageCondition":
                unused_retention(registry).iter().map(|(_, rule)| self.see("retention", rule.id.as_str())).collect::<Value>(),
            "dpv:hasRight": registry.rights.offer.iter().map(|right| self.see("right", right.name())).collect::<Value>(),
        });
        if registry.controller.is_some() {
            notice["dpv:hasDataController"] = self.see("controller", "");
        }
        if !edition.url.is_empty() {
            notice["foaf:page"] = json!({ "@id": edition.url });
        }
        nodes::without_empty(notice)
    }

    fn process(&self, purpose: &Purpose) -> Value {
        let registry = self.registry;
        let id = purpose.id.as_str();
        let receiving = recipients(registry, purpose);
        let by_role = |role: &str| -> Value {
            let of_role = receiving.iter().filter(|recipient| property(recipient) == role);
            of_role.map(|recipient| self.see("recipient", recipient.id.as_str())).collect()
        };
        let measures = registry.security.iter().enumerate().filter(|(_, measure)| measure.system == purpose.system);
        let rules = retention(registry, &purpose.data);
        let mut process = json!({
            "@id": self.id("process", id),
            "@type": "dpv:PersonalDataProcess",
            "dct:title": self.text(&purpose.label),
            "dpv:hasPurpose": { "@id": self.id("purpose", id), "@type": "dpv:Purpose", "skos:prefLabel": self.text(&purpose.label) },
            "dpv:hasLegalBasis": purpose.bases.iter().map(|used| self.basis(used)).collect::<Value>(),
            "dpv:hasPersonalData": purpose.data.iter().map(|data| self.see("data", data.as_str())).collect::<Value>(),
            "dpv:hasNecessity": self.necessity(purpose),
            "dpv:hasDataProcessor": by_role("dpv:hasDataProcessor"),
            "dpv:hasRecipientDataController": by_role("dpv:hasRecipientDataController"),
            "dpv:hasRecipient": by_role("dpv:hasRecipient"),
            "dpv:hasStorageCondition": rules.iter().map(|(_, rule)| self.see("retention", rule.id.as_str())).collect::<Value>(),
            "dpv:hasTechnicalOrganisationalMeasure": measures.map(|(n, _)| self.see("measure", &n.to_string())).collect::<Value>(),
            "dpv:hasProcess": self.transfers(Some(purpose), &receiving),
        });
        if registry.controller.is_some() {
            process["dpv:hasDataController"] = self.see("controller", "");
        }
        nodes::without_empty(process)
    }

    /// A basis; a bare term where nothing more is said.
    fn basis(&self, used: &BasisUse) -> Value {
        let term = format!("eu-gdpr:A6-1-{}", used.basis.point());
        let said: Vec<Value> = [&used.when, &used.interest, &used.law].into_iter().flatten().map(|text| self.text(text)).collect();
        if said.is_empty() { json!({ "@id": term }) } else { json!({ "@type": term, "dct:description": said }) }
    }

    /// Whether people must supply the data; said only of what a form asks for.
    fn necessity(&self, purpose: &Purpose) -> Value {
        let asked = |field: &&Field| {
            let serves = field.purpose.as_ref().is_none_or(|id| *id == purpose.id);
            serves && field.data.as_ref().is_some_and(|data| purpose.data.contains(data))
        };
        let fields: Vec<&Field> = self.registry.forms.iter().flat_map(|form| &form.fields).filter(asked).collect();
        match fields.iter().any(|field| field.required) {
            _ if fields.is_empty() => Value::Null,
            true => json!({ "@id": "dpv:Required" }),
            false => json!({ "@id": "dpv:Optional" }),
        }
    }

    fn transfers(&self, purpose: Option<&Purpose>, receiving: &[&Recipient]) -> Vec<Value> {
        let abroad = receiving.iter().filter(|recipient| recipient.is_outside_eea() == Some(true));
        abroad.map(|recipient| self.transfer(purpose, recipient)).collect()
    }

    /// A transfer out of the EEA: to whom, where, under which of the articles of chapter V.
    fn transfer(&self, purpose: Option<&Purpose>, recipient: &Recipient) -> Value {
        let id: Vec<&str> = purpose.map(|purpose| purpose.id.as_str()).into_iter().chain([recipient.id.as_str()]).collect();
        let safeguards = safeguards(recipient);
        let country = recipient.country.as_ref().and_then(Stated::known);
        let basis = |safeguard: &Safeguard| match safeguard {
            Safeguard::Adequacy | Safeguard::Dpf => "eu-gdpr:A45-3",
            Safeguard::Scc => "eu-gdpr:A46-2-c",
            Safeguard::Bcr => "eu-gdpr:A46-2-b",
        };
        let tool = |safeguard: &Safeguard| {
            let kind = match safeguard {
                Safeguard::Adequacy | Safeguard::Dpf => "eu-gdpr:AdequacyDecision",
                Safeguard::Scc => "eu-gdpr:SCCByCommission",
                Safeguard::Bcr => "eu-gdpr:BindingCorporateRules",
            };
            let mut tool = json!({ "@type": kind, "skos:prefLabel": self.word(&self.words.word_of("safeguard", safeguard.name())) });
            if let Some(copy) = &recipient.copy {
                tool["foaf:page"] = json!({ "@id": copy });
            }
            tool
        };
        nodes::without_empty(json!({
            "@id": self.id("transfer", &id.join(".")),
            "@type": "dpv:Process",
            "dpv:hasProcessing": { "@id": "dpv:CrossBorderTransfer" },
            "dpv:hasDataExporter": if self.registry.controller.is_some() { self.see("controller", "") } else { Value::Null },
            "dpv:hasDataImporter": self.see("recipient", recipient.id.as_str()),
            "dpv:hasThirdCountry": country.map(|country| json!({ "@id": format!("loc:{country}") })),
            "dpv:hasLegalBasis": safeguards.iter().map(|safeguard| json!({ "@id": basis(safeguard) })).collect::<Value>(),
            "dpv:hasOrganisationalMeasure": safeguards.iter().map(tool).collect::<Value>(),
        }))
    }

    fn automated_decisions(&self) -> Option<Value> {
        let Some(Stated::Known(AutomatedDecisions::Made { logic, consequences })) = &self.registry.automated_decisions else { return None };
        Some(json!({
            "@id": self.id("automated-decisions", ""),
            "@type": "dpv:Process",
            "dpv:hasProcessing": { "@id": "dpv:AutomatedDecisionMaking" },
            "dpv:hasAlgorithmicLogic": { "@type": "dpv:AlgorithmicLogic", "dct:description": self.text(logic) },
            "dpv:hasConsequence": { "@type": "dpv:Consequence", "dct:description": self.text(consequences) },
        }))
    }

    fn sale(&self) -> Option<Value> {
        let Some(Stated::Known(Sale::Sold(what))) = &self.registry.sale else { return None };
        Some(json!({
            "@id": self.id("sale", ""),
            "@type": "dpv:Process",
            "dpv:hasProcessing": { "@id": "dpv:SellDataToThirdParties" },
            "dct:description": self.text(what),
        }))
    }
}

/// The property by which a process names a recipient.
fn property(recipient: &Recipient) -> &'static str {
    match recipient.role.as_ref().and_then(Stated::known) {
        Some(Role::Processor) => "dpv:hasDataProcessor",
        Some(Role::Controller | Role::JointController) => "dpv:hasRecipientDataController",
        None => "dpv:hasRecipient",
    }
}
