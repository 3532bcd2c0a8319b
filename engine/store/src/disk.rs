//! The two calls by which bytes become durable, apart so that a test can make them fail.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

/// How the ledgers and the key file reach the disk.
pub trait Disk: Send + Sync + 'static {
    /// Writes all the bytes at the file's place.
    ///
    /// # Errors
    /// As the system gives them. A part may have been written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written durable (`fdatasync`).
    ///
    /// # Errors
    /// As the system gives them. What was written since the last success may be lost.
    fn sync(&self, file: &File) -> io::Result<()>;
}

/// The disk itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes a whole file under another name, makes it durable and puts it in its place at once.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}
