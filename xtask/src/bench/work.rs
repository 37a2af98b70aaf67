//! The folder that a run works in, and its trash.
//!
//! ext4 avoids the inodes of files deleted in the last minutes, and searches for others one by one: builds after a mass
//! delete take several times longer, floor and all, which draws their ratio to 1. So nothing is deleted while a clock
//! may run or soon will: outputs are renamed into the trash, and that is emptied only when it has grown large, at the
//! end of a run. A run that follows too soon waits.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::report;

/// How long ext4 remembers a deleted inode: a minute, and five more where its block was still to be written.
const MEMORY: Duration = Duration::from_secs(360);
/// The file by which a folder is known as ours.
const MARK: &str = "made-by-xtask-bench";
/// The trash that may stay, in bytes.
const TRASH: u64 = 6_000_000_000;

/// The folder that a run works in.
pub(super) struct Work(PathBuf);

impl Work {
    /// Opens it, made where it is not there. A folder with files of somebody else's is refused, since a run replaces
    /// and deletes what it finds.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mark = folder.join(MARK);
        if !mark.exists() && fs::read_dir(folder)?.next().is_some() {
            bail!("{} is neither empty nor of an earlier run: choose another one", folder.display());
        }
        fs::write(mark, "The files here are cargo xtask bench's, which replaces and deletes them.\n")?;
        Ok(Self(folder.canonicalize()?))
    }

    /// The path of something in it.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where what is no longer needed waits to be deleted.
    pub(super) fn trash(&self) -> PathBuf {
        self.folder("trash")
    }

    /// Waits until the last emptying of the trash is forgotten.
    pub(super) fn wait_for_the_disk(&self) {
        let emptied = fs::metadata(self.emptied()).and_then(|data| data.modified());
        let Ok(since) = emptied.map(|time| SystemTime::now().duration_since(time).unwrap_or_default()) else {
            return;
        };
        if let Some(rest) = MEMORY.checked_sub(since) {
            report::note(&format!("waiting {} s: the trash was emptied a moment ago, and the disk is slower until then", rest.as_secs()));
            sleep(rest);
        }
    }

    /// Has everything written to the disk, so that one run does not wait for another one's output.
    pub(super) fn settle(&self) {
        nix::unistd::sync();
    }

    /// Empties the trash where it has grown large.
    pub(super) fn close(&self) -> Result<()> {
        let trash = self.trash();
        if size(&trash) < TRASH {
            return Ok(());
        }
        report::note("emptying the trash");
        fs::remove_dir_all(&trash).with_context(|| format!("cannot empty {}", trash.display()))?;
        fs::write(self.emptied(), "")?;
        self.settle();
        Ok(())
    }

    /// A file as old as the last emptying of the trash.
    fn emptied(&self) -> PathBuf {
        self.folder("emptied")
    }
}

/// Renames a file or folder into the trash, which takes the same short time however large it is.
pub(super) fn retire(path: &Path, trash: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    fs::create_dir_all(trash)?;
    for number in 0..u32::MAX {
        let place = trash.join(number.to_string());
        if !place.exists() {
            return fs::rename(path, &place).with_context(|| format!("cannot move {} away", path.display()));
        }
    }
    bail!("the trash is full: {}", trash.display())
}

/// Roughly how much of the disk a folder takes.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => 4096 + size(&entry.path()),
            Ok(data) => data.len().next_multiple_of(4096),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Work, retire, size};

    #[test]
    fn what_is_retired_is_in_the_trash_under_a_name_of_its_own() {
        let folder = std::env::temp_dir().join(format!("xtask-work-{}", std::process::id()));
        let work = Work::open(&folder).unwrap();
        for text in ["one", "two"] {
            fs::create_dir_all(work.folder("out")).unwrap();
            fs::write(work.folder("out/page"), text).unwrap();
            retire(&work.folder("out"), &work.trash()).unwrap();
        }
        retire(&work.folder("out"), &work.trash()).unwrap();
        assert!(!work.folder("out").exists());
        assert_eq!(fs::read_to_string(work.folder("trash/1/page")).unwrap(), "two");
        assert_eq!(size(&work.trash()), 4 * 4096);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_of_somebody_elses_is_refused() {
        let folder = std::env::temp_dir().join(format!("xtask-not-ours-{}", std::process::id()));
        fs::create_dir_all(folder.join("site")).unwrap();
        assert!(Work::open(&folder).is_err_and(|error| error.to_string().contains("choose another one")));
        assert!(folder.join("site").is_dir());
        fs::remove_dir(folder.join("site")).unwrap();
        assert!(Work::open(&folder).is_ok() && Work::open(&folder).is_ok());
        fs::remove_dir_all(folder).unwrap();
    }
}
