//! Claims that are true or not: that data is sold or never sold, that there are no cookies, no third parties, no transfers,
//! no automated decisions.

use registry::model::{Keep, Role, Stated};

use super::text::{Kind, Sentence};
use super::words::{Phrases, Table, Word, place};
use super::{Contradiction, Judge};

/// What is sold.
static DATA: Table = Table::of([
    "data|information|personal data|personal information|details|e mail address|e mail addresses|email address|email addresses",
    "donnée|données|informations|renseignements|coordonnées|fichier client",
]);

/// The verb of a sale.
static SELL: Table = Table::of([
    "sell|sells|sold|selling|rent|rents|rented|sale of|monetise|monetize",
    "vend|vends|vendra|vendrons|vendront|revendrons|vendons|vendent|vendre|vendu|vendue|vendus|vendues|vente|ventes|revend|revendons|revendre|revendues|revendue|cédons contre paiement|commercialisons",
]);

/// What denies.
static NO: Table =
    Table::of(["not|never|no|nor|neither|none|don t|doesn t|won t|without", "ne|n|pas|jamais|aucun|aucune|ni|sans|nullement"]);

/// What takes a claim back, narrows it, or makes a right or a condition of it.
static NARROWED: Table = Table::of([
    "ask|ask that|agree not|none of|if|unless|except|until|without your|without consent|without appropriate|without adequate|right|rights|opt out|other than|whether|before|advertising|third party cookies|marketing|\
     for commercial|commercial purposes|unnecessary|tracking cookies|optional|analytics cookies|required|request not|may not|children|minors|under|knowingly|websites|directly|merger|acquisition|acquired|assets|tell us|ask us|\
     solely for|only if|necessarily|exactly|cookie that|cookies that|necessary",
    "demander|demandez|soient|aucun de|engagez|si|sauf|excepté|jusqu|sans votre|sans consentement|sans garanties|droit|droits|hormis|avant|publicitaire*|publicité|cookie tiers|cookies tiers|fins commerciales|à des fins|facultatif*|\
     fusion|acquisition|actifs|mineurs|enfants|directement|nécessaires|dès lors|tant que|cookies de mesure|cookie de mesure|qui|lorsque|à moins",
]);

/// Words for no cookies at all.
static NO_COOKIES: Table = Table::of([
    "no cookies|no cookie|not use cookies|not use any cookies|not set cookies|not set any cookies|not place cookies|not place any cookies|never set cookies|never use cookies|\
     don t use cookies|don t set cookies|without any cookies|free of cookies|cookie free|doesn t use cookies|not store cookies|not use any cookie",
    "aucun cookie|pas de cookie|pas de cookies|sans cookie|sans cookies|ne dépose aucun cookie|pas recours aux cookies|pas recours à des cookies",
]);

/// What hands data on.
static SHARE: Table = Table::of([
    "share|shares|shared|sharing|disclose|discloses|disclosed|pass|passed|give|given|transfer|transferred|provide|provided",
    "partag*|transm*|communiqu*|transfer*|divulgu*|cede|cedes|cedees|cedons|fournies|fournissons",
]);

/// Somebody else.
static OTHERS: Table = Table::of([
    "third party|third parties|anyone|anybody|nobody|no one|anyone else",
    "des tiers|un tiers|aucun tiers|quelque tiers|quiconque|avec personne|a personne",
]);

/// What may follow a claim that there are no cookies at all.
static AT_ALL: Table = Table::of(["are|is|on|at|and|or|in|nor|whatsoever|here", "n|ne|sur|est|et|ni|du tout|ici|dans"]);

/// Words for no processors.
static NO_PROCESSORS: Table = Table::of([
    "no processors|no processor|no subprocessors|no sub processors|not use processors|not use any processors|no subcontractors|no service providers|not use any service providers",
    "aucun sous traitant|pas de sous traitant|pas de sous traitants|pas recours à des sous traitants|aucun prestataire|pas recours à un sous traitant",
]);

/// Words for Europe as law knows it.
static EUROPE: Table = Table::of([
    "eu|eea|european union|european economic area|the union|europe",
    "ue|eee|union européenne|espace économique européen|europe",
]);

/// Words for what is not Europe.
static BEYOND: Table = Table::of(["third countries|third country", "pays tiers"]);

/// What goes out of it.
static OUT: Table = Table::of(["outside|out of|leave|leaves|left|beyond", "hors|en dehors|quitte|quittent|quitter|sort|sortent|extérieur"]);

/// What sends it there.
static TRANSFER: Table = Table::of([
    "transfer*|data|stored|processed|sent|hosted|send|store|process",
    "transfer*|transfér*|données|stock*|traite*|envoy*|héberg*|conserv*",
]);

/// What shuts everything else out.
static ONLY: Table = Table::of([
    "exclusively|solely|only|entirely|stays in|stay in|remains in|remain in|stays within|remains within",
    "exclusivement|uniquement|intégralement|seulement|entièrement|reste dans|restent dans|demeurent dans",
]);

/// Words for decisions that machines make alone.
static DECISIONS: Table = Table::of([
    "automated decision|automated decisions|automated decision making|automated individual decision making|decisions by automated means|solely automated decisions|decisions based solely on automated",
    "décision automatisée|décisions automatisées|décision entièrement automatisée|décisions entièrement automatisées|prise de décision automatisée|décision individuelle automatisée|\
     décision fondée exclusivement sur un traitement automatisé|décisions fondées exclusivement|décision exclusivement automatisée|décisions exclusivement automatisées",
]);

/// What machines do that decide alone.
static DECIDES: Table = Table::of([
    "decide automatically|decides automatically|automatically decide|automatically decides|decided automatically|automatically decided",
    "décide automatiquement|décident automatiquement|décidé automatiquement|décidée automatiquement|décidées automatiquement",
]);

/// What such machines are called.
static MACHINES: Table = Table::of(["algorithm|algorithms|profiling|scoring", "algorithme|algorithmes|profilage|scoring"]);

/// The person who is decided on.
static PERSON: Table = Table::of(["you|your", "vous|votre|vos"]);

/// What says that something is kept without an end.
static FOREVER: Table = Table::of([
    "indefinitely|forever|without any time limit|without time limit|for an unlimited period|for an indefinite period|for an unlimited time",
    "indéfiniment|sans limitation de durée|sans limite de durée|sans limite de temps|pour une durée illimitée|pour une durée indéterminée",
]);

/// What keeps it.
static KEEP: Table = Table::of(["keep|keeps|kept|store|stores|stored|retain|retains|retained", "conserv*|gard*|stock*|archiv*"]);

/// What makes of keeping something that is not done, or only may be.
static NOT_KEPT: Table = Table::of([
    "anonymous|anonymised|anonymized|aggregated|statistics|may|can|longer|cannot|backup*",
    "anonym*|agrégé*|statistiques|peut|peuvent|pouvons|sauvegarde*",
]);

/// What stands for all data where there is none of it.
static NOTHING: Table = Table::of(["nothing", "rien"]);

/// What makes them ours.
static OURS: Table = Table::of([
    "we|us|our|data is|data are|information is|is made|are made|is taken|are taken|there is|there are",
    "nous|notre|nos|il n y a|n est|ne sont|sont|est prise|sont prises|vos données",
]);

/// Why everything is as it says.
struct Tables {
    data: &'static Phrases,
    sell: &'static Phrases,
    no: &'static Phrases,
    narrowed: &'static Phrases,
    no_cookies: &'static Phrases,
    share: &'static Phrases,
    others: &'static Phrases,
    at_all: &'static Phrases,
    no_processors: &'static Phrases,
    europe: &'static Phrases,
    beyond: &'static Phrases,
    out: &'static Phrases,
    transfer: &'static Phrases,
    only: &'static Phrases,
    decisions: &'static Phrases,
    ours: &'static Phrases,
    decides: &'static Phrases,
    machines: &'static Phrases,
    person: &'static Phrases,
    forever: &'static Phrases,
    keep: &'static Phrases,
    not_kept: &'static Phrases,
    nothing: &'static Phrases,
}

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let of = |table: &'static Table| table.read(judge.language);
    let tables = Tables {
        data: of(&DATA),
        sell: of(&SELL),
        no: of(&NO),
        narrowed: of(&NARROWED),
        no_cookies: of(&NO_COOKIES),
        share: of(&SHARE),
        others: of(&OTHERS),
        at_all: of(&AT_ALL),
        no_processors: of(&NO_PROCESSORS),
        europe: of(&EUROPE),
        beyond: of(&BEYOND),
        out: of(&OUT),
        transfer: of(&TRANSFER),
        only: of(&ONLY),
        decisions: of(&DECISIONS),
        ours: of(&OURS),
        decides: of(&DECIDES),
        machines: of(&MACHINES),
        person: of(&PERSON),
        forever: of(&FOREVER),
        keep: of(&KEEP),
        not_kept: of(&NOT_KEPT),
        nothing: of(&NOTHING),
    };
    for sentence in sentences.iter().filter(|sentence| sentence.kind != Kind::Heading) {
        for words in clauses(&sentence.words) {
            found.extend(sale(judge, &tables, words));
            found.extend(machines(judge, &tables, words));
            if tables.narrowed.said(&sentence.words) {
                continue;
            }
            found.extend(none(judge, &tables, words));
            found.extend(europe(judge, &tables, words));
            found.extend(forever(judge, &tables, words));
            found.extend(decisions(judge, &tables, words));
        }
    }
}

/// A sentence's parts, which its semicolons keep apart.
fn clauses(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    let mut rest = words;
    std::iter::from_fn(move || {
        (!rest.is_empty()).then(|| {
            let end = (1..rest.len()).find(|at| rest[*at].gap.contains(';')).unwrap_or(rest.len());
            let clause;
            (clause, rest) = rest.split_at(end);
            clause
        })
    })
}

fn claim(words: &[Word], message: &str, help: &str) -> Contradiction {
    Contradiction { span: place(words), message: message.to_owned(), help: help.to_owned() }
}

/// That data is sold, or that it is not.
fn sale(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let (at, length) = tables.sell.find(words)?;
    // "we sell your data", "data is never sold".
    let near = &words[at.saturating_sub(8)..(at + length + 7).min(words.len())];
    if !tables.data.said(near) || tables.narrowed.said(words) && !unconditional(tables, words, at) {
        return None;
    }
    let denied = tables.no.said(&words[at.saturating_sub(9)..(at + 4).min(words.len())]);
    let said = &words[at..at + length];
    if !is_ours(tables, words, at) {
        return None;
    }
    match (judge.declared.sold(), denied) {
        (Some(false), true) | (Some(true), false) => None,
        (Some(true), true) => {
            Some(claim(said, "the text says that no data is sold, and `sale` says that it is", "correct the text, or `sale:`"))
        }
        (None, true) => {
            Some(claim(said, "the text says that no data is sold, and no declaration does", "declare `sale: none` if it is true"))
        }
        (sold, false) => {
            let declared = if sold.is_some() { "`sale` says that none is" } else { "no declaration does" };
            Some(claim(said, &format!("the text says that data is sold, and {declared}"), "correct the text, or `sale:`"))
        }
    }
}

/// Whether a denied sale stands at the head of a sentence, whatever follows it: "we do not sell your data for marketing".
fn unconditional(tables: &Tables, words: &[Word], at: usize) -> bool {
    let first = tables.narrowed.find(words).map_or(words.len(), |(first, _)| first);
    first > at + 4 && words[..first].iter().enumerate().any(|(n, word)| n > at && word.gap.contains([',', ':']))
}

/// Whether it is we who do something.
fn is_ours(tables: &Tables, words: &[Word], at: usize) -> bool {
    let before = &words[at.saturating_sub(7)..at];
    tables.ours.said(before)
        || before.iter().any(|word| matches!(word.fold.as_str(), "we" | "nous" | "aucune" | "are" | "is" | "be" | "sont" | "est"))
}

/// That there are no cookies, no third parties, no processors.
fn none(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let registry = judge.declared.registry;
    let at = |table: &Phrases| table.find(words).map(|(at, length)| &words[at..at + length]);
    let sets = registry.services.iter().find(|service| !service.cookies.is_empty());
    let role = |recipient: &&registry::model::Recipient, roles: &[Role]| {
        !recipient.self_hosted && recipient.role.as_ref().and_then(Stated::known).is_some_and(|role| roles.contains(role))
    };
    // To readers, a company that works for the site is a third party too.
    let third = registry.recipients.iter().find(|recipient| role(recipient, &[Role::Controller, Role::JointController, Role::Processor]));
    let processor = registry.recipients.iter().find(|recipient| role(recipient, &[Role::Processor]));
    let contradicted = |said: &[Word], what: &str, path: String| {
        claim(said, &format!("the text says that there are no {what}, and `{path}` is declared"), "correct the text, or the declaration")
    };
    let whole = |(at, length): (usize, usize)| {
        let behind = &words[at + length..];
        let aims = behind.iter().any(|word| matches!(word.fold.as_str(), "for" | "to" | "pour" | "afin"));
        behind.is_empty() || tables.at_all.at(behind, 0).is_some() && !aims
    };
    if let (Some(said), Some(service)) = (at(tables.no_cookies), sets)
        && tables.no_cookies.find(words).is_some_and(whole)
    {
        return Some(contradicted(said, "cookies", format!("services.{}", service.id)));
    }
    if let (Some(said), Some(recipient)) = (nobody(tables, words), third) {
        return Some(contradicted(said, "third parties", format!("recipients.{}", recipient.id)));
    }
    let (said, recipient) = (at(tables.no_processors)?, processor?);
    Some(contradicted(said, "processors", format!("recipients.{}", recipient.id)))
}

/// The words that say that nobody else gets data: "we do not share your data with third parties", and nothing behind it.
fn nobody<'w>(tables: &Tables, words: &'w [Word]) -> Option<&'w [Word]> {
    // "Neither sold nor passed to third parties" is about selling.
    if tables.sell.said(words) {
        return None;
    }
    let (share, _) = tables.share.find(words)?;
    let (others, length) = tables.others.find(&words[share..])?;
    let end = share + others + length;
    let nothing = tables.nothing.said(&words[share.saturating_sub(5)..share + others]);
    let denied = nothing || tables.no.said(&words[share.saturating_sub(9)..end]) || words[share + others].fold.starts_with("no");
    let data = nothing || tables.data.said(&words[share.saturating_sub(9)..end]);
    (denied && data && others < 9 && end == words.len()).then(|| &words[share + others..end])
}

/// That no data leaves Europe.
fn europe(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let (at, length) = tables.beyond.find(words).or_else(|| tables.europe.find(words))?;
    let outside = judge.declared.registry.recipients.iter().find(|recipient| recipient.is_outside_eea() == Some(true))?;
    let from = at.saturating_sub(6);
    let out = tables.out.said(&words[from..at]) || tables.beyond.at(words, at).is_some();
    let stays = out && tables.no.said(&words[..at]) && tables.transfer.said(words);
    let around = &words[at.saturating_sub(4)..(at + length + 1).min(words.len())];
    let shut = tables.only.said(around) && tables.transfer.said(words) && !tables.no.said(words);
    (stays || shut).then(|| {
        let path = format!("recipients.{}", outside.id);
        claim(
            &words[at..at + length],
            &format!("the text says that no data leaves Europe, and `{path}` is outside the EEA"),
            "correct the text, or where the recipient is",
        )
    })
}

/// That machines decide alone, or that they do not.
fn decisions(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let (at, length) = tables.decisions.find(words)?;
    let denied = tables.no.said(&words[at.saturating_sub(8)..at]);
    let said = &words[at..at + length];
    let ours = tables.ours.said(words) || words.len() < 8;
    match (judge.declared.automated(), denied) {
        (Some(true), true) if ours => Some(claim(
            said,
            "the text says that no decision is automated, and `automated_decisions` tells of some",
            "correct the text, or `automated_decisions:`",
        )),
        (None, true) if ours => Some(claim(
            said,
            "the text says that no decision is automated, and no declaration does",
            "declare `automated_decisions: none` if it is true",
        )),
        (Some(false), false) if is_ours(tables, words, at) => Some(claim(
            said,
            "the text says that decisions are automated, and `automated_decisions` says that none is",
            "correct the text, or `automated_decisions:`",
        )),
        _ => None,
    }
}

/// That algorithms decide on people, where no decision is automated.
fn machines(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let (at, length) = tables.decides.find(words)?;
    let before = &words[at.saturating_sub(6)..at];
    // "If algorithms decide automatically, you may object" tells of a right.
    let stated = tables.machines.said(before) && !tables.no.said(words) && !tables.narrowed.said(&words[..at]);
    let whole = tables.person.said(&words[at..]) && !words[at..].iter().any(|word| matches!(word.fold.as_str(), "object" | "opposer"));
    (stated && whole && judge.declared.automated() == Some(false)).then(|| {
        claim(
            &words[at..at + length],
            "the text says that decisions are automated, and `automated_decisions` says that none is",
            "correct the text, or `automated_decisions:`",
        )
    })
}

/// That data is kept without an end, where every rule has one.
fn forever(judge: Judge<'_>, tables: &Tables, words: &[Word]) -> Option<Contradiction> {
    let (at, length) = tables.forever.find(words)?;
    let registry = judge.declared.registry;
    let ends = |keep: Option<&Stated<Keep>>| keep.is_some_and(|keep| matches!(keep.known(), Some(Keep::For(_) | Keep::Session)));
    let all = !registry.retention.is_empty() && registry.retention.iter().all(|rule| ends(rule.keep.as_ref()));
    let stated = tables.keep.said(words) && tables.data.said(&words[..at]) && is_ours(tables, words, at);
    // "Sans limitation de durée" has the "sans" that denies elsewhere.
    let denied = tables.no.said(&words[..at]) || tables.not_kept.said(words);
    (all && stated && !denied).then(|| {
        claim(
            &words[at..at + length],
            "the text says that data is kept without an end, and every rule under `retention` has one",
            "correct the text, or the `keep:` of the rule that is meant",
        )
    })
}
