//! `plainsite receipts`: the banner is archived, and receipts are put beside it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::Path;

use functions::ports::Receipts;
use functions::receipt::{How, Receipt};
use functions::store::{self, Patience};
use plainsite::build::{Build, Builder, Changes};
use plainsite::document::shown::Shown;
use plainsite::site::Drafts;
use plainsite::source::Disk;
use serde_json::Value as Json;
use tempfile::TempDir;

const SITE: &str = "\
base_url: https://a.example
languages: [en, fr]
silence:
  - { rule: promise-not-shown, reason: a test }
  - { rule: untranslated-text, reason: a test }
";

const PRIVACY: &str = "\
controller: { name: Acme, address: 1 Road, country: FR, email: a@acme.example, phone: '+33 1', legal_form: SAS, registration: RCS 1, publication_director: Ada }
authority: cnil
dpo: { none: no large-scale processing }
automated_decisions: none
sale: none
host: hoster
recipients: { hoster: { name: Hoster, role: processor, does: hosts, country: FR, address: 2 Road } }
data:
  visits: { label: Visits, people: visitors, from: { service: film }, items: [pages] }
  proofs: { label: Proofs, people: visitors, items: [choices], from: { functions: receipts } }
purposes:
  show: { label: show films, basis: consent, data: [visits], recipients: [hoster] }
  prove: { label: prove, basis: legal-obligation, law: GDPR Art. 7(1), data: [proofs], recipients: [hoster] }
retention:
  visits: { data: [visits], keep: 1 month, then: delete, by: { recipient: hoster } }
  proofs: { data: [proofs], keep: 1 year, then: delete, by: job }
services:
  consent: { use: plainsite-consent-receipts, purpose: prove }
  film: { label: Films, does: plays films, category: media, purpose: show, recipient: hoster, receives: the address, origins: { frame: [https://f.example] } }
rights: { offer: [access, rectification, erasure, restriction, portability, withdrawal, complaint], channel: [email], answer_within: 1 month, withdraw: [banner] }
changes: { effective: on publication }
";

/// A policy that tells all that is declared.
fn policy(title: &str) -> String {
    let tables = ["collected", "purposes", "recipients", "retention", "rights", "cookies"].map(|table| format!("{{{{ {table}() }}}}\n"));
    format!("---\ntitle: {title}\npolicy: privacy\nversion: 1\neffective: 2026-05-01\n---\n{}", tables.join("\n"))
}

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content")).unwrap();
    for (name, text) in [
        ("site.yaml", SITE),
        ("privacy.yaml", PRIVACY),
        ("_index.md", "# Home\n"),
        ("_index.fr.md", "# Accueil\n"),
        ("privacy.md", &policy("Privacy")),
        ("privacy.fr.md", &policy("Confidentialité")),
    ] {
        fs::write(folder.path().join("content").join(name), text).unwrap();
    }
    folder
}

fn build(root: &Path) -> Build {
    Builder::new(Drafts::Left, jiff::civil::date(2026, 6, 1)).build(&Disk::new(root), Changes::Everything)
}

/// The messages of the rule in a build.
fn told(root: &Path) -> Vec<String> {
    let found = build(root).diagnostics.into_iter().filter(|diagnostic| diagnostic.rule.name == "banner-not-archived");
    found.map(|diagnostic| diagnostic.message).collect()
}

#[path = "support/run.rs"]
mod run;

use run::Run;

fn plainsite(root: &Path, database: Option<&str>, arguments: &[&str]) -> Run {
    let mut command = run::plainsite();
    command.arg("--root").arg(root).args(["--date", "2026-06-01"]).args(arguments);
    Run::of(command.envs(database.map(|url| ("DATABASE_URL", url))))
}

fn archive(root: &Path) -> String {
    let run = plainsite(root, None, &["receipts", "archive"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    run.out
}

#[test]
fn what_is_shown_is_archived_once_and_again_when_it_changes() {
    let site = site();
    let root = site.path();
    assert_eq!(told(root), ["the banner as it is shown now in `en`, `fr` is not archived"]);
    assert_eq!(archive(root).matches("archived the banner in ").count(), 2);
    assert!(told(root).is_empty());
    assert_eq!(archive(root).matches(" already").count(), 2);
    let built = build(root);
    let digests: Vec<String> = built.archived.iter().map(|shown| shown.digest.clone()).collect();
    assert_eq!((built.contract().site.banners, digests.len()), (digests.clone(), 2));
    assert!(built.shown.iter().all(|shown| digests.contains(&shown.digest)));

    let privacy = root.join("content/privacy.yaml");
    fs::write(&privacy, PRIVACY.replace("plays films", "shows films")).unwrap();
    assert_eq!(told(root).len(), 1, "other words are another banner");
    archive(root);
    assert_eq!(build(root).archived.len(), 4, "earlier ones stay");
    fs::write(&privacy, PRIVACY).unwrap();
    assert!(told(root).is_empty());
}

#[test]
fn an_archived_banner_that_was_changed_is_told() {
    let site = site();
    archive(site.path());
    let shown = build(site.path()).shown.remove(0);
    let file = site.path().join(Shown::path(&shown.digest));
    fs::write(&file, shown.to_json().replace("plays films", "does nothing")).unwrap();
    let all = told(site.path());
    assert!(all.contains(&"this banner was changed after it was archived".to_owned()), "{all:?}");
    assert_eq!(all.len(), 2);
}

fn receipt(shown: &Shown, number: u8, how: How) -> Receipt {
    let film = vec!["film".into()];
    let (accepted, refused) = if how == How::Withdrawal { (Vec::new(), film) } else { (film, Vec::new()) };
    Receipt {
        id: format!("00000000-0000-4000-8000-00000000000{number}").parse().unwrap(),
        decided: format!("2027-01-0{number}T10:00:00Z").parse().unwrap(),
        received: format!("2027-01-0{number}T10:00:01Z").parse().unwrap(),
        how,
        language: shown.language.clone(),
        revision: shown.revision.clone(),
        banner: shown.digest.clone(),
        signalled: false,
        accepted,
        refused,
    }
}

#[test]
fn a_receipt_is_put_beside_what_it_answered() {
    let site = site();
    let root = site.path();
    archive(root);
    let shown = build(root).shown.remove(0);
    let url = format!("sqlite:{}/leads.db", root.display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (given, withdrawn) = (receipt(&shown, 1, How::Consent), receipt(&shown, 2, How::Withdrawal));
    runtime.block_on(async {
        let store = store::open(&url, Patience::default()).unwrap();
        store.migrate().await.unwrap();
        store.keep(&given).await.unwrap();
        store.keep(&withdrawn).await.unwrap();
        store.close().await;
    });
    let run = |arguments: &[&str]| plainsite(root, Some(&url), &[&["receipts"], arguments].concat());

    let listed = run(&["list", "--format", "short"]).out;
    let (first, second) = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002");
    assert_eq!(
        listed,
        format!("{second} 2027-01-02T10:00Z en withdrawal  film\n{first} 2027-01-01T10:00Z en banner film \n").trim_end().to_owned() + "\n"
    );

    let beside = run(&["show", first]).out;
    for text in [
        "accepted: film\nrefused: nothing",
        "by: banner",
        shown.digest.as_str(),
        "[Refuse all] [Accept all] [Choose…]",
        "  Films: plays films",
    ] {
        assert!(beside.contains(text), "{text} in {beside}");
    }
    let exported = run(&["export", "--since", "2027-01-02"]).out;
    let [record]: [Json; 1] = serde_json::from_str(&exported).unwrap();
    assert_eq!(record["record"]["record_id"], second);
    assert_eq!((&record["record"]["pii_principal_id"], &record["event"][0]["event_state"]), (&Json::Null, &"dpv:ConsentWithdrawn".into()));
    assert_eq!(
        (&record["pii_processing"]["language"], &record["pii_processing"]["purposes"][0]["purpose_type"]),
        (&"en".into(), &"media".into())
    );
    assert_eq!(serde_json::from_value::<Shown>(record["banner"].clone()).unwrap(), shown);

    let none = run(&["show", "00000000-0000-4000-8000-000000000009"]);
    assert!(none.code == 1 && none.err.contains("there is no receipt"), "{}", none.err);
    let nowhere = plainsite(root, None, &["receipts", "list"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("`DATABASE_URL` is not set"), "{}", nowhere.err);
}
