//! Amounts of time in a text, in figures and in words. What they are said of is left to `periods`.

use registry::model::Period;

use super::words::{Word, words};

/// A length of time in the units that always count the same: months of any length, and minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) months: u32,
    pub(super) minutes: u32,
}

/// An amount in a text: its first word and the one behind its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) amount: Amount,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Numbers in words.
const NUMBERS: [(&str, u32); 38] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("eighteen", 18),
    ("twenty", 20),
    ("thirty", 30),
    ("sixty", 60),
    ("ninety", 90),
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quinze", 15),
    ("vingt", 20),
    ("trente", 30),
    ("soixante", 60),
    ("cent", 100),
];

/// Units in both languages: months, then minutes, of each.
const UNITS: [(&str, u32, u32); 24] = [
    ("year", 12, 0),
    ("years", 12, 0),
    ("an", 12, 0),
    ("ans", 12, 0),
    ("annee", 12, 0),
    ("annees", 12, 0),
    ("month", 1, 0),
    ("months", 1, 0),
    ("mois", 1, 0),
    ("week", 0, 10_080),
    ("weeks", 0, 10_080),
    ("semaine", 0, 10_080),
    ("semaines", 0, 10_080),
    ("day", 0, 1440),
    ("days", 0, 1440),
    ("jour", 0, 1440),
    ("jours", 0, 1440),
    ("hour", 0, 60),
    ("hours", 0, 60),
    ("heure", 0, 60),
    ("heures", 0, 60),
    ("minute", 0, 1),
    ("minutes", 0, 1),
    ("mn", 0, 1),
];

/// What may stand between a number and its unit.
const KINDS_OF_DAYS: &str = " calendar business working consecutive full ";

/// Numbers that are words of their own before these: "one day we may", "une heure".
const NO_AMOUNT: [(&str, &str); 6] =
    [("one", "day"), ("one", "hour"), ("one", "minute"), ("un", "jour"), ("une", "heure"), ("une", "minute")];

fn number(word: &Word) -> Option<u32> {
    let spelled = || NUMBERS.iter().find(|(name, _)| *name == word.fold).map(|(_, number)| *number);
    if word.code { None } else { word.fold.parse().ok().filter(|n| *n < 1000).or_else(spelled) }
}

/// The amount whose number stands at a word.
fn single(words: &[Word], at: usize) -> Option<Found> {
    let mut value = number(words.get(at)?)?;
    let mut next = at + 1;
    // "forty-five" never comes alone; "thirty (30)", "30 (thirty)".
    while let Some(again) = words.get(next).and_then(number) {
        let joined = words[next].gap == "-" || words[next].gap == " ";
        value = if joined && again < 10 && value >= 20 { value + again } else { again.max(value) };
        next += 1;
    }
    if words.get(next).is_some_and(|word| KINDS_OF_DAYS.contains(&format!(" {} ", word.fold))) {
        next += 1;
    }
    let unit = words.get(next)?;
    if unit.gap.contains([',', ';', '.', ':', '/']) || unit.code {
        return None;
    }
    let (_, months, minutes) = UNITS.iter().find(|(name, _, _)| *name == unit.fold)?;
    if NO_AMOUNT.contains(&(words[at].fold.as_str(), unit.fold.as_str())) || value == 0 {
        return None;
    }
    Some(Found { amount: Amount { months: months * value, minutes: minutes * value }, start: at, end: next + 1 })
}

/// Every amount; "1 year and 6 months" is three: the whole, then its parts.
pub(super) fn amounts(words: &[Word]) -> Vec<(Found, Vec<Found>)> {
    let mut found: Vec<(Found, Vec<Found>)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(first) = single(words, at) else {
            at += 1;
            continue;
        };
        let and = words.get(first.end).is_some_and(|word| matches!(word.fold.as_str(), "and" | "et"));
        let next = single(words, first.end + usize::from(and));
        match next.filter(|next| first.amount.minutes == 0 && first.amount.months >= 12 && next.amount.months < 12) {
            Some(second) => {
                let amount =
                    Amount { months: first.amount.months + second.amount.months, minutes: first.amount.minutes + second.amount.minutes };
                found.push((Found { amount, start: at, end: second.end }, vec![first, second]));
                at = second.end;
            }
            None => {
                found.push((first, Vec::new()));
                at = first.end;
            }
        }
    }
    found
}

/// Every amount that some texts name.
pub(super) fn amounts_in(texts: &[String]) -> Vec<Amount> {
    let mut declared: Vec<Amount> = Vec::new();
    for text in texts {
        for (whole, parts) in amounts(&words(text, &[], &|span| span)) {
            declared.extend(parts.iter().map(|part| part.amount).chain([whole.amount]));
        }
        if let Some(period) = Period::parse(text) {
            declared.push(period.parts().fold(Amount::default(), |sum, (number, unit)| {
                let (_, months, minutes) = UNITS.iter().find(|(name, _, _)| *name == unit).copied().unwrap_or_default();
                Amount { months: sum.months + number * months, minutes: sum.minutes + number * minutes }
            }));
        }
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, u32)> {
        amounts(&words(text, &[], &|span| span)).into_iter().map(|(found, _)| (found.amount.months, found.amount.minutes)).collect()
    }

    #[test]
    fn amounts_are_read_in_figures_and_in_words() {
        assert_eq!(read("12 months, one year, un an"), [(12, 0); 3]);
        assert_eq!(read("thirty (30) days; quarante jours"), [(0, 43_200)]);
        assert_eq!(read("1 year and 6 months"), [(18, 0)]);
        assert_eq!(read("24 hours or 1 day"), [(0, 1440); 2]);
        assert_eq!(read("one day, a year, days of 2026"), []);
    }
}
