//! How much later a page paints for the banner: `e2e/paint.js` drives the browser, the figure is made here.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::figure::{Figure, Unit, median, quartile};
use crate::{needs, report};

/// The first contentful paint of a page with the banner, against the same page's without.
pub(super) const PAINT: &str = "banner-paint";

/// Pairs of each page. A paint takes a second or two, and is a good deal less steady than a build.
const PAIRS: &str = "15";

/// Times until the first paint of the same page, in milliseconds.
struct Pair {
    page: String,
    with: f64,
    without: f64,
}

/// Builds the program, installs what the browser needs, and measures.
pub(super) fn measure() -> Result<Figure> {
    needs::chromium()?;
    needs::npm_packages("e2e", needs::Npm::Exactly)?;
    super::programs::tested()?;
    report::note("painting pages with and without the banner");
    let output = Command::new("node")
        .args(["paint.js", PAIRS])
        .current_dir(crate::workspace().join("e2e"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start node")?;
    if !output.status.success() {
        bail!("e2e/paint.js ended with {}", output.status);
    }
    let said: Value = serde_json::from_slice(&output.stdout).context("e2e/paint.js did not print JSON")?;
    Ok(figure(&pairs(&said).context("e2e/paint.js did not print pairs")?))
}

/// The pairs that were printed; none where something else was.
fn pairs(said: &Value) -> Option<Vec<Pair>> {
    let pair = |pair: &Value| {
        Some(Pair { page: pair["page"].as_str()?.to_owned(), with: pair["with"].as_f64()?, without: pair["without"].as_f64()? })
    };
    said.as_array()?.iter().map(pair).collect()
}

fn figure(pairs: &[Pair]) -> Figure {
    let ratios = |page: &str| -> Vec<f64> {
        pairs.iter().filter(|pair| page.is_empty() || pair.page == page).map(|pair| pair.with / pair.without).collect()
    };
    let of = |time: fn(&Pair) -> f64| median(&pairs.iter().map(time).collect::<Vec<_>>());
    let samples = ratios("");
    let absolute = vec![
        ("with_ms", of(|pair| pair.with)),
        ("without_ms", of(|pair| pair.without)),
        ("home", median(&ratios("home"))),
        ("privacy", median(&ratios("privacy"))),
        ("lower_quartile", quartile(&samples, 1)),
        ("upper_quartile", quartile(&samples, 3)),
    ];
    Figure { name: PAINT, value: median(&samples), unit: Unit::Times, bound: Some(1.05), decides: true, absolute, samples }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{figure, pairs};

    #[test]
    fn the_figure_is_the_median_of_the_pairs_ratios() {
        let said = json!([
            { "page": "home", "with": 1010.0, "without": 1000.0 },
            { "page": "home", "with": 3000.0, "without": 1000.0 },
            { "page": "privacy", "with": 2040.0, "without": 2000 },
        ]);
        let figure = figure(&pairs(&said).unwrap());
        assert_eq!((figure.value, figure.passes()), (1.02, true));
        assert!(figure.absolute.contains(&("privacy", 1.02)) && figure.absolute.contains(&("with_ms", 2040.0)));
    }

    #[test]
    fn what_is_no_pair_is_told() {
        assert!(pairs(&json!([{ "page": "home", "with": null, "without": 1 }])).is_none());
        assert!(!figure(&[]).passes());
    }
}
