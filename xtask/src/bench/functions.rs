//! The functions: how large the program is, how fast it starts, what it needs when idle, how fast it takes leads against bare transactions
//! (`xtask/floor/leads.rs`), and validates project codes against bare look-ups (`xtask/floor/portal.rs`). All on loopback.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::figure::{Figure, Unit, median};
use super::http::Client;
use super::{Programs, Work, retire};
use crate::report;

/// The size of the program, in megabytes of a million bytes.
const SIZE: &str = "functions-size";
/// From the start of the process to its first answer.
const START: &str = "functions-start";
/// The resident memory after a first answer.
const MEMORY: &str = "functions-memory";
/// Leads, sent as browsers do, against bare transactions of the same size.
const LEADS: &str = "functions-leads";
/// How long a lead waits for its acknowledgement at 200 a second: the 99th percentile.
const LATENCY: &str = "functions-p99";
/// Project codes, validated, against bare look-ups of the same.
const PORTAL: &str = "functions-portal";

/// Starts that are measured, after one to warm up.
const STARTS: usize = 41;

/// How often a program that starts is asked.
const POLL: Duration = Duration::from_micros(100);
/// How long it may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a form's script asks for before anything else.
const FIRST: &str = "/api/forms/contact/challenge";

/// Measures all of them.
pub(super) fn measure(work: &Work) -> Result<Vec<Figure>> {
    let (index, floor) = Programs::functions()?;
    let folder = work.folder("functions");
    retire(&folder, &work.trash())?;
    fs::create_dir_all(&folder)?;
    // The first one makes the tables that the others find.
    let [leads, latency] = leads(&index, &floor, &folder)?;
    let [start, memory] = starts(&index, &folder)?;
    Ok(vec![size(&index)?, start, memory, leads, latency, portal(&floor, &folder)?])
}

/// Has project codes validated.
fn portal(floor: &Path, folder: &Path) -> Result<Figure> {
    report::note("project codes are validated");
    let said = said(Command::new(floor).arg("portal").arg(folder))?;
    Ok(against_floor(PORTAL, &said))
}

/// What the floor prints as JSON.
fn said(floor: &mut Command) -> Result<Value> {
    let output = floor.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start the floor")?;
    ensure!(output.status.success(), "the floor ended with {}", output.status);
    serde_json::from_slice(&output.stdout).context("the floor did not print JSON")
}

/// The numbers of a list in what the floor printed.
fn numbers(said: &Value, name: &str) -> Vec<f64> {
    said[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// How much longer ours takes than the floor, turn by turn: twice as long is half the rate.
fn against_floor(name: &'static str, said: &Value) -> Figure {
    let (ours, floor, each) = (numbers(said, "ours_s"), numbers(said, "floor_s"), said["each"].as_f64().unwrap_or_default());
    let samples: Vec<f64> = ours.iter().zip(&floor).map(|(ours, floor)| ours / floor).collect();
    let absolute = vec![("ours_per_s", each / median(&ours)), ("floor_per_s", each / median(&floor))];
    Figure { name, value: median(&samples), unit: Unit::Times, bound: Some(2.0), decides: true, absolute, samples }
}

fn size(index: &Path) -> Result<Figure> {
    let value = fs::metadata(index)?.len() as f64 / 1e6;
    Ok(Figure { name: SIZE, value, unit: Unit::Megabytes, bound: Some(8.0), decides: true, absolute: Vec::new(), samples: Vec::new() })
}

/// Starts the program again and again.
fn starts(index: &Path, folder: &Path) -> Result<[Figure; 2]> {
    let (mut millis, mut megabytes) = (Vec::new(), Vec::new());
    for _ in 0..=STARTS {
        let (started, took) = Functions::start(index, folder)?;
        millis.push(took.as_secs_f64() * 1e3);
        megabytes.push(started.resident()?);
    }
    let figure = |name, samples: &[f64], unit, bound| {
        let samples = samples[1..].to_vec();
        Figure { name, value: median(&samples), unit, bound: Some(bound), decides: true, absolute: Vec::new(), samples }
    };
    Ok([figure(START, &millis, Unit::Milliseconds, 10.0), figure(MEMORY, &megabytes, Unit::Megabytes, 12.0)])
}

/// Has leads sent.
fn leads(index: &Path, floor: &Path, folder: &Path) -> Result<[Figure; 2]> {
    let (started, _) = Functions::start(index, folder)?;
    report::note("leads are opened, solved and sent");
    let said = said(Command::new(floor).args(["leads", &started.port.to_string()]).arg(folder))?;
    ensure!(said["sent"] == said["stored"], "{} leads were acknowledged, and {} are stored", said["sent"], said["stored"]);
    let mut latencies = numbers(&said, "latencies_s");
    latencies.sort_by(f64::total_cmp);
    let percentile = |percent: usize| latencies.get(latencies.len() * percent / 100).map_or(f64::NAN, |seconds| seconds * 1e3);
    Ok([
        against_floor(LEADS, &said),
        Figure {
            name: LATENCY,
            value: percentile(99),
            unit: Unit::Milliseconds,
            bound: None,
            decides: false,
            absolute: vec![("median_ms", percentile(50))],
            samples: Vec::new(),
        },
    ])
}

/// The program, which ends when this is dropped.
struct Functions {
    child: Child,
    port: u16,
}

impl Functions {
    /// Starts it; how long it took until a first answer had come.
    fn start(index: &Path, folder: &Path) -> Result<(Self, Duration)> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = Command::new(index);
        command
            .env_clear()
            .env("PORT", port.to_string())
            .env("PLAINSITE_SECRET", "the secret of a benchmark, 32 characters")
            .env("DATABASE_URL", format!("sqlite:{}", folder.join("leads.sqlite").display()))
            .env("FORMS_PER_ADDRESS", "1000000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {}", index.display()))?;
        let mut started = Self { child, port };
        let mut client = Client::new(port);
        while start.elapsed() < PATIENCE {
            // Until it listens, connections are refused.
            if let Ok(response) = client.get(FIRST) {
                let took = start.elapsed();
                ensure!(response.status == 200, "the functions answer {FIRST} with {}", response.status);
                return Ok((started, took));
            }
            if let Some(status) = started.child.try_wait()? {
                bail!("the functions ended with {status}");
            }
            sleep(POLL);
        }
        bail!("the functions did not answer in {} s", PATIENCE.as_secs())
    }

    /// Its resident memory in megabytes of a million bytes.
    fn resident(&self) -> Result<f64> {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.child.id())).context("resident memory is read from Linux's /proc")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the process has no resident memory")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().context("the resident memory is no number")?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Functions {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
