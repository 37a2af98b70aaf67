//! A browser of our own: started with a fresh profile, driven over a pipe, ended on every way out.
//!
//! Over a pipe rather than a WebSocket: no port that others could reach, no dependency, and a browser that ends by itself
//! when this process does, however that ends. Whoever waits here says until when.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The names under which a browser is looked for on `PATH`.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// How long a browser may take to end when it is asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long an interruption may go unnoticed.
const GLANCE: Duration = Duration::from_millis(250);

/// What keeps a browser from talking to anyone by itself, and from asking anything.
const QUIET: [&str; 17] = [
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--window-size=1280,900",
];

/// The browser to drive: the one named, or the first on `PATH`.
///
/// # Errors
/// Where there is none.
pub fn find(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(named) = named {
        return named.is_file().then(|| named.to_owned()).with_context(|| format!("there is no browser at `{}`", named.display()));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name))).find(|file| file.is_file());
    found.with_context(|| format!("none of {} is on `PATH`; say `--browser PATH`", NAMES.map(|name| format!("`{name}`")).join(", ")))
}

/// What the browser says.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// The answer to a command, by its number.
    Answer(u64, Result<Value, String>),
    /// Something happened, in a session or in the browser itself.
    Event(Event),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) session: String,
    pub(super) method: String,
    pub(super) params: Value,
}

/// A running browser.
#[derive(Debug)]
pub(super) struct Browser {
    child: Child,
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    last: u64,
    /// Whether all is to end.
    stop: Arc<AtomicBool>,
    /// It goes when the browser has ended.
    profile: Option<TempDir>,
}

impl Browser {
    /// Starts one.
    pub(super) fn start(program: &Path, more: &[String], stop: Arc<AtomicBool>) -> anyhow::Result<Self> {
        let profile =
            tempfile::Builder::new().prefix("plainsite-audit-").tempdir().context("cannot make a folder for the browser's profile")?;
        // The shell hands our pipe on as the file descriptors that the browser expects it to be.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"]).arg(program).args(QUIET).args(more);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if is_root(profile.path()) {
            // Browsers refuse to run as root otherwise, as in most containers.
            command.arg("--no-sandbox");
        }
        command
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints(profile.path()).context("cannot write into the browser's profile")?);
        let mut child = command.spawn().with_context(|| format!("cannot start `{}`", program.display()))?;
        let commands = child.stdin.take();
        let said = child.stdout.take().context("the browser has no output")?;
        let (send, messages) = channel();
        std::thread::Builder::new().name("browser".to_owned()).spawn(move || listen(said, &send)).context("cannot start a thread")?;
        Ok(Self { child, commands, messages, last: 0, stop, profile: Some(profile) })
    }

    /// Sends a command, to a session or to the browser itself; returns its number.
    pub(super) fn send(&mut self, session: &str, method: &str, params: Value) -> anyhow::Result<u64> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let written = self.commands.as_mut().map(|pipe| pipe.write_all(&bytes).and_then(|()| pipe.flush()));
        match written {
            Some(Ok(())) => Ok(self.last),
            _ => bail!(self.ended()),
        }
    }

    /// What it says next; `None` when it says nothing until then.
    pub(super) fn next(&mut self, until: Instant) -> anyhow::Result<Option<Message>> {
        let mut value = loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left.min(GLANCE)) {
                _ if self.stop.load(Ordering::Relaxed) => bail!("interrupted"),
                Ok(value) => break value,
                Err(RecvTimeoutError::Timeout) if left <= GLANCE => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => bail!(self.ended()),
            }
        };
        if let Some(id) = value["id"].as_u64() {
            let answer = match value["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(value["result"].take()),
            };
            return Ok(Some(Message::Answer(id, answer)));
        }
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let (session, method) = (text(&value["sessionId"]), text(&value["method"]));
        Ok(Some(Message::Event(Event { session, method, params: value["params"].take() })))
    }
}

impl Browser {
    /// That it has ended, with the last that it complained of.
    fn ended(&self) -> String {
        let said =
            self.profile.as_ref().and_then(|profile| std::fs::read_to_string(profile.path().join(COMPLAINTS)).ok()).unwrap_or_default();
        match said.lines().rfind(|line| !line.trim().is_empty()) {
            Some(last) => format!("the browser has ended; it said: {}", last.trim()),
            None => "the browser has ended".to_owned(),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.send("", "Browser.close", json!({}));
        // A closed pipe ends it as well.
        drop(self.commands.take());
        let until = Instant::now() + FAREWELL;
        // It has ended when nothing is said any more and the process is gone.
        while Instant::now() < until && self.messages.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok() {}
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        if let Some(profile) = self.profile.take() {
            remove(profile.path());
        }
    }
}

/// Removes a profile. The browser's other processes may be writing into it still: then once more.
fn remove(folder: &Path) {
    let until = Instant::now() + FAREWELL;
    while std::fs::remove_dir_all(folder).is_err() && folder.exists() && Instant::now() < until {
        std::thread::yield_now();
    }
}

/// The file in the profile for what the browser complains of.
const COMPLAINTS: &str = "complaints.txt";

fn complaints(profile: &Path) -> std::io::Result<Stdio> {
    Ok(std::fs::File::create(profile.join(COMPLAINTS))?.into())
}

/// Whether this process is root: whoever made a folder owns it.
#[cfg(unix)]
fn is_root(made: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    made.metadata().is_ok_and(|data| data.uid() == 0)
}

#[cfg(not(unix))]
fn is_root(_made: &Path) -> bool {
    false
}

/// Reads messages, each with a zero behind it, until the pipe ends.
fn listen(said: impl Read, send: &std::sync::mpsc::Sender<Value>) {
    let mut said = BufReader::with_capacity(1 << 16, said);
    let mut bytes = Vec::new();
    while said.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
        bytes.pop();
        if let Ok(value) = serde_json::from_slice(&bytes)
            && send.send(value).is_err()
        {
            return;
        }
        bytes.clear();
    }
}
