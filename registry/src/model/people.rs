//! What people can ask for, how the policy changes, what protects the data, and what else it tells.

use serde::{Deserialize, Serialize};

use super::{Channel, Localized, Period, Right, Stated, System};

/// What people can ask for, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// The rights that are offered.
    pub offer: Vec<Right>,
    /// By what they are exercised.
    pub channel: Vec<Channel>,
    /// By when an answer is due.
    pub answer_within: Option<Stated<Period>>,
    /// By what consent is withdrawn.
    pub withdraw: Vec<Channel>,
    /// A word on some of them, such as the format of an export.
    pub notes: Vec<(Right, Localized)>,
    /// A law beside the GDPR that gives them.
    pub law: Option<Localized>,
}

/// How the policy changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// When a change takes effect.
    pub effective: Effective,
    /// How people are told.
    pub by: Option<Channel>,
}

/// When a change of the policy takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effective {
    /// When it is published.
    OnPublication,
    /// So long after it was announced.
    After(Period),
}

/// What residents of California can ask for (CCPA, as amended by the CPRA).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct California {
    /// The rights, each offered or not yet decided.
    pub rights: Vec<(CaliforniaRight, Stated<()>)>,
    /// By when an answer is due.
    pub answer_within: Option<Period>,
    /// Whether who asks must show who they are.
    pub verify_identity: Option<bool>,
    /// The day when it was last reviewed, `YYYY-MM-DD`.
    pub reviewed: Option<String>,
}

/// A right under the law of California.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaliforniaRight {
    /// To know what is collected, used and disclosed (§ 1798.100, 110, 115).
    Know,
    /// To have it deleted (§ 1798.105).
    Delete,
    /// To have it corrected (§ 1798.106).
    Correct,
    /// To opt out of sale and sharing (§ 1798.120).
    OptOut,
    /// To limit the use of sensitive data (§ 1798.121).
    Limit,
    /// Not to be treated worse for it (§ 1798.125).
    NonDiscrimination,
}

impl CaliforniaRight {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Know, Self::Delete, Self::Correct, Self::OptOut, Self::Limit, Self::NonDiscrimination];

    /// The written name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Know => "know",
            Self::Delete => "delete",
            Self::Correct => "correct",
            Self::OptOut => "opt-out",
            Self::Limit => "limit",
            Self::NonDiscrimination => "non-discrimination",
        }
    }
}

/// Something that protects the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// What it is.
    pub label: Localized,
    /// Which part of the work it belongs to.
    pub system: System,
}

/// Open data that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// What it is.
    pub label: Localized,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Where it is found.
    pub url: Option<String>,
    /// Its licence.
    pub licence: String,
    /// The licence's text.
    pub licence_url: Option<String>,
    /// Whose property it remains.
    pub owner: Option<Localized>,
}

/// A browser extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The browser that it is for.
    pub browser: Option<String>,
    /// What it does, in a clause.
    pub does: Localized,
    /// What it reads.
    pub reads: Vec<Localized>,
    /// What it stores, and how.
    pub stores: Vec<Localized>,
    /// What it never does.
    pub never: Vec<Localized>,
    /// How it is revoked.
    pub revoke: Vec<Localized>,
    /// By when what it stored is gone after that.
    pub deleted_within: Option<Period>,
}
