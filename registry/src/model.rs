//! The registry's model: what a site does with personal data, as typed values with typed ids.
//!
//! Plain values: what authors write becomes this in `resolve`, and everything that is said or enforced derives from it.

mod country;
mod form;
mod id;
mod people;
mod period;
mod places;
mod service;
mod stated;
mod uses;
mod who;
mod word;

use serde::{Deserialize, Serialize};

pub use country::{Country, is_country};
pub use form::{Capture, Delivery, Field, FieldType, Form, Limits, OptionItem};
pub use id::{DataId, FormId, PurposeId, RecipientId, RetentionId, ServiceId};
pub use people::{Attribution, California, CaliforniaRight, Changes, Effective, Extension, Measure, Rights};
pub use period::Period;
pub use places::{Place, Places};
pub use service::{Cookie, Origins, Service, Storage, covers};
pub use stated::{Localized, Stated};
pub use uses::{BasisUse, DataCategory, Enforcer, From, Keep, Purpose, Retention, Start};
pub use who::{AutomatedDecisions, Controller, Dpo, Erasure, Facts, Recipient, Sale};
pub use word::{
    Basis, CaptureKind, Category, Channel, DeliveryKind, Directive, Fault, Holding, Party, Right, Role, Safeguard, Since, StorageKind,
    System, Then,
};

/// Where the registry lies, below a site's root.
pub const FILE: &str = "content/privacy.yaml";

/// The folder of the forms, below a site's root.
pub const FORMS: &str = "content/forms/";

/// The key under which the client portal keeps a project code in the session storage of a tab.
pub const PORTAL_CODE: &str = "plainsite-portal-code";

/// Everything that a site declares in `content/privacy.yaml` and `content/forms/*.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registry {
    /// Who decides why and how personal data is processed (GDPR Art. 4(7)).
    pub controller: Option<Controller>,
    /// Who supervises the controller, by the name of a known authority.
    pub authority: Option<String>,
    /// The data protection officer.
    pub dpo: Option<Stated<Dpo>>,
    /// Whether anything is decided about people by machines alone (GDPR Art. 22).
    pub automated_decisions: Option<Stated<AutomatedDecisions>>,
    /// Whether personal data is sold.
    pub sale: Option<Stated<Sale>>,
    /// Who receives personal data.
    pub recipients: Vec<Recipient>,
    /// What personal data there is.
    pub data: Vec<DataCategory>,
    /// What it is used for.
    pub purposes: Vec<Purpose>,
    /// How long it is kept.
    pub retention: Vec<Retention>,
    /// What loads or stores something in visitors' browsers.
    pub services: Vec<Service>,
    /// What people can ask for.
    pub rights: Rights,
    /// How the policy changes.
    pub changes: Option<Changes>,
    /// What residents of California can ask for.
    pub california: Option<California>,
    /// What protects the data.
    pub security: Vec<Measure>,
    /// Open data that is used, and its licences.
    pub attributions: Vec<Attribution>,
    /// Browser extensions.
    pub extensions: Vec<Extension>,
    /// Who hosts the site: a recipient.
    pub host: Option<RecipientId>,
    /// The site's forms.
    pub forms: Vec<Form>,
}

impl Registry {
    /// A recipient by its key.
    pub fn recipient(&self, id: &RecipientId) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == *id)
    }

    /// A category of data by its key.
    pub fn data(&self, id: &DataId) -> Option<&DataCategory> {
        self.data.iter().find(|data| data.id == *id)
    }

    /// A purpose by its key.
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// A service by its key.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// A form by its name.
    pub fn form(&self, id: &FormId) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == *id)
    }

    /// Whether any purpose rests on a basis.
    pub fn rests_on(&self, basis: Basis) -> bool {
        self.purposes.iter().any(|purpose| purpose.bases.iter().any(|used| used.basis == basis))
    }

    /// Whether the site has the client portal: some service keeps its code in visitors' browsers, as the catalogue's does.
    pub fn has_portal(&self) -> bool {
        self.portal().is_some()
    }

    /// The service of the client portal: the first that keeps its code in visitors' browsers.
    pub fn portal(&self) -> Option<&Service> {
        self.services.iter().find(|service| service.storage.iter().any(|stored| covers(&stored.key, PORTAL_CODE)))
    }

    /// Whether any service waits for visitors' consent, so that they must be asked.
    pub fn asks_for_consent(&self) -> bool {
        self.services.iter().any(Service::needs_consent)
    }

    /// Whether a proof of each choice is kept: what makes the banner send it, and the functions store it.
    pub fn keeps_receipts(&self) -> bool {
        self.asks_for_consent() && self.data.iter().any(|data| data.from == Some(From::Functions(Holding::Receipts)))
    }

    /// What is kept of privacy requests, where the site takes them by a form of its own: what makes the page, and the functions' endpoints.
    pub fn requests(&self) -> Option<&DataCategory> {
        self.data.iter().find(|data| data.from == Some(From::Functions(Holding::Requests)))
    }

    /// The categories that visitors are asked about, in the order in which they are told.
    pub fn categories_asked(&self) -> Vec<Category> {
        let is_asked = |category: &&Category| self.services.iter().any(|service| service.category == **category && service.needs_consent());
        Category::ALL.iter().filter(is_asked).copied().collect()
    }

    /// Whether more than a controller is declared: a policy derives from it.
    pub fn has_policy(&self) -> bool {
        !self.purposes.is_empty() || !self.data.is_empty() || !self.recipients.is_empty() || self.asks_for_consent()
    }
}
