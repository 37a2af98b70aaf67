//! Cookies and what else is stored in a browser: names that no service or extension declares.

use super::text::{Kind, Sentence};
use super::words::{Table, Word};
use super::{Contradiction, Judge};

/// What says that a name is that of something stored in the browser, in any language.
static STORED: Table = Table::everywhere(
    "cookie|cookies|localstorage|sessionstorage|indexeddb|local storage|session storage|traceur|traceurs|stockage local|stockage de session",
);

/// Names in code that are part of the web, not of a site.
const OF_THE_WEB: &str = " localstorage sessionstorage indexeddb window.localstorage window.sessionstorage document.cookie cookie cookies samesite secure httponly set-cookie \
max-age path domain expires lax strict none true false null http https html javascript url json dnt gpc sec-gpc navigator get post script iframe img no-store do-not-track ";

/// What people do with words in code that are no names.
const ACTS: &str = " type enter click press choose select tapez saisissez cliquez choisissez pressez entrez ";

/// Cookies that everybody knows, and that are written without marks of code too.
const KNOWN: [&str; 12] =
    ["_ga", "_gid", "_gat", "_gcl_au", "_fbp", "_fbc", "_clck", "_clsk", "_pk_id", "_pk_ses", "PHPSESSID", "JSESSIONID"];

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let stored = STORED.read(judge.language);
    let declared = declared(judge);
    let mut told: Vec<&str> = Vec::new();
    for sentence in sentences.iter().filter(|sentence| sentence.kind != Kind::Heading) {
        let about = stored.said(&sentence.words) || stored.said(&sentence.about) || in_code(&sentence.words);
        for (at, word) in sentence.words.iter().enumerate() {
            let name = word.text.trim();
            // "Type `delete` to go on" names no cookie.
            if at > 0 && ACTS.contains(&format!(" {} ", sentence.words[at - 1].fold)) {
                continue;
            }
            if !is_name(sentence, at, about) || told.contains(&name) || borne_out(judge, &declared, name) {
                continue;
            }
            told.push(name);
            found.push(Contradiction {
                span: word.span,
                message: format!("the text names `{name}`, which no service declares"),
                help: "declare it under the `cookies` or the `storage` of its service, or take it out of the text".to_owned(),
            });
        }
    }
}

/// Whether a sentence says in code that something is stored in the browser.
fn in_code(words: &[Word]) -> bool {
    words.iter().any(|word| word.code && matches!(word.fold.as_str(), "localstorage" | "sessionstorage" | "indexeddb"))
}

/// Whether a word is the name of a cookie or of a key.
fn is_name(sentence: &Sentence, at: usize, about: bool) -> bool {
    let word = &sentence.words[at];
    let name = word.text.trim();
    if !word.code {
        // "_ga", "session_id": no word of a sentence has an underscore.
        let joined =
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_*".contains(&b)) && name.trim_end_matches(['_', '*']).contains('_');
        return KNOWN.contains(&name) || about && joined && name.len() > 2 && (name.starts_with('_') || is_called_so(sentence, at));
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || "_-.*<>:".contains(c);
    let plain = name.len() > 1 && name.chars().all(letters) && name.contains(|c: char| c.is_ascii_alphabetic());
    // `example.com` is a host, `index.html` a file.
    let host = name.rsplit_once('.').is_some_and(|(_, end)| (2..=4).contains(&end.len()) && end.chars().all(|c| c.is_ascii_lowercase()));
    about && plain && !host && !OF_THE_WEB.contains(&format!(" {} ", word.fold))
}

/// Whether a word that is no code stands where the name of a cookie does: "the cookie x_y", "the x_y cookie", in the first column.
fn is_called_so(sentence: &Sentence, at: usize) -> bool {
    let words = &sentence.words;
    let is_cookie = |word: &Word| matches!(word.fold.as_str(), "cookie" | "cookies");
    let first = sentence.kind == Kind::Cell && at == 0 && sentence.about.iter().any(is_cookie);
    let behind = words[at.saturating_sub(3)..at].iter().any(is_cookie) && !words[at].gap.contains([',', '{']);
    first || behind || words.get(at + 1).is_some_and(|next| is_cookie(next) && next.gap.trim().is_empty())
}

/// Every declared name.
fn declared(judge: Judge<'_>) -> Vec<&str> {
    let services = &judge.declared.registry.services;
    let cookies = services.iter().flat_map(|service| service.cookies.iter().map(|cookie| cookie.name.as_str()));
    cookies.chain(services.iter().flat_map(|service| service.storage.iter().map(|storage| storage.key.as_str()))).collect()
}

/// Whether a name is declared: by a service, in a form, or in any text.
fn borne_out(judge: Judge<'_>, declared: &[&str], name: &str) -> bool {
    let written = name.find(['*', '<']).map_or(name, |at| &name[..at]);
    let fits = |known: &&str| match known.split_once('*') {
        Some((before, behind)) if written.len() == name.len() => {
            name.len() >= before.len() + behind.len() && name.starts_with(before) && name.ends_with(behind)
        }
        Some((before, _)) => before.starts_with(written) || written.starts_with(before),
        None => *known == name || (written.len() < name.len() && known.starts_with(written)),
    };
    declared.iter().any(fits) || judge.declared.texts.iter().any(|text| text.contains(name))
}
