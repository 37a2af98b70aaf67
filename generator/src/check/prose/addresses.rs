//! Addresses: e-mail addresses and postal ones that differ from what is declared.

use registry::derive::authority;

use super::text::{Kind, Sentence};
use super::words::{Table, Word, place, written};
use super::{Contradiction, Judge, Language};

/// What says that an address is one of ours.
static OURS: Table = Table::of([
    "us|our|we|contact|write to|email|e mail|dpo|data protection officer|controller|privacy team|send|reach|questions|request|requests|rights",
    "nous|notre|nos|contact*|ecri*|courriel|email|e mail|dpo|delegue*|responsable|question*|demande*|adresse*|exercer|droits",
]);

/// What says that an address is a supervisory authority's, or only an example.
static THEIRS: Table = Table::of([
    "complain*|authority|authorities|commission|commissioner|ombudsman|regulator|such as|for example|e g|example",
    "reclamation*|plainte*|autorite|autorites|commission|cnil|mediateur|par exemple|tel que|telle que|exemple",
]);

/// What a postal address has beside its postcode.
static STREET: Table = Table::everywhere(
    "rue|avenue|boulevard|bd|allee|allees|chemin|impasse|quai|cours|route|place|square|faubourg|cs|bp|cedex|street|st|road|rd|lane|suite|\
drive|floor|way|house|building|strasse|str|platz|weg|laan|straat|via|calle",
);

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let of = |table: &'static Table| table.read(judge.language);
    let (ours, theirs, street) = (of(&OURS), of(&THEIRS), of(&STREET));
    for sentence in sentences {
        if [sentence.words.as_slice(), &sentence.about].iter().any(|words| theirs.said(words) || names_authority(words)) {
            continue;
        }
        for (at, word) in sentence.words.iter().enumerate() {
            let bare = sentence.kind != Kind::Paragraph || sentence.words.len() < 6 || judge.language == Language::Other;
            if word.is_mail() && (bare || ours.said(&sentence.words) || is_at_home(judge, word)) && !is_known(judge, word) {
                found.push(mail(judge, word));
            }
            let behind = &sentence.words[at.saturating_sub(10)..at];
            if street.said(behind)
                && let Some(postcode) = postcode(&sentence.words, at)
                && !judge.declared.names(&written(postcode))
            {
                found.push(postal(judge, postcode));
            }
        }
    }
}

/// Whether a supervisory authority is named: its address is no declaration of the site's.
fn names_authority(words: &[Word]) -> bool {
    authority::KNOWN.iter().filter(|known| known.name.len() > 2).any(|known| words.iter().any(|word| word.text == known.name))
}

/// The host of an address.
fn host(address: &str) -> String {
    address.rsplit_once('@').map_or("", |(_, host)| host).to_lowercase()
}

/// The declared e-mail addresses.
fn mails<'a>(judge: Judge<'a>) -> impl Iterator<Item = &'a str> {
    judge
        .declared
        .texts
        .iter()
        .flat_map(|text| text.split(|c: char| c.is_whitespace() || "<>(),;".contains(c)))
        .filter(|word| word.contains('@'))
}

/// Whether an address has the host of a declared one.
fn is_at_home(judge: Judge<'_>, word: &Word) -> bool {
    mails(judge).any(|mail| host(mail) == host(&word.text))
}

/// Whether an address is declared, a vendor's or an authority's own, or an example.
fn is_known(judge: Judge<'_>, word: &Word) -> bool {
    let host = host(&word.text);
    let own = host.split('.').rev().nth(1).unwrap_or("");
    let of_vendor = || {
        judge.declared.registry.recipients.iter().any(|recipient| {
            let of = |name: &str| {
                super::words::folded(name).split_whitespace().next().is_some_and(|first| first.len() > 2 && own.starts_with(first))
            };
            of(&recipient.name) || of(recipient.id.as_str()) || recipient.privacy.as_ref().is_some_and(|url| url.contains(&host))
        })
    };
    let of_authority = || authority::KNOWN.iter().any(|known| known.url.ends_with(&host));
    mails(judge).any(|mail| mail.trim_end_matches('.').eq_ignore_ascii_case(&word.text))
        || (!is_at_home(judge, word) && (of_vendor() || of_authority()))
}

/// The postcode and the town, where they begin at a word: "75008 Paris", "SW1A 1AA", "CA 94104".
fn postcode(words: &[Word], at: usize) -> Option<&[Word]> {
    let digits = |word: &Word, count: usize| word.text.len() == count && word.text.bytes().all(|b| b.is_ascii_digit());
    let (word, next) = (words.get(at)?, words.get(at + 1)?);
    let close = next.gap.chars().all(char::is_whitespace);
    let behind_state = at > 0 && is_state(&words[at - 1]);
    let town = !behind_state && digits(word, 5) && close && next.is_capital() && next.text.len() > 1;
    let state = is_state(word) && digits(next, 5) && close;
    let british = (2..=4).contains(&word.text.len())
        && word.is_capital()
        && word.text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && word.text.contains(|c: char| c.is_ascii_digit())
        && next.text.len() == 3
        && next.text.starts_with(|c: char| c.is_ascii_digit())
        && next.text[1..].bytes().all(|b| b.is_ascii_uppercase())
        && close;
    (town || state || british).then(|| &words[at..at + 2])
}

/// Whether a word may be the letters of a state of the USA.
fn is_state(word: &Word) -> bool {
    word.text.len() == 2 && word.text.bytes().all(|b| b.is_ascii_uppercase())
}

fn mail(judge: Judge<'_>, word: &Word) -> Contradiction {
    let declared =
        judge.declared.registry.controller.as_ref().and_then(|controller| controller.email.as_ref()).and_then(|email| email.known());
    let help = match declared {
        Some(email) => format!("`controller.email` says `{email}`; correct one of the two, or write {{{{ email() }}}}"),
        None => "declare it as the controller's `email:`, or as that of its `dpo:`".to_owned(),
    };
    Contradiction { span: word.span, message: format!("the text gives the address `{}`, and no declaration does", word.text), help }
}

fn postal(judge: Judge<'_>, words: &[Word]) -> Contradiction {
    let declared =
        judge.declared.registry.controller.as_ref().and_then(|controller| controller.address.as_ref()).and_then(|address| address.known());
    let help = match declared {
        Some(address) => format!("`controller.address` says `{address}`; correct one of the two, or declare whose address it is"),
        None => "declare it as the `address:` of the controller, or of the recipient that is meant".to_owned(),
    };
    Contradiction {
        span: place(words),
        message: format!("the text gives an address in `{}`, and no declaration does", written(words)),
        help,
    }
}
