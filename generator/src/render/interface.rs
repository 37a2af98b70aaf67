//! The words of the interface in each language: built in, and changed or added by the site.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::yaml;
use serde_json::{Map, Value as Json};
use tera::{Kwargs, State, TeraResult, Value};

use super::theme::{Theme, ThemeFile};

/// A language of the site for which words are missing.
pub static UNTRANSLATED_INTERFACE: Rule = Rule {
    name: "untranslated-interface",
    severity: Severity::Warning,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/untranslated-interface.md"),
};

/// The language that is complete, and stands in for others.
const COMPLETE: &str = "en";

/// The words of a language, those that it lacks in English.
pub fn words(theme: &Theme, language: &str, diagnostics: &mut Vec<Diagnostic>) -> Json {
    let mut words = read(theme, COMPLETE, diagnostics);
    if language == COMPLETE {
        return Json::Object(words);
    }
    let own = read(theme, language, diagnostics);
    let missing: Vec<String> = words.keys().filter(|key| !own.contains_key(*key)).map(|key| format!("`{key}`")).collect();
    if !missing.is_empty() {
        let file: Arc<str> = format!("templates/i18n/{language}.yaml").into();
        let what = if own.is_empty() { "has no words of its own".to_owned() } else { format!("lacks {}", missing.join(", ")) };
        diagnostics.push(
            Diagnostic::new(&UNTRANSLATED_INTERFACE, format!("the interface in `{language}` {what}"))
                .why("visitors see English there")
                .help(format!("add them to `{file}`")),
        );
    }
    words.extend(own);
    Json::Object(words)
}

fn read(theme: &Theme, language: &str, diagnostics: &mut Vec<Diagnostic>) -> Map<String, Json> {
    let name = format!("i18n/{language}.yaml");
    let mut words = Map::new();
    let built_in = Theme::built_in_text(&format!("builtin/{name}"));
    let built_in = built_in.map(|text| (Arc::from(format!("builtin/{name}")), text));
    let own = theme.files.get(&name).filter(|file| file.path.starts_with("templates/"));
    let own = own.and_then(|ThemeFile { path, bytes }| match std::str::from_utf8(bytes) {
        Ok(text) => Some((path.clone(), text)),
        Err(error) => {
            diagnostics.push(crate::document::not_utf8(path, bytes, error));
            None
        }
    });
    for (path, text) in built_in.into_iter().chain(own) {
        let Some(root) = yaml::parse(&path, text, 0).into_value(diagnostics) else { continue };
        match root.to_json() {
            Json::Object(map) => words.extend(map),
            _ => diagnostics.push(yaml::wrong_type("a file of words", "a map of keys and words", &path, root.span)),
        }
    }
    words
}

/// The filter `long_date`: `2026-05-01` as `1 May 2026`, with the words of the page's language.
pub fn long_date(date: &str, _: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let ui: Option<Value> = state.get("ui")?;
    let word = |key: &'static str| ui.as_ref().and_then(|ui| ui.get_from_path(key));
    let text = |key| word(key).and_then(Value::as_str).map(str::to_owned);
    let month = |month: usize| word("months")?.as_array()?.get(month)?.as_str().map(str::to_owned);
    Ok(Value::from(spoken(date, text, month).unwrap_or_else(|| date.to_owned())))
}

/// The same date from a language's words.
pub fn spoken_date(date: &str, words: &Json) -> String {
    let text = |key| words.get(key).and_then(Json::as_str).map(str::to_owned);
    let month = |month: usize| words.get("months")?.get(month)?.as_str().map(str::to_owned);
    spoken(date, text, month).unwrap_or_else(|| date.to_owned())
}

fn spoken(date: &str, word: impl Fn(&'static str) -> Option<String>, month: impl Fn(usize) -> Option<String>) -> Option<String> {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, number, day] = parts[..] else { return None };
    let month = month(number.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day = match day {
        "01" => word("first_day").unwrap_or_else(|| "1".to_owned()),
        day => day.trim_start_matches('0').to_owned(),
    };
    Some(word("date_format")?.replace("{day}", &day).replace("{month}", &month).replace("{year}", year))
}
