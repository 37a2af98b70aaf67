//! The words in which a derivation speaks: countries, legal bases, periods, in one language.

use crate::model::{Country, Keep, Period, Start};

/// The words of one language, by key. A key that is missing stands for itself, so that nothing is ever silently left out.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The language's code.
    pub language: &'a str,
    /// The word of a key.
    pub get: &'a dyn Fn(&str) -> Option<String>,
}

impl Words<'_> {
    /// The word of a key such as `basis_consent`.
    pub fn word(&self, key: &str) -> String {
        (self.get)(key).unwrap_or_else(|| key.to_owned())
    }

    /// The word of a value of a vocabulary: `word_of("basis", "legal-obligation")` has the key `basis_legal_obligation`.
    pub fn word_of(&self, vocabulary: &str, value: &str) -> String {
        self.word(&format!("{vocabulary}_{}", value.replace('-', "_")))
    }

    /// A country's name.
    pub fn country(&self, country: Country) -> String {
        self.word(&format!("country_{country}"))
    }

    /// A length of time in words: "1 year and 6 months".
    pub fn period(&self, period: Period) -> String {
        let parts: Vec<String> = period
            .parts()
            .map(|(number, unit)| {
                let form = if number == 1 { "one" } else { "many" };
                self.word(&format!("period_{unit}_{form}")).replace("{n}", &number.to_string())
            })
            .collect();
        match parts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} {} {last}", others.join(", "), self.word("and")),
            None => String::new(),
        }
    }

    /// From when on something is kept, in words.
    pub fn start(&self, start: &Start) -> String {
        match start {
            Start::Noted(since) => self.word_of("since", since.name()),
            Start::Other(text) => text.get(self.language).to_owned(),
        }
    }

    /// How long something is kept, in words.
    pub fn keep(&self, keep: Keep) -> String {
        match keep {
            Keep::Session => self.word("keep_session"),
            Keep::UntilDeleted => self.word("keep_until_deleted"),
            Keep::For(period) => self.period(period),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_spoken() {
        let get = |key: &str| match key {
            "period_year_one" => Some("{n} an".to_owned()),
            "period_month_many" => Some("{n} mois".to_owned()),
            "and" => Some("et".to_owned()),
            _ => None,
        };
        let words = Words { language: "fr", get: &get };
        assert_eq!(words.period(Period::parse("1 year 6 months").unwrap()), "1 an et 6 mois");
        assert_eq!(words.country(Country::parse("US").unwrap()), "country_US");
    }
}
