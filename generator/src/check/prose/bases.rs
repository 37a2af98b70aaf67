//! Legal bases: one that the prose says processing rests on, and no purpose does.

use registry::model::Basis;

use super::text::{Kind, Sentence};
use super::words::{Phrases, Table, Word, place};
use super::{Contradiction, Judge};

/// What the bases are called.
static NAMES: [(Basis, Table); 6] = [
    (Basis::Consent, Table::of(["consent|consents", "consentement"])),
    (
        Basis::Contract,
        Table::of([
            "contract|contracts|contractual necessity|performance of a contract|performance of the contract|performance of our contract",
            "contrat|contrats|exécution d'un contrat|exécution du contrat|mesures précontractuelles",
        ]),
    ),
    (
        Basis::LegalObligation,
        Table::of(["legal obligation|legal obligations|legal duty|legal duties", "obligation légale|obligations légales"]),
    ),
    (Basis::VitalInterest, Table::of(["vital interest|vital interests", "intérêt vital|intérêts vitaux|sauvegarde des intérêts vitaux"])),
    (
        Basis::PublicTask,
        Table::of([
            "public task|public interest|task in the public interest|official authority",
            "mission d'intérêt public|missions d'intérêt public|intérêt public|autorité publique",
        ]),
    ),
    (
        Basis::LegitimateInterest,
        Table::of([
            "legitimate interest|legitimate interests|legitimate business interest|legitimate business interests",
            "intérêt légitime|intérêts légitimes",
        ]),
    ),
];

/// What names a legal basis, and nothing else.
static BASIS: Table = Table::of([
    "legal basis|legal bases|lawful basis|lawful bases|legal ground|legal grounds|lawful ground|lawful grounds",
    "base légale|bases légales|base juridique|bases juridiques|fondement juridique|fondements juridiques|fondement légal",
]);

/// What something rests on a basis by.
static RESTS: Table = Table::of([
    "based on|based upon|on the basis of|rests on|rest on|relies on|rely on|relying on|on the grounds of|on the ground of|grounded in|founded on|justified by|necessary for the|necessary to comply with a|necessary to meet our",
    "repose sur|reposent sur|reposant sur|fondé sur|fondée sur|fondés sur|fondées sur|basé sur|basée sur|basés sur|basées sur|sur la base de|sur le fondement de|\
     se fonde sur|se fondent sur|nous fondons sur|au titre de|a pour fondement|ont pour fondement|s'appuie sur|s'appuient sur|nécessaire à|nécessaires à|nécessaire au respect|nécessaires au respect",
]);

/// What it is that rests on a basis.
static PROCESSING: Table = Table::of([
    "process*|data|information|collect*|use|uses|used|purpose|purposes",
    "traite*|donnée|données|informations|collect*|utilis*|finalité*",
]);

/// What makes of it a right, a condition or an example, which says nothing of what this site does.
static OTHERWISE: Table = Table::of([
    "withdraw*|object|objection|right|rights|portab*|such as|for example|e g|must|may be based|can be based|could be|one of|either|not|never|no longer|without|whether|depending|appropriate|complain*|lawfulness",
    "retir*|retrait|oppos*|droit|droits|portab*|par exemple|tel que|telle que|doit|doivent|peut reposer|peut être|peuvent|l'un des|l'une des|soit|pas|jamais|sans|selon|aucun|aucune|licéité",
]);

/// What begins a condition.
static WHEN: Table =
    Table::of(["where|when|if|whenever|insofar as|to the extent", "lorsque|lorsqu|quand|si|s il|dans la mesure|pour autant|dès lors"]);

/// Where a basis of a sentence is looked for behind the word that names one.
const REACH: usize = 14;

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let of = |table: &'static Table| table.read(judge.language);
    let names: Vec<(Basis, &Phrases)> = NAMES.iter().map(|(basis, table)| (*basis, table.read(judge.language))).collect();
    let (basis, rests, processing, otherwise, when) = (of(&BASIS), of(&RESTS), of(&PROCESSING), of(&OTHERWISE), of(&WHEN));
    for sentence in sentences.iter().filter(|sentence| sentence.kind != Kind::Heading) {
        let words = &sentence.words;
        let named = named(&names, words);
        if otherwise.said(words) || otherwise.said(&sentence.about) || named.len() > 3 {
            continue;
        }
        let cue = basis.find(words).or_else(|| rests.find(words).filter(|_| processing.said(words)));
        let conditional = |at: usize| {
            let from = (1..=at).rev().find(|at| words[*at].gap.contains([',', ';', ':'])).unwrap_or(0);
            (from..at).any(|at| when.at(words, at).is_some())
        };
        let mut stated: Vec<(Basis, usize, usize)> = Vec::new();
        if let Some((at, length)) = cue.filter(|(at, _)| !conditional(*at)) {
            let near = |(_, start, _): &&(Basis, usize, usize)| *start >= at + length && *start <= at + length + REACH;
            // "Consent is the legal basis" has it before.
            let is_said_first = |(_, start, length): &&(Basis, usize, usize)| basis.said(words) && start + length <= at && *start + 6 >= at;
            stated.extend(named.iter().filter(near));
            if stated.is_empty() {
                stated.extend(named.iter().filter(is_said_first));
            }
        } else if matches!(sentence.kind, Kind::Cell | Kind::Item) && basis.said(&sentence.about) {
            // In a list or a column of bases, what stands first is one.
            stated.extend(named.iter().filter(|(_, start, _)| *start <= 2));
        }
        stated.extend(articles(words).into_iter().filter(|(_, start, _)| !conditional(*start)));
        stated.sort_by_key(|(_, start, _)| *start);
        stated.dedup_by_key(|(basis, _, _)| *basis);
        for (basis, start, length) in stated {
            if !judge.declared.registry.rests_on(basis) {
                found.push(contradiction(judge, basis, &words[start..start + length]));
            }
        }
    }
}

/// Every basis that is named: its first word, and how many there are.
fn named(names: &[(Basis, &Phrases)], words: &[Word]) -> Vec<(Basis, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let here =
            names.iter().filter_map(|(basis, phrases)| Some((*basis, at, phrases.at(words, at)?))).max_by_key(|(_, _, length)| *length);
        at += here.map_or(1, |(_, _, length)| length);
        found.extend(here);
    }
    found
}

/// The points of Article 6(1) that are named: "Art. 6(1)(f)", "article 6.1.f", "article 6, paragraphe 1, point f)".
fn articles(words: &[Word]) -> Vec<(Basis, usize, usize)> {
    let mut found = Vec::new();
    for at in 0..words.len() {
        let article = words[at].fold == "6" && at > 0 && matches!(words[at - 1].fold.as_str(), "article" | "art" | "articles");
        if !article {
            continue;
        }
        let rest = words[at + 1..].iter().enumerate().filter(|(_, word)| {
            !matches!(word.fold.as_str(), "paragraph" | "para" | "abs" | "paragraphe" | "point" | "lit" | "letter" | "lettre")
        });
        let mut rest = rest.take(2);
        let (Some((_, one)), Some((n, letter))) = (rest.next(), rest.next()) else { continue };
        let basis = Basis::ALL.iter().find(|basis| letter.fold == basis.point().to_string());
        if let (true, Some(basis)) = (one.fold == "1", basis) {
            found.push((*basis, at - 1, n + 3));
        }
    }
    found
}

fn contradiction(judge: Judge<'_>, basis: Basis, said: &[Word]) -> Contradiction {
    let mut used: Vec<Basis> =
        judge.declared.registry.purposes.iter().flat_map(|purpose| purpose.bases.iter().map(|used| used.basis)).collect();
    used.sort_unstable();
    used.dedup();
    let used: Vec<String> = used.iter().map(|basis| format!("`{}`", basis.name())).collect();
    let rest = if used.is_empty() { String::new() } else { format!("; the purposes rest on {}", used.join(", ")) };
    Contradiction {
        span: place(said),
        message: format!("the text names the legal basis `{}`, and no purpose rests on it", basis.name()),
        help: format!("correct the text, or the `basis:` of the purpose that is meant{rest}"),
    }
}
