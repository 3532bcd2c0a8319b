//! The issuers' lists as files in the data folder, one for each scope of an issuer.

use simbind_service::ports::status::{KeptLists, ListFault, ListName};
use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// The most bytes of a list that are read back.
const MOST: u64 = 64 << 20;

/// A folder of lists.
#[derive(Debug)]
pub(super) struct ListFiles(PathBuf);

impl ListFiles {
    pub(super) const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    fn path(&self, name: &ListName) -> PathBuf {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut file = hex(name.issuer.as_bytes());
        if !name.scope.is_whole() {
            file = format!("{file}-{}", hex(name.scope.as_bytes()));
        }
        self.0.join(format!("{file}.crl"))
    }
}

fn fault(path: &Path, error: &io::Error) -> ListFault {
    ListFault { place: path.display().to_string(), why: error.to_string() }
}

/// Writes beside the place, makes it durable and moves it there, so that there is always one whole
/// list: the old or the new.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

impl KeptLists for ListFiles {
    fn keep(&self, name: &ListName, der: &[u8]) -> Result<(), ListFault> {
        let path = self.path(name);
        replace(&path, der).map_err(|error| fault(&path, &error))
    }

    fn kept(&self, name: &ListName) -> Result<Option<Vec<u8>>, ListFault> {
        let path = self.path(name);
        let read = || {
            let mut bytes = Vec::new();
            File::open(&path)?.take(MOST).read_to_end(&mut bytes)?;
            io::Result::Ok(bytes)
        };
        match read() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault(&path, &error)),
        }
    }

    fn place(&self, name: &ListName) -> String {
        self.path(name).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simbind_core::ids::{AuthorityId, ListScope, PointId};

    #[test]
    fn a_list_is_read_back_as_it_was_kept_last() {
        let dir = tempfile::tempdir().unwrap();
        let files = ListFiles::new(dir.path().join("status"));
        let named = |issuer, scope| ListName { issuer: AuthorityId::from_sha256(issuer), scope };
        let one = named([1; 32], ListScope::WHOLE);
        let other = named([2; 32], ListScope::WHOLE);
        let part = named([1; 32], ListScope::of_points(&[PointId::from_sha256([3; 32])]));
        assert_eq!(files.kept(&one), Ok(None));
        files.keep(&one, b"first").unwrap();
        files.keep(&one, b"second").unwrap();
        assert_eq!(files.kept(&one), Ok(Some(b"second".to_vec())));
        assert_eq!(files.kept(&other), Ok(None));
        assert_eq!(files.kept(&part), Ok(None));
        assert_eq!(fs::read_dir(dir.path().join("status")).unwrap().count(), 1);
    }
}
