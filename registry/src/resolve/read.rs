//! Readers of the registry's own types: texts in languages, what is stated or unknown, words of a vocabulary, periods, ids.

use crate::diagnostic::{Diagnostic, nearest, suggest};
use crate::model::{Country, Keep, Localized, Period, Stated};
use crate::yaml::{Fields, Node, Value, WRONG_TYPE, wrong_type};

/// What [`period`] expects.
const PERIOD: &str = "a length of time, such as `2 years` or `P2Y`";

/// What `unknown:` is without anybody behind it.
const WHO: &str = "name who must supply it, such as `{ unknown: Acme’s owner }`";

/// A text, or a map of language codes to texts, blank ones left out.
pub fn localized(node: &Node) -> Option<Localized> {
    match &node.value {
        Value::Map(entries) => {
            let written = entries.iter().filter(|entry| !entry.value.is_blank());
            let by_language: Option<Vec<_>> = written
                .map(|entry| Some((entry.key.clone(), entry.value.as_text()?.to_owned())))
                .map(|text| text.filter(|(code, _)| is_language(code)))
                .collect();
            let by_language = by_language?;
            Some(Localized { default: by_language.first()?.1.clone(), by_language })
        }
        _ => node.as_text().filter(|_| !node.is_blank()).map(Localized::everywhere),
    }
}

/// Whether a key can be the code of a language: `fr`, `pt-BR`.
fn is_language(code: &str) -> bool {
    let (language, region) = code.split_once('-').unwrap_or((code, ""));
    (2..=3).contains(&language.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !region.starts_with('-')
}

/// A key's text in languages.
pub(super) fn text(fields: &mut Fields<'_>, key: &'static str) -> Option<Localized> {
    fields.typed(key, "text, or a map of language codes to texts", localized)
}

/// A key's list of texts in languages; a single one is a list of one.
pub(super) fn texts(fields: &mut Fields<'_>, key: &'static str) -> Vec<Localized> {
    let read = |node: &Node| match &node.value {
        Value::List(items) => items.iter().filter(|item| !item.is_blank()).map(localized).collect::<Option<Vec<_>>>(),
        _ => localized(node).map(|text| vec![text]),
    };
    fields.typed(key, "a list of texts", read).unwrap_or_default()
}

/// Who must supply a value that nobody has stated, where it is written `{ unknown: … }`.
pub(super) fn unknown(node: &Node) -> Option<Localized> {
    match &node.value {
        Value::Map(entries) if is_unknown(node) => localized(&entries.first()?.value),
        _ => None,
    }
}

/// Whether a value is written `{ unknown: … }`, even without anybody behind it.
fn is_unknown(node: &Node) -> bool {
    matches!(&node.value, Value::Map(entries) if entries.len() == 1 && entries[0].key == "unknown")
}

/// A key's value as `read` takes it, or that it is unknown.
pub(super) fn stated<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    expected: &str,
    read: impl Fn(&Node) -> Option<T>,
) -> Option<Stated<T>> {
    stated_or(fields, key, expected, read, |_| None)
}

/// The same, with the remedy for what `read` cannot take.
pub(super) fn stated_or<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    expected: &str,
    read: impl Fn(&Node) -> Option<T>,
    help: impl Fn(&Node) -> Option<String>,
) -> Option<Stated<T>> {
    let expected = format!("{expected}, or `unknown:` and who must supply it");
    let read = |node: &Node| unknown(node).map(Stated::Unknown).or_else(|| read(node).map(Stated::Known));
    fields.typed_or(key, &expected, read, |node| if is_unknown(node) { Some(WHO.to_owned()) } else { help(node) })
}

/// A key's plain text, or that it is unknown.
pub(super) fn stated_text(fields: &mut Fields<'_>, key: &'static str) -> Option<Stated<String>> {
    stated(fields, key, "text", |node| node.as_text().map(str::to_owned))
}

/// A key's country, or that it is unknown.
pub(super) fn stated_country(fields: &mut Fields<'_>, key: &'static str) -> Option<Stated<Country>> {
    let read = |node: &Node| Country::parse(node.as_text()?);
    let help = |node: &Node| Country::meant(node.as_text()?).map(|country| format!("did you mean `{country}`?"));
    stated_or(fields, key, "a country by its code of two letters, such as `FR`", read, help)
}

/// A key's length of time.
pub(super) fn period(fields: &mut Fields<'_>, key: &'static str) -> Option<Period> {
    fields.typed_or(key, PERIOD, |node| Period::parse(node.as_text()?), period_help)
}

/// A key's length of time, or that it is unknown.
pub(super) fn stated_period(fields: &mut Fields<'_>, key: &'static str) -> Option<Stated<Period>> {
    stated_or(fields, key, PERIOD, |node| Period::parse(node.as_text()?), period_help)
}

/// The remedy for a text that is no length of time.
fn period_help(node: &Node) -> Option<String> {
    let text = node.as_text()?;
    let mut digits = text.chars().filter(char::is_ascii_digit).peekable();
    Some(match digits.peek().is_some() && digits.all(|digit| digit == '0') {
        true => "it must be longer than nothing".to_owned(),
        false => "write a number and English words, such as `2 years` or `1 year 6 months`, or ISO 8601, such as `P2Y`".to_owned(),
    })
}

/// How long something is kept, or that it is unknown.
pub(super) fn stated_keep(fields: &mut Fields<'_>, key: &'static str) -> Option<Stated<Keep>> {
    let read = |node: &Node| match node.as_text()? {
        "session" => Some(Keep::Session),
        "until deleted" => Some(Keep::UntilDeleted),
        period => Period::parse(period).map(Keep::For),
    };
    let help = |node: &Node| near(node, &["session", "until deleted"]).or_else(|| period_help(node));
    stated_or(fields, key, "`session`, `until deleted` or a length of time, such as `2 years`", read, help)
}

/// A key's word of a vocabulary.
pub(super) fn word<T: Copy>(fields: &mut Fields<'_>, key: &'static str, names: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let node = fields.take(key)?;
    let text = node.as_text().unwrap_or("");
    let value = parse(text);
    if value.is_none() {
        let wrong = wrong_type(&format!("`{key}`"), &one_of(names), fields.file(), node.span).help(suggest(text, names));
        fields.diagnostics().push(wrong);
    }
    value
}

/// A key's words of a vocabulary; a single one is a list of one.
pub(super) fn words<T: Copy>(fields: &mut Fields<'_>, key: &'static str, names: &[&str], parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut values = Vec::new();
    for (text, span) in fields.texts(key) {
        match parse(&text) {
            Some(value) => values.push(value),
            None => {
                let wrong = wrong_type(&format!("each of `{key}`"), &one_of(names), fields.file(), span).help(suggest(&text, names));
                fields.diagnostics().push(wrong);
            }
        }
    }
    values
}

/// The remedy for a word that is near one of those that are known.
pub(super) fn near(node: &Node, names: &[&str]) -> Option<String> {
    let word = node.as_text()?.to_lowercase();
    nearest(&word, names.iter().copied()).map(|name| format!("did you mean `{name}`?"))
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// A key's list of ids, each once.
pub(super) fn ids<I: for<'i> From<&'i str>>(fields: &mut Fields<'_>, key: &'static str) -> Vec<I> {
    let written = fields.texts(key);
    for (at, (text, span)) in written.iter().enumerate() {
        if let Some((_, first)) = written[..at].iter().find(|(earlier, _)| earlier == text) {
            let twice = Diagnostic::new(&WRONG_TYPE, format!("`{text}` stands here twice"));
            let file = fields.file();
            fields.diagnostics().push(twice.at(file, *span, "again here").at(file, *first, "first here").help("keep one of them"));
        }
    }
    written.iter().map(|(text, _)| I::from(text.as_str())).collect()
}

/// A key's id.
pub(super) fn id<I: for<'i> From<&'i str>>(fields: &mut Fields<'_>, key: &'static str) -> Option<I> {
    fields.text(key).map(|text| I::from(text.as_str()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml;

    #[test]
    fn blank_texts_of_a_language_are_left_out() {
        let root = yaml::parse(&Arc::from("a.yaml"), "{ en: ' ', fr: Bonjour }", 0).value.unwrap();
        assert_eq!(localized(&root).unwrap().get("en"), "Bonjour");
    }

    #[test]
    fn only_codes_of_languages_have_texts() {
        let read = |text: &str| localized(&yaml::parse(&Arc::from("a.yaml"), text, 0).value.unwrap());
        assert!(read("{ en: a, pt-BR: b }").is_some());
        assert_eq!(read("{ unknown: Acme }"), None, "where nothing may be unknown, this is a mistake");
    }
}
