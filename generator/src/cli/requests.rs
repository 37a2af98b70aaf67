//! `plainsite requests`: privacy requests are listed, shown and answered, their register is exported, and erasures are done again after a backup.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use functions::fulfilment;
use functions::guard::Keys;
use functions::ports::{Erased, PersonHash, RequestFilter, Requests, Store};
use functions::request::{Answered, PrivacyRequest, RequestId, Task, Work, after};
use functions::store::SqlStore;
use jiff::Timestamp;
use registry::derive::rights;
use serde_json::{Value as Json, json};

use super::leads::minute;
use super::listing::Listing;
use super::{Outcome, Shell, build, stores};
use crate::report::Format;

/// Arguments of `plainsite requests`.
#[derive(Debug, clap::Args)]
pub(super) struct RequestsArguments {
    #[command(subcommand)]
    command: RequestsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RequestsCommand {
    /// List confirmed requests that are not answered, with what is left to do and by when
    List,
    /// Show a request with the address and the words of who asks
    Show {
        /// The request's id
        id: RequestId,
    },
    /// Note what was done about a request: a task of a person's, a later day, or the answer that closes it
    Answer {
        /// The request's id
        id: RequestId,
        /// This task is done, by its number; the last one closes the request
        #[arg(long, value_name = "NUMBER", conflicts_with_all = ["answer", "extend"])]
        done: Option<u32>,
        /// The answer is put off by as much as the law allows, once; tell the person why before you say so
        #[arg(long, conflicts_with = "answer")]
        extend: bool,
        /// How it was answered; the address and the words are forgotten
        #[arg(long = "as", value_enum, value_name = "ANSWER")]
        answer: Option<Answer>,
    },
    /// Print the register: what was asked for and what was done, without anything about a person
    Export {
        /// The file to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Print the log of erasures, a line each: a time and a keyed hash
    Erasures {
        /// The file to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erase again who is in a log of erasures and came back with a backup. Before, a restored database hands nothing out
    Replay {
        /// The log, as `erasures` prints it; `/dev/null` where nobody was erased since the backup
        log: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Answer {
    /// What was asked for is done
    Granted,
    /// A part of it is done
    Partly,
    /// It was refused, for reasons that the person was told
    Refused,
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Granted => Self::Granted,
            Answer::Partly => Self::Partly,
            Answer::Refused => Self::Refused,
        }
    }
}

pub(super) fn requests(shell: &Shell, arguments: &RequestsArguments) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(store) = stores::database()? else {
            bail!("`DATABASE_URL` is not set, and requests are kept in no other store: they are in the operations' mailbox\nhelp: set it to the address that the functions have")
        };
        match &arguments.command {
            RequestsCommand::List => {
                let open = store.requests(&RequestFilter { open: true, ..RequestFilter::default() }).await?;
                shell.print(&listed(&open, shell.format));
                Ok(Outcome::Clean)
            }
            RequestsCommand::Show { id } => match one(&store, *id).await? {
                Some(request) if shell.format == Format::Json => {
                    shell.print(&format!("{:#}\n", json!(request)));
                    Ok(Outcome::Clean)
                }
                Some(request) => {
                    shell.print(&told(&request));
                    Ok(Outcome::Clean)
                }
                None => Ok(unknown(shell, *id)),
            },
            RequestsCommand::Answer { id, done, extend, answer } => match one(&store, *id).await? {
                Some(request) => answered(shell, &store, &request, *done, *extend, *answer).await,
                None => Ok(unknown(shell, *id)),
            },
            RequestsCommand::Export { out } => {
                let all = store.requests(&RequestFilter::default()).await?;
                written(shell, out.as_ref(), &format!("{:#}\n", all.iter().map(entry).collect::<Json>()))
            }
            RequestsCommand::Erasures { out } => {
                let log = store.erasures().await?;
                let line = |entry: &Erased| format!("{} {}\n", entry.at, entry.person.0);
                written(shell, out.as_ref(), &log.iter().map(line).collect::<String>())
            }
            RequestsCommand::Replay { log } => replay(shell, &store, log).await,
        }
    })
}

async fn one(store: &SqlStore, id: RequestId) -> anyhow::Result<Option<PrivacyRequest>> {
    Ok(store.requests(&RequestFilter { id: Some(id), ..RequestFilter::default() }).await?.pop())
}

fn unknown(shell: &Shell, id: RequestId) -> Outcome {
    shell.say(&format!("error: there is no request `{id}`\nhelp: `plainsite requests list` has those that are open"));
    Outcome::Faulty
}

fn written(shell: &Shell, out: Option<&PathBuf>, text: &str) -> anyhow::Result<Outcome> {
    match out {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
        None => shell.print(text),
    }
    Ok(Outcome::Clean)
}

fn listed(open: &[PrivacyRequest], format: Format) -> String {
    if format == Format::Json {
        return format!("{:#}\n", open.iter().map(entry).collect::<Json>());
    }
    let row = |request: &PrivacyRequest| {
        let left: Vec<String> = request.tasks.iter().filter(|task| task.done.is_none()).map(left).collect();
        let due = request.due.map(minute).unwrap_or_default();
        let late = if request.due.is_some_and(|due| due < Timestamp::now()) { "overdue" } else { "" };
        [request.id.to_string(), request.asked.to_string(), due, late.to_owned(), left.join("; ")]
    };
    Listing { headings: ["request", "asked", "due", "", "left to do"], rows: open.iter().map(row).collect() }.text(format)
}

/// What is left to do, with the number under which it is said to be done.
fn left(task: &Task) -> String {
    format!("{}: {}", task.number, named(&task.work))
}

fn named(work: &Work) -> String {
    match work {
        Work::Link => "send the link".to_owned(),
        Work::Sink { sink, .. } => format!("erase at {sink} (by itself)"),
        Work::Store(store) => format!("look through {store} (by itself)"),
        Work::Recipient(recipient) => format!("have it erased at {recipient}"),
        Work::Answer => "answer".to_owned(),
    }
}

/// A request as people read it, with who asks.
fn told(request: &PrivacyRequest) -> String {
    let time = |time: Option<Timestamp>| time.map_or_else(|| "not yet".to_owned(), minute);
    let person = request.person.as_ref().map(|person| person.reveal());
    let address = person.map_or("forgotten", |person| &person.email);
    let words = person.and_then(|person| person.message.as_deref()).map(|words| format!("\n{words}\n")).unwrap_or_default();
    let task = |task: &Task| format!("{}, done {}\n", left(task), time(task.done));
    format!(
        "request {}: {}\naddress: {address}\nreceived {}, confirmed {}, due {}, closed {}\n{words}\n{}",
        request.id,
        request.asked,
        minute(request.received),
        time(request.confirmed),
        time(request.due),
        time(request.closed),
        request.tasks.iter().map(task).collect::<String>(),
    )
}

/// A request as the register has it: nothing about a person.
fn entry(request: &PrivacyRequest) -> Json {
    let task = |task: &Task| json!({ "number": task.number, "what": named(&task.work), "done": task.done, "attempts": task.attempts, "failure": task.failure });
    json!({
        "id": request.id, "asked": request.asked, "language": request.language, "received": request.received, "confirmed": request.confirmed,
        "due": request.due, "extended": request.extended, "found": request.found, "closed": request.closed, "answer": request.answer,
        "tasks": request.tasks.iter().map(task).collect::<Json>(),
    })
}

async fn answered(
    shell: &Shell,
    store: &SqlStore,
    request: &PrivacyRequest,
    done: Option<u32>,
    extend: bool,
    answer: Option<Answer>,
) -> anyhow::Result<Outcome> {
    let now = Timestamp::now();
    if request.confirmed.is_none() || request.closed.is_some() {
        shell.say("error: the request is not open: nobody has confirmed it, or it was answered");
        return Ok(Outcome::Faulty);
    }
    if let Some(number) = done {
        let is_a_person_s = request.tasks.iter().any(|task| task.number == number && task.work.is_a_person_s());
        if !is_a_person_s || !store.done(request.id, number, now).await? {
            shell.say(&format!(
                "error: nothing is left for a person to do under the number {number}\nhelp: `plainsite requests show` has the numbers"
            ));
            return Ok(Outcome::Faulty);
        }
        let closed = one(store, request.id).await?.is_some_and(|request| request.closed.is_some());
        shell.print(if closed { "done; it was the last task, so that the request is closed\n" } else { "done\n" });
        return Ok(Outcome::Clean);
    }
    if extend {
        let registry = build::once(false, shell.today, &shell.disk()?).contract().registry;
        let due = after(request.due.unwrap_or(request.received), rights::answering(&registry, request.asked).extension);
        if !store.extend(request.id, now, due).await? {
            shell.say("error: the answer was put off before, which the law allows once");
            return Ok(Outcome::Faulty);
        }
        shell.print(&format!("the answer is due {}\n", minute(due)));
        return Ok(Outcome::Clean);
    }
    let Some(answer) = answer else {
        shell.say("error: nothing is said about the request\nhelp: say `--done NUMBER`, `--extend` or `--as granted|partly|refused`");
        return Ok(Outcome::Faulty);
    };
    if request.tasks.iter().any(|task| task.done.is_none() && !task.work.is_a_person_s()) {
        shell.say("error: the functions are not done with it yet: they still need to know whom it is about");
        return Ok(Outcome::Faulty);
    }
    store.answer(request.id, now, answer.into()).await?;
    shell.print(&format!("request {} is closed, and who asked is forgotten\n", request.id));
    Ok(Outcome::Clean)
}

/// Erases again what a restored backup has brought back.
async fn replay(shell: &Shell, store: &SqlStore, log: &PathBuf) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(log).with_context(|| format!("cannot read `{}`", log.display()))?;
    let mut entries = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some(entry) = erased(line) else { bail!("line {} of `{}` is no entry of a log of erasures", number + 1, log.display()) };
        entries.push(entry);
    }
    let secret = std::env::var("PLAINSITE_SECRET").unwrap_or_default();
    if secret.trim().is_empty() {
        bail!("`PLAINSITE_SECRET` is not set, and nobody is known again without it\nhelp: set it to the one that the functions have")
    }
    let keys = Keys::new(secret.trim().to_owned().into());
    let leads = fulfilment::back_again(store as &dyn Store, &keys, &entries).await?;
    let gone = store.erase_again(&entries, &leads).await?;
    // From here on it hands out again what is in it.
    store.note_whole().await?;
    shell.print(&format!("{} entries read, {gone} leads erased again\n", entries.len()));
    Ok(Outcome::Clean)
}

fn erased(line: &str) -> Option<Erased> {
    let (at, person) = line.trim().split_once(' ')?;
    let is_hash = person.len() == 64 && person.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(Erased { at: at.parse().ok()?, person: PersonHash(person.to_owned()) }).filter(|_| is_hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_log_is_read_again() {
        let entry = Erased { at: "2027-01-15T08:00:00.000001Z".parse().unwrap(), person: PersonHash("a".repeat(64)) };
        assert_eq!(erased(&format!("{} {}\n", entry.at, entry.person.0)).unwrap(), entry);
        for line in ["", "x", "2027-01-15T08:00:00Z", "2027-01-15T08:00:00Z ada@a.example"] {
            assert_eq!(erased(line), None, "{line}");
        }
    }
}
