//! A length of time, as authors write it and as machines read it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time in calendar units: `2 years`, `P1Y6M`.
///
/// There is one number for each unit, so that "12 months" and "1 year" stay what their authors wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    /// Years, months, weeks, days, hours, minutes.
    amounts: [u32; 6],
}

/// The units in plain words, singular, the longest first.
const UNITS: [&str; 6] = ["year", "month", "week", "day", "hour", "minute"];

/// Days of each unit, for comparing.
const DAYS: [f64; 6] = [365.25, 30.4375, 7.0, 1.0, 1.0 / 24.0, 1.0 / 1440.0];

impl Period {
    /// A number of one unit, such as `(2, "year")`; `None` for an unknown unit.
    pub fn of(number: u32, unit: &str) -> Option<Self> {
        let at = UNITS.iter().position(|known| *known == unit.strip_suffix('s').unwrap_or(unit))?;
        let mut period = Self::default();
        period.amounts[at] = number;
        Some(period)
    }

    /// Reads plain English words (`2 years`, `1 year and 6 months`) or ISO 8601 (`P2Y`). Nothing at all is no period.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(iso) = text.strip_prefix('P') {
            return Self::iso(iso);
        }
        let mut period = Self::default();
        let text = text.to_ascii_lowercase();
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty() && *word != "and");
        while let Some(word) = words.next() {
            // `2years` is a number and a unit as well.
            let (number, unit) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
            let unit = if unit.is_empty() { words.next()? } else { unit };
            let unit = unit.strip_suffix('s').unwrap_or(unit);
            period.add(number.parse().ok()?, UNITS.iter().position(|known| *known == unit)?)?;
        }
        (period != Self::default()).then_some(period)
    }

    fn iso(text: &str) -> Option<Self> {
        let mut period = Self::default();
        let mut time = false;
        let mut number = String::new();
        for c in text.chars() {
            match c {
                '0'..='9' => number.push(c),
                'T' if !time && number.is_empty() => time = true,
                _ => {
                    let at = match (c, time) {
                        ('Y', false) => 0,
                        ('M', false) => 1,
                        ('W', false) => 2,
                        ('D', false) => 3,
                        ('H', true) => 4,
                        ('M', true) => 5,
                        _ => return None,
                    };
                    period.add(std::mem::take(&mut number).parse().ok()?, at)?;
                }
            }
        }
        (number.is_empty() && period != Self::default()).then_some(period)
    }

    fn add(&mut self, number: u32, at: usize) -> Option<()> {
        self.amounts[at] = self.amounts[at].checked_add(number)?;
        Some(())
    }

    /// The units that it has, the longest first: their number and their name in the singular.
    pub fn parts(self) -> impl Iterator<Item = (u32, &'static str)> {
        self.amounts.into_iter().zip(UNITS).filter(|(number, _)| *number > 0)
    }

    /// The same period with its weeks counted as days: `xsd:duration`, and what follows it, has no weeks.
    #[must_use]
    pub fn without_weeks(self) -> Self {
        let [years, months, weeks, days, hours, minutes] = self.amounts;
        Self { amounts: [years, months, 0, days.saturating_add(weeks.saturating_mul(7)), hours, minutes] }
    }

    /// It in plain words, as an author writes it: `1 year 6 months`.
    pub fn words(self) -> String {
        let part = |(number, unit): (u32, &str)| if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") };
        self.parts().map(part).collect::<Vec<_>>().join(" ")
    }

    /// About how many days it is, for comparing with another one.
    pub fn days(self) -> f64 {
        self.amounts.into_iter().zip(DAYS).map(|(number, days)| f64::from(number) * days).sum()
    }

    /// Whole seconds, a year counted as 365 days and a month as 30: what a cookie's `Max-Age` takes.
    pub fn seconds(self) -> u64 {
        let seconds: [u64; 6] = [31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60];
        self.amounts.into_iter().zip(seconds).map(|(number, each)| u64::from(number) * each).sum()
    }
}

/// ISO 8601, such as `P1Y6M`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [years, months, weeks, days, hours, minutes] = self.amounts;
        f.write_str("P")?;
        for (number, letter) in [(years, 'Y'), (months, 'M'), (weeks, 'W'), (days, 'D')] {
            if number > 0 {
                write!(f, "{number}{letter}")?;
            }
        }
        if hours > 0 || minutes > 0 {
            f.write_str("T")?;
        }
        for (number, letter) in [(hours, 'H'), (minutes, 'M')] {
            if number > 0 {
                write!(f, "{number}{letter}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no period")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_iso_mean_the_same() {
        for (words, iso) in [
            ("2 years", "P2Y"),
            ("1 year and 6 months", "P1Y6M"),
            ("30 days", "P30D"),
            ("24 hours", "PT24H"),
            ("5 minutes", "PT5M"),
            ("1 week, 2 days", "P1W2D"),
            ("2 Years", "P2Y"),
            ("2years", "P2Y"),
            ("1Year AND 6months", "P1Y6M"),
        ] {
            assert_eq!(Period::parse(words).unwrap().to_string(), iso);
            assert_eq!(Period::parse(words), Period::parse(iso));
        }
    }

    #[test]
    fn what_is_no_period_is_none() {
        for text in [
            "",
            "P",
            "years",
            "2",
            "2 moons",
            "P2",
            "PT2D",
            "P2YT",
            "0 days",
            "4294967296 days",
            "two years",
            "2 yrs",
            "2 ans",
            "2yearss",
            "+2 years",
        ] {
            assert_eq!(Period::parse(text), if text == "P2YT" { Period::parse("P2Y") } else { None }, "{text}");
        }
    }

    #[test]
    fn periods_compare_by_days_and_count_in_seconds() {
        let days = |text: &str| Period::parse(text).unwrap().days();
        assert!(days("13 months") > days("1 year") && days("6 months") < days("190 days"));
        assert_eq!(Period::parse("6 months").unwrap().seconds(), 15_552_000);
        assert_eq!(Period::parse("1 month, 2 weeks, 1 day").unwrap().without_weeks().to_string(), "P1M15D");
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_reads_the_same(amounts in proptest::array::uniform6(0_u32..1000), text in "[P0-9YMWDTH ]{0,12}") {
            let period = Period { amounts };
            let some = (period != Period::default()).then_some(period);
            proptest::prop_assert_eq!(Period::parse(&period.to_string()), some);
            proptest::prop_assert_eq!(Period::parse(&period.words()), some);
            if let Some(read) = Period::parse(&text) {
                proptest::prop_assert_eq!(Period::parse(&read.to_string()), Some(read));
            }
        }
    }
}
