//! Who is responsible, who supervises, who receives.

use serde::Serialize;

use super::{Answer, Telling, owned};
use crate::derive::authority;
use crate::model::{AutomatedDecisions, Dpo, Facts, Recipient, Safeguard, Sale, Stated};

/// Who is responsible.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model, in words")]
pub struct ControllerView {
    pub name: String,
    pub product: String,
    pub representative: Answer,
    pub representative_title: String,
    pub address: Answer,
    pub country: Answer,
    pub email: Answer,
    pub phone: Answer,
    pub legal_form: Answer,
    pub capital: Answer,
    pub registration: Answer,
    pub vat: Answer,
    pub publication_director: Answer,
    pub eu_representative: Answer,
}

/// Who supervises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthorityView {
    /// Its short name.
    pub name: String,
    /// Its full name.
    pub full_name: String,
    /// Its site.
    pub url: String,
    /// The site's address as people say it.
    pub host: String,
}

/// The data protection officer: an address, or why there is none, or who must say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "one of the three is set")]
pub struct DpoView {
    pub contact: String,
    pub none: String,
    pub unknown: String,
}

/// Decisions made by machines alone: none, how and with what effect, or who must say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model, in words")]
pub struct AutomatedView {
    pub none: bool,
    pub logic: String,
    pub consequences: String,
    pub unknown: String,
}

/// Whether data is sold: no, what and to whom, or who must say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model, in words")]
pub struct SaleView {
    pub none: bool,
    pub sold: String,
    pub unknown: String,
}

/// Who receives data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RecipientView {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its legal name, where it is another.
    pub legal_name: String,
    /// What it is to the controller, in words.
    pub role: Answer,
    /// What it does.
    pub does: String,
    /// Its country's name.
    pub country: Answer,
    /// Where it processes the data, where that is another place.
    pub region: String,
    /// Whether it runs on the controller's own machines.
    pub self_hosted: bool,
    /// Whether data leaves the EEA for it.
    pub outside_eea: bool,
    /// Its address.
    pub address: String,
    /// The safeguards, in words, joined.
    pub safeguards: Answer,
    /// Where a copy of them is found.
    pub copy: String,
    /// Its privacy policy.
    pub privacy: String,
    /// Its certifications.
    pub certifications: Vec<String>,
    /// Where the facts come from.
    pub facts: Option<FactsView>,
}

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactsView {
    /// The page.
    pub source: String,
    /// The day, `YYYY-MM-DD`; empty where they could not be read.
    pub read: String,
    /// Whether they say where a recipient is.
    pub of_place: bool,
    /// Whether they say what protects the data there.
    pub of_safeguards: bool,
}

impl From<&Facts> for FactsView {
    fn from(facts: &Facts) -> Self {
        let of = |keys: [&str; 2]| facts.of.iter().any(|key| keys.contains(&key.as_str()));
        Self {
            source: facts.source.clone(),
            read: owned(facts.read.as_ref()),
            of_place: of(["country", "region"]),
            of_safeguards: of(["safeguards", "certifications"]),
        }
    }
}

impl Telling<'_> {
    pub(super) fn controller(&self) -> ControllerView {
        let Some(controller) = &self.registry.controller else { return ControllerView::default() };
        ControllerView {
            name: controller.name.clone(),
            product: owned(controller.product.as_ref()),
            representative: self.plain(controller.representative.as_ref()),
            representative_title: self.optional(controller.representative_title.as_ref()),
            address: self.plain(controller.address.as_ref()),
            country: self.answer(controller.country.as_ref(), |country| self.words.country(*country)),
            email: self.plain(controller.email.as_ref()),
            phone: self.plain(controller.phone.as_ref()),
            legal_form: self.plain(controller.legal_form.as_ref()),
            capital: self.plain(controller.capital.as_ref()),
            registration: self.plain(controller.registration.as_ref()),
            vat: self.plain(controller.vat.as_ref()),
            publication_director: self.plain(controller.publication_director.as_ref()),
            eu_representative: self.plain(controller.eu_representative.as_ref()),
        }
    }

    pub(super) fn authority(&self) -> Option<AuthorityView> {
        let known = authority::by_name(self.registry.authority.as_deref()?)?;
        let host = known.url.trim_start_matches("https://").to_owned();
        Some(AuthorityView { name: known.name.to_owned(), full_name: known.full_name.to_owned(), url: known.url.to_owned(), host })
    }

    pub(super) fn dpo(&self) -> Option<DpoView> {
        Some(match self.registry.dpo.as_ref()? {
            Stated::Known(Dpo::Contact(contact)) => DpoView { contact: contact.clone(), ..DpoView::default() },
            Stated::Known(Dpo::None(reason)) => DpoView { none: self.text(reason), ..DpoView::default() },
            Stated::Unknown(who) => DpoView { unknown: self.text(who), ..DpoView::default() },
        })
    }

    pub(super) fn automated_decisions(&self) -> Option<AutomatedView> {
        Some(match self.registry.automated_decisions.as_ref()? {
            Stated::Known(AutomatedDecisions::None) => AutomatedView { none: true, ..AutomatedView::default() },
            Stated::Known(AutomatedDecisions::Made { logic, consequences }) => {
                AutomatedView { logic: self.text(logic), consequences: self.text(consequences), ..AutomatedView::default() }
            }
            Stated::Unknown(who) => AutomatedView { unknown: self.text(who), ..AutomatedView::default() },
        })
    }

    pub(super) fn sale(&self) -> Option<SaleView> {
        Some(match self.registry.sale.as_ref()? {
            Stated::Known(Sale::None) => SaleView { none: true, ..SaleView::default() },
            Stated::Known(Sale::Sold(what)) => SaleView { sold: self.text(what), ..SaleView::default() },
            Stated::Unknown(who) => SaleView { unknown: self.text(who), ..SaleView::default() },
        })
    }

    pub(super) fn recipient(&self, recipient: &Recipient) -> RecipientView {
        let safeguards = |list: &Vec<Safeguard>| {
            let names: Vec<String> = list.iter().map(|safeguard| self.words.word_of("safeguard", safeguard.name())).collect();
            names.join(", ")
        };
        RecipientView {
            id: recipient.id.0.clone(),
            name: recipient.name.clone(),
            legal_name: owned(recipient.legal_name.as_ref().filter(|name| **name != recipient.name)),
            role: self.answer(recipient.role.as_ref(), |role| self.words.word_of("role", role.name())),
            does: self.optional(recipient.does.as_ref()),
            country: self.answer(recipient.country.as_ref(), |country| self.words.country(*country)),
            region: self.optional(recipient.region.as_ref()),
            self_hosted: recipient.self_hosted,
            outside_eea: recipient.is_outside_eea() == Some(true),
            address: owned(recipient.address.as_ref()),
            safeguards: self.answer(recipient.safeguards.as_ref(), safeguards),
            // Only clauses and corporate rules are documents of which there are copies (GDPR Art. 13(1)(f)).
            copy: owned(recipient.copy.as_ref().filter(|_| has_clauses(recipient))),
            privacy: owned(recipient.privacy.as_ref()),
            certifications: recipient.certifications.clone(),
            facts: recipient.facts.as_ref().map(FactsView::from),
        }
    }
}

/// Whether a transfer to a recipient rests on clauses or rules that people can ask to read.
fn has_clauses(recipient: &Recipient) -> bool {
    let safeguards = recipient.safeguards.as_ref().and_then(Stated::known);
    safeguards.is_some_and(|list| list.iter().any(|safeguard| matches!(safeguard, Safeguard::Scc | Safeguard::Bcr)))
}
