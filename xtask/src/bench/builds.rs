//! Whole builds: from nothing, with nothing changed, and fully minified, each against the floor `limit`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::figure::{Figure, Unit, median, most};
use super::measure::{Cost, cost};
use super::{Args, Corpus, Minify, Programs, Work, peers, retire};
use crate::report;

/// A build into a folder that is not there yet.
pub(super) const COLD: &str = "cold-build";
/// The most memory that such a build has.
pub(super) const COLD_MEMORY: &str = "cold-build-memory";
/// The same with `minify: full`.
pub(super) const COLD_FULL: &str = "cold-build-minify-full";
/// The build that follows one, with nothing changed.
pub(super) const WARM: &str = "warm-build";

/// One program that builds the corpus.
struct Contender {
    name: &'static str,
    program: PathBuf,
    args: Vec<String>,
    /// The folder that it writes.
    out: PathBuf,
    /// The corpus that it reads.
    site: PathBuf,
    /// Whether it starts without output and caches.
    cold: bool,
}

/// Runs everyone once a round, in turn, and puts each run beside the floor's of the same round.
pub(super) fn measure(work: &Work, programs: &Programs, args: &Args) -> Result<Vec<Figure>> {
    let cold = args.wants(COLD) || args.wants(COLD_MEMORY) || args.wants(WARM);
    let full = programs.ours_full.as_ref();
    if !cold && full.is_none() {
        return Ok(Vec::new());
    }
    let pages = args.pages as usize;
    let corpus = Corpus::make(work, "site", pages, Minify::Fast)?;
    let mut corpora = vec![&corpus];
    let mut contenders = vec![floor(work, programs, &corpus)];
    if cold {
        contenders.push(ours(work, COLD, &programs.ours, &corpus));
    }
    if args.wants(WARM) {
        contenders.push(Contender { name: WARM, cold: false, ..ours(work, COLD, &programs.ours, &corpus) });
    }
    let corpus_full;
    if let Some(program) = full {
        corpus_full = Corpus::make(work, "site-full", pages, Minify::Full)?;
        corpora.push(&corpus_full);
        contenders.push(ours(work, COLD_FULL, program, &corpus_full));
    }
    if let Some(program) = &programs.hugo {
        contenders.push(hugo(work, program, &corpus)?);
    }
    let costs = rounds(work, &contenders, &corpora, args.rounds)?;
    Ok(figures(&contenders, &costs, args))
}

fn floor(work: &Work, programs: &Programs, corpus: &Corpus) -> Contender {
    let out = work.folder("out/limit");
    let args = ["limit".to_owned(), text(&corpus.content()), text(&out)].to_vec();
    Contender { name: "limit", program: programs.floor.clone(), args, out, site: corpus.root.clone(), cold: true }
}

fn ours(work: &Work, name: &'static str, program: &Path, corpus: &Corpus) -> Contender {
    let out = work.folder("out").join(name);
    let args = ["build", "--root", &text(&corpus.root), "--out", &text(&out)].map(str::to_owned).to_vec();
    Contender { name, program: program.to_owned(), args, out, site: corpus.root.clone(), cold: true }
}

fn hugo(work: &Work, program: &Path, corpus: &Corpus) -> Result<Contender> {
    let (site, out) = (peers::hugo_site(work, corpus)?, work.folder("out/hugo"));
    let args = ["--quiet", "--minify", "--source", &text(&site), "--destination", &text(&out)];
    let args = args.map(str::to_owned).to_vec();
    Ok(Contender { name: "hugo", program: program.to_owned(), args, out, site, cold: true })
}

/// The costs of each contender by round; the first round, which warms the page cache, is not among them.
fn rounds(work: &Work, contenders: &[Contender], corpora: &[&Corpus], rounds: u32) -> Result<Vec<Vec<Cost>>> {
    let mut costs = vec![Vec::new(); contenders.len()];
    fs::create_dir_all(work.folder("out"))?;
    for round in 0..=rounds {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            if contender.cold {
                retire(&contender.out, &work.trash())?;
                for corpus in corpora.iter().filter(|corpus| corpus.root == contender.site) {
                    corpus.retire_leftovers(&work.trash())?;
                }
            }
            work.settle();
            let args: Vec<&OsStr> = contender.args.iter().map(OsStr::new).collect();
            let cost = cost(contender.program.as_os_str(), &args)?;
            report::note(&format!(
                "round {round}: {:<24}{:>8.3} s {:>8.3} s processor {:>7.1} MB",
                contender.name, cost.wall, cost.cpu, cost.peak
            ));
            if round == 0 {
                built_all(contender, corpora[0].len())?;
            } else {
                costs.push(cost);
            }
        }
    }
    Ok(costs)
}

/// A program that writes no pages is fast, and measures nothing.
fn built_all(contender: &Contender, pages: usize) -> Result<()> {
    let mut found = 0;
    for section in fs::read_dir(&contender.out)?.flatten() {
        for page in fs::read_dir(section.path()).into_iter().flatten().flatten() {
            found += usize::from(page.path().join("index.html").is_file());
        }
    }
    if found < pages {
        bail!("{} wrote {found} of {pages} pages to {}", contender.name, contender.out.display());
    }
    Ok(())
}

fn figures(contenders: &[Contender], costs: &[Vec<Cost>], args: &Args) -> Vec<Figure> {
    let of = |name: &str| contenders.iter().position(|contender| contender.name == name).map(|at| &costs[at]);
    let ratio = |name, bound, decides| -> Option<Figure> {
        let (mine, floor) = (of(name)?, of("limit")?);
        let samples: Vec<f64> = mine.iter().zip(floor).map(|(mine, floor)| mine.wall / floor.wall).collect();
        let walls = |costs: &[Cost]| median(&costs.iter().map(|cost| cost.wall).collect::<Vec<f64>>());
        let peak = median(&mine.iter().map(|cost| cost.peak).collect::<Vec<f64>>());
        let absolute = vec![("ours_s", walls(mine)), ("floor_s", walls(floor)), ("peak_mb", peak)];
        Some(Figure { name, value: median(&samples), unit: Unit::Times, bound, decides, absolute, samples })
    };
    let memory = || -> Option<Figure> {
        let samples: Vec<f64> = of(COLD)?.iter().map(|cost| cost.peak).collect();
        let (value, bound, absolute) = (most(&samples)?, Some(200.0), Vec::new());
        Some(Figure { name: COLD_MEMORY, value, unit: Unit::Megabytes, bound, decides: true, absolute, samples })
    };
    let wanted = [
        args.wants(COLD).then(|| ratio(COLD, Some(2.0), true)),
        args.wants(COLD_MEMORY).then(memory),
        args.wants(COLD_FULL).then(|| ratio(COLD_FULL, Some(4.5), true)),
        args.wants(WARM).then(|| ratio(WARM, Some(1.0), false)),
        Some(ratio("hugo", None, false)),
    ];
    wanted.into_iter().flatten().flatten().collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
