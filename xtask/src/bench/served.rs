//! From saving a page to its new HTML being served, against the floor `dev`.
//!
//! Both servers run at once, each on a corpus of its own so that a save wakes only one of them, and take turns. A save is
//! one write in place with a line that no page had before; then the page is asked for every 2 ms until it has that line.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::figure::{Figure, Unit, median};
use super::http::Client;
use super::{Args, Corpus, Minify, Programs, Work, peers};
use crate::report;

/// The figure's name.
pub(super) const SAVED: &str = "save-to-served";

const POLL: Duration = Duration::from_millis(2);
/// How long a server is left alone before a save, so that it is idle when the clock starts.
const QUIET: Duration = Duration::from_millis(300);
/// How long a save may take before it counts as missed.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a server may take to answer at all.
const START: Duration = Duration::from_secs(180);

/// Measures it; the floor's and our medians decide, since that is what an editor notices.
pub(super) fn measure(work: &Work, programs: &Programs, args: &Args) -> Result<Figure> {
    let pages = args.pages as usize;
    let site = Corpus::make(work, "site", pages, Minify::Fast)?;
    let floor_site = Corpus::make(work, "site-floor", pages, Minify::Fast)?;
    let (floor, ours, hugo) = site.while_changing(|| {
        floor_site.while_changing(|| {
            let port = free_port()?;
            let command = ["dev", &text(&floor_site.root), &port.to_string()].map(str::to_owned);
            let mut servers = vec![Server::start(work, "floor", &programs.floor, &command, port, &floor_site)?];
            let port = free_port()?;
            let command = ["serve", "--root", &text(&site.root), "--port", &port.to_string()].map(str::to_owned);
            servers.push(Server::start(work, "ours", &programs.ours, &command, port, &site)?);
            let mut times = in_turn(&mut servers, args.trials as usize)?;
            drop(servers);
            let ours = times.pop().unwrap_or_default();
            let floor = times.pop().unwrap_or_default();
            Ok((floor, ours, hugo_saves(work, programs, args)?))
        })
    })?;
    let mut absolute = vec![("ours_ms", median(&ours)), ("floor_ms", median(&floor))];
    absolute.extend(hugo.map(|times| ("hugo_ms", median(&times))));
    let samples: Vec<f64> = ours.iter().zip(&floor).map(|(ours, floor)| ours / floor).collect();
    let value = median(&ours) / median(&floor);
    Ok(Figure { name: SAVED, value, unit: Unit::Times, bound: Some(5.0), decides: true, absolute, samples })
}

/// Hugo's, by itself: it is slow enough to be in the way of the others.
fn hugo_saves(work: &Work, programs: &Programs, args: &Args) -> Result<Option<Vec<f64>>> {
    let Some(hugo) = &programs.hugo else {
        return Ok(None);
    };
    let corpus = Corpus::make(work, "site-hugo", args.pages as usize, Minify::Fast)?;
    corpus.while_changing(|| {
        let (site, port) = (peers::hugo_site(work, &corpus)?, free_port()?);
        let command = ["server", "--quiet", "--source", &text(&site), "--bind", "127.0.0.1", "--port", &port.to_string()];
        let server = Server::start(work, "hugo", hugo, &command.map(str::to_owned), port, &corpus)?;
        Ok(in_turn(&mut [server], 5)?.pop())
    })
}

/// The times of each server in milliseconds. The pages are as before afterwards.
fn in_turn(servers: &mut [Server<'_>], trials: usize) -> Result<Vec<Vec<f64>>> {
    let mut times = vec![Vec::new(); servers.len()];
    for server in &mut *servers {
        server.warm_up()?;
    }
    for trial in 1..=trials {
        for turn in 0..servers.len() {
            // Each goes first in its turn, so that the place in the round favours nobody.
            let at = (turn + trial) % servers.len();
            let (server, times) = (&mut servers[at], &mut times[at]);
            let page = trial * server.corpus.len() / (trials + 1);
            let took = server.save(page, &format!("marker-{trial}-{}", std::process::id()))?;
            report::note(&format!("save {trial}: {:<8}{took:>9.2} ms", server.name));
            times.push(took);
        }
    }
    for server in servers {
        server.stop();
        for (file, text) in server.before.drain(..) {
            fs::write(file, text)?;
        }
    }
    Ok(times)
}

/// A development server on its corpus; it ends when this is dropped.
struct Server<'a> {
    name: &'static str,
    child: Child,
    client: Client,
    corpus: &'a Corpus,
    log: PathBuf,
    /// The files that were changed, as they were.
    before: Vec<(PathBuf, Vec<u8>)>,
}

impl<'a> Server<'a> {
    /// Starts it and waits until it answers.
    fn start(work: &Work, name: &'static str, program: &Path, args: &[String], port: u16, corpus: &'a Corpus) -> Result<Self> {
        let log = work.folder(&format!("serve-{name}.log"));
        let output = File::create(&log)?;
        let start = Instant::now();
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { name, child, client: Client::new(port), corpus, log, before: Vec::new() };
        if !server.poll(0, "</main>", START, Duration::from_millis(10))? {
            bail!("{name} did not answer in {} s; see {}", START.as_secs(), server.log.display());
        }
        report::note(&format!("{name} serves on port {port} after {:.2} s", start.elapsed().as_secs_f64()));
        Ok(server)
    }

    /// The first save, until it is noticed: a server may answer before it has begun to watch.
    fn warm_up(&mut self) -> Result<()> {
        let (start, page) = (Instant::now(), self.corpus.len() - 1);
        for attempt in 0.. {
            let mark = format!("warm-up-{attempt}");
            self.write(page, &mark)?;
            if self.poll(page, &mark, Duration::from_secs(2), POLL)? {
                break;
            }
            if start.elapsed() > PATIENCE {
                bail!("{} never served a saved page; see {}", self.name, self.log.display());
            }
        }
        Ok(())
    }

    /// Milliseconds from the save until the page is served with the mark.
    fn save(&mut self, page: usize, mark: &str) -> Result<f64> {
        self.client.get(&self.corpus.address(page)).with_context(|| format!("{} does not answer", self.name))?;
        sleep(QUIET);
        let start = self.write(page, mark)?;
        if !self.poll(page, mark, PATIENCE, POLL)? {
            bail!("{} did not serve a saved page in {} s; see {}", self.name, PATIENCE.as_secs(), self.log.display());
        }
        Ok(start.elapsed().as_secs_f64() * 1e3)
    }

    /// Writes the page's file with the mark at its end, and says when that began.
    fn write(&mut self, page: usize, mark: &str) -> Result<Instant> {
        let file = self.corpus.file(page);
        let mut text = match self.before.iter().find(|(known, _)| *known == file) {
            Some((_, text)) => text.clone(),
            None => {
                let text = fs::read(&file)?;
                self.before.push((file.clone(), text.clone()));
                text
            }
        };
        text.extend_from_slice(format!("\n{mark}\n").as_bytes());
        let start = Instant::now();
        fs::write(&file, text)?;
        Ok(start)
    }

    /// Asks for the page until it has this text; whether it came in time.
    fn poll(&mut self, page: usize, text: &str, patience: Duration, pause: Duration) -> Result<bool> {
        let (start, address) = (Instant::now(), self.corpus.address(page));
        while start.elapsed() < patience {
            // A refused or broken connection is what a server that is still starting looks like.
            if let Ok(response) = self.client.get(&address)
                && response.status == 200
                && response.body.windows(text.len()).any(|window| window == text.as_bytes())
            {
                return Ok(true);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}; see {}", self.name, self.log.display());
            }
            sleep(pause);
        }
        Ok(false)
    }

    fn stop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
