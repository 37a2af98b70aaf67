//! `plainsite policy notify`: a version that is announced is told to the addresses that the store holds, each once.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, bail};
use functions::adapters;
use functions::announcement::{Announcement, Change};
use functions::announcing::{self, Announcing, Audience, Done, Stopped};
use functions::egress::Egress;
use functions::guard::Keys;
use functions::mail::{Letter, Letters};
use functions::ports::{Filter, Notices, PersonHash, Store, SystemClock, Telling};
use functions::store::SqlStore;
use registry::contract::Contract;
use registry::derive::notices;
use registry::diagnostic::has_errors;
use serde_json::json;

use super::summary;
use crate::build::{Announced, Build, Builder, Changes, Pages};
use crate::cli::listing::Listing;
use crate::cli::{Outcome, Shell, counted, stores};
use crate::report::Format;
use crate::site::Drafts;

/// What is told, and to how many.
#[derive(Debug, clap::Args)]
pub(super) struct NotifyArguments {
    /// The policy: what its pages have as `policy:`
    #[arg(long = "policy", value_name = "NAME", default_value = "privacy")]
    name: String,
    /// The version that is announced; needed where several are
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Print the letters and how many people would get one, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Send at most so many letters; the next run goes on
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// Tell people although the version applies sooner than was promised
    #[arg(long)]
    late: bool,
    /// Try those again whose letter failed; where it is not known whether one arrived, it may arrive twice
    #[arg(long)]
    again: bool,
}

/// Why a site tells nobody.
const UNPROMISED: &str = "nobody was promised a notice by e-mail, so that there is nobody to tell\n\
                          help: `changes: { notice: 30 days, by: email }` in `content/privacy.yaml` promises one";

/// Why the store of a site has no addresses.
const UNREACHED: &str = "no form of this site asks for an e-mail address that may be used for it\n\
                         help: whoever holds people’s addresses tells them; `--dry-run` prints the letter. Where a form asks for one, a \
                         purpose names its data and who sends e-mails";

pub(super) fn notify(shell: &Shell, arguments: &NotifyArguments) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let mut builder = Builder::new(Drafts::Left, shell.today);
    let build = builder.build(&source, Changes::Everything);
    if has_errors(&build.diagnostics) {
        shell.show(&build.diagnostics, &source, false);
        shell.say(&format!("{}; nobody was told", counted(&build.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    let announcement = match due(shell, arguments, &builder, &build) {
        Ok(announcement) => announcement,
        Err(fault) => {
            shell.say(&format!("error: {fault}"));
            return Ok(Outcome::Faulty);
        }
    };
    let contract = Arc::new(build.contract());
    // A template that does not render is found before anybody is told.
    let letters = letters(&contract, &announcement)?;
    if arguments.dry_run && shell.format != Format::Json {
        let letter = |(language, letter): &(String, Letter)| format!("--- {language}: {}\n\n{}\n", letter.subject, letter.text);
        shell.print(&letters.iter().map(letter).collect::<String>());
    }
    if !contract.registry.forms.iter().any(|form| notices::reach(&contract.registry, form).is_some()) {
        shell.say(&format!("error: {UNREACHED}"));
        return Ok(Outcome::Faulty);
    }
    stores::with_notices(&contract, async |config, database, all| {
        let keys = Keys::new(config.secret.clone());
        let audience = audience(&contract, &keys, &announcement, &database, all).await?;
        if arguments.dry_run {
            let told = database.told(&announcement.seal).await?;
            shell.print(&planned(shell, &announcement, &letters, &audience, &told));
            return Ok(Outcome::Clean);
        }
        let egress = Egress::new(&contract.registry, config);
        let announcer = adapters::announcer(&contract, config, &egress)
            .context("nothing sends e-mails\nhelp: set `RESEND_API_KEY` or `SMTP_URL`, and `MAIL_FROM`, as the functions have them")?;
        if arguments.again {
            database.forget_failed(&announcement.seal).await?;
        }
        let announcing = Announcing { notices: database, announcer, clock: Arc::new(SystemClock), pace: announcing::PACE };
        let total = audience.addressees.len();
        let done = announcing.run(&announcement, &audience, arguments.limit, |done| progress(done, total)).await;
        if std::io::stderr().is_terminal() {
            let _ = writeln!(anstream::stderr());
        }
        let done = done.context("what was sent is noted, and the same command goes on")?;
        shell.print(&told(shell, &announcement, &audience, &done));
        ended(shell, &done)
    })
}

/// What is to be announced, where it was promised and people are told in time, or all the same.
fn due(shell: &Shell, arguments: &NotifyArguments, builder: &Builder, build: &Build) -> Result<Announcement, String> {
    let announced = builder.announced(build, &arguments.name, arguments.version.as_deref());
    let announced = announced.map_err(|error| match notices::promised(&build.declared.registry) {
        Some(_) => error.to_string(),
        None => UNPROMISED.to_owned(),
    })?;
    // What holds is what people were promised before the change: by the version that still applies.
    let promised = notices::promised(&announced.before.registry).ok_or(UNPROMISED)?;
    let announcement = announcement(&announced);
    if announcement.texts.is_empty() {
        return Err(format!("versions {} and {} have no language in common", announced.before.version, announcement.version));
    }
    let days = shell.today.until(announcement.effective).map_or(0, |span| span.get_days());
    let missing = promised.days().floor() - f64::from(days);
    if missing > 0.0 {
        let late = format!(
            "version {} applies in {days} days, on {}, and {} were promised: people would be told {missing} days late",
            announcement.version,
            announcement.effective,
            promised.words()
        );
        if !arguments.late {
            return Err(format!("{late}\nhelp: publish a version with a later `effective:`; or tell them all the same, with `--late`"));
        }
        shell.say(&late);
    }
    Ok(announcement)
}

/// What is announced, as the letters tell it: the languages that both versions have.
fn announcement(announced: &Announced<'_>) -> Announcement {
    let (version, before) = (announced.version, announced.before);
    let change = |(language, pages): (&String, &Pages)| {
        let (text, old) = (version.texts.get(language)?, before.texts.get(language)?);
        let change = Change {
            title: text.title.clone(),
            day: pages.day.clone(),
            whole: pages.whole.clone(),
            word_by_word: pages.changes.clone(),
            sections: summary::between(&old.html, &text.html),
        };
        Some((language.clone(), change))
    };
    Announcement {
        policy: version.policy.clone(),
        version: version.version.clone(),
        seal: version.seal.clone(),
        effective: version.effective,
        texts: announced.pages.iter().filter_map(change).collect::<BTreeMap<_, _>>(),
    }
}

async fn audience(
    contract: &Contract,
    keys: &Keys,
    announcement: &Announcement,
    database: &SqlStore,
    all: &[Arc<dyn Store>],
) -> anyhow::Result<Audience> {
    // A lead that was delivered to another store is one all the same: what the first one knows of it counts.
    let mut leads = BTreeMap::new();
    for store in all {
        for lead in store.leads(&Filter::default()).await? {
            leads.entry(lead.id).or_insert(lead);
        }
    }
    let leads: Vec<_> = leads.into_values().collect();
    Ok(announcing::audience(contract, keys, announcement, &leads, &database.held_back().await?))
}

/// The letter in each language.
fn letters(contract: &Arc<Contract>, announcement: &Announcement) -> anyhow::Result<Vec<(String, Letter)>> {
    let letters = Letters::new(Arc::clone(contract));
    let letter = |language: &String| Some((language.clone(), letters.announcement(announcement, language).ok()?));
    let all: Option<Vec<_>> = announcement.texts.keys().map(letter).collect();
    all.context("the letter does not render: see the site’s own `templates/emails/announcement.html` and `.txt`")
}

/// Says how far it is, on a terminal.
fn progress(done: &Done, total: usize) {
    let mut terminal = anstream::stderr();
    if std::io::stderr().is_terminal() {
        let _ = write!(terminal, "\r{} of {total} told", done.sent + done.already);
        let _ = terminal.flush();
    }
}

/// A list of how many addresses there are of each kind; those after the first are left out where there are none.
fn counts(shell: &Shell, first: (&str, u64), others: &[(&str, u64)]) -> String {
    let others = others.iter().copied().filter(|(_, count)| *count > 0);
    let rows = std::iter::once(first).chain(others).map(|(what, count)| [what.to_owned(), count.to_string()]).collect();
    Listing { headings: ["addresses", "number"], rows }.text(shell.format)
}

fn left_out(audience: &Audience) -> [(&'static str, u64); 2] {
    [("left out: held back as its person asked", audience.held_back), ("left out: suspected spam", audience.suspected)]
}

fn planned(
    shell: &Shell,
    announcement: &Announcement,
    letters: &[(String, Letter)],
    audience: &Audience,
    told: &BTreeMap<PersonHash, Telling>,
) -> String {
    let of = |wanted: Telling| audience.addressees.iter().filter(|to| told.get(&to.person) == Some(&wanted)).count() as u64;
    let total = audience.addressees.len() as u64;
    if shell.format == Format::Json {
        let letter = |(language, letter): &(String, Letter)| {
            (language.clone(), json!({ "subject": letter.subject, "text": letter.text, "html": letter.html }))
        };
        let told = json!({
            "policy": announcement.policy,
            "version": announcement.version,
            "effective": announcement.effective,
            "letters": letters.iter().map(letter).collect::<serde_json::Map<_, _>>(),
            "addresses": total,
            "already": of(Telling::Sent),
            "failed": of(Telling::Failed),
            "held_back": audience.held_back,
            "suspected": audience.suspected,
            "without": audience.without,
        });
        return format!("{told:#}");
    }
    let [held_back, suspected] = left_out(audience);
    counts(shell, ("in all", total), &[("told before", of(Telling::Sent)), ("failed before", of(Telling::Failed)), held_back, suspected])
}

fn told(shell: &Shell, announcement: &Announcement, audience: &Audience, done: &Done) -> String {
    if shell.format == Format::Json {
        let mut object = json!(done);
        for (key, value) in [("policy", &announcement.policy), ("version", &announcement.version)] {
            object[key] = json!(value);
        }
        object["held_back"] = json!(audience.held_back);
        object["suspected"] = json!(audience.suspected);
        return format!("{object:#}");
    }
    let [held_back, suspected] = left_out(audience);
    let others = [
        ("told before", done.already),
        ("failed", done.failed),
        ("not told yet", done.left),
        ("taken by another run", done.taken),
        held_back,
        suspected,
    ];
    counts(shell, ("told now", done.sent), &others)
}

/// How the command ends, and how to go on.
fn ended(shell: &Shell, done: &Done) -> anyhow::Result<Outcome> {
    const GO_ON: &str = "help: run the same command again; nobody is told twice";
    match done.stopped {
        None | Some(Stopped::Limit) => {}
        Some(Stopped::Refused(failure)) => {
            bail!("no letter goes out ({failure})\nhelp: `plainsite doctor` examines what sends e-mails; then run the same command again")
        }
        Some(Stopped::Later(seconds)) => bail!("the service takes no more letters for {seconds} seconds\n{GO_ON}"),
        Some(Stopped::OutOfReach(failure)) => bail!("the service is out of reach ({failure})\n{GO_ON}"),
    }
    if done.left > 0 {
        shell.say(GO_ON);
    }
    if done.taken > 0 {
        shell.say("what another run has taken is free again a minute after that was killed");
    }
    if done.failed == 0 {
        return Ok(Outcome::Clean);
    }
    shell.say(
        "error: some letters failed: the address is none, or it is not known whether they arrived\nhelp: `--again` tries them once more",
    );
    Ok(Outcome::Faulty)
}
