//! What no tracked file may contain: paths of one developer's machine, and the hosts of package registries.

/// Folders that are some machine's and nobody else's. In parts, so that this file does not contain them.
const FOLDERS: [&str; 3] = [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/")];
const HOSTS: [&str; 5] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("deb.", "debian.org"),
];
/// Their tools write hosts into them.
const LOCKS: [&str; 3] = ["Cargo.lock", "package-lock.json", "npm-shrinkwrap.json"];

/// The faults of one text file.
pub(crate) fn faults(file: &str, text: &str) -> Vec<String> {
    let lock = LOCKS.contains(&file.rsplit('/').next().unwrap_or(file));
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for folder in FOLDERS.iter().filter(|folder| has_path(line, folder)) {
            faults.push(format!("{file}:{number}: a path below `{folder}` is there on one machine only"));
        }
        for host in HOSTS.iter().filter(|host| !lock && line.contains(**host)) {
            faults.push(format!("{file}:{number}: `{host}` is for the registry's own client to know"));
        }
    }
    faults
}

/// Whether the folder starts a path on this line, and the path goes on: a page's address such as a link to the folder
/// alone, or the same word further down a path, is none.
fn has_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let within = |c: char| c.is_alphanumeric() || "_-.})>*".contains(c);
        !before.is_some_and(within) && after.is_some_and(|c| c.is_alphanumeric() || "_.$".contains(c))
    })
}
