//! The command as people use it: on a folder of the disk, again and again.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempDir;

#[path = "support/run.rs"]
mod run;

use run::Run;

fn plainsite(root: &Path, arguments: &[&str]) -> Run {
    let mut run = Run::of(run::plainsite().arg("--root").arg(root).args(arguments));
    for text in [&mut run.out, &mut run.err] {
        *text = text.replace(&root.display().to_string(), "SITE");
    }
    run
}

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = plainsite(folder.path(), &["init", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    folder
}

fn stamp(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_new_site_builds_clean_and_again_without_a_write() {
    let site = site();
    let first = plainsite(site.path(), &["build"]);
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.out);
    let second = plainsite(site.path(), &["build"]);
    assert!(second.out.contains(": 0 written, 0 removed"), "{}", second.out);
    let check = plainsite(site.path(), &["check"]);
    assert_eq!(check.code, 0);
    assert!(check.out.ends_with("nothing is wrong\n"), "{}", check.out);
}

#[test]
fn a_broken_build_leaves_the_last_good_one() {
    let site = site();
    plainsite(site.path(), &["build"]);
    let page = site.path().join("public/privacy/index.html");
    let (before, text) = (stamp(&page), fs::read_to_string(&page).unwrap());
    fs::write(site.path().join("content/privacy.md"), "# New\n\n[x](nowhere.md)\n").unwrap();
    let run = plainsite(site.path(), &["build"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("error[broken-link]") && run.err.contains("stays as it was"), "{}", run.err);
    assert_eq!((stamp(&page), fs::read_to_string(&page).unwrap()), (before, text));
    fs::write(site.path().join("content/privacy.md"), "# New\n").unwrap();
    let run = plainsite(site.path(), &["build"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(fs::read_to_string(&page).unwrap().contains("New"));
}

#[test]
fn pages_that_go_take_their_files_along_and_no_others() {
    let site = site();
    fs::create_dir_all(site.path().join("public/posts")).unwrap();
    fs::write(site.path().join("public/posts/mine.txt"), "mine").unwrap();
    plainsite(site.path(), &["build"]);
    fs::remove_dir_all(site.path().join("content/posts")).unwrap();
    fs::write(site.path().join("content/site.yaml"), "title: A\n").unwrap();
    let run = plainsite(site.path(), &["build"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!site.path().join("public/posts/hello").exists());
    assert_eq!(fs::read_to_string(site.path().join("public/posts/mine.txt")).unwrap(), "mine");
}

#[test]
fn new_writes_a_page_a_post_and_a_policy_that_build() {
    let site = site();
    for arguments in [["new", "page", "About us"], ["new", "post", "Good news"], ["new", "policy", "Politique de confidentialité"]] {
        let run = plainsite(site.path(), &arguments);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let again = plainsite(site.path(), &["new", "page", "About us"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("exists, and stays as it is"), "{}", again.err);
    let run = plainsite(site.path(), &["build", "--drafts"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(site.path().join("public/about-us/index.html").exists());
    assert!(site.path().join("public/politique-de-confidentialite/index.html").exists());
    assert!(site.path().join("public/posts/good-news/index.html").exists());
    plainsite(site.path(), &["build"]);
    assert!(!site.path().join("public/posts/good-news").exists(), "a draft is not published");
}

#[test]
fn vercel_json_gets_headers_and_redirects_and_check_tells_when_it_is_stale() {
    let site = site();
    fs::write(site.path().join("vercel.json"), "{\n  \"outputDirectory\": \"public\"\n}\n").unwrap();
    fs::write(site.path().join("content/new.md"), "---\naliases: [/old/]\n---\n# New\n").unwrap();
    let check = plainsite(site.path(), &["check"]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("error[stale-headers]"), "{}", check.out);
    assert_eq!(plainsite(site.path(), &["build"]).code, 0);
    let text = fs::read_to_string(site.path().join("vercel.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["outputDirectory"], "public");
    assert_eq!(json["redirects"][0], serde_json::json!({ "source": "/old/", "destination": "/new/", "permanent": true }));
    assert_eq!(plainsite(site.path(), &["check"]).code, 0);
}

#[test]
fn json_is_for_programs() {
    let site = site();
    let clean = plainsite(site.path(), &["--format", "json", "check"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&clean.out).unwrap(), serde_json::json!([]));
    fs::write(site.path().join("content/a.md"), "---\ndraft: 3\n---\n").unwrap();
    let faulty = plainsite(site.path(), &["--format", "json", "check"]);
    let json: serde_json::Value = serde_json::from_str(&faulty.out).unwrap();
    assert_eq!((json[0]["rule"].as_str(), json[0]["places"][0]["line"].as_u64()), (Some("wrong-type"), Some(2)));
    assert_eq!(faulty.code, 1);
}

#[test]
fn explain_prints_a_check_and_knows_slips() {
    let site = site();
    let run = plainsite(site.path(), &["explain", "broken-link"]);
    assert!(run.out.starts_with("# broken-link"), "{}", run.out);
    let run = plainsite(site.path(), &["explain", "broken-lnk"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("did you mean `broken-link`?"), "{}", run.err);
    let all = plainsite(site.path(), &["explain"]);
    assert!(all.out.lines().count() > 25, "{}", all.out);
}

#[test]
fn a_root_that_is_not_there_and_an_output_that_cannot_be_are_failures_of_the_world() {
    let folder = tempfile::tempdir().unwrap();
    let run = plainsite(&folder.path().join("nowhere"), &["build"]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("there is no folder"), "{}", run.err);
    let site = site();
    fs::remove_dir_all(site.path().join("public")).unwrap();
    fs::write(site.path().join("public"), "a file").unwrap();
    let run = plainsite(site.path(), &["build"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot make the folder"), "{}", run.err);
}

#[test]
fn init_adds_only_what_a_folder_of_pages_lacks() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content")).unwrap();
    fs::write(folder.path().join("content/README.md"), "# Mine\n").unwrap();
    let run = plainsite(folder.path(), &["init", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(folder.path().join("content/site.yaml").exists() && !folder.path().join("content/_index.md").exists());
    assert_eq!(plainsite(folder.path(), &["build"]).code, 0);
}

#[test]
fn the_help_says_what_there_is() {
    let root = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("help", plainsite(root.path(), &["--help"]).out);
    for command in ["build", "serve", "check", "audit", "explain", "export", "init", "new"] {
        insta::assert_snapshot!(format!("help-{command}"), plainsite(root.path(), &[command, "--help"]).out);
    }
}
