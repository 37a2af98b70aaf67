//! Contact forms, sent to the functions as a browser's script sends them, in turn with bare transactions of the same size.
//!
//! The clock runs while forms are posted: they were opened, and their proofs of work solved, before it starts. Prints what came of it as JSON.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::ports::Filter;
use functions::store::{self, Patience};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::runtime::Runtime;

use crate::http::Client;

/// Turns that are measured, after one to warm up.
const TURNS: usize = 5;

/// Forms of a turn, and transactions.
const EACH: usize = 80;

/// Browsers that send at the same time.
const BROWSERS: usize = 16;

/// Forms that are sent at a steady rate afterwards, and how many a second.
const STEADY: usize = 400;
const RATE: u32 = 200;

/// How old a form's token has to be, with a margin for the rounding of clocks.
const AGE: Duration = Duration::from_millis(3100);

/// A form that is ready to be posted.
struct Form {
    key: String,
    body: Vec<u8>,
}

/// Sends forms to the functions on this port, which keep them in `FOLDER/leads.sqlite`.
pub(crate) fn send(port: u16, folder: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let url = format!("sqlite:{}", folder.join("leads.sqlite").display());
    let leads = runtime.block_on(async {
        let leads = store::open(&url, Patience::default())?;
        leads.migrate().await.map(|()| leads)
    })?;
    let forms = opened(port, (TURNS + 1) * EACH + STEADY)?;
    let mut bare = Bare::open(&runtime, folder, &forms)?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    let (turns, steady) = forms.split_at((TURNS + 1) * EACH);
    for turn in turns.chunks(EACH) {
        let start = Instant::now();
        at_once(port, turn)?;
        ours.push(start.elapsed().as_secs_f64());
        floor.push(bare.write(EACH)?);
    }
    let latencies = at_rate(port, steady)?;
    let stored = runtime.block_on(functions::ports::Store::leads(&leads, &Filter::default()))?.len();
    // The first turn warms both up.
    let said = json!({ "sent": forms.len(), "stored": stored, "each": EACH, "ours_s": ours[1..], "floor_s": floor[1..], "latencies_s": latencies });
    std::io::Write::write_all(&mut std::io::stdout().lock(), said.to_string().as_bytes())?;
    Ok(())
}

/// Opens so many forms, solves their proofs on all processors, and waits until the last of them is old enough to be sent.
fn opened(port: u16, number: usize) -> Result<Vec<Form>> {
    let mut client = Client::new(port);
    let challenges = (0..number).map(|_| challenge(&mut client)).collect::<Result<Vec<_>>>()?;
    let last = Instant::now();
    let next = AtomicUsize::new(0);
    let solve = || {
        let mut forms = Vec::new();
        while let Some((at, (token, challenge))) = Some(next.fetch_add(1, Relaxed)).and_then(|at| Some((at, challenges.get(at)?))) {
            forms.push(form(at, token, challenge)?);
        }
        anyhow::Ok(forms)
    };
    let solved = on_threads(thread::available_parallelism()?.get(), solve)?;
    while last.elapsed() < AGE {
        sleep(Duration::from_millis(10));
    }
    Ok(solved.into_iter().flatten().collect())
}

/// Runs the same on so many threads; what each of them came to.
fn on_threads<T: Send>(number: usize, work: impl Fn() -> Result<T> + Sync) -> Result<Vec<T>> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..number).map(|_| scope.spawn(&work)).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?).collect()
    })
}

fn challenge(client: &mut Client) -> Result<(String, Challenge)> {
    let response = client.get("/api/forms/contact/challenge")?;
    ensure!(response.status == 200, "the challenge is answered with {}", response.status);
    let mut opened: Value = serde_json::from_slice(&response.body)?;
    let token = opened["token"].as_str().context("the challenge has no token")?.to_owned();
    Ok((token, serde_json::from_value(opened["challenge"].take())?))
}

fn form(at: usize, token: &str, challenge: &Challenge) -> Result<Form> {
    let solution = solve_challenge(SolveChallengeOptions::new(challenge))?.context("the proof of work cannot be solved")?;
    let proof = STANDARD.encode(serde_json::to_vec(&Payload { challenge: challenge.clone(), solution })?);
    let body = json!({
        "name": "Ada Lovelace", "email": "ada@agency.example", "agency": "Analytical Engines", "agency_type": "Design", "package": "audit",
        "message": format!("We would like to know more about this. It is the message of number {at}."), "slot": "2027-02-01T10:00",
        "_token": token, "_proof": proof, "_language": "en",
    });
    Ok(Form { key: format!("bench-{at:06}"), body: body.to_string().into_bytes() })
}

fn post(client: &mut Client, port: u16, form: &Form) -> Result<()> {
    let headers = format!("origin: http://127.0.0.1:{port}\r\ncontent-type: application/json\r\nidempotency-key: {}\r\n", form.key);
    let response = client.ask("POST", "/api/contact", &headers, &form.body)?;
    ensure!(response.status == 202, "a form is answered with {}: {}", response.status, String::from_utf8_lossy(&response.body));
    Ok(())
}

/// Posts forms from all browsers, each as soon as its last one is acknowledged.
fn at_once(port: u16, forms: &[Form]) -> Result<()> {
    let next = AtomicUsize::new(0);
    let browse = || {
        let mut client = Client::new(port);
        while let Some(form) = forms.get(next.fetch_add(1, Relaxed)) {
            post(&mut client, port, form)?;
        }
        Ok(())
    };
    on_threads(BROWSERS, browse).map(drop)
}

/// Posts forms at the steady rate; seconds from when each was due until it was acknowledged.
fn at_rate(port: u16, forms: &[Form]) -> Result<Vec<f64>> {
    let (start, next, latencies) = (Instant::now(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let browse = || {
        let mut client = Client::new(port);
        while let Some((at, form)) = Some(next.fetch_add(1, Relaxed)).and_then(|at| Some((at, forms.get(at)?))) {
            let due = start + Duration::from_secs_f64(at as f64 / f64::from(RATE));
            sleep(due.saturating_duration_since(Instant::now()));
            post(&mut client, port, form)?;
            latencies.lock().map_err(|_| anyhow::anyhow!("a thread panicked"))?.push(due.elapsed().as_secs_f64());
        }
        Ok(())
    };
    // As many as are under way in two seconds: a slow answer holds no later form up.
    on_threads(2 * RATE as usize, browse)?;
    Ok(latencies.into_inner()?)
}

/// A database of its own, with nothing but what a form is as it was posted.
struct Bare<'a> {
    runtime: &'a Runtime,
    connection: SqliteConnection,
    forms: &'a [Form],
}

impl<'a> Bare<'a> {
    fn open(runtime: &'a Runtime, folder: &Path, forms: &'a [Form]) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON")
            .disable_statement_logging();
        let connection = runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await?;
            sqlx::raw_sql("CREATE TABLE bare (posted BLOB NOT NULL)").execute(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        })?;
        Ok(Self { runtime, connection, forms })
    }

    /// Writes so many forms, each in an immediate transaction; how many seconds it took.
    fn write(&mut self, number: usize) -> Result<f64> {
        let start = Instant::now();
        for form in &self.forms[..number] {
            self.runtime.block_on(async {
                let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query("INSERT INTO bare (posted) VALUES ($1)").bind(&form.body[..]).execute(&mut *transaction).await?;
                transaction.commit().await
            })?;
        }
        Ok(start.elapsed().as_secs_f64())
    }
}
