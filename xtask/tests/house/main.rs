//! The house rules of the workspace, kept by reading its files: floors, first lines, lengths, and nothing of one machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod paths;
mod planted;
mod rules;
mod tracked;

use rules::{HOUSES, LONGER, shape};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust files below a folder of the workspace, by their paths from there.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).expect("it was found below the folder");
                let text = fs::read_to_string(&path).expect("a source is UTF-8");
                found.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    found
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn imports_only_go_down() {
    let mut faults = Vec::new();
    for house in &HOUSES {
        let folder = workspace().join(house.folder);
        let mut files = sources(&folder.join("src"));
        assert!(!files.is_empty(), "{} has no sources", house.folder);
        files.extend(fs::read_to_string(folder.join("index.rs")).ok().map(|text| ("index.rs".to_owned(), text)));
        for (file, text) in files {
            faults.extend(house.imports(&file, &text));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_file_says_what_it_does_and_stays_short() {
    let mut faults = Vec::new();
    let mut seen = Vec::new();
    for folder in ["registry", "generator", "functions", "xtask"] {
        for (file, text) in sources(&workspace().join(folder)) {
            let file = format!("{folder}/{file}");
            faults.extend(shape(&file, &text));
            seen.push(file);
        }
    }
    assert!(seen.len() > 10, "only {} sources were found", seen.len());
    for (file, reason) in LONGER {
        assert!(!reason.is_empty(), "{file} is allowed without a reason");
        assert!(seen.iter().any(|known| known == file), "{file} is allowed to be long, and is not there");
    }
    assert_none(&faults);
}

#[test]
fn no_file_knows_one_machine() {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace())
        .output()
        .expect("git lists the tracked files");
    assert!(listed.status.success(), "git: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let (mut faults, mut read) = (Vec::new(), 0);
    for file in names.split('\0').filter(|name| !name.is_empty()) {
        // Pictures and the like are not text, and a file that was just deleted is still listed.
        if let Ok(text) = fs::read_to_string(workspace().join(file)) {
            read += 1;
            faults.extend(tracked::faults(file, &text));
        }
    }
    assert!(read > 10, "only {read} files were read");
    assert_none(&faults);
}
