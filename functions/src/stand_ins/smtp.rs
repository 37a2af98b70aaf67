//! A mail server: enough of SMTP (RFC 5321) to be given an e-mail, without TLS.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Mail;
use super::desk::{Fault, lock};
use crate::config::{self, Config};

/// The stand-in.
pub struct MailServer {
    kept: Arc<Kept>,
    address: String,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    faults: Mutex<VecDeque<Fault>>,
    conversations: watch::Sender<usize>,
}

impl MailServer {
    /// Listens.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("smtp://{}", listener.local_addr()?);
        let kept = Arc::new(Kept::default());
        let shared = Arc::clone(&kept);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&shared);
                // A client that hangs up in the middle is no concern of a server's.
                tokio::spawn(async move { _ = converse(stream, &kept).await });
            }
        });
        Ok(Self { kept, address, task })
    }

    /// Has a configuration use it.
    pub fn configure(&self, config: &mut Config) {
        config.mail = Some(config::Mail::Smtp(self.address.clone().into()));
    }

    /// Has the next e-mails go wrong, one fault each.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.kept.faults).extend(faults);
    }

    /// The e-mails that were taken.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.kept.mails).clone()
    }

    /// Waits until so many e-mails were begun in all.
    pub async fn called(&self, times: usize) {
        let mut count = self.kept.conversations.subscribe();
        // The sender lives as long as `self`.
        let _ = count.wait_for(|count| *count >= times).await;
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Talks with one client until one of the two hangs up.
async fn converse(stream: TcpStream, kept: &Kept) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut from, mut to): (Option<String>, Vec<String>) = (None, Vec::new());
    let mut is_cut_after_saving = false;
    writer.write_all(b"220 stand-in ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250-stand-in\r\n250-8BITMIME\r\n250 SMTPUTF8"
        } else if command.starts_with("HELO") || command == "NOOP" {
            "250 ok"
        } else if command == "RSET" {
            (from, to) = (None, Vec::new());
            "250 ok"
        } else if command == "QUIT" {
            writer.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else if let Some(path) = command.starts_with("MAIL FROM:").then(|| path(&line)) {
            kept.conversations.send_modify(|count| *count += 1);
            let fault = lock(&kept.faults).pop_front();
            match fault {
                None | Some(Fault::Pass) => {}
                Some(Fault::Silence) => return std::future::pending().await,
                Some(Fault::Dropped) => return Ok(()),
                Some(Fault::DroppedAfterSaving) => is_cut_after_saving = true,
                Some(fault) => {
                    writer.write_all(format!("{}\r\n", refusal(fault)).as_bytes()).await?;
                    continue;
                }
            }
            from = Some(path);
            "250 ok"
        } else if command.starts_with("RCPT TO:") && from.is_some() {
            to.push(path(&line));
            "250 ok"
        } else if command == "DATA" && !to.is_empty() {
            writer.write_all(b"354 go on\r\n").await?;
            let mut message = String::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                // A line that begins with a dot was sent with one more.
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.push_str("\r\n");
            }
            lock(&kept.mails).push(mail(from.take().unwrap_or_default(), std::mem::take(&mut to), message));
            if is_cut_after_saving {
                return Ok(());
            }
            "250 taken"
        } else {
            "503 bad sequence of commands"
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn refusal(fault: Fault) -> &'static str {
    match fault {
        Fault::TooMany(_) | Fault::DailyQuota | Fault::MonthlyQuota | Fault::QueueFull => "452 4.3.1 insufficient storage",
        Fault::Unauthorized => "530 5.7.0 authentication required",
        Fault::Forbidden => "550 5.7.1 refused",
        Fault::Missing | Fault::Gone => "550 5.1.1 no such user",
        _ => "451 4.3.0 try again later",
    }
}

/// The address of a command: `MAIL FROM:<a@b.example> BODY=8BITMIME`.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(path, _)| path.to_owned())
}

fn mail(from: String, to: Vec<String>, message: String) -> Mail {
    let head = message.split_once("\r\n\r\n").map_or(message.as_str(), |(head, _)| head).replace("\r\n ", " ");
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value.to_owned())
    };
    let (subject, key) = (header("Subject").unwrap_or_default(), header("Message-ID").unwrap_or_default());
    Mail { from, to, reply_to: header("Reply-To"), subject, html: String::new(), key, text: message }
}
