//! A figure: a value, its bound, and whether it keeps it.

use serde_json::{Value, json};

use crate::report;

/// What a figure is measured in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    /// How many times the floor.
    Times,
    Megabytes,
    Kilobytes,
    Milliseconds,
}

/// A measured value and the most that it may be.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// Without one the figure is there to compare with.
    pub(super) bound: Option<f64>,
    /// Whether a value over the bound fails the run.
    pub(super) decides: bool,
    /// The absolute figures, by name: seconds, or whatever the name says.
    pub(super) absolute: Vec<(&'static str, f64)>,
    /// Every pair's ratio, or every sample.
    pub(super) samples: Vec<f64>,
}

impl Figure {
    /// Whether it lets the run pass.
    pub(super) fn passes(&self) -> bool {
        !self.decides || self.within()
    }

    fn within(&self) -> bool {
        self.bound.is_none_or(|bound| self.value <= bound)
    }

    /// `ok`, `short`, or `info` where it is outside of its bound and does not decide.
    fn verdict(&self) -> &'static str {
        match (self.within(), self.decides) {
            (true, _) => "ok",
            (false, true) => "short",
            (false, false) => "info",
        }
    }

    /// `name value bound ok|short`, then the absolute figures in brackets.
    fn line(&self) -> String {
        let bound = self.bound.map_or_else(|| "-".to_owned(), |bound| format!("{bound:.2}"));
        let mut shown: Vec<String> = self.absolute.iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
        if let (Some(least), Some(most)) = (least(&self.samples), most(&self.samples)) {
            shown.push(format!("{} samples {least:.2} to {most:.2}", self.samples.len()));
        }
        format!("{} {:.2} {bound} {} ({})", self.name, self.value, self.verdict(), shown.join(", "))
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "value": self.value,
            "unit": match self.unit {
                Unit::Times => "times",
                Unit::Megabytes => "MB",
                Unit::Kilobytes => "kB",
                Unit::Milliseconds => "ms",
            },
            "bound": self.bound,
            "verdict": self.verdict(),
            "decides": self.decides,
            "absolute": self.absolute.iter().map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect::<serde_json::Map<_, _>>(),
            "samples": self.samples,
        })
    }
}

/// Prints a line for each, or all as one JSON array.
pub(super) fn print(figures: &[Figure], as_json: bool) {
    if as_json {
        let array: Vec<Value> = figures.iter().map(Figure::json).collect();
        report::result(&format!("{:#}", Value::Array(array)));
    } else {
        for figure in figures {
            report::result(&figure.line());
        }
    }
}

/// The middle of the values; of an even number, the mean of the two in the middle. Not a number where there are none.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
        odd => sorted[odd / 2],
    }
}

/// The value below which so many quarters of the values lie, the nearest of them. Not a number where there are none.
pub(super) fn quartile(values: &[f64], quarters: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) * quarters / 4).copied().unwrap_or(f64::NAN)
}

fn least(values: &[f64]) -> Option<f64> {
    values.iter().copied().min_by(f64::total_cmp)
}

/// The greatest of the values.
pub(super) fn most(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit, median, quartile};

    fn figure(value: f64, bound: Option<f64>, decides: bool) -> Figure {
        let (absolute, samples) = (vec![("ours_s", 0.9)], vec![1.7, 1.9]);
        Figure { name: "cold-build", value, unit: Unit::Times, bound, decides, absolute, samples }
    }

    #[test]
    fn a_line_begins_with_name_value_bound_and_verdict() {
        assert!(figure(1.8, Some(2.0), true).line().starts_with("cold-build 1.80 2.00 ok ("));
        assert!(figure(2.1, Some(2.0), true).line().starts_with("cold-build 2.10 2.00 short ("));
        assert!(figure(9.0, None, false).line().starts_with("cold-build 9.00 - ok ("));
    }

    #[test]
    fn only_what_decides_fails_the_run() {
        assert!(!figure(2.1, Some(2.0), true).passes());
        assert!(figure(2.1, Some(2.0), false).passes());
        assert!(figure(2.0, Some(2.0), true).passes());
        assert!(!figure(f64::NAN, Some(2.0), true).passes());
    }

    #[test]
    fn json_has_the_same() {
        let json = figure(2.1, Some(2.0), true).json();
        assert_eq!((json["verdict"].as_str(), json["absolute"]["ours_s"].as_f64()), (Some("short"), Some(0.9)));
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn quartiles_are_a_quarter_in_from_the_ends() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!([1, 3].map(|quarters| quartile(&values, quarters)), [2.0, 4.0]);
        assert!(quartile(&[], 1).is_nan());
    }
}
