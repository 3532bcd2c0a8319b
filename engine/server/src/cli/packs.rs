//! Pack files as the command line names them.

mod set;

pub(crate) use set::{Done, Set};

use simbind_rules::{PackSource, RuleBook};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The largest pack file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Packs cannot be read.
#[derive(Debug, Error)]
pub(crate) enum PacksError {
    /// The system refused.
    #[error("{path}: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder has none.
    #[error("{0}: there are no .toml files")]
    Empty(PathBuf),
    /// A file is no pack.
    #[error("{0}: it is larger than 1 MiB")]
    Large(PathBuf),
}

impl PacksError {
    /// The file or folder.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Read { path, .. } | Self::Empty(path) | Self::Large(path) => path,
        }
    }
}

/// What stands in some files and folders.
pub(crate) struct Gathered {
    /// The packs, and those packs that ship which they extend.
    pub(crate) sources: Vec<PackSource>,
    /// The files that cannot be read.
    pub(crate) unread: Vec<PacksError>,
}

/// The packs of some files and folders, and those packs that ship which they extend; all packs that
/// ship, where no path is named.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<PackSource>, PacksError> {
    let Gathered { sources, unread } = gather(paths);
    unread.into_iter().next().map_or(Ok(sources), Err)
}

/// Like [`read`], with every file that can be read.
pub(crate) fn gather(paths: &[PathBuf]) -> Gathered {
    if paths.is_empty() {
        return Gathered { sources: RuleBook::shipped_sources(), unread: Vec::new() };
    }
    let mut gathered = named(paths);
    add_parents(&mut gathered.sources);
    gathered
}

/// The packs of some files and folders, and no others.
pub(crate) fn exactly(paths: &[PathBuf]) -> Result<Vec<PackSource>, PacksError> {
    let Gathered { sources, unread } = named(paths);
    unread.into_iter().next().map_or(Ok(sources), Err)
}

fn named(paths: &[PathBuf]) -> Gathered {
    let (mut sources, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        match files(path) {
            Ok(files) => {
                for file in files {
                    match source(&file) {
                        Ok(source) => sources.push(source),
                        Err(error) => unread.push(error),
                    }
                }
            }
            Err(error) => unread.push(error),
        }
    }
    Gathered { sources, unread }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, PacksError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| PacksError::Read { path: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() { Err(PacksError::Empty(path.to_owned())) } else { Ok(found) }
}

fn source(file: &Path) -> Result<PackSource, PacksError> {
    let failed = |source| PacksError::Read { path: file.to_owned(), source };
    if fs::metadata(file).map_err(failed)?.len() > LARGEST {
        return Err(PacksError::Large(file.to_owned()));
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    Ok(PackSource { name: file.display().to_string(), text })
}

/// A pack's id, where it can be read.
pub(crate) fn id(source: &PackSource) -> Option<String> {
    names(source).0
}

/// A pack's id and the one that it extends, as far as its text can be read; the compiler tells what
/// is wrong with it.
fn names(source: &PackSource) -> (Option<String>, Option<String>) {
    let table: toml::Table = source.text.parse().unwrap_or_default();
    let pack = table.get("pack").and_then(toml::Value::as_table);
    let text = |key| pack.and_then(|p| p.get(key)?.as_str()).map(str::to_owned);
    (text("id"), text("extends"))
}

fn add_parents(sources: &mut Vec<PackSource>) {
    let mut shipped: Vec<_> =
        RuleBook::shipped_sources().into_iter().map(|s| (names(&s).0, s)).collect();
    loop {
        let named: Vec<_> = sources.iter().map(names).collect();
        let here: BTreeSet<_> = named.iter().filter_map(|(id, _)| id.as_ref()).collect();
        let mut missing = named.iter().filter_map(|(_, parent)| parent.as_ref());
        let missing = missing.find_map(|parent| {
            let at = shipped.iter().position(|(id, _)| id.as_ref() == Some(parent));
            at.filter(|_| !here.contains(parent))
        });
        match missing {
            Some(at) => sources.push(shipped.swap_remove(at).1),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PacksError, read};
    use simbind_rules::RuleBook;
    use std::fs;

    #[test]
    fn a_pack_alone_comes_with_those_that_it_extends() {
        let shipped = RuleBook::shipped_sources();
        let lower = shipped.iter().find(|s| s.text.contains("id = \"iij\"")).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mine.toml");
        fs::write(&file, &lower.text).unwrap();
        let read = read(&[file]).unwrap();
        assert!(read.len() > 1 && read.len() < shipped.len(), "{}", read.len());
        RuleBook::compile(&read).unwrap();
    }

    #[test]
    fn without_paths_it_is_all_that_ships() {
        assert_eq!(read(&[]).unwrap(), RuleBook::shipped_sources());
    }

    #[test]
    fn a_folder_without_packs_and_a_huge_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().to_owned();
        assert!(matches!(read(&[folder]), Err(PacksError::Empty(_))));
        let file = dir.path().join("huge.toml");
        fs::write(&file, vec![b'#'; (1 << 20) + 1]).unwrap();
        assert!(matches!(read(&[file]), Err(PacksError::Large(_))));
    }
}
