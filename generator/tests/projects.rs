//! `plainsite projects` and `plainsite code`, on a store in a file.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::Path;

use functions::code;
use functions::guard::Keys;
use functions::ports::ProjectSource;
use functions::store::{self, Patience};
use tempfile::TempDir;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

const ACME: &str = "\
name: Acme’s website
status: in-progress
start: 2027-01-11
phases:
  - name: Audit
    status: done
    deliverables:
      - { name: Report, status: done, link: https://files.acme.example/report }
updates:
  - { day: 2027-01-12, title: We have begun }
  - day: 2027-01-13
    title: More
    text: |-
      Two lines:

      the second.
";

#[path = "support/run.rs"]
mod run;

use run::{Run, plainsite};

/// A store in a folder, and the command on it.
struct Office {
    folder: TempDir,
    url: String,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = Self { url: format!("sqlite:{}/leads.db", folder.path().display()), folder };
        assert_eq!(office.run(&["doctor", "--migrate"]).code, 0);
        office
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = plainsite();
        command.args(arguments).current_dir(self.folder.path());
        Run::of(command.env("DATABASE_URL", &self.url).env("PLAINSITE_SECRET", SECRET))
    }

    /// Whether a code opens a project by now.
    fn opens(&self, code: &str) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = store::open(&self.url, Patience::default()).unwrap();
            let project = store.open(&code::hash(&Keys::new(SECRET.into()), &code::read(code).unwrap()), None).await.unwrap();
            store.close().await;
            project.is_some()
        })
    }
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<_> =
        files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())).collect();
    texts.sort();
    texts
}

#[test]
fn what_is_exported_can_be_imported_and_is_the_same() {
    let office = Office::new();
    office.write("in/acme.yaml", ACME);
    office.write("in/other.yml", "name: Other\nstatus: planned\n");
    let imported = office.run(&["projects", "import", "in"]);
    assert_eq!((imported.code, imported.out.as_str()), (0, "new: acme\nnew: other\n"), "{}", imported.err);
    assert_eq!(office.run(&["projects", "export", "out"]).code, 0);
    let exported = texts(&office.folder.path().join("out"));
    assert_eq!(exported.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["acme.yaml", "other.yaml"]);
    assert!(exported[0].1.contains("text: |-\n      Two lines:\n\n      the second.\n"), "{}", exported[0].1);
    assert!(exported[0].1.find("More") < exported[0].1.find("We have begun"), "the newest comes first");
    let again = office.run(&["projects", "import", "out"]);
    assert_eq!(again.out, "unchanged: acme\nunchanged: other\n");
    office.write("in/acme.yaml", &ACME.replace("in-progress", "done"));
    assert_eq!(office.run(&["projects", "import", "in/acme.yaml"]).out, "replaced: acme\n");
    let listed = office.run(&["projects", "list", "--format", "short"]).out;
    assert_eq!(listed, "acme done 2027-01-11   Acme’s website\nother planned    Other\n");
}

#[test]
fn one_mistake_and_nothing_is_imported() {
    let office = Office::new();
    office.write("in/acme.yaml", ACME);
    office.write("in/other.yaml", "name: Other\nstatus: finished\nend: tomorrow\n");
    office.write("in/acme.yml", ACME);
    let run = office.run(&["projects", "import", "in", "--format", "short"]);
    assert_eq!(run.code, 1);
    for line in
        ["acme.yml:1:1: error[invalid-project]", "other.yaml:2:9: error[wrong-type]: `status`", "other.yaml:3:6: error[wrong-type]: `end`"]
    {
        assert!(run.out.contains(line), "{line} in {}", run.out);
    }
    assert!(run.err.contains("3 errors: nothing was imported"), "{}", run.err);
    assert_eq!(office.run(&["projects", "list", "--format", "short"]).out, "\n");
}

#[test]
fn a_code_is_shown_once_and_opens_until_it_is_revoked() {
    let office = Office::new();
    let file = office.write("acme.yaml", ACME);
    assert_eq!(office.run(&["code", "new", "acme"]).code, 1, "the project is not there");
    office.run(&["projects", "import", &file]);
    let made = office.run(&["code", "new", "acme"]);
    let code = made.out.trim();
    assert_eq!((made.code, code::read(code).unwrap().grouped().as_str()), (0, code), "the code is all of the output: {}", made.err);
    assert!(office.opens(code) && !made.err.contains(code), "without an address of the site, there is no link: {}", made.err);
    let second = office.run(&["code", "new", "acme"]).out.trim().to_owned();
    let listed = office.run(&["code", "list"]).out;
    assert!(listed.lines().count() == 3 && !listed.contains(code) && !listed.contains(&second), "{listed}");
    let by_code = office.run(&["code", "revoke", &code.to_lowercase().replace('-', "")]);
    assert!(by_code.out.starts_with("revoked code ") && !by_code.out.contains(code), "{} {}", by_code.out, by_code.err);
    assert!(!office.opens(code) && office.opens(&second));
    assert!(office.run(&["code", "revoke", code]).out.contains("was revoked before"));
    let json: serde_json::Value = serde_json::from_str(&office.run(&["code", "list", "--format", "json"]).out).unwrap();
    let live = json.as_array().unwrap().iter().find(|code| code["revoked"].is_null()).unwrap();
    assert_eq!(office.run(&["code", "revoke", live["id"].as_str().unwrap()]).code, 0);
    assert!(!office.opens(&second));
    for nothing in ["CM-0000-0000", "none", ""] {
        assert_eq!(office.run(&["code", "revoke", nothing]).code, 1, "{nothing}");
    }
}

#[test]
fn a_link_to_the_portal_stands_beside_the_code() {
    let office = Office::new();
    let file = office.write("acme.yaml", ACME);
    office.run(&["projects", "import", &file]);
    office.write("content/site.yaml", "title: Acme\nbase_url: https://www.acme.example\n");
    office.write("content/index.md", "# Acme\n");
    let made = office.run(&["code", "new", "acme"]);
    assert!(made.err.contains(&format!("https://www.acme.example/portal/#{}", made.out.trim())), "{}", made.err);
}
