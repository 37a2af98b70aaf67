//! The form for privacy requests. Nobody writes it: its fields follow from the rights that are offered, and its words are the interface's.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::derive::words::Words;
use crate::model::{
    Basis, CaliforniaRight, DataCategory, Enforcer, Field, FieldType, Form, FormId, Keep, Limits, Localized, OptionItem, Period, Registry,
    Retention, Right, Stated, Then,
};

/// The form's name, which no form of the site may have.
pub const FORM: &str = "privacy-request";

/// Where it is sent.
pub const ACTION: &str = "/api/privacy-requests";

/// Where the code of the e-mail is sent, which confirms a request.
pub const CONFIRM: &str = "/api/privacy-requests/confirm";

/// Its field for what is asked.
pub const RIGHT: &str = "right";

/// Its field for the words that some requests need.
pub const MESSAGE: &str = "message";

/// What the name of a right of California begins with.
const CALIFORNIA: &str = "california-";

/// What a person asks for. It is written by its name: `erasure`, `california-delete`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Asked {
    /// A right under the GDPR.
    Right(Right),
    /// A right under the law of California.
    California(CaliforniaRight),
}

impl Asked {
    /// The request of a name; none for what cannot be asked for by a form.
    pub fn parse(name: &str) -> Option<Self> {
        match name.strip_prefix(CALIFORNIA) {
            Some(name) => CaliforniaRight::ALL.into_iter().find(|right| right.name() == name).map(Self::California),
            None => Right::parse(name).map(Self::Right),
        }
    }

    /// Whether nobody can answer it who does not know what is meant: what is wrong, or what is objected to.
    pub fn needs_words(self) -> bool {
        matches!(
            self,
            Self::Right(Right::Rectification | Right::Objection | Right::Restriction) | Self::California(CaliforniaRight::Correct)
        )
    }

    /// What it is called, in the language of some words.
    pub fn label(self, words: Words<'_>) -> String {
        match self {
            Self::Right(right) => {
                let about = words.word(&format!("right_{}_about", right.name()));
                words.word("request_option").replace("{right}", &words.word_of("right", right.name())).replace("{about}", &about)
            }
            Self::California(right) => {
                words.word("request_option_california").replace("{right}", &words.word_of("california", right.name()))
            }
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right(right) => f.write_str(right.name()),
            Self::California(right) => write!(f, "{CALIFORNIA}{}", right.name()),
        }
    }
}

impl From<Asked> for String {
    fn from(asked: Asked) -> Self {
        asked.to_string()
    }
}

impl TryFrom<String> for Asked {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| "nothing that can be asked for".to_owned())
    }
}

/// What can be asked for: the rights that are offered. Consent is withdrawn where it was given, a complaint goes to the authority, and who is not
/// treated worse has nothing to ask for.
pub fn askable(registry: &Registry) -> Vec<Asked> {
    let offered = Right::ALL.iter().filter(|right| registry.rights.offer.contains(right));
    let asked = offered.filter(|right| !matches!(right, Right::Withdrawal | Right::Complaint)).copied().map(Asked::Right);
    let california = registry.california.iter().flat_map(|california| &california.rights);
    let known = california.filter(|(right, stated)| stated.known().is_some() && *right != CaliforniaRight::NonDiscrimination);
    asked.chain(known.map(|(right, _)| Asked::California(*right))).collect()
}

/// By when a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    /// From the day of the request.
    pub within: Period,
    /// What that may be extended by, where the request is told why.
    pub extension: Period,
}

/// By when a request is answered: as the site promises, else as the law has it (GDPR Art. 12(3); Cal. Civ. Code § 1798.130(a)(2)(A)).
pub fn answering(registry: &Registry, asked: Asked) -> Answering {
    let of = |number, unit| Period::of(number, unit).expect("months and days are units");
    match asked {
        Asked::Right(_) => {
            let promised = registry.rights.answer_within.as_ref().and_then(|stated| stated.known().copied());
            Answering { within: promised.unwrap_or_else(|| of(1, "month")), extension: of(2, "month") }
        }
        Asked::California(_) => {
            let promised = registry.california.as_ref().and_then(|california| california.answer_within);
            Answering { within: promised.unwrap_or_else(|| of(45, "day")), extension: of(45, "day") }
        }
    }
}

/// What is kept after an erasure, since an obligation demands it: data with the rule that says how long and why (GDPR Art. 17(3)(b)). What the
/// browser keeps is in its owner's own hands.
pub fn remains(registry: &Registry) -> Vec<(&DataCategory, &Retention)> {
    let obliged = |data: &DataCategory| {
        let purposes = registry.purposes.iter().filter(|purpose| purpose.data.contains(&data.id));
        purposes.flat_map(|purpose| &purpose.bases).any(|used| used.basis == Basis::LegalObligation)
    };
    let by_browser = |rule: &Retention| matches!(&rule.by, Some(Stated::Known(Enforcer::Browser)));
    // Why a part of an address is kept is no reason to keep the rest.
    let is_cut = |rule: &Retention| rule.then == Some(Then::Anonymise);
    let lasts = |rule: &Retention| !matches!(&rule.keep, Some(Stated::Known(Keep::Session)));
    let rules = registry.retention.iter().filter(|rule| !by_browser(rule) && !is_cut(rule) && lasts(rule));
    rules
        .flat_map(|rule| rule.data.iter().filter_map(|id| registry.data(id)).map(move |data| (data, rule)))
        .filter(|(data, rule)| rule.because.is_some() || obliged(data))
        .collect()
}

/// The form, where the site takes requests; `words` are those of its languages, the default one first.
pub fn form(registry: &Registry, words: &[Words<'_>]) -> Option<Form> {
    let data = registry.requests()?;
    let purpose = registry.purposes.iter().find(|purpose| purpose.data.contains(&data.id));
    let say = |of: &dyn Fn(Words<'_>) -> String| Localized {
        default: words.first().map(|words| of(*words)).unwrap_or_default(),
        by_language: words.iter().map(|words| (words.language.to_owned(), of(*words))).collect(),
    };
    let word = |key: &str| say(&|words: Words<'_>| words.word(key));
    let field = |name: &str, kind: FieldType, required: bool| Field {
        name: name.to_owned(),
        label: word(&format!("request_{name}")),
        hint: None,
        kind,
        required,
        why: None,
        limits: Limits::default(),
        options: Vec::new(),
        autocomplete: None,
        data: Some(data.id.clone()),
        purpose: purpose.map(|purpose| purpose.id.clone()),
    };
    let option = |asked: Asked| OptionItem { value: asked.to_string(), label: say(&|words| asked.label(words)) };
    let right = Field { options: askable(registry).into_iter().map(option).collect(), ..field(RIGHT, FieldType::Select, true) };
    let email = Field { why: Some(word("request_email_why")), ..field("email", FieldType::Email, true) };
    let message = Field { hint: Some(word("request_message_hint")), ..field(MESSAGE, FieldType::Textarea, false) };
    Some(Form {
        id: FormId::from(FORM),
        label: word("request_title"),
        submit: word("request_submit"),
        sent: Some(word("request_sent")),
        next: ["request_next_confirm", "request_next_done", "request_next_person"].map(word).into(),
        fields: vec![right, email, message],
        captures: Vec::new(),
        deliver: Vec::new(),
    })
}
