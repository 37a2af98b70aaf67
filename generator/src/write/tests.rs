//! What a folder holds after a write: whole, in turn, interrupted.

use std::fs;

use super::*;
use crate::output::Finish;
use crate::source::Memory;

fn output(files: &[(&str, &str)]) -> Output {
    files.iter().map(|(path, text)| (Arc::from(*path), Arc::new(Artifact::made(text.as_bytes().to_vec(), Finish::Keep, None)))).collect()
}

fn write_all(out: &Path, files: &[(&str, &str)]) -> Summary {
    write(out, &output(files), &Memory::default()).unwrap().unwrap()
}

fn text(out: &Path, path: &str) -> Option<String> {
    fs::read_to_string(out.join(path)).ok()
}

#[test]
fn only_what_changed_is_written_and_what_is_gone_goes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    assert_eq!(write_all(out, &[("a/index.html", "1"), ("b/c/index.html", "2"), ("d.txt", "3")]), Summary { written: 3, removed: 0 });
    let stamp = fs::metadata(out.join("a/index.html")).unwrap().modified().unwrap();
    assert_eq!(write_all(out, &[("a/index.html", "1"), ("d.txt", "4")]), Summary { written: 1, removed: 1 });
    assert_eq!(fs::metadata(out.join("a/index.html")).unwrap().modified().unwrap(), stamp);
    assert_eq!(text(out, "d.txt").as_deref(), Some("4"));
    assert!(!out.join("b").exists(), "the folder that a removed page leaves empty goes too");
    assert_eq!(write_all(out, &[("a/index.html", "1"), ("d.txt", "4")]), Summary::default());
}

#[test]
fn files_that_no_build_made_are_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    fs::create_dir(out.join("a")).unwrap();
    fs::write(out.join("a/index.html"), "mine").unwrap();
    fs::write(out.join("keep.txt"), "mine").unwrap();
    let refused = write(out, &output(&[("a/index.html", "1"), ("b.html", "2")]), &Memory::default()).unwrap().unwrap_err();
    assert_eq!(refused[0].rule.name, "foreign-file");
    assert_eq!((text(out, "a/index.html").as_deref(), text(out, "b.html")), (Some("mine"), None));
    fs::remove_file(out.join("a/index.html")).unwrap();
    write_all(out, &[("a/index.html", "1")]);
    write_all(out, &[]);
    assert_eq!(text(out, "keep.txt").as_deref(), Some("mine"));
    assert!(!out.join("a").exists());
}

#[test]
fn a_file_changed_by_hand_is_made_right_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    write_all(out, &[("a.html", "1")]);
    fs::write(out.join("a.html"), "by hand").unwrap();
    assert_eq!(write_all(out, &[("a.html", "1")]).written, 1);
    assert_eq!(text(out, "a.html").as_deref(), Some("1"));
}

#[test]
fn an_interrupted_change_is_completed_from_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    write_all(out, &[("a.html", "old"), ("b.html", "old"), ("gone/index.html", "old")]);
    let wanted = output(&[("a.html", "new"), ("b.html", "new"), ("c/index.html", "new")]);
    let operations = plan(&Manifest::read(out).unwrap(), &wanted);
    journal::begin(out, &operations, &Memory::default()).unwrap();
    // The process ends here, with one of the files written and another one half.
    fs::write(out.join("a.html"), "new").unwrap();
    fs::write(out.join("b.html"), "ne").unwrap();
    assert!(recover(out).unwrap());
    for path in ["a.html", "b.html", "c/index.html"] {
        assert_eq!(text(out, path).as_deref(), Some("new"), "{path}");
    }
    assert!(!out.join("gone").exists());
    assert!(!out.join(journal::NAME).exists());
    assert_eq!(write(out, &wanted, &Memory::default()).unwrap().unwrap(), Summary::default());
}

#[test]
fn a_journal_cut_short_at_any_byte_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    write_all(out, &[("a.html", "old")]);
    let operations = plan(&Manifest::read(out).unwrap(), &output(&[("a.html", "new"), ("b.html", "new")]));
    journal::begin(out, &operations, &Memory::default()).unwrap();
    let whole = fs::read(out.join(journal::NAME)).unwrap();
    for length in 0..whole.len() {
        fs::write(out.join(journal::NAME), &whole[..length]).unwrap();
        assert!(!recover(out).unwrap(), "{length} bytes of {}", whole.len());
        assert_eq!((text(out, "a.html").as_deref(), text(out, "b.html")), (Some("old"), None));
    }
}

#[test]
fn an_interrupted_first_build_is_replaced_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    write_all(out, &[("a.html", "1"), ("b.html", "1")]);
    // As if the process had ended before the second manifest: claimed, not finished.
    let claimed = fs::read_to_string(out.join(manifest::NAME)).unwrap();
    let claimed: String = claimed
        .lines()
        .map(|l| match l.split_once(' ') {
            Some((d, _)) if d.len() == 32 => format!("{} 0 0 {}\n", "0".repeat(32), l.rsplit(' ').next().unwrap()),
            _ => format!("{l}\n"),
        })
        .collect();
    fs::write(out.join(manifest::NAME), claimed).unwrap();
    fs::write(out.join("a.html"), "hal").unwrap();
    assert_eq!(write_all(out, &[("a.html", "2"), ("b.html", "2")]).written, 2);
}

#[test]
fn an_output_folder_that_cannot_be_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("public");
    fs::write(&out, "a file").unwrap();
    let error = write(&out, &output(&[("a.html", "1")]), &Memory::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot make the folder `"), "{error}");
}
