//! The program as a process of its own, on a free port of this machine. It ends by `SIGKILL`, as hosts end it.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use functions::lead::LeadId;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// `O_NONBLOCK` of Linux.
const NONBLOCK: i32 = 0o4000;

/// Everything that the programs of a test have written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written(Arc<watch::Sender<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// How many events of a name there are.
    pub(crate) fn events(&self, name: &str) -> usize {
        self.text().matches(&format!("\"event\":\"{name}\"")).count()
    }

    /// Waits until there are so many.
    pub(crate) async fn has(&self, name: &str, times: usize) {
        let mut changes = self.0.subscribe();
        let there = async {
            while self.events(name) < times {
                // The sender lives as long as `self`.
                let _ = changes.changed().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(60), there).await;
        assert!(in_time.is_ok(), "there are fewer than {times} events `{name}`:\n{}", self.text());
    }

    fn add(&self, bytes: &[u8]) {
        self.0.send_modify(|written| written.extend_from_slice(bytes));
    }

    fn follow(&self, mut from: impl Read + Send + 'static) {
        let this = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                this.add(&buffer[..read]);
            }
        });
    }
}

/// What becomes of what a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    /// It is read.
    Read,
    /// Nobody reads it and there is no more room for it: the program stops at the next line that it writes.
    Full,
}

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where nobody reads it, it is kept open.
    _unread: Option<BufReader<std::process::ChildStderr>>,
}

impl Program {
    /// Starts it; it listens by then. It works in `folder`.
    pub(crate) fn start(variables: &BTreeMap<String, String>, folder: &Path, written: &Written, log: Log) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_index"));
        command.env_clear().envs(variables).env("PORT", "0").current_dir(folder);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        written.follow(child.stdout.take().unwrap());
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(errors.read_line(&mut line).unwrap() > 0, "the program ended: {}", written.text());
            written.add(line.as_bytes());
            let address = line.trim_end().strip_prefix("the functions listen on http://");
            if let Some(address) = address.and_then(|address| address.strip_suffix("/api/health")) {
                break address.parse().unwrap();
            }
        };
        let unread = match log {
            Log::Read => {
                written.follow(errors);
                None
            }
            Log::Full => {
                fill(&format!("/proc/{}/fd/2", child.id()));
                Some(errors)
            }
        };
        Self { child, address, _unread: unread }
    }

    /// Kills it, in the midst of whatever it does.
    pub(crate) fn kill(&mut self) {
        // That it has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Fills a pipe to the last byte. It is opened anew, so that only our end of it does not wait.
fn fill(pipe: &str) {
    let mut end = OpenOptions::new().write(true).custom_flags(NONBLOCK).open(pipe).unwrap();
    loop {
        match end.write(&[b'\n'; 4096]) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The id of the lead that it acknowledges.
    pub(crate) fn acknowledged(&self) -> Option<LeadId> {
        (self.status == 202).then(|| self.json()["id"].as_str().unwrap().parse().unwrap())
    }

    /// The last part of a problem's type.
    pub(crate) fn problem(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default().to_owned()
    }
}

/// Sends a request of one line, some headers and a body, from a page of ours. None where no whole answer came.
pub(crate) async fn ask(address: SocketAddr, line: &str, headers: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!(
        "{line} HTTP/1.1\r\nhost: acme.example\r\norigin: https://acme.example\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| Answer { status, body: body.to_owned() })
}
