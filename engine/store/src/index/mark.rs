//! A small file beside the index that says how its last use ended.
//!
//! sled does not sync. After the process died, the system still has what it wrote; after the
//! system died, nobody knows. So the file holds the system's boot id while the index is open, and
//! an index that was open in another boot is not trusted.

use crate::disk;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// How the last use of the index ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There was none, or it is not known.
    Unknown,
    /// With everything on disk.
    Closed,
    /// The process ended while it had the index open, in this boot of the system.
    Killed,
    /// The process ended twice, one after the other, while it was opening the index.
    KilledOpening,
    /// The system stopped while the index was open.
    PowerLost,
    /// Damage was seen.
    Suspect,
}

const CLOSED: &str = "closed";
const SUSPECT: &str = "suspect";
const OPEN: &str = "open";
const OPENING: &str = "opening";

fn path(dir: &Path) -> PathBuf {
    dir.join("index.mark")
}

/// The folder of the index itself.
pub(super) fn folder(dir: &Path) -> PathBuf {
    dir.join("index")
}

fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// Reads how the last use ended, and how often opening has been begun since.
fn read(dir: &Path) -> (End, u32) {
    let text = fs::read_to_string(path(dir)).unwrap_or_default();
    let mut words = text.split_whitespace();
    let (first, boot_id) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let tries = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let end = match first {
        CLOSED => End::Closed,
        SUSPECT => End::Suspect,
        OPEN | OPENING if boot_id.is_empty() || boot_id != boot() => End::PowerLost,
        OPENING if tries >= 2 => End::KilledOpening,
        OPEN | OPENING => End::Killed,
        _ => End::Unknown,
    };
    (end, tries)
}

/// Says that opening begins, and gives how the last use ended.
pub(super) fn opening(dir: &Path) -> io::Result<End> {
    let (end, tries) = read(dir);
    let tries = tries.saturating_add(1);
    disk::replace(&path(dir), format!("{OPENING} {} {tries}\n", boot()).as_bytes())?;
    Ok(end)
}

/// Says that the index is open.
pub(super) fn open(dir: &Path) -> io::Result<()> {
    disk::replace(&path(dir), format!("{OPEN} {}\n", boot()).as_bytes())
}

/// Says that damage was seen: the next start makes the index anew.
pub(super) fn suspect(dir: &Path) -> io::Result<()> {
    disk::replace(&path(dir), format!("{SUSPECT}\n").as_bytes())
}

/// Makes the index's files durable and says so. A mark of damage stays.
pub(super) fn close(dir: &Path) -> io::Result<()> {
    if read(dir).0 == End::Suspect {
        return Ok(());
    }
    sync_all(&folder(dir))?;
    disk::replace(&path(dir), format!("{CLOSED}\n").as_bytes())
}

fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            fs::File::open(entry.path())?.sync_all()?;
        }
    }
    disk::sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_open_in_another_boot_is_not_trusted_and_a_killed_one_is() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(opening(dir).unwrap(), End::Unknown);
        open(dir).unwrap();
        assert_eq!(opening(dir).unwrap(), End::Killed);
        assert_eq!(opening(dir).unwrap(), End::Killed);
        assert_eq!(opening(dir).unwrap(), End::KilledOpening);
        fs::write(path(dir), "open another-boot\n").unwrap();
        assert_eq!(opening(dir).unwrap(), End::PowerLost);
        suspect(dir).unwrap();
        close(dir).unwrap();
        assert_eq!(opening(dir).unwrap(), End::Suspect);
    }
}
