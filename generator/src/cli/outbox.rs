//! `plainsite outbox`: deliveries that wait or were given up are listed and taken up again.

use clap::ValueEnum;
use functions::lead::{DeliveryState, LeadId, OutboxRow};
use functions::ports::{Filter, Stopped, Store};
use jiff::Timestamp;
use serde_json::json;

use super::leads::minute;
use super::listing::Listing;
use super::{Outcome, Shell, stores};
use crate::report::Format;

/// Arguments of `plainsite outbox`.
#[derive(Debug, clap::Args)]
pub(super) struct OutboxArguments {
    #[command(subcommand)]
    command: OutboxCommand,
}

#[derive(Debug, clap::Subcommand)]
enum OutboxCommand {
    /// List deliveries that are not sent, and recipients that take nothing for now
    List(Wanted),
    /// Have deliveries attempted again: those that were given up; or all of a lead that are not sent, which releases a lead that was held
    /// back. Without a lead, recipients that wait for a person are tried again too
    Retry(Wanted),
}

/// Which deliveries.
#[derive(Debug, clap::Args)]
struct Wanted {
    /// Only those of this lead, by its id
    lead: Option<LeadId>,
    /// Only those in this state
    #[arg(long, value_enum, value_name = "STATE")]
    state: Option<State>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    /// Waiting for their time
    Pending,
    /// Of leads that are held back as suspected spam
    Held,
    /// Acknowledged by the recipient
    Sent,
    /// Given up
    Dead,
}

impl State {
    fn meant(self) -> DeliveryState {
        match self {
            Self::Pending => DeliveryState::Pending,
            Self::Held => DeliveryState::Held,
            Self::Sent => DeliveryState::Sent,
            Self::Dead => DeliveryState::Dead,
        }
    }
}

/// A state as it is told.
pub(super) fn named(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "pending",
        DeliveryState::Held => "held",
        DeliveryState::Sent => "sent",
        DeliveryState::Dead => "dead",
    }
}

pub(super) fn outbox(shell: &Shell, arguments: &OutboxArguments) -> anyhow::Result<Outcome> {
    stores::with(shell, async |store| match &arguments.command {
        OutboxCommand::List(wanted) => list(shell, store, wanted).await,
        OutboxCommand::Retry(wanted) => retry(shell, store, wanted).await,
    })
}

async fn list(shell: &Shell, store: &dyn Store, wanted: &Wanted) -> anyhow::Result<Outcome> {
    let filter = Filter { lead: wanted.lead, state: wanted.state.map(State::meant), ..Filter::default() };
    let mut rows = store.deliveries(&filter).await?;
    rows.retain(|row| wanted.state.is_some() || row.state != DeliveryState::Sent);
    let stopped = store.stopped().await?;
    if shell.format == Format::Json {
        let stops: Vec<_> = stopped.iter().map(|stop| json!({ "sink": stop.sink, "until": stop.until, "failure": stop.failure })).collect();
        shell.print(&format!("{:#}", json!({ "deliveries": rows, "stopped": stops })));
        return Ok(Outcome::Clean);
    }
    let headings = ["lead", "sink", "state", "attempts", "due", "failure"];
    shell.print(&Listing { headings, rows: rows.iter().map(cells).collect() }.text(shell.format));
    for stop in &stopped {
        shell.say(&told(stop));
    }
    Ok(Outcome::Clean)
}

fn cells(row: &OutboxRow) -> [String; 6] {
    let failure = row.failure.map(|failure| failure.to_string()).unwrap_or_default();
    [row.lead.to_string(), row.sink.to_string(), named(row.state).to_owned(), row.attempts.to_string(), minute(row.due), failure]
}

fn told(stop: &Stopped) -> String {
    match stop.until {
        Some(until) => format!("{} is given no deliveries until {}: {}", stop.sink, minute(until), stop.failure),
        None => format!("{} is given no deliveries until `plainsite outbox retry`: {}", stop.sink, stop.failure),
    }
}

async fn retry(shell: &Shell, store: &dyn Store, wanted: &Wanted) -> anyhow::Result<Outcome> {
    // Releasing everything that is held back is not what anybody means who names nothing.
    let all = wanted.lead.is_none().then_some(DeliveryState::Dead);
    let filter = Filter { lead: wanted.lead, state: wanted.state.map(State::meant).or(all), ..Filter::default() };
    let number = store.retry(&filter, Timestamp::now()).await?;
    let what = if number == 1 { "delivery is" } else { "deliveries are" };
    shell.print(&format!("{number} {what} attempted again with the next request or the next run of the outbox's job"));
    for stop in store.stopped().await? {
        if wanted.lead.is_none() && stop.until.is_none() {
            store.stop(&stop.sink, None).await?;
            shell.print(&format!("{} is tried again", stop.sink));
        } else {
            shell.say(&told(&stop));
        }
    }
    Ok(Outcome::Clean)
}
