//! What a form sends: read from bytes, judged by the rules of `registry::derive::schema`, and handed on as values that keep to them.
//!
//! The script in the page judges by the same rules; `submission::tests::browser` holds the two against each other.

mod body;

use regex_lite::Regex;
use registry::derive::policy::fault as told;
use registry::derive::schema::{self, Rule, Sense};
use registry::derive::words::Words;
use registry::model::{Fault, FieldType, Form};
use serde_json::Value;

use crate::lead::Values;
use crate::personal::Personal;
use crate::problem::{FieldProblem, Kind, Problem};
pub use body::Encoding;

/// The most fields of a submission, the technical ones among them.
const MOST_FIELDS: usize = 64;

/// A submission as it came, before anything is judged: what is shown again where something is wrong.
#[derive(Clone, Debug)]
pub struct Received {
    /// How it was written, and so who waits for the answer: a script, or a browser without one.
    pub encoding: Encoding,
    /// What came beside the form's fields.
    pub technical: Technical,
    /// Every entry, in its order, with technical ones that are wrong.
    entries: Personal<Vec<(String, Value)>>,
}

/// What comes with every form beside its declared fields. What was blank is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Technical {
    /// The form's signed token.
    pub token: Option<String>,
    /// The solved proof of work.
    pub proof: Option<String>,
    /// The idempotency key.
    pub key: Option<String>,
    /// The language of the page, as the page said it.
    pub language: Option<String>,
    /// The visitor's time zone: an IANA name by its shape.
    pub zone: Option<String>,
    /// The address of the page.
    pub page: Option<Personal<String>>,
    /// The page that led there.
    pub referrer: Option<Personal<String>>,
    /// What stands in the field that nobody sees.
    pub honeypot: Option<Personal<String>>,
}

/// A submission that keeps to every rule.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The values of the form's fields.
    pub values: Personal<Values>,
    /// What came beside them.
    pub technical: Technical,
}

/// The rules of a form, ready to judge.
#[derive(Clone, Debug)]
pub struct Judge {
    rules: Vec<(Rule, Vec<Option<Regex>>)>,
}

impl Received {
    /// Reads a body of a content type.
    ///
    /// # Errors
    /// [`Kind::MediaType`] where it is neither JSON nor a form, [`Kind::Malformed`] where it is not what it says it is.
    pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Self, Problem> {
        let encoding = content_type.and_then(Encoding::of).ok_or(Kind::MediaType)?;
        let entries = encoding.entries(body).ok_or(Kind::Malformed)?;
        let mut received = Self { encoding, technical: Technical::default(), entries: Personal::new(entries) };
        received.technical = received.technical();
        Ok(received)
    }

    /// The text of a field as it was typed; `yes` for a ticked box.
    pub fn typed(&self, field: &str) -> Option<&str> {
        match self.get(field)? {
            Value::String(text) => Some(text),
            Value::Bool(true) => Some("yes"),
            _ => None,
        }
    }

    /// Judges every field.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with what is wrong with each field, in the language of the words.
    pub fn judge(&self, judge: &Judge, words: Words<'_>) -> Result<Submission, Problem> {
        let mut faults = self.faults_of_names(judge);
        let mut values = Values::new();
        for (rule, patterns) in &judge.rules {
            match judge_one(rule, patterns, self.get(&rule.name), self.encoding) {
                Ok(Some(value)) => _ = values.insert(rule.name.clone(), self.placed(rule, value)),
                Ok(None) => {}
                Err(fault) => faults.push((rule.name.as_str(), fault)),
            }
        }
        if faults.is_empty() {
            return Ok(Submission { values: Personal::new(values), technical: self.technical.clone() });
        }
        let problem = |(field, fault): (&str, Fault)| {
            let message = told(fault, judge.rule(field), words);
            FieldProblem { field: field.to_owned(), fault: fault.name().to_owned(), message }
        };
        Err(Problem { fields: faults.into_iter().map(problem).collect(), ..Kind::Invalid.into() })
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.entries.reveal().iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// What is wrong with what is there: names that are unknown or stand twice, and technical values.
    fn faults_of_names(&self, judge: &Judge) -> Vec<(&str, Fault)> {
        let entries = self.entries.reveal();
        if entries.len() > MOST_FIELDS {
            return vec![("", Fault::TooManyFields)];
        }
        let mut faults = Vec::new();
        for (at, (name, value)) in entries.iter().enumerate() {
            let technical = schema::TECHNICAL.iter().find(|(known, _)| known == name);
            if entries[..at].iter().any(|(earlier, _)| earlier == name) {
                faults.push((name.as_str(), Fault::Duplicate));
            } else if let Some((_, most)) = technical {
                faults.extend(of_technical(value, *most).map(|fault| (name.as_str(), fault)));
            } else if judge.rule(name).is_none() {
                faults.push((name.as_str(), Fault::UnknownField));
            }
        }
        faults
    }

    fn technical(&self) -> Technical {
        let text = |name| self.typed(name).filter(|text| !is_blank(text)).map(str::to_owned);
        let personal = |name| text(name).map(Personal::new);
        // A zone is kept with the times that it is for, so that its letters are watched.
        let is_zone = |zone: &String| zone.len() <= 64 && zone.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
        Technical {
            token: text(schema::TOKEN),
            proof: text(schema::PROOF),
            key: text(schema::KEY),
            language: text(schema::LANGUAGE),
            zone: text(schema::ZONE).filter(is_zone),
            page: personal(schema::PAGE),
            referrer: personal(schema::REFERRER),
            honeypot: personal(schema::HONEYPOT),
        }
    }

    /// A day and a time get the zone that they are meant in, where it is known: `2027-01-20T10:00[Europe/Paris]` (RFC 9557).
    fn placed(&self, rule: &Rule, value: Value) -> Value {
        match (&value, &self.technical.zone) {
            (Value::String(moment), Some(zone)) if rule.kind == FieldType::DatetimeLocal => format!("{moment}[{zone}]").into(),
            _ => value,
        }
    }
}

impl Judge {
    /// Makes the rules of a form ready.
    pub fn of(form: &Form) -> Self {
        let ready = |rule: Rule| {
            let patterns = rule.checks.iter().map(|check| Regex::new(&check.pattern).ok()).collect();
            (rule, patterns)
        };
        Self { rules: schema::rules(form).into_iter().map(ready).collect() }
    }

    /// The rule of a field.
    pub fn rule(&self, field: &str) -> Option<&Rule> {
        self.rules.iter().map(|(rule, _)| rule).find(|rule| rule.name == field)
    }
}

/// Judges a field's value; none where it was left empty.
fn judge_one(rule: &Rule, patterns: &[Option<Regex>], value: Option<&Value>, encoding: Encoding) -> Result<Option<Value>, Fault> {
    let empty = || if rule.required { Err(Fault::Missing) } else { Ok(None) };
    let text = match (value, rule.kind) {
        (None, _) => return empty(),
        (Some(value), FieldType::Checkbox) => {
            return match encoding.ticked(value) {
                Some(true) => Ok(Some(Value::Bool(true))),
                Some(false) => empty(),
                None => Err(Fault::WrongType),
            };
        }
        (Some(Value::String(text)), _) => text,
        (Some(_), _) => return Err(Fault::WrongType),
    };
    let length = text.chars().count();
    if length > rule.most as usize {
        return Err(Fault::TooLong);
    }
    if is_blank(text) {
        return empty();
    }
    if rule.kind == FieldType::Select && !rule.options.contains(text) {
        return Err(Fault::NotAnOption);
    }
    for (check, pattern) in rule.checks.iter().zip(patterns) {
        // The build refuses patterns that cannot be read; one that came here nevertheless must not cost a lead.
        let holds = pattern.as_ref().is_none_or(|pattern| pattern.is_match(text) == (check.sense == Sense::Must));
        if !holds {
            return Err(check.fault);
        }
    }
    if length < rule.least as usize { Err(Fault::TooShort) } else { Ok(Some(Value::String(text.clone()))) }
}

fn of_technical(value: &Value, most: u32) -> Option<Fault> {
    let Value::String(text) = value else { return Some(Fault::WrongType) };
    (text.chars().count() > most as usize).then_some(Fault::TooLong)
}

/// As `schema::BLANK` has it.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
