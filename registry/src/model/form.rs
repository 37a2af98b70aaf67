//! A form: its fields with their limits, what data they are and what they serve.

use serde::{Deserialize, Serialize};

use super::{CaptureKind, DataId, DeliveryKind, FormId, Localized, PurposeId, RecipientId};

/// A form, from `content/forms/NAME.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The file's name.
    pub id: FormId,
    /// What it is called.
    pub label: Localized,
    /// What its button says.
    pub submit: Localized,
    /// What is said when it has been sent.
    pub sent: Option<Localized>,
    /// What happens after that, step by step.
    pub next: Vec<Localized>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What is noted with a submission beside its fields.
    pub captures: Vec<Capture>,
    /// Where a submission goes once it is stored.
    pub deliver: Vec<Delivery>,
}

/// Something noted with a submission that nobody typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// What.
    #[serde(rename = "what")]
    pub kind: CaptureKind,
    /// The data category that it belongs to.
    pub data: Option<DataId>,
    /// The purpose that it serves.
    pub purpose: Option<PurposeId>,
}

/// A way of a submission to a recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who receives it.
    pub to: RecipientId,
    /// In which form.
    #[serde(rename = "as")]
    pub kind: DeliveryKind,
    /// The fields that are sent, where it is neither all of them nor none, as the kind has it.
    pub fields: Option<Vec<String>>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name under which it is sent.
    pub name: String,
    /// What visitors read beside it.
    pub label: Localized,
    /// A word of help below it.
    pub hint: Option<Localized>,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it must be filled in.
    pub required: bool,
    /// Why it is asked for, and what happens without it (GDPR Art. 13(2)(e)).
    pub why: Option<Localized>,
    /// What its value must keep to.
    pub limits: Limits,
    /// The choices of a `select`.
    pub options: Vec<OptionItem>,
    /// What browsers may fill in (HTML's `autocomplete`).
    pub autocomplete: Option<String>,
    /// The data category that it belongs to.
    pub data: Option<DataId>,
    /// The purpose that it serves.
    pub purpose: Option<PurposeId>,
}

impl Field {
    /// The choice of a value.
    pub fn option(&self, value: &str) -> Option<&OptionItem> {
        self.options.iter().find(|option| option.value == value)
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// One line.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number with its country code (E.164).
    Tel,
    /// Several lines.
    Textarea,
    /// One of its options.
    Select,
    /// Yes or no.
    Checkbox,
    /// A day and a time, without a zone.
    DatetimeLocal,
    /// A web address.
    Url,
    /// Something that visitors do not see: a honeypot, a token, a time zone. It is declared like the rest.
    Hidden,
}

impl FieldType {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Text, Self::Email, Self::Tel, Self::Textarea, Self::Select, Self::Checkbox, Self::DatetimeLocal, Self::Url, Self::Hidden];

    /// The written name: that of HTML where HTML has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Tel => "tel",
            Self::Textarea => "textarea",
            Self::Select => "select",
            Self::Checkbox => "checkbox",
            Self::DatetimeLocal => "datetime-local",
            Self::Url => "url",
            Self::Hidden => "hidden",
        }
    }
}

/// What a field's value must keep to. Lengths are in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The shortest that is accepted.
    pub min_length: Option<u32>,
    /// The longest that is accepted.
    pub max_length: Option<u32>,
    /// A regular expression for the whole value, as HTML's `pattern`.
    pub pattern: Option<String>,
}

/// A choice of a `select`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionItem {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: Localized,
}
