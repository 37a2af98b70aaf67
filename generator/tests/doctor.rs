//! `plainsite doctor` as operators use it: on a site in a folder, with an environment and a database.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::Path;

use functions::ports::Store;
use functions::store::{self, Patience};
use serde_json::Value as Json;

#[path = "../../functions/tests/support/postgres.rs"]
mod postgres;

use postgres::Postgres;

#[path = "support/run.rs"]
mod run;

use run::{Run, plainsite};

fn doctor(root: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let run = Run::of(plainsite().envs(variables.iter().copied()).arg("--root").arg(root).arg("doctor").args(arguments));
    assert!(!format!("{}{}", run.out, run.err).to_lowercase().contains("canary"), "{}{}", run.out, run.err);
    run
}

/// A site without forms, which needs no service.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("content")).unwrap();
    std::fs::write(folder.path().join("content/index.md"), "# Home\n").unwrap();
    folder
}

/// The site of the repository, whose form delivers everywhere.
fn cresco() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn exit_codes_tell_clean_from_faulty_from_failed() {
    let site = site();
    let secret = ("PLAINSITE_SECRET", "canary-canary-canary-canary-canary");
    let run = doctor(site.path(), &[secret], &[]);
    assert!(run.code == 0 && run.out.ends_with("\nno problems\n"), "{}{}", run.out, run.err);
    let run = doctor(site.path(), &[("PLAINSITE_SECRET", "canary")], &["--format", "json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let json: Json = serde_json::from_str(&run.out).unwrap();
    let secret = json.as_array().unwrap().iter().find(|row| row["of"] == "PLAINSITE_SECRET").unwrap();
    assert_eq!((&secret["result"], &secret["finding"]), (&"problem".into(), &"`PLAINSITE_SECRET` has fewer than 32 characters".into()));
    assert_eq!(doctor(&site.path().join("nowhere"), &[], &[]).code, 2);
    assert_eq!(doctor(site.path(), &[], &["--migrate"]).code, 2, "no database");
}

#[test]
fn what_lacks_is_told_of_the_site_of_the_repository() {
    let run = doctor(cresco(), &[], &["--format", "short"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    for line in ["problem NOTION_TOKEN is missing", "problem PLAINSITE_SECRET", "ok jobs ", "note services were not asked"] {
        assert!(run.out.lines().any(|told| told.starts_with(line)), "{line}: {}", run.out);
    }
    let run = doctor(cresco(), &[], &["--columns"]);
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!("columns", run.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_makes_the_tables_of_either_database() {
    let (site, server) = (site(), Postgres::start());
    let urls = [format!("sqlite:{}/leads.db", site.path().display()), server.database("leads").await];
    for url in urls {
        let set = [("DATABASE_URL", url.as_str()), ("PLAINSITE_SECRET", "canary-canary-canary-canary-canary")];
        let run = doctor(site.path(), &set, &[]);
        assert!(run.code == 1 && run.out.contains("`plainsite doctor --migrate`"), "{}{}", run.out, run.err);
        for _ in 0..2 {
            let run = doctor(site.path(), &set, &["--migrate"]);
            assert_eq!((run.code, run.out.as_str()), (0, "the tables are those of this version\n"), "{}", run.err);
        }
        assert!(store::open(&url, Patience::default()).unwrap().ready().await.is_ok());
        let run = doctor(site.path(), &set, &[]);
        assert!(run.code == 0 && run.out.contains("answers, and has the tables of this version"), "{}{}", run.out, run.err);
    }
}

#[test]
fn the_help_says_what_there_is() {
    insta::assert_snapshot!("help", doctor(Path::new("."), &[], &["--help"]).out);
}
