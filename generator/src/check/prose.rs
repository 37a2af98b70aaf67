//! What a policy's own prose states as a fact, held against what is declared: one kind of fact a file.
//!
//! A missed sentence costs less than a false alarm, which teaches editors to silence the check. So each kind looks for the
//! few ways in which policies state it, and leaves alone what is conditional, denied, or said of somebody else.

mod addresses;
mod amounts;
mod bases;
mod claims;
mod cookies;
mod countries;
mod declared;
mod named;
mod periods;
#[cfg(test)]
mod tests;
mod text;
mod vendors;
mod words;

use std::sync::Arc;

use registry::diagnostic::Span;

pub(super) use declared::Declarations;

/// Something that the prose states and no declaration does.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contradiction {
    /// Where.
    pub(super) span: Span,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
}

/// What the prose is held against.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    declared: &'a Declarations<'a>,
    language: Language,
    /// The names of a country, by its code, in the page's language.
    country: &'a dyn Fn(&str) -> Option<String>,
}

/// A language as far as its words are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    English,
    French,
    /// Only what needs no words is judged.
    Other,
}

/// Holds a page's prose against what is declared.
pub(super) fn contradictions(
    file: &Arc<str>,
    text: &str,
    language: &str,
    declared: &Declarations<'_>,
    country: &dyn Fn(&str) -> Option<String>,
) -> Vec<Contradiction> {
    let language = match language.split(['-', '_']).next() {
        Some("en") => Language::English,
        Some("fr") => Language::French,
        _ => Language::Other,
    };
    let judge = Judge { declared, language, country };
    let sentences = text::sentences(file, text);
    let mut found = Vec::new();
    for find in [addresses::find, cookies::find, vendors::find] {
        find(judge, &sentences, &mut found);
    }
    if language != Language::Other {
        for find in [bases::find, claims::find, countries::find, periods::find] {
            find(judge, &sentences, &mut found);
        }
    }
    found.sort_by_key(|contradiction| contradiction.span);
    found
}
