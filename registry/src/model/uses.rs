//! What personal data there is, what it is used for, and how long it is kept.

use serde::{Deserialize, Serialize};

use super::{
    Basis, CaptureKind, DataId, FormId, Holding, Localized, Period, PurposeId, RecipientId, RetentionId, Role, ServiceId, Since, Stated,
    System, Then,
};

/// A category of personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCategory {
    /// Its key.
    pub id: DataId,
    /// What it is called.
    pub label: Localized,
    /// Whose data it is.
    pub people: Option<Localized>,
    /// What belongs to it, beside the fields of its form.
    pub items: Vec<Localized>,
    /// Where it comes from.
    pub from: Option<From>,
    /// Whether the site acts for itself or on its users' behalf.
    pub role: Role,
    /// A word on how it is treated.
    pub note: Option<Localized>,
    /// Which part of the work it belongs to.
    pub system: System,
}

/// Where data comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// A form of the site.
    Form(FormId),
    /// A service in the browser.
    Service(ServiceId),
    /// A recipient, who passes it on.
    Recipient(RecipientId),
    /// The functions, which keep it of their own.
    Functions(Holding),
    /// Something else, in a clause.
    Other(Localized),
}

/// What personal data is used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Its key.
    pub id: PurposeId,
    /// What it is, beginning with a verb.
    pub label: Localized,
    /// What allows it.
    pub bases: Vec<BasisUse>,
    /// The data that it uses.
    pub data: Vec<DataId>,
    /// Who receives data for it.
    pub recipients: Vec<RecipientId>,
    /// Which part of the work it belongs to.
    pub system: System,
}

/// A legal basis as a purpose rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasisUse {
    /// Which.
    pub basis: Basis,
    /// When it is this one, where a purpose rests on several.
    pub when: Option<Localized>,
    /// The interest pursued, where the basis is one.
    pub interest: Option<Localized>,
    /// The law that obliges, where the basis is one.
    pub law: Option<Localized>,
}

/// How long some data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Its key.
    pub id: RetentionId,
    /// The data.
    pub data: Vec<DataId>,
    /// What exactly, where it is not all of the data.
    pub label: Option<Localized>,
    /// The captures of forms that it is about, where it is not all of the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<CaptureKind>,
    /// For as long as this lasts, before the period begins.
    pub during: Option<Localized>,
    /// How long; nothing but `during` where that is all.
    pub keep: Option<Stated<Keep>>,
    /// From when on.
    pub from: Option<Start>,
    /// What becomes of it then, where that is said.
    pub then: Option<Then>,
    /// Why so long: a law, in most cases.
    pub because: Option<Localized>,
    /// Who or what carries it out.
    pub by: Option<Stated<Enforcer>>,
}

/// From when on a period counts. In JSON, a word is a time that is noted, and a map has the texts: registries that were kept before there were
/// such words are read as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Start {
    /// From a time that the functions note, so that a job can count from it.
    Noted(Since),
    /// From something else, in a clause.
    Other(Localized),
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Until the browser or the tab is closed.
    Session,
    /// Until someone deletes it.
    UntilDeleted,
    /// A length of time.
    For(Period),
}

/// Who or what carries a retention rule out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcer {
    /// The retention job of the functions.
    Job,
    /// The browser.
    Browser,
    /// A recipient.
    Recipient(RecipientId),
    /// The product, which is not built here: the organisation's own promise.
    Product,
    /// A person, in a clause.
    Manual(Localized),
}
