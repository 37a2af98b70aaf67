//! `plainsite leads`: what came in by the forms is listed, exported and erased.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;
use functions::lead::{DeliveryState, Lead, LeadId, OutboxRow};
use functions::ports::{Filter, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use registry::model::CaptureKind;
use serde_json::{Value as Json, json};

use super::export::csv_of;
use super::listing::Listing;
use super::outbox::named;
use super::{Outcome, Shell, stores};
use crate::report::Format;

/// Arguments of `plainsite leads`.
#[derive(Debug, clap::Args)]
pub(super) struct LeadsArguments {
    #[command(subcommand)]
    command: LeadsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum LeadsCommand {
    /// List leads, the newest first, with where their deliveries stand and without what was typed
    List(Wanted),
    /// Print leads with everything that is kept of them: what a person who asks for their data gets
    Export {
        #[command(flatten)]
        wanted: Wanted,
        /// How they are written
        #[arg(long = "as", value_enum, value_name = "FORM", default_value_t)]
        form: Form,
        /// The file to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erase a lead with all that belongs to it, and tell which recipients were sent it
    Erase {
        /// The lead's id
        lead: LeadId,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which leads.
#[derive(Debug, clap::Args)]
struct Wanted {
    /// Only this lead, by its id
    lead: Option<LeadId>,
    /// Only those received on this day or later, in universal time
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// Only those that are held back as suspected spam
    #[arg(long)]
    held: bool,
    /// Only those in which something that was typed holds this text, such as an e-mail address
    #[arg(long, value_name = "TEXT")]
    containing: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// For programs, and for a person who takes their data elsewhere
    #[default]
    Json,
    /// For spreadsheets
    Csv,
}

pub(super) fn leads(shell: &Shell, arguments: &LeadsArguments) -> anyhow::Result<Outcome> {
    stores::with(shell, async |store| match &arguments.command {
        LeadsCommand::List(wanted) => {
            shell.print(&listed(&wanted.found(store).await?, shell.format));
            Ok(Outcome::Clean)
        }
        LeadsCommand::Export { wanted, form, out } => {
            let found = wanted.found(store).await?;
            let text = match form {
                Form::Json => format!("{:#}\n", found.iter().map(object).collect::<Json>()),
                Form::Csv => table(&found),
            };
            match out {
                Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
                None => shell.print(&text),
            }
            Ok(Outcome::Clean)
        }
        LeadsCommand::Erase { lead, yes } => erase(shell, store, *lead, *yes).await,
    })
}

impl Wanted {
    /// The leads, each with its deliveries.
    async fn found(&self, store: &dyn Store) -> anyhow::Result<Vec<(Lead, Vec<OutboxRow>)>> {
        let since: Option<Timestamp> = match self.since {
            Some(day) => Some(day.to_zoned(TimeZone::UTC).context("the day has no time")?.timestamp()),
            None => None,
        };
        let filter = Filter { lead: self.lead, held: self.held.then_some(true), since, ..Filter::default() };
        let mut leads = store.leads(&filter).await?;
        leads.retain(|lead| self.containing.as_ref().is_none_or(|text| holds(lead, text)));
        let mut rows = store.deliveries(&filter).await?;
        let of = |lead: Lead| {
            let own = rows.extract_if(.., |row| row.lead == lead.id).collect();
            (lead, own)
        };
        Ok(leads.into_iter().map(of).collect())
    }
}

/// Whether a text stands in what was typed, in letters of either case.
fn holds(lead: &Lead, text: &str) -> bool {
    let text = text.to_lowercase();
    lead.values.reveal().values().filter_map(Json::as_str).any(|value| value.to_lowercase().contains(&text))
}

fn listed(found: &[(Lead, Vec<OutboxRow>)], format: Format) -> String {
    if format == Format::Json {
        let shown = |(lead, rows): &(Lead, Vec<OutboxRow>)| {
            let deliveries: Vec<Json> = rows.iter().map(|row| json!({ "sink": row.sink, "state": row.state })).collect();
            json!({
                "id": lead.id, "form": lead.form, "language": lead.language, "received": lead.received,
                "held": lead.held, "deliveries": deliveries,
            })
        };
        return format!("{:#}\n", found.iter().map(shown).collect::<Json>());
    }
    let row = |(lead, rows): &(Lead, Vec<OutboxRow>)| {
        [lead.id.to_string(), minute(lead.received), lead.form.to_string(), lead.language.clone(), standing(rows)]
    };
    Listing { headings: ["lead", "received", "form", "language", "deliveries"], rows: found.iter().map(row).collect() }.text(format)
}

/// A time to the minute, in universal time.
pub(super) fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

/// `2 sent, 1 pending`.
fn standing(rows: &[OutboxRow]) -> String {
    let states = [DeliveryState::Sent, DeliveryState::Pending, DeliveryState::Held, DeliveryState::Dead];
    let counted = states.map(|state| (rows.iter().filter(|row| row.state == state).count(), named(state)));
    let parts = counted.iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// All that is kept of a lead.
fn object((lead, rows): &(Lead, Vec<OutboxRow>)) -> Json {
    let mut object = json!(lead);
    object["deliveries"] = json!(rows);
    object
}

/// A row for each lead, and a column for each field that any of them has.
fn table(found: &[(Lead, Vec<OutboxRow>)]) -> String {
    let fields: BTreeSet<&String> = found.iter().flat_map(|(lead, _)| lead.values.reveal().keys()).collect();
    let mut headings: Vec<String> = ["id", "form", "language", "received", "contacted", "held", "deliveries"].map(str::to_owned).to_vec();
    headings.extend(CaptureKind::NAMES.iter().map(|&name| name.to_owned()));
    headings.extend(fields.iter().map(|&name| name.clone()));
    let row = |(lead, rows): &(Lead, Vec<OutboxRow>)| {
        let held: Vec<Json> = lead.held.iter().map(|reason| json!(reason)).collect();
        let deliveries: Vec<String> = rows.iter().map(|row| format!("{} {}", row.sink, named(row.state))).collect();
        let mut cells = vec![lead.id.to_string(), lead.form.to_string(), lead.language.clone()];
        cells.extend([lead.received.to_string(), lead.contacted.to_string()]);
        cells.push(held.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; "));
        cells.push(deliveries.join("; "));
        let (captured, values) = (lead.captured.reveal(), lead.values.reveal());
        cells.extend(CaptureKind::ALL.iter().map(|kind| captured.get(kind).cloned().unwrap_or_default()));
        cells.extend(fields.iter().map(|&name| match values.get(name) {
            None => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }));
        cells
    };
    csv_of(std::iter::once(headings).chain(found.iter().map(row)))
}

async fn erase(shell: &Shell, store: &dyn Store, lead: LeadId, yes: bool) -> anyhow::Result<Outcome> {
    let filter = Filter { lead: Some(lead), ..Filter::default() };
    let Some(found) = store.leads(&filter).await?.pop() else {
        shell.say(&format!("error: there is no lead `{lead}`\nhelp: `plainsite leads list` has those that there are"));
        return Ok(Outcome::Faulty);
    };
    if !yes {
        if !std::io::stdin().is_terminal() {
            shell.say("error: erasing cannot be undone, and nobody is there to be asked\nhelp: say `--yes`");
            return Ok(Outcome::Faulty);
        }
        shell.say(&format!("lead {lead}, received {} by the form `{}`: erase it for good? [y/N]", minute(found.received), found.form));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).context("cannot read the answer")?;
        if !["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
            shell.say("nothing was erased");
            return Ok(Outcome::Clean);
        }
    }
    // Somebody else may have been faster: then it is gone all the same.
    let rows = store.erase(lead).await?.unwrap_or_default();
    shell.print(&format!("erased lead {lead} from the store"));
    // An attempt without an answer may have arrived.
    for row in rows.iter().filter(|row| row.first_attempt.is_some()) {
        let sure = if row.state == DeliveryState::Sent { "was sent" } else { "may have been sent" };
        let reference = row.reference.as_ref().map(|text| format!(", as `{}`", text.escape_debug())).unwrap_or_default();
        shell.print(&format!("it {sure} to {}{reference}: have it erased there too", row.sink));
    }
    Ok(Outcome::Clean)
}
