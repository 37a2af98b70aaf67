//! Countries: where the prose says that data is stored, processed or sent.

use std::cell::LazyCell;
use std::collections::HashMap;

use registry::derive::authority;
use registry::model::{Country, Recipient, Stated};

use super::text::{Kind, Sentence};
use super::words::{Phrases, Table, Word, folded, place, words, written};
use super::{Contradiction, Judge};

/// What says that data is somewhere, or goes there.
static PLACE: Table = Table::of([
    "stored|store|stores|storing|storage|processed|process|processes|processing|hosted|hosts|hosting|transferred|transfer|transfers|transferring|server|servers|\
     data centre*|data center*|datacenter*|sent|sends|send|kept|staff based|team based|provider based|provider is based|processor based|processor is based|processor is established|provider is established|located|housed|held",
    "stocke*|stocks|stockage|heberg*|traite|traites|traitee|traitees|traitement*|transfer*|serveur*|centre de donnees|centres de donnees|datacenter*|\
     envoye*|conserv*|localise*|situe*|transmis*",
]);

/// How many words before a country that is looked for.
const REACH: usize = 12;

/// What a country stands behind where something is or goes there.
static TOWARDS: Table =
    Table::of(["in|in the|to|to the|into|into the|within the|within", "en|au|aux|a|vers|vers le|vers la|vers les|vers l|dans"]);

/// What says that people, laws or authorities are there.
static PEOPLE: Table = Table::of([
    "refer|means|resident*|reside*|residing|live|lives|living|law|laws|citizen*|individuals|persons|people|users|customers|visitors|if you|court|courts|complain*|authority|\
     authorities|your country|registered|adequate|adequacy|commissioner|incorporated|representative|headquarter*|not|never|no|nothing|don t|without|such as|for example",
    "resident*|residez|habit*|loi|lois|droit|citoyen*|individus|personnes situees|utilisateurs situes|si vous|tribunal|tribunaux|reclamation|autorite|autorites|\
     votre pays|immatricul*|adequat|adequation|siege|pas|jamais|aucun|aucune|rien|ni|sans|tel que|tels que|par exemple|hors",
]);

/// What a table's column is called that tells where somebody is.
static COLUMN: Table =
    Table::of(["country|location|where|place|region|data location|hosting", "pays|lieu|localisation|ou|region|hebergement"]);

/// What says that data stays in the country behind it.
static STAYS: Table = Table::of([
    "never leaves|never leave|does not leave|do not leave|doesn't leave|stays in|stay in|remains in|remain in|stays within|remains within",
    "ne quitte jamais|ne quittent jamais|ne quitte pas|ne quittent pas|ne sort jamais de|ne sortent jamais de|reste en|restent en|reste au|restent au|demeure en|demeurent en",
]);

/// What it is that stays, at the head of a sentence.
static DATA: Table = Table::of(["data|information", "donnée|données|informations"]);

/// What narrows it to some data, or makes a condition of it.
static NARROWED: Table =
    Table::of(["if|unless|except|some|by|when|where|until|backup*", "si|s il|sauf|excepté|certaines|par|lorsque|jusqu|sauvegarde*|hors"]);

/// What people call some countries beside their names.
const VARIANTS: [(&str, &str, &str); 6] = [
    ("US", "United States of America|USA|U.S.|US|U.S.A.", "États-Unis d'Amérique|USA|Etats-Unis"),
    ("GB", "UK|U.K.|Great Britain|England|United Kingdom", "Angleterre|Grande-Bretagne|Royaume-Uni"),
    ("KR", "South Korea", "Corée du Sud"),
    ("CZ", "Czech Republic|Czechia", "République tchèque|Tchéquie"),
    ("NL", "The Netherlands|Netherlands|Holland", "Pays-Bas|Hollande"),
    ("RU", "Russia", "Russie"),
];

/// The names of countries by their first word, the longest first.
type Names = HashMap<String, Vec<(Country, Vec<Word>)>>;

/// The names of every country.
fn names(judge: Judge<'_>) -> Names {
    let mut names = Vec::new();
    let split = |name: &str| words(name, &[], &|span| span);
    for country in Country::all().filter_map(Country::parse) {
        names.extend((judge.country)(country.code()).filter(|name| !name.is_empty()).map(|name| (country, split(&name))));
    }
    for (code, english, french) in VARIANTS {
        let variants = if judge.language == super::Language::French { french } else { english };
        names.extend(variants.split('|').filter_map(|name| Some((Country::parse(code)?, split(name)))));
    }
    names.sort_by_key(|(_, name)| std::cmp::Reverse(name.len()));
    let mut by_first = Names::new();
    for (country, name) in names {
        if let Some(first) = name.first().map(|word| word.fold.clone()) {
            by_first.entry(first).or_default().push((country, name));
        }
    }
    by_first
}

/// Whether a name stands at a word: with a capital, so that "réunion" is none, and abbreviations to the letter.
fn is_at(name: &[Word], words: &[Word], at: usize) -> bool {
    let same = |word: &Word, part: &Word| {
        word.fold == part.fold && !word.code && (word.is_capital() || !part.is_capital()) && (part.text.len() > 3 || word.text == part.text)
    };
    let joined = |n: usize, word: &Word| n == 0 || word.gap.trim().chars().all(|c| matches!(c, '-' | '‑' | '’' | '\'' | '.'));
    let lone = !words[at].gap.ends_with(['-', '‑', '–', '/'])
        && !words.get(at + name.len()).is_some_and(|next| next.gap.starts_with(['-', '/', '–']));
    !name.is_empty() && lone && name.iter().enumerate().all(|(n, part)| words.get(at + n).is_some_and(|w| same(w, part) && joined(n, w)))
}

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let of = |table: &'static Table| table.read(judge.language);
    let (places, towards, people, columns) = (of(&PLACE), of(&TOWARDS), of(&PEOPLE), of(&COLUMN));
    // Few sentences are about places, and to name every country takes longer than all else here.
    let names = LazyCell::new(|| names(judge));
    let declared = LazyCell::new(|| declared(judge, &names));
    for sentence in sentences {
        let words = &sentence.words;
        if sentence.kind != Kind::Heading {
            found.extend(stays(judge, words, &names));
        }
        let about_places = sentence.kind != Kind::Heading && !people.said(words) && places.said(words);
        let in_column = sentence.kind == Kind::Cell && columns.said(sentence.column());
        if !about_places && !in_column {
            continue;
        }
        let mut at = 0;
        let mut listed = 0;
        while at < words.len() {
            let named = names.get(&words[at].fold).and_then(|named| named.iter().find(|(_, name)| is_at(name, words, at)));
            let Some((country, name)) = named else {
                at += 1;
                continue;
            };
            let end = at + name.len();
            let alone = in_column && at == 0 && (end == words.len() || words[end].gap.contains(['(', ',']));
            // "in Canada, Japan and India": what follows a country that counts, counts.
            let also = listed > 0
                && at - listed <= 2
                && words[listed..at]
                    .iter()
                    .all(|w| matches!(w.fold.as_str(), "and" | "or" | "et" | "ou" | "the" | "au" | "aux" | "en" | "a" | "in"));
            if alone
                || also
                || (about_places
                    && leads_there(towards, words, at)
                    && places.said(&words[at.saturating_sub(REACH)..at])
                    && !is_adjective(words, end))
            {
                listed = end;
                if !declared.contains(country) {
                    found.push(contradiction(&words[at..end]));
                }
            }
            at = end;
        }
    }
}

/// That no data leaves a country, where a recipient is in another.
fn stays(judge: Judge<'_>, words: &[Word], names: &LazyCell<Names, impl FnOnce() -> Names>) -> Option<Contradiction> {
    let (at, length) = STAYS.read(judge.language).find(words)?;
    let all = DATA.read(judge.language).said(&words[..at.min(5)]) && !NARROWED.read(judge.language).said(words);
    let first =
        at + length + usize::from(words.get(at + length).is_some_and(|word| matches!(word.fold.as_str(), "la" | "le" | "l" | "the")));
    let named = names.get(&words.get(first).filter(|_| all)?.fold)?;
    let (country, name) = named.iter().find(|(_, name)| is_at(name, words, first))?;
    // "In France and in Germany" names more than one.
    if words.get(first + name.len()).is_some_and(|next| matches!(next.fold.as_str(), "and" | "or" | "et" | "ou")) {
        return None;
    }
    let elsewhere = |recipient: &&Recipient| {
        !recipient.self_hosted && recipient.country.as_ref().and_then(Stated::known).is_some_and(|other| other != country)
    };
    let recipient = judge.declared.registry.recipients.iter().find(elsewhere)?;
    let said = &words[first..first + name.len()];
    Some(Contradiction {
        span: place(said),
        message: format!("the text says that data stays in `{}`, and `recipients.{}` is elsewhere", written(said), recipient.id),
        help: "correct the text, or the `country:` of the recipient".to_owned(),
    })
}

/// Whether a country's name only says whose something is: "the U.S. Department of Commerce".
fn is_adjective(words: &[Word], end: usize) -> bool {
    words.get(end).is_some_and(|next| next.is_capital() && matches!(next.gap.as_str(), " " | ". "))
}

/// Whether a word that says where to stands right before.
fn leads_there(towards: &Phrases, words: &[Word], at: usize) -> bool {
    let leads = |at: usize| (1..=2).any(|back| at >= back && towards.at(&words[..at], at - back) == Some(back));
    // "In Frankfurt, Germany", "à Francfort (Allemagne)".
    let behind_town = at > 1 && matches!(words[at].gap.as_str(), ", " | " (") && words[at - 1].is_capital() && leads(at - 1);
    leads(at) || behind_town
}

/// The countries that the declarations name, by their codes or in words.
fn declared(judge: Judge<'_>, names: &Names) -> Vec<Country> {
    let mut declared: Vec<Country> = judge.declared.countries().collect();
    if let Some(authority) = judge.declared.registry.authority.as_deref().and_then(authority::by_name) {
        declared.extend(Country::parse(authority.country));
    }
    for (country, name) in names.values().flatten() {
        let name: Vec<&str> = name.iter().map(|word| word.fold.as_str()).collect();
        if name.concat().len() > 3 && judge.declared.names(&folded(&name.join(" "))) {
            declared.push(*country);
        }
    }
    declared
}

fn contradiction(name: &[Word]) -> Contradiction {
    Contradiction {
        span: place(name),
        message: format!("the text has data in `{}`, and no declaration does", written(name)),
        help: "correct the text, or the `country:` or `region:` of the recipient that is meant".to_owned(),
    }
}
