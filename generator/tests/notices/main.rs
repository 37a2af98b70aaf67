//! `plainsite policy notify`: the real program on a site of its own, with a store in a file and Resend's stand-in.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod notion;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use functions::config::Config;
use functions::guard::Keys;
use functions::lead::{Failure, Lead, LeadId};
use functions::personal::Personal;
use functions::ports::{Accepted, Entry, Noted, Notices, Store, Telling};
use functions::stand_ins::{Fault, Mail, Resend};
use functions::store::{self, Patience, SqlStore};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The site of the project itself, whose policy is made to promise a notice.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What is declared beside that.
const DECLARED: [(&str, &str); 4] = [
    ("changes: { effective: on publication }", "changes: { notice: 30 days, by: email }"),
    (
        "\ndata:\n",
        "\ndata:\n  notices:\n    label: { en: Notices of changes, fr: Avis de changement }\n    people: { en: people who write to us, fr: les \
         personnes qui nous écrivent }\n    from: { functions: notices }\n    items: [{ en: whether you were told of a change, fr: si vous avez \
         été prévenu }]\n",
    ),
    (
        "\npurposes:\n",
        "\npurposes:\n  tell-changes:\n    label: { en: tell you of changes of this policy, fr: vous prévenir des changements de cette \
         politique }\n    basis: legal-obligation\n    law: { en: GDPR Art. 13(3), fr: RGPD art. 13(3) }\n    data: [lead, notices]\n    \
         recipients: [resend]\n",
    ),
    ("\nretention:\n", "\nretention:\n  notices: { data: [notices], keep: 5 years, then: delete, by: job }\n"),
];

#[path = "../support/run.rs"]
mod run;

use run::{Run, plainsite};

/// A site with two published versions, of which the second applies from 15 July 2026, and all that it needs to tell people.
struct Office {
    folder: TempDir,
    runtime: Runtime,
    resend: Resend,
    address: String,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["content", "templates"] {
            copy(&Path::new(ROOT).join(part), &folder.path().join(part));
        }
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let resend = runtime.block_on(Resend::start()).unwrap();
        let mut config = Config::from_variables(&[("PLAINSITE_SECRET".to_owned(), SECRET.to_owned())].into()).unwrap();
        resend.configure(&mut config);
        let office = Self { folder, runtime, resend, address: config.addresses.resend };
        office.edit("content/privacy.yaml", &DECLARED);
        office.published("2026-05-01");
        let edits = |path: &str, heading: &str, more: &str| {
            let versions = [("version: 1", "version: 2"), ("effective: 2026-05-01", "effective: 2026-07-15")];
            office.edit(path, &versions);
            office.edit(path, &[(heading, &format!("## {more}\n\n{more}, {more}.\n\n{heading}"))]);
        };
        edits("content/privacy.md", "## Cookies", "Artificial intelligence");
        edits("content/privacy.fr.md", "## Cookies", "Intelligence artificielle");
        office.published("2026-06-01");
        office.on(async |store| store.migrate().await.unwrap());
        office
    }

    fn edit(&self, path: &str, edits: &[(&str, &str)]) {
        let path = self.folder.path().join(path);
        let mut text = fs::read_to_string(&path).unwrap();
        for (old, new) in edits {
            assert!(text.contains(old), "{old} in {}", path.display());
            text = text.replacen(old, new, 1);
        }
        fs::write(path, text).unwrap();
    }

    fn published(&self, day: &str) {
        let run = self.run(&["--date", day, "policy", "publish"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }

    fn url(&self) -> String {
        format!("sqlite:{}/leads.db", self.folder.path().display())
    }

    fn on<T>(&self, work: impl AsyncFnOnce(&SqlStore) -> T) -> T {
        self.runtime.block_on(async {
            let store = store::open(&self.url(), Patience::default()).unwrap();
            let result = work(&store).await;
            store.close().await;
            result
        })
    }

    /// Somebody sends the form of the site, and the database takes it.
    fn lead(&self, number: u8, email: &str, language: &str) {
        let entry = entry(number, email, language);
        assert_eq!(self.on(async |store| store.accept(&entry).await.unwrap()), Accepted::New);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_on(self.folder.path(), arguments)
    }

    /// The command on another site, with the same environment.
    fn command_on(&self, root: &Path, arguments: &[&str]) -> Command {
        let mut command = plainsite();
        command.arg("--root").arg(root).args(arguments).envs([
            ("PLAINSITE_SECRET", SECRET),
            ("DATABASE_URL", &self.url()),
            ("RESEND_API_KEY", Resend::KEY),
            ("RESEND_URL", &self.address),
            ("MAIL_FROM", "CRESCO System <hello@crescosystem.com>"),
        ]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finished(&mut self.command(arguments))
    }

    fn notify(&self, arguments: &[&str]) -> Run {
        self.run(&[&["--date", "2026-06-10", "policy", "notify"], arguments].concat())
    }

    /// The letters by whom they went to.
    fn letters(&self) -> BTreeMap<String, Vec<Mail>> {
        let mut letters: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
        for mail in self.resend.mails() {
            letters.entry(mail.to.join(" ")).or_default().push(mail);
        }
        letters
    }
}

fn entry(number: u8, email: &str, language: &str) -> Entry {
    let received = format!("2026-05-{number:02}T10:00:00Z").parse().unwrap();
    let lead = Lead {
        id: LeadId::of_digest([number; 16]),
        form: "contact".into(),
        language: language.to_owned(),
        received,
        contacted: received,
        values: Personal::new(BTreeMap::from([("email".to_owned(), json!(email)), ("name".to_owned(), json!("canary-name"))])),
        captured: Personal::default(),
        held: Vec::new(),
    };
    Entry { lead, key: number.to_string(), fingerprint: String::new(), proof: None, limits: Vec::new(), sinks: Vec::new() }
}

fn finished(command: &mut Command) -> Run {
    let run = Run::of(command);
    assert!(!run.out.contains("visitor.example") && !run.err.contains("visitor.example"), "no address is printed: {}{}", run.out, run.err);
    run
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &target) } else { _ = fs::copy(path, target).unwrap() }
    }
}

#[test]
fn everybody_is_told_once_in_their_language() {
    let office = Office::new();
    office.lead(1, "ada@visitor.example", "en");
    office.lead(2, "ADA@visitor.example", "fr");
    office.lead(3, "bob@visitor.example", "en");
    let dry = office.notify(&["--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.out.contains("--- en: CRESCO System: “Privacy policy” changes on 15 July 2026\n"), "{}", dry.out);
    assert!(
        dry.out.contains("--- fr: CRESCO System\u{a0}: «\u{a0}Politique de confidentialité\u{a0}» change le 15 juillet 2026\n"),
        "{}",
        dry.out
    );
    assert!(dry.out.ends_with("addresses  number\nin all     2\n") && office.letters().is_empty(), "{}", dry.out);

    let run = office.notify(&[]);
    assert_eq!((run.code, run.out.as_str()), (0, "addresses  number\ntold now   2\n"), "{}", run.err);
    let letters = office.letters();
    let [french] = &letters["ADA@visitor.example"][..] else { panic!("one letter goes to her") };
    for said in [
        "Intelligence artificielle (nouveau)\n\n  - Intelligence artificielle, Intelligence artificielle.",
        "La nouvelle version en entier\u{a0}: https://crescosystem.com/fr/confidentialite/versions/2/",
        "https://crescosystem.com/fr/confidentialite/changes/",
    ] {
        assert!(french.text.contains(said), "{said} is missing in {}", french.text);
    }
    let [english] = &letters["bob@visitor.example"][..] else { panic!("one letter goes to him") };
    assert!(english.text.contains("Artificial intelligence (new)\n"), "{}", english.text);
    assert!(english.html.contains("https://crescosystem.com/privacy/versions/2/") && !english.html.contains("canary"));

    office.lead(4, "eve@visitor.example", "en");
    let again = office.notify(&["--format", "json"]);
    let json: Json = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&json["sent"], &json["already"], &json["version"]), (&json!(1), &json!(2), &json!("2")));
    assert!(office.letters().len() == 3 && office.letters().values().all(|letters| letters.len() == 1));
}

#[test]
fn a_program_that_is_killed_goes_on() {
    let office = Office::new();
    for number in 1..=4 {
        office.lead(number, &format!("{number}@visitor.example"), "fr");
    }
    office.resend.fail_next([Fault::Pass, Fault::SilenceAfterSaving]);
    let mut command = office.command(&["--date", "2026-06-10", "policy", "notify"]);
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    office.runtime.block_on(office.resend.called(2));
    child.kill().unwrap();
    child.wait().unwrap();
    let run = office.notify(&["--limit", "1"]);
    assert!(run.out.contains("told now              1\ntold before           1\n"), "{}{}", run.out, run.err);
    // What the killed one had taken is free a minute later.
    office.on(async |store| {
        let seal = seal(&office);
        let told = store.told(&seal).await.unwrap();
        let (person, _) = told.iter().find(|(_, telling)| **telling == Telling::Pending).unwrap();
        store.note(&seal, person, Noted::Unknown(Failure::Unreachable)).await.unwrap();
    });
    let run = office.notify(&[]);
    assert_eq!((run.code, run.out.as_str()), (0, "addresses    number\ntold now     2\ntold before  2\n"), "{}", run.err);
    assert!(office.letters().len() == 4 && office.letters().values().all(|letters| letters.len() == 1));
}

/// The seal of the second version.
fn seal(office: &Office) -> String {
    let file = fs::read(office.folder.path().join("content/_policies/privacy/2.json")).unwrap();
    serde_json::from_slice::<Json>(&file).unwrap()["seal"].as_str().unwrap().to_owned()
}

#[test]
fn a_restored_database_tells_nobody_before_the_erasures_are_done_again() {
    let office = Office::new();
    office.lead(1, "ada@visitor.example", "en");
    office.lead(2, "bob@visitor.example", "en");
    let (file, backup) = (office.folder.path().join("leads.db"), office.folder.path().join("backup.db"));
    fs::copy(&file, &backup).unwrap();
    fs::rename(&backup, &file).unwrap();
    let refused = office.notify(&[]);
    assert!(refused.code == 2 && refused.err.contains("run `plainsite requests replay`"), "{}", refused.err);
    assert!(office.letters().is_empty());
    // Ada was erased after the backup.
    let ada = Keys::new(SECRET.to_owned().into()).person(&Personal::new("ada@visitor.example".to_owned()));
    let log = office.folder.path().join("erasures.log");
    fs::write(&log, format!("2026-06-01T10:00:00Z {}\n", ada.0)).unwrap();
    let replayed = office.run(&["requests", "replay", log.to_str().unwrap()]);
    assert_eq!(replayed.out, "1 entries read, 1 leads erased again\n", "{}", replayed.err);
    assert_eq!(office.notify(&[]).code, 0);
    assert_eq!(office.letters().into_keys().collect::<Vec<_>>(), ["bob@visitor.example"]);
    // Nobody was erased since another backup.
    fs::copy(&file, &backup).unwrap();
    fs::rename(&backup, &file).unwrap();
    assert_eq!(office.run(&["requests", "replay", "/dev/null"]).out, "0 entries read, 0 leads erased again\n");
    office.on(async |store| store.whole().await.unwrap());
}

// Promises: cluently/notice-of-changes
#[test]
fn what_cannot_be_announced_says_why_and_what_to_do() {
    let office = Office::new();
    office.lead(1, "ada@visitor.example", "en");
    let late = |arguments: &[&str]| office.run(&[&["--date", "2026-07-01", "policy", "notify"], arguments].concat());
    let refused = late(&[]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("version 2 applies in 14 days, on 2026-07-15, and 30 days were promised: people would be told 16 days late"),
        "{}",
        refused.err
    );
    assert!(office.letters().is_empty());
    let cases: [(&[&str], &str); 4] = [
        (&["--date", "2026-07-15", "policy", "notify"], "no version of `privacy` is to come: version 2 has applied since 2026-07-15"),
        (&["--date", "2026-06-10", "policy", "notify", "--version", "1"], "version 1 has applied since 2026-05-01"),
        (&["--date", "2026-06-10", "policy", "notify", "--version", "3"], "`privacy` has no version 3\nhelp: 1, 2 are published"),
        (&["--date", "2026-06-10", "policy", "notify", "--policy", "terms"], "no version of `terms` is published"),
    ];
    for (arguments, text) in cases {
        let run = office.run(arguments);
        assert!(run.code == 1 && run.err.contains(text), "{text}: {}", run.err);
    }
    let without = |name: &str| finished(office.command(&["--date", "2026-06-10", "policy", "notify"]).env_remove(name));
    for (name, text) in [
        ("DATABASE_URL", "`DATABASE_URL` is not set, and nothing else notes who was told"),
        ("RESEND_API_KEY", "nothing sends e-mails"),
        ("PLAINSITE_SECRET", "`PLAINSITE_SECRET` is not set"),
    ] {
        let run = without(name);
        assert!(run.code == 2 && run.err.contains(text), "{text}: {}", run.err);
    }
    let sent = late(&["--late"]);
    assert_eq!((sent.code, office.letters().len()), (0, 1), "{}", sent.err);
    assert!(sent.err.contains("16 days late"), "never silently: {}", sent.err);
}

#[test]
fn a_site_that_promises_nothing_has_nobody_to_tell() {
    let office = Office::new();
    let run = finished(&mut office.command_on(Path::new(ROOT), &["policy", "notify"]));
    assert!(run.code == 1 && run.err.contains("nobody was promised a notice by e-mail"), "{}", run.err);
    // A site whose people are known to its product alone.
    let run = finished(&mut office.command_on(&Path::new(ROOT).join("examples/cluently"), &["policy", "notify"]));
    assert!(run.code == 1 && run.err.contains("no version of `privacy` is published"), "{}", run.err);
}

#[test]
fn the_help_says_what_there_is() {
    insta::assert_snapshot!("help-policy-notify", finished(plainsite().args(["policy", "notify", "--help"])).out);
}
