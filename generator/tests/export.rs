//! `plainsite export`: each format of a site on the disk, and what it says where there is nothing to export.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

#[path = "support/run.rs"]
mod run;

use run::Run;

/// The day of the build is fixed, and lies between two versions of the site's policy.
fn plainsite(root: &Path, arguments: &[&str]) -> Run {
    Run::of(run::plainsite().args(["--date", "2026-06-15", "--root"]).arg(root).args(arguments))
}

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content")).unwrap();
    for (name, text) in [
        ("site.yaml", include_str!("exports/site.yaml")),
        ("privacy.yaml", include_str!("exports/privacy.yaml")),
        ("privacy.md", include_str!("exports/privacy.md")),
        ("privacy.fr.md", include_str!("exports/privacy.fr.md")),
    ] {
        fs::write(folder.path().join("content").join(name), text).unwrap();
    }
    folder
}

/// Leaves the site without a page for its policy, as if that were published elsewhere.
fn without_page(root: &Path) {
    for name in ["privacy.md", "privacy.fr.md"] {
        fs::write(root.join("content").join(name), "# Privacy\n").unwrap();
    }
    let silence = "silence: [{ rule: promise-not-shown, reason: the policy is published elsewhere }]\n";
    fs::write(root.join("content/site.yaml"), format!("{}{silence}", include_str!("exports/site.yaml"))).unwrap();
}

fn export(root: &Path, arguments: &[&str]) -> String {
    let run = plainsite(root, &[&["export"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn documents_stand_for_the_page_of_the_policy_in_their_language() {
    let site = site();
    let tilt = json(&export(site.path(), &["tilt"]));
    assert_eq!(tilt["meta"]["url"], "https://lighthouse.example/privacy/");
    assert_eq!((&tilt["meta"]["created"], &tilt["meta"]["modified"]), (&json("\"2025-01-02\""), &json("\"2026-05-01\"")));
    // The version is announced, and not in force on the day of the export.
    assert_eq!((&tilt["meta"]["version"], &tilt["meta"]["status"]), (&json("2"), &json("\"inactive\"")));
    let french = json(&export(site.path(), &["tilt", "--lang", "fr"]));
    assert_eq!(french["meta"]["url"], "https://lighthouse.example/fr/privacy/");
    assert_eq!(french["dataDisclosed"][0]["purposes"][0]["purpose"], "Répondre aux lettres");
    let dpv = json(&export(site.path(), &["dpv", "--lang", "fr"]));
    assert_eq!(dpv["@graph"][0]["@id"], "https://lighthouse.example/fr/privacy/#notice");
}

#[test]
fn without_a_page_a_document_stands_for_itself() {
    let site = site();
    without_page(site.path());
    let tilt = json(&export(site.path(), &["tilt"]));
    assert_eq!((&tilt["meta"]["url"], &tilt["meta"]["modified"]), (&json("\"\""), &json("\"2026-06-15\"")));
}

#[test]
fn the_record_is_a_table_or_a_text() {
    let site = site();
    let table = export(site.path(), &["record"]);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let headings = rows.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), rows[0].len()), (1, headings.len()));
    assert_eq!((&rows[0][0], &rows[0][10]), ("Answer letters", "Lighthouse SARL"));
    let text = export(site.path(), &["record", "--as", "markdown", "--lang", "fr"]);
    assert!(text.contains("\n## Répondre aux lettres\n") && text.contains("Lighthouse SARL"), "{text}");
}

#[test]
fn what_is_published_is_exported_byte_for_byte() {
    let site = site();
    assert_eq!(plainsite(site.path(), &["build"]).code, 0);
    for (format, name) in [("gpc", "gpc.json"), ("security-txt", "security.txt")] {
        let published = fs::read_to_string(site.path().join("public/.well-known").join(name)).unwrap();
        assert_eq!(export(site.path(), &[format]), published);
    }
    fs::remove_file(site.path().join("content/privacy.yaml")).unwrap();
    without_page(site.path());
    assert_eq!(plainsite(site.path(), &["build"]).code, 0);
    assert!(!site.path().join("public/.well-known").exists(), "what is not declared any more is not published");
}

#[test]
fn the_contract_reads_back_and_a_file_takes_it() {
    let site = site();
    let file = site.path().join("contract.json");
    let printed = export(site.path(), &["contract"]);
    assert_eq!(export(site.path(), &["contract", "--out", file.to_str().unwrap()]), "");
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, printed);
    let contract = registry::contract::Contract::from_json(&written).unwrap();
    assert_eq!(contract.site.languages, ["en", "fr"]);
}

#[test]
fn what_cannot_be_exported_is_told_with_the_remedy() {
    let site = site();
    let refused = |arguments: &[&str]| {
        let run = plainsite(site.path(), &[&["export"], arguments].concat());
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", run.err);
        run.err
    };
    assert_eq!(refused(&["tilt", "--lang", "de"]), "error: the site has no language `de`\nhelp: did you mean `en`?\n");
    let privacy = site.path().join("content/privacy.md");
    without_page(site.path());
    assert!(refused(&["gpc"]).starts_with("error: the site makes no `gpc.json`\nhelp: declare `sale: none`"));
    fs::write(&privacy, "[x](nowhere.md)\n").unwrap();
    let broken = refused(&["tilt"]);
    assert!(broken.contains("error[broken-link]") && broken.ends_with("1 error; nothing is exported\n"), "{broken}");
    fs::write(&privacy, "# Privacy\n").unwrap();
    fs::remove_file(site.path().join("content/privacy.yaml")).unwrap();
    assert!(refused(&["contract"]).starts_with("error: the site declares nothing to export\nhelp: declare"));
}
