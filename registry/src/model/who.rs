//! Who is responsible, and who receives personal data.

use serde::{Deserialize, Serialize};

use super::{Country, Localized, Period, RecipientId, Role, Safeguard, Stated};

/// The controller: the organisation that the site belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controller {
    /// Its legal name.
    pub name: String,
    /// The product that the site is about, where it has another name.
    pub product: Option<String>,
    /// The person who represents it.
    pub representative: Option<Stated<String>>,
    /// What that person is, such as "President".
    pub representative_title: Option<Localized>,
    /// Its postal address, on one line.
    pub address: Option<Stated<String>>,
    /// Where it is established.
    pub country: Option<Stated<Country>>,
    /// The address for questions and for exercising rights.
    pub email: Option<Stated<String>>,
    /// Its telephone number.
    pub phone: Option<Stated<String>>,
    /// Its legal form.
    pub legal_form: Option<Stated<String>>,
    /// Its share capital.
    pub capital: Option<Stated<String>>,
    /// Its registration.
    pub registration: Option<Stated<String>>,
    /// Its VAT number.
    pub vat: Option<Stated<String>>,
    /// Who answers for what is published (French law of 21 June 2004).
    pub publication_director: Option<Stated<String>>,
    /// Its representative in the Union, where it has to have one (GDPR Art. 27).
    pub eu_representative: Option<Stated<String>>,
}

/// The data protection officer (GDPR Art. 37).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dpo {
    /// There is one, who is reached by this address.
    Contact(String),
    /// There is none, for this reason.
    None(Localized),
}

/// Whether anything is decided about people by machines alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomatedDecisions {
    /// No.
    None,
    /// Yes.
    Made {
        /// How they are made.
        logic: Localized,
        /// What follows from them.
        consequences: Localized,
    },
}

/// Whether personal data is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sale {
    /// No.
    None,
    /// Yes, as this text says.
    Sold(Localized),
}

/// Where facts about a vendor come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The page.
    pub source: String,
    /// The day when they were read there, `YYYY-MM-DD`; none where they could not be.
    pub read: Option<String>,
    /// What they say beside names and addresses, by its key, such as `country`: what the author did not state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
}

/// Who receives personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Its key.
    pub id: RecipientId,
    /// What people call it.
    pub name: String,
    /// Its legal name, where it is another.
    pub legal_name: Option<String>,
    /// What it is to the controller.
    pub role: Option<Stated<Role>>,
    /// What it does, in a clause.
    pub does: Option<Localized>,
    /// Where the company is.
    pub country: Option<Stated<Country>>,
    /// Where it processes the data, where that is another place than its own.
    pub region: Option<Localized>,
    /// Whether it runs on the controller's own machines, so that its maker receives nothing.
    pub self_hosted: bool,
    /// Its postal address.
    pub address: Option<String>,
    /// What makes a transfer to it lawful.
    pub safeguards: Option<Stated<Vec<Safeguard>>>,
    /// Where a copy of the safeguards is found.
    pub copy: Option<String>,
    /// Its privacy policy.
    pub privacy: Option<String>,
    /// Certifications that it has.
    pub certifications: Vec<String>,
    /// Hosts that the functions may call for it.
    pub calls: Vec<String>,
    /// How the erasure of a person's data reaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Stated<Erasure>>,
    /// Where the facts come from, where they come from the catalogue.
    pub facts: Option<Facts>,
}

/// How the erasure of a person's data reaches a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Erasure {
    /// The functions erase it there.
    Api,
    /// A person has it erased there.
    Manual,
    /// It goes by itself, after this time at the latest.
    Expires(Period),
}

impl Recipient {
    /// Whether data leaves the EEA for it. Unknown where its country is.
    pub fn is_outside_eea(&self) -> Option<bool> {
        if self.self_hosted {
            return Some(false);
        }
        Some(!self.country.as_ref()?.known()?.in_eea())
    }
}
