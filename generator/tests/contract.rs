//! The functions' build script makes the very contract that a build makes, for every site of this repository.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use plainsite::build::{Builder, Changes};
use plainsite::site::Drafts;
use plainsite::source::Disk;

#[path = "../../functions/build/contract.rs"]
mod contract;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn gather(root: &Path) -> contract::Gathered {
    contract::gather(root, &workspace().join("generator/templates")).unwrap()
}

#[test]
fn both_make_the_same_contract() {
    for site in ["", "examples/cluently", "examples/qualify-crm"] {
        let root = workspace().join(site);
        let built = Builder::new(Drafts::Left, TODAY).build(&Disk::new(&root), Changes::Everything).contract();
        let gathered = gather(&root);
        assert!(gathered.watched.contains(&root.join("content/privacy.yaml")), "a change of what is declared makes the functions anew");
        assert!(built.to_json() == gathered.contract.unwrap().to_json(), "the contracts of `{site}` differ");
    }
}

#[test]
fn a_sites_own_words_templates_and_settings_are_in_both() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("content/site.yaml", "base_url: https://acme.example/\nlanguages: [fr, de]\nurls: clean\n"),
        ("content/privacy.yaml", "controller: { name: Acme }\n"),
        ("content/forms/contact.yaml~", "no form"),
        ("templates/i18n/fr.yaml", "skip_link: Passer\n"),
        ("templates/i18n/de.yaml", "own_word: Wort\n"),
        ("templates/emails/confirmation.html", "<p>Merci</p>"),
        ("templates/answers/deep/form.html", "<form></form>"),
        ("templates/page.html", "{{ page.content }}"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let built = Builder::new(Drafts::Left, TODAY).build(&Disk::new(folder.path()), Changes::Everything).contract();
    let gathered = gather(folder.path()).contract.unwrap();
    assert_eq!(built.to_json(), gathered.to_json());
    assert_eq!(gathered.site.base_url, "https://acme.example");
    assert_eq!(gathered.site.templates["emails/confirmation.html"], "<p>Merci</p>");
    assert_eq!(gathered.site.words["de"]["own_word"], "Wort");
}

#[test]
fn mistakes_of_authors_are_told_in_lines() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content/forms")).unwrap();
    fs::write(folder.path().join("content/privacy.yaml"), "controller:\n  nam: Acme\n").unwrap();
    fs::write(folder.path().join("content/forms/contact.yaml"), "fields: 1\n").unwrap();
    let mistakes = gather(folder.path()).contract.unwrap_err();
    assert!(mistakes.iter().any(|line| line.starts_with("content/privacy.yaml:2:3: error[unknown-key]: ")), "{mistakes:#?}");
    assert!(mistakes.iter().any(|line| line.starts_with("content/forms/contact.yaml:1:")), "{mistakes:#?}");
}
