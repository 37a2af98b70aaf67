//! What a form takes: one set of rules for each field. The page's controls, its script, the functions and the API's document all go by them.
//!
//! A rule is data: lengths, and checks that are patterns. So whoever can match a pattern can judge a value, and all judge it alike:
//! `forms/form.js` in the browser, `functions::submission` behind it, a JSON Schema validator before either.

pub mod calling;
mod json;
pub mod portable;

use serde::Serialize;

use crate::model::{Fault, Field, FieldType, Form};
pub use json::json_schema;

/// The signed token of the form, from its challenge.
pub const TOKEN: &str = "_token";
/// The solved proof of work: ALTCHA's payload as JSON in base 64.
pub const PROOF: &str = "_proof";
/// The idempotency key; also a header of its own.
pub const KEY: &str = "_key";
/// The language of the page.
pub const LANGUAGE: &str = "_language";
/// The visitor's time zone, by its IANA name, in which a `datetime-local` is meant.
pub const ZONE: &str = "_zone";
/// The address of the page, with its campaign parameters.
pub const PAGE: &str = "_page";
/// The page that led there.
pub const REFERRER: &str = "_referrer";
/// The field that people do not see: what fills it in is a machine. Its name is one that machines like, and no form may declare it.
pub const HONEYPOT: &str = "company_website";

/// What every form sends beside its declared fields, each with the most characters that it may have.
pub const TECHNICAL: [(&str, u32); 8] =
    [(TOKEN, 200), (PROOF, 4000), (KEY, 100), (LANGUAGE, 35), (ZONE, 64), (PAGE, 1000), (REFERRER, 1000), (HONEYPOT, 200)];

/// The most characters that all fields of a form may have together. A submission's 16 KB then hold them in any alphabet, as JSON in UTF-8
/// with at most four bytes for each, with 2 KB left for what is sent beside them.
pub const MOST: u32 = 3500;

/// The characters that alone make a value blank: ASCII's white space.
pub const BLANK: &str = r"^[ \t\n\f\r]*$";

/// What no value may hold: controls, but for tabs and line breaks. A carriage return is one of them: lines end with a line feed.
const CONTROLS: &str = r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f]";

/// What ends a line.
const LINES: &str = r"[\n\u2028\u2029]";

/// An e-mail address: HTML's own pattern, with a dot in the domain, and no dots beside each other, which mail servers refuse.
const EMAIL: &str = r"^[A-Za-z0-9!#$%&'*+\/=?^_`\{\|\}~\-]+(?:\.[A-Za-z0-9!#$%&'*+\/=?^_`\{\|\}~\-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])$";

/// The part before an e-mail address's `@` has at most 64 characters (RFC 5321).
const LOCAL_PART: &str = r"^[^@]{1,64}@";

/// A telephone number with its country code: seven to fifteen digits (E.164), as people group them.
const PHONE: &str = r"^\+[1-9](?:[ \(\)\.\/\-]*[0-9]){6,14}$";

/// A web address.
const LINK: &str = concat!(
    r"^https?:\/\/",
    r#"[^ \/?#"<>\\^`\{\|\}@\u0000-\u001f\u007f-\u009f\u2028\u2029]+"#,
    r#"(?:[\/?#][^ "<>\\^`\{\|\}\u0000-\u001f\u007f-\u009f\u2028\u2029]*)?$"#,
);

/// A day that the calendar has, and a time, without a zone, as HTML's `datetime-local` writes them.
const MOMENT: &str = concat!(
    r"^(?:",
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    // The leap days.
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29",
    r")T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?$",
);

/// What a field's value must keep to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The field's name.
    pub name: String,
    /// What it takes. A `checkbox` is true or false; everything else is text.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it must be filled in: with more than white space, or ticked.
    pub required: bool,
    /// The fewest characters (Unicode code points) of a value that is not blank.
    pub least: u32,
    /// The most characters, blank or not.
    pub most: u32,
    /// What a value that is not blank must match or not hold, judged in this order.
    pub checks: Vec<Check>,
    /// The values of a `select`.
    pub options: Vec<String>,
}

/// A pattern that decides, and the fault when it decides against a value.
///
/// It is written so that it means the same in JavaScript with the flag `v`, in `regex-lite` and in JSON Schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is wrong otherwise.
    pub fault: Fault,
    /// The pattern; it may match anywhere, unless it says where.
    pub pattern: String,
    /// Whether a value must match it, or must not.
    pub sense: Sense,
}

/// How a check decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sense {
    /// A value must match.
    Must,
    /// No value may match.
    MustNot,
}

/// The rules of a form's fields, in their order.
pub fn rules(form: &Form) -> Vec<Rule> {
    form.fields.iter().map(Rule::of).collect()
}

impl Rule {
    /// The rule of a field.
    pub fn of(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            kind: field.kind,
            required: field.required,
            least: field.limits.min_length.unwrap_or(0),
            most: most(field),
            checks: checks(field),
            options: field.options.iter().map(|option| option.value.clone()).collect(),
        }
    }
}

/// The most characters of a field's value: what its author says, else what such values need.
pub fn most(field: &Field) -> u32 {
    let longest = || field.options.iter().map(|option| option.value.chars().count()).max().unwrap_or(0);
    field.limits.max_length.unwrap_or_else(|| match field.kind {
        FieldType::Text | FieldType::Hidden => 200,
        // The longest address that mail servers take (RFC 5321).
        FieldType::Email => 254,
        FieldType::Tel => 40,
        FieldType::Textarea => 1000,
        FieldType::Url => 500,
        FieldType::DatetimeLocal => 23,
        FieldType::Select => u32::try_from(longest()).unwrap_or(MOST),
        FieldType::Checkbox => 0,
    })
}

fn checks(field: &Field) -> Vec<Check> {
    let check = |fault, pattern: &str, sense| Check { fault, pattern: pattern.to_owned(), sense };
    let must = |fault, pattern| check(fault, pattern, Sense::Must);
    let mut checks = match field.kind {
        // Their values are listed.
        FieldType::Checkbox | FieldType::Select => return Vec::new(),
        FieldType::Textarea => Vec::new(),
        _ => vec![check(Fault::SeveralLines, LINES, Sense::MustNot)],
    };
    checks.push(check(Fault::ControlCharacters, CONTROLS, Sense::MustNot));
    checks.extend(match field.kind {
        FieldType::Email => vec![must(Fault::NotAnEmail, EMAIL), must(Fault::NotAnEmail, LOCAL_PART)],
        FieldType::Tel => vec![must(Fault::NotAPhone, PHONE)],
        FieldType::Url => vec![must(Fault::NotALink, LINK)],
        FieldType::DatetimeLocal => vec![must(Fault::NotAMoment, MOMENT)],
        _ => Vec::new(),
    });
    // As HTML has it, an author's pattern is one for the whole value.
    let own = field.limits.pattern.as_ref().map(|pattern| format!("^(?:{pattern})$"));
    checks.extend(own.map(|pattern| check(Fault::WrongPattern, &pattern, Sense::Must)));
    checks
}

/// Where visitors are led when a form has been sent: its page of thanks in a language. The first of the languages is the default one,
/// which has no folder.
pub fn thanks(form: &str, language: &str, languages: &[String], end: Ending) -> String {
    let folder = if languages.first().is_some_and(|default| default == language) { String::new() } else { format!("/{language}") };
    let slash = if end == Ending::Slash { "/" } else { "" };
    format!("{folder}/{form}/thanks{slash}")
}

/// How the addresses of a site's pages end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With a slash: pages are folders.
    Slash,
    /// With the page's name.
    Name,
}

#[cfg(test)]
mod tests;
