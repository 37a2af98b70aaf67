//! Periods: how long something is kept, by when people are answered, how long before a change they are told.

use registry::model::Period;

use super::amounts::{Amount, Found, amounts, amounts_in};
use super::text::{Kind, Sentence};
use super::words::{Phrases, Table, Word, place, written};
use super::{Contradiction, Judge, named};

/// What says that something is kept, or goes.
static KEEP: Table = Table::of([
    "retain*|retention|keep|keeps|kept|store|stores|stored|storing|storage|delete|deletes|deleted|deletion|deleting|erase*|erasure|purge*|\
     anonymise*|anonymize*|expire*|expiry|expiration|lifetime|lifespan|archive*|how long|hold|held|destroy*|wiped|remain*|backup*|backed up|remembered|remembers",
    "conserv*|supprim*|suppression|effac*|garde|gardes|gardee|gardees|gardons|gardent|stock*|archiv*|anonymis*|detrui*|detruit*|expir*|\
     memoris*|duree de vie|duree de validite|retention|purge*|combien de temps",
]);

/// What says that somebody is answered.
static ANSWER: Table = Table::of([
    "respond*|reply|replies|replied|response|answer*|hear from us|hear back|process your request|handle your request|act on",
    "repond*|repons*|traiter votre demande|donner suite|traitons votre demande",
]);

/// What the period of an answer stands behind.
static BY: Table = Table::of(["within|in|than|most|maximum|is", "sous|dans|delai|maximum|est|plus tard"]);

/// What says that it is not we who answer.
static ASKED: Table = Table::of([
    "please|survey|questionnaire|asked to|the phone|the telephone|phone call*|calls|your call",
    "merci|veuillez|enquete|questionnaire|priez|telephone|appels|votre appel",
]);

/// A law, where it is one that speaks.
static LAW: Table = Table::of([
    "gdpr|law|laws|regulation|directive|act|code|statute|cnil|authority|article",
    "rgpd|loi|lois|reglement|directive|code|cnil|autorite|article",
]);

/// What a law does, where it says what others must do.
static PROVIDES: Table = Table::of([
    "require|requires|demand|demands|provide|provides|prescribe|prescribes|allow|allows|give|gives|grant|grants|impose|imposes|set|sets|ask|asks|say|says|stipulates|recommends|limits|obliges|caps",
    "prevoi*|impos*|exig*|accord*|laisse|laissent|donne|donnent|fixe|fixent|demande|demandent|dispose|prescri*|recommand*|oblige|obligent|limite|autorise|dit|veut",
]);

/// What hands a statement to a law.
static ACCORDING: Table = Table::of([
    "according to the law|according to the gdpr|as the law",
    "selon la loi|selon le rgpd|selon le droit|selon la cnil|d'apres la loi|d'apres le rgpd|que la loi|que le rgpd",
]);

/// What lasts on its own.
static LASTS: Table = Table::of(["last|lasts|valid", "valable|valables|dure|durent"]);

/// What it is that lasts, where that is a period of these kinds.
static LASTING: Table =
    Table::of(["cookie|cookies|your choice|your consent", "cookie|cookies|traceur|traceurs|votre choix|votre consentement"]);

/// How long before a change, or after its announcement.
static NOTICE: Table = Table::of([
    "days notice|days of notice|months notice|month s notice|weeks notice|days prior|days in advance|days before|month before|months before|weeks before|\
     weeks in advance|months in advance|days after|weeks after|month after|months after",
    "jours avant|mois avant|semaines avant|preavis|jours a l avance|mois a l avance|semaines a l avance|jours apres|mois apres|semaines apres",
]);

/// What says that the policy changes, and that people are told.
static CHANGE: Table = Table::of([
    "changes|change to|any change|a change|notify you|tell you|inform you|prior notice|advance notice|updates to this|new version",
    "changement|changements|modification|modifications|vous previendrons|serez prevenus|serez prevenu|vous informerons|serez informes|entree en vigueur|nouvelle version|mise a jour",
]);

/// What a period stands behind.
static LINK: Table = Table::of([
    "for|after|within|up to|than|least|most|of|in|maximum|every|is|are|to|until|about|approximately|exceed*|beyond|under|that is|i e|namely",
    "pendant|durant|apres|sous|dans|de|d|a|au bout|maximum|plus|moins|est|sont|jusqu|minimale|maximale|environ|excede*|depass*|delai|duree|soit|c'est a dire",
]);

/// What makes of an amount something else than a period of these kinds, wherever it stands in the sentence.
static ELSEWHERE: Table = Table::of([
    "age|aged|old|older|younger|child|children|minor|minors|experience|trial|free of charge|breach|breaches|warranty|subscription price|contract term|inflation",
    "age|agee|agees|ages|enfant|enfants|mineur|mineurs|mineure|mineures|experience|essai|violation|gratuit*|garantie",
]);

/// The same right before the amount.
static NOT_BEHIND: Table = Table::of([
    "last|past|previous|preceding|prior|every|each|first|per|next|another|further|additional|extended by|extend*|since|by a further",
    "dernier*|derniere*|precedent*|chaque|tous les|toutes les|premier*|premiere*|prochain*|prolonge*|supplementaire*|depuis|depuis plus de",
]);

/// The same right behind it.
static NOT_BEFORE: Table = Table::of([
    "ago|a day|a week|a month|a year|per day|per week|of age|old|of experience|apart|of use|of service|preceding|free|late|trial|subscription*|plan|plans|at a time",
    "sur 24|sur 7|sur 6|sur 5|par jour|par semaine|par an|derniers|dernieres|precedents|precedentes|precedant|supplementaire*|passes|ecoules|d experience|d essai|plus tard|plus tot|revolus|d abonnement|d affilee",
]);

/// What says that a deadline may be made longer, as the law allows.
static LONGER: Table = Table::of(["extend*|extension", "prolong*|prorog*"]);

/// The tables of one language.
struct Tables {
    keep: &'static Phrases,
    answer: &'static Phrases,
    by: &'static Phrases,
    asked: &'static Phrases,
    law: &'static Phrases,
    provides: &'static Phrases,
    according: &'static Phrases,
    lasts: &'static Phrases,
    lasting: &'static Phrases,
    notice: &'static Phrases,
    change: &'static Phrases,
    link: &'static Phrases,
    elsewhere: &'static Phrases,
    not_behind: &'static Phrases,
    not_before: &'static Phrases,
    longer: &'static Phrases,
}

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let of = |table: &'static Table| table.read(judge.language);
    let tables = Tables {
        keep: of(&KEEP),
        answer: of(&ANSWER),
        by: of(&BY),
        asked: of(&ASKED),
        law: of(&LAW),
        provides: of(&PROVIDES),
        according: of(&ACCORDING),
        lasts: of(&LASTS),
        lasting: of(&LASTING),
        notice: of(&NOTICE),
        change: of(&CHANGE),
        link: of(&LINK),
        elsewhere: of(&ELSEWHERE),
        not_behind: of(&NOT_BEHIND),
        not_before: of(&NOT_BEFORE),
        longer: of(&LONGER),
    };
    let declared = judge.declared.amounts.get_or_init(|| amounts_in(&judge.declared.texts));
    for sentence in sentences {
        let all = amounts(&sentence.words);
        for (whole, parts) in &all {
            let borne_out = |found: &Found| declared.contains(&found.amount);
            if !borne_out(whole) && (parts.is_empty() || !parts.iter().all(borne_out)) && is_stated(&tables, sentence, *whole) {
                found.push(contradiction(judge, sentence, *whole));
            } else if all.len() == 1
                && borne_out(whole)
                && tables.keep.said(&sentence.words)
                && let Some(rule) = named::other_rule(judge, sentence, whole.amount, whole.start)
                && is_stated(&tables, sentence, *whole)
            {
                found.push(of_other_data(judge, sentence, *whole, &rule.id));
            }
        }
    }
}

/// Whether a sentence states an amount as a period of one of the kinds.
fn is_stated(tables: &Tables, sentence: &Sentence, amount: Found) -> bool {
    let words = &sentence.words;
    let (start, end) = clause(words, amount);
    let (before, behind) = (&words[start..amount.start], &words[amount.end..end]);
    let near = |table: &Phrases, words: &[Word]| {
        let first = words.len().saturating_sub(3);
        (first..words.len()).any(|at| table.at(words, at).is_some())
    };
    // "12 derniers mois" has its word inside.
    if tables.elsewhere.said(words)
        || is_of_law(tables, words)
        || (1..=3).any(|back| before.len() >= back && tables.not_behind.at(before, before.len() - back) == Some(back))
        || tables.not_before.at(words, amount.end).is_some()
        || (tables.longer.said(words) && tables.longer.find(words).is_some_and(|(at, _)| at < amount.start))
    {
        return false;
    }
    let hyphenated = words[amount.end - 1].gap == "-" || words[amount.end - 1].gap == "‑";
    if hyphenated {
        // "A 2-year retention period", but no "30-day trial".
        return behind.first().is_some_and(|word| tables.keep.said(std::slice::from_ref(word)));
    }
    let lasts = near(tables.lasts, before);
    // "The meeting lasts 30 minutes and is kept short" tells how long it is, not how long it is kept.
    let linked = !lasts && near(tables.link, before) || near(tables.keep, before);
    if sentence.kind == Kind::Cell || sentence.kind == Kind::Item {
        // A cell or an item of its own has its meaning from what stands above.
        let alone = amount.start == start || before.last().is_some_and(|_| words[amount.start].gap.contains([':', '–', '—', '(']));
        let told = alone || tables.keep.said(sentence.column()) || (linked && (sentence.kind == Kind::Cell || words.len() <= 9));
        if told && (tables.keep.said(&sentence.about) || tables.answer.said(&sentence.about)) {
            return true;
        }
    }
    // "Requests: 3 years." below a heading on retention.
    if words[amount.start].gap.contains([':', '–', '—']) && words.len() <= 8 && tables.keep.said(&sentence.about) {
        return true;
    }
    let clause = &words[start..end];
    (linked && keeps(tables.keep, clause))
        || (near(tables.by, before) && is_of_a_letter(amount.amount) && tables.answer.said(clause) && !tables.asked.said(words))
        || (lasts && tables.lasting.said(words))
        || (tables.change.said(words) && tables.notice.said(&words[amount.start..end.min(amount.end + 3)]))
}

/// Whether it is a law that speaks: "the GDPR demands a response within one month".
fn is_of_law(tables: &Tables, words: &[Word]) -> bool {
    let says = |at: usize| (1..=3).any(|on| at + on < words.len() && tables.provides.at(words, at + on).is_some());
    tables.according.said(words) || (0..words.len()).any(|at| tables.law.at(words, at).is_some_and(|_| says(at)))
}

/// Whether an amount is as long as letters take: those who answer within minutes speak of the telephone.
fn is_of_a_letter(amount: Amount) -> bool {
    amount.months > 0 || amount.minutes >= 60
}

/// Whether words say that something is kept; "we keep improving", "we keep you informed" do not.
fn keeps(keep: &Phrases, words: &[Word]) -> bool {
    (0..words.len()).any(|at| {
        keep.at(words, at).is_some()
            && !words.get(at + 1).is_some_and(|next| {
                matches!(next.fold.as_str(), "you" | "up" | "track" | "pace" | "short" | "brief" | "open" | "free")
                    || next.fold.ends_with("ing")
            })
    })
}

/// The part of a sentence around an amount, up to the semicolons.
fn clause(words: &[Word], amount: Found) -> (usize, usize) {
    let start = (1..=amount.start).rev().find(|at| words[*at].gap.contains(';')).unwrap_or(0);
    let end = (amount.end..words.len()).find(|at| words[*at].gap.contains(';')).unwrap_or(words.len());
    (start, end)
}

fn contradiction(judge: Judge<'_>, sentence: &Sentence, found: Found) -> Contradiction {
    let said = &sentence.words[found.start..found.end];
    let days = f64::from(found.amount.months) * 30.4375 + f64::from(found.amount.minutes) / 1440.0;
    let far = |days: f64, other: f64| (days.ln() - other.ln()).abs();
    let nearest = judge.declared.periods.iter().min_by(|(_, a), (_, b)| far(days, a.days()).total_cmp(&far(days, b.days())));
    let help = match nearest {
        Some((path, period)) => remedy(path, *period),
        None => "declare the period, or take it out of the text".to_owned(),
    };
    let message = format!("the text says `{}`, and no declaration does", written(said));
    Contradiction { span: place(said), message, help }
}

/// That a period is another rule's.
fn of_other_data(judge: Judge<'_>, sentence: &Sentence, found: Found, rule: &str) -> Contradiction {
    let said = &sentence.words[found.start..found.end];
    let rule = format!("retention.{rule}");
    let help = judge.declared.periods.iter().find(|(path, _)| *path == rule).map(|(path, period)| remedy(path, *period));
    let message = format!("the text says `{}`, and `{rule}` has another period for this data", written(said));
    Contradiction { span: place(said), message, help: help.unwrap_or_else(|| "correct one of the two".to_owned()) }
}

fn remedy(path: &str, period: Period) -> String {
    let words: Vec<String> =
        period.parts().map(|(number, unit)| format!("{number} {unit}{}", if number == 1 { "" } else { "s" })).collect();
    format!("`{path}` says {}; correct one of the two, or let the policy's shortcodes tell the period", words.join(" "))
}
