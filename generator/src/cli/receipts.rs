//! `plainsite receipts`: the proofs of cookie choices are listed, put beside the banner that they answered, and exported; the banner is archived.

use std::path::PathBuf;

use anyhow::{Context, bail};
use functions::ports::{ReceiptFilter, Receipts};
use functions::receipt::{How, Receipt, ReceiptId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use registry::diagnostic::has_errors;
use registry::model::ServiceId;
use serde_json::{Value as Json, json};

use super::leads::minute;
use super::listing::Listing;
use super::{Outcome, Shell, build, counted, stores};
use crate::check::banner_not_archived::BANNER_NOT_ARCHIVED;
use crate::document::shown::Shown;
use crate::report::Format;

/// Arguments of `plainsite receipts`.
#[derive(Debug, clap::Args)]
pub(super) struct ReceiptsArguments {
    #[command(subcommand)]
    command: ReceiptsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ReceiptsCommand {
    /// List receipts, the newest first
    List(Wanted),
    /// Show a receipt beside the banner that it answered
    Show {
        /// The receipt's id
        id: ReceiptId,
    },
    /// Print receipts as JSON, each with its banner, in the terms of ISO/IEC TS 27560
    Export {
        #[command(flatten)]
        wanted: Wanted,
        /// The file to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Keep the banner as it is shown now, in every language, so that receipts can be put beside it
    Archive,
}

/// Which receipts.
#[derive(Debug, clap::Args)]
struct Wanted {
    /// Only those received on this day or later, in universal time
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
}

pub(super) fn receipts(shell: &Shell, arguments: &ReceiptsArguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ReceiptsCommand::Archive => return archive(shell),
        ReceiptsCommand::List(wanted) => shell.print(&listed(&found(&wanted.filter()?)?, shell.format)),
        ReceiptsCommand::Show { id } => {
            let Some(receipt) = found(&ReceiptFilter { id: Some(*id), ..ReceiptFilter::default() })?.pop() else {
                shell.say(&format!("error: there is no receipt `{id}`\nhelp: `plainsite receipts list` has those that there are"));
                return Ok(Outcome::Faulty);
            };
            let shown = banner(shell, &receipt)?;
            shell.print(&if shell.format == Format::Json {
                format!("{:#}\n", record(&receipt, shown.as_ref()))
            } else {
                told(&receipt, shown.as_ref())
            });
        }
        ReceiptsCommand::Export { wanted, out } => {
            let found = found(&wanted.filter()?)?;
            let records = found.iter().map(|receipt| Ok(record(receipt, banner(shell, receipt)?.as_ref())));
            let text = format!("{:#}\n", records.collect::<anyhow::Result<Json>>()?);
            match out {
                Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
                None => shell.print(&text),
            }
        }
    }
    Ok(Outcome::Clean)
}

impl Wanted {
    fn filter(&self) -> anyhow::Result<ReceiptFilter> {
        let since: Option<Timestamp> = match self.since {
            Some(day) => Some(day.to_zoned(TimeZone::UTC).context("the day has no time")?.timestamp()),
            None => None,
        };
        Ok(ReceiptFilter { since, ..ReceiptFilter::default() })
    }
}

/// The receipts of the database that the environment names.
fn found(filter: &ReceiptFilter) -> anyhow::Result<Vec<Receipt>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(store) = stores::database()? else {
            bail!("`DATABASE_URL` is not set, and receipts are kept in no other store\nhelp: set it to the address that the functions have")
        };
        Ok(store.receipts(filter).await?)
    })
}

/// The archived banner that a receipt answered; none where its file is not there.
fn banner(shell: &Shell, receipt: &Receipt) -> anyhow::Result<Option<Shown>> {
    let path = Shown::path(&receipt.banner);
    match std::fs::read(shell.root.join(&path)) {
        Ok(bytes) => Shown::parse(&path, &bytes).map(Some).map_err(|what| anyhow::anyhow!("`{path}`: {what}")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{path}`")),
    }
}

fn listed(found: &[Receipt], format: Format) -> String {
    if format == Format::Json {
        return format!("{:#}\n", json!(found));
    }
    let row = |receipt: &Receipt| {
        let Receipt { id, received, language, accepted, refused, .. } = receipt;
        [id.to_string(), minute(*received), language.clone(), place(receipt.how).to_owned(), joined(accepted), joined(refused)]
    };
    Listing { headings: ["receipt", "received", "language", "how", "accepted", "refused"], rows: found.iter().map(row).collect() }
        .text(format)
}

fn joined(services: &[ServiceId]) -> String {
    services.iter().map(ServiceId::as_str).collect::<Vec<_>>().join(",")
}

/// Where a choice was made.
fn place(how: How) -> &'static str {
    match how {
        How::Consent => "banner",
        How::Choices => "dialog",
        How::Panel => "policy",
        How::Embed => "embed",
        How::Withdrawal => "withdrawal",
        How::Script => "script",
    }
}

/// A receipt beside its banner.
fn told(receipt: &Receipt, shown: Option<&Shown>) -> String {
    let signal = if receipt.signalled { ", under Global Privacy Control" } else { "" };
    let list = |services: &[ServiceId]| if services.is_empty() { "nothing".to_owned() } else { joined(services).replace(',', ", ") };
    let beside = match shown {
        Some(shown) => shown.text(),
        None => "It is not archived below this site's root.\n".to_owned(),
    };
    format!(
        "receipt {}\nchosen {} by the visitor's clock, received {}; by: {}{signal}\naccepted: {}\nrefused: {}\n\nIn answer to the banner {}, in `{}`:\n\n{beside}",
        receipt.id,
        receipt.decided,
        receipt.received,
        place(receipt.how),
        list(&receipt.accepted),
        list(&receipt.refused),
        receipt.banner,
        receipt.language,
    )
}

/// A receipt as a record of ISO/IEC TS 27560, with the names that the guide to it of W3C's DPV group gives, and the banner behind it. Nobody is
/// known, so that `pii_principal_id` is null.
fn record(receipt: &Receipt, shown: Option<&Shown>) -> Json {
    let says = shown.map_or(&Json::Null, |shown| &shown.says);
    let purpose = |id: &ServiceId| {
        let service = &says["services"][id.as_str()];
        json!({
            "purpose": service["does"],
            "purpose_type": service["category"],
            "lawful_basis": "consent",
            "services": [id],
            "withdrawal_method": says["policy"],
        })
    };
    let refused = if receipt.how == How::Withdrawal { "dpv:ConsentWithdrawn" } else { "dpv:ConsentRefused" };
    let events =
        [("dpv:ConsentGiven", &receipt.accepted), (refused, &receipt.refused)].into_iter().filter(|(_, services)| !services.is_empty());
    let event = |(state, services): (&str, &Vec<ServiceId>)| {
        json!({
            "event_time": receipt.decided,
            "validity_duration": says["keep"],
            "entity_id": null,
            "event_type": "dpv:ExplicitlyExpressedConsent",
            "event_state": state,
            "services": services,
        })
    };
    json!({
        "record": { "schema_version": "ISO/IEC TS 27560:2023", "record_id": receipt.id, "pii_principal_id": null },
        "pii_processing": {
            "privacy_notice": says["policy"],
            "language": receipt.language,
            "purposes": receipt.accepted.iter().chain(&receipt.refused).map(purpose).collect::<Json>(),
        },
        "event": events.map(event).collect::<Json>(),
        "receipt": receipt,
        "banner": shown,
    })
}

/// Writes the banner as it is shown now, in each language in which it is not archived yet.
fn archive(shell: &Shell) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let mut built = build::once(false, shell.today, &source);
    // What this command mends is no reason to refuse it.
    built.diagnostics.retain(|diagnostic| diagnostic.rule != &BANNER_NOT_ARCHIVED);
    shell.show(&built.diagnostics, &source, false);
    if has_errors(&built.diagnostics) {
        shell.say(&format!("{}; nothing was archived", counted(&built.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    if built.shown.is_empty() {
        shell.say("this site keeps no proofs of choices\nhelp: `plainsite explain banner-not-archived` tells how one does");
    }
    for shown in &built.shown {
        let path = Shown::path(&shown.digest);
        let file = shell.root.join(&path);
        if built.archived.contains(shown) {
            shell.print(&format!("the banner in {} lies in `{path}` already", shown.language));
            continue;
        }
        let folder = file.parent().unwrap_or(&file);
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        std::fs::write(&file, shown.to_json()).with_context(|| format!("cannot write `{}`", file.display()))?;
        shell.print(&format!("archived the banner in {}: `{path}`", shown.language));
    }
    Ok(Outcome::Clean)
}
