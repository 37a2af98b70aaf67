//! Named data: a period that some rule has, said of data whose own rule has another. What no rule has is left to `periods`.

use registry::model::{Keep, Localized, Registry, Stated};

use super::amounts::{Amount, amounts_in};
use super::text::Sentence;
use super::words::{Table, Word, folded};
use super::{Judge, declared};

/// The names of a rule's data, and every amount that it and its data declare.
#[derive(Debug)]
pub(super) struct Rule {
    /// The rule's key.
    pub(super) id: String,
    names: Vec<String>,
    amounts: Vec<Amount>,
    is_known: bool,
}

/// The rules, and the amounts that stand anywhere else, which may be meant.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    elsewhere: Vec<Amount>,
}

/// Words of labels that name no data by themselves.
const GENERIC: &str = " data information informations personal details records record donnee personnelle everything other about autre reste tout toute user visitor \
utilisateur visiteur people personne customer client ";

/// What a name stands before where it is what is kept.
static KEPT: Table =
    Table::of(["for|during|up to|are|is|will|after|at most", "pendant|durant|sont|est|seront|sera|pour|jusqu|au bout|au plus|apres"]);

/// What a name stands behind: nothing that makes it a part of something else.
const PART_OF: &str = " of from to with by about and or on de des du d a au aux et ou sur par l ";

/// What says that a sentence is about a part, a copy or a condition.
static OTHERWISE: Table = Table::of([
    "if|unless|except|backup*|copy|copies|cookie*|when|where|until|anonymous|anonymised|archive*|respond*|answer*|reply|change|changes",
    "si|s il|sauf|excepté|sauvegarde*|copie*|cookie*|lorsque|quand|jusqu à ce|anonym*|archiv*|repond*|repons*|modification*|changement*",
]);

impl Rules {
    /// Gathers the rules of a registry.
    pub(super) fn of(registry: &Registry) -> Self {
        let mut rest = serde_json::to_value(registry).unwrap_or_default();
        if let Some(fields) = rest.as_object_mut() {
            fields.remove("retention");
        }
        Self { rules: registry.retention.iter().map(|rule| Rule::of(registry, rule)).collect(), elsewhere: amounts(&rest) }
    }
}

impl Rule {
    fn of(registry: &Registry, rule: &registry::model::Retention) -> Self {
        let data: Vec<_> = registry.data.iter().filter(|data| rule.data.contains(&data.id)).collect();
        let labels = data.iter().map(|data| &data.label).chain(&rule.label);
        let names =
            labels.flat_map(texts).flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(stem).filter(|name| is_telling(name));
        let mut known = amounts(&serde_json::to_value(rule).unwrap_or_default());
        known.extend(data.iter().flat_map(|data| amounts(&serde_json::to_value(data).unwrap_or_default())));
        let is_known = matches!(rule.keep.as_ref().and_then(Stated::known), Some(Keep::For(_)));
        Self { id: rule.id.to_string(), names: names.collect(), amounts: known, is_known }
    }
}

fn texts(label: &Localized) -> impl Iterator<Item = &str> {
    label.by_language.iter().map(|(_, text)| text.as_str()).chain([label.default.as_str()])
}

fn amounts(value: &serde_json::Value) -> Vec<Amount> {
    let mut texts = Vec::new();
    declared::gather(value, &mut texts);
    amounts_in(&texts)
}

/// A word without its plural.
fn stem(word: &str) -> String {
    let word = folded(word);
    word.strip_suffix("ies").map(|stem| format!("{stem}y")).unwrap_or_else(|| word.trim_end_matches(['s', 'x']).to_owned())
}

fn is_telling(name: &str) -> bool {
    name.len() > 4 && !GENERIC.contains(&format!(" {name} "))
}

/// The rule of the data that a sentence names as what is kept, where its amount is that of other rules alone.
pub(super) fn other_rule<'a>(judge: Judge<'a>, sentence: &Sentence, amount: Amount, start: usize) -> Option<&'a Rule> {
    let rules = judge.declared.rules.get_or_init(|| Rules::of(judge.declared.registry));
    let words = &sentence.words;
    if rules.elsewhere.contains(&amount)
        || OTHERWISE.read(judge.language).said(words)
        || words[..start].iter().any(|word| word.gap.contains([',', ';', ':']))
    {
        return None;
    }
    let names: Vec<String> = (0..start).filter(|at| is_kept(judge, words, *at, start)).map(|at| stem(&words[at].text)).collect();
    let mut named = rules.rules.iter().filter(|rule| rule.names.iter().any(|name| names.contains(name)));
    let first = named.next()?;
    // Of several rules for such data, each may be meant.
    [first].into_iter().chain(named).all(|rule| rule.is_known && !rule.amounts.contains(&amount)).then_some(first)
}

/// Whether a word stands where what is kept does: "we keep enquiries for", "les demandes de découverte sont conservées".
fn is_kept(judge: Judge<'_>, words: &[Word], at: usize, start: usize) -> bool {
    let part = at > 0 && PART_OF.contains(&format!(" {} ", words[at - 1].fold));
    let goes_on = |at: usize| at == start || KEPT.read(judge.language).at(words, at).is_some();
    let of = words.get(at + 1).is_some_and(|word| matches!(word.fold.as_str(), "de" | "d")) && at + 3 <= start && goes_on(at + 3);
    !part && (goes_on(at + 1) || of)
}
