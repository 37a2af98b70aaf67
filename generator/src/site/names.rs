//! What a file's name says: its folder, its language, whether it is a folder's page, its date.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Config, Drafts, LanguageId};
use crate::document::Outline;

/// What a file's name says.
#[derive(Clone, Debug)]
pub(super) struct Name<'a> {
    /// The index of the document.
    pub(super) document: usize,
    /// The folder below `content/`, without slashes at its ends.
    pub(super) folder: &'a str,
    /// The file's name without language and ending; the same for all translations of a page.
    pub(super) stem: &'a str,
    pub(super) language: LanguageId,
    pub(super) role: Role,
}

/// What a page is to its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The folder's own page; the greater, the sooner: `_index.md`, then `index.md`, then `README.md`.
    Index(u8),
    Page,
    NotFound,
}

/// Reads every name; what is not published is left out.
pub(super) fn read<'a>(config: &Config, outlines: &'a [Arc<Outline>], drafts: Drafts) -> Vec<Name<'a>> {
    let names = outlines.iter().enumerate().filter_map(|(document, outline)| {
        let path = outline.path.strip_prefix("content/")?;
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, language) = stem_and_language(config, file);
        let role = match stem {
            "_index" => Role::Index(2),
            "index" => Role::Index(1),
            _ if stem.eq_ignore_ascii_case("readme") => Role::Index(0),
            "404" if folder.is_empty() => Role::NotFound,
            _ => Role::Page,
        };
        let hidden =
            path.split('/').any(|part| part.starts_with('_')) && !stem.eq("_index") || folder.split('/').any(|part| part.starts_with('_'));
        let left = hidden || (outline.front.draft && drafts == Drafts::Left);
        (!left).then_some(Name { document, folder, stem, language, role })
    });
    names.collect()
}

/// A file's name without its ending and language, and the language; the site's first one where the name has none.
fn stem_and_language<'f>(config: &Config, file: &'f str) -> (&'f str, LanguageId) {
    let base = file.rsplit_once('.').map_or(file, |(base, _)| base);
    let suffix = base.rsplit_once('.').and_then(|(stem, code)| Some((stem, config.languages.iter().position(|l| l == code)?)));
    suffix.unwrap_or((base, 0))
}

/// The language of a page, as its file's name says it.
pub fn language(config: &Config, path: &str) -> LanguageId {
    stem_and_language(config, path.rsplit('/').next().unwrap_or(path)).1
}

/// The date at the beginning of a name such as `2026-05-01-hello`, and the rest.
pub(super) fn dated(stem: &str) -> (Option<Date>, &str) {
    // Most names hold no date, and finding that out by parsing is slow.
    let digits = |range: std::ops::Range<usize>| stem.as_bytes().get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let date = stem.get(..10).filter(|_| digits(0..4) && digits(5..7) && digits(8..10)).and_then(|day| day.parse::<Date>().ok());
    match (date, stem.get(10..11)) {
        (Some(date), Some("-" | "_")) if stem.len() > 11 => (Some(date), &stem[11..]),
        _ => (None, stem),
    }
}
