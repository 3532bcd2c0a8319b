use crate::card::{Memory, NotWritten, State, StateError};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};
use thiserror::Error;

const STATE: &str = "card.state";
const NEXT: &str = "next";
const LOCK: &str = "lock";

/// The folder in which a card's memory lies, for one process at a time. Its files are for their
/// owner alone: they hold keys and PINs in the clear.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    /// Held as long as the value lives; the system lets go of it however the process ends.
    _lock: File,
}

/// Why a folder gives or takes no card.
#[derive(Debug, Error)]
pub enum FolderError {
    /// Another process has the card.
    #[error("{0}: another process is this card already")]
    Taken(PathBuf),
    /// What lies there is not a card that can be read.
    #[error("{0}: {1}")]
    State(PathBuf, #[source] StateError),
    /// The system refuses.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] io::Error),
}

impl Folder {
    /// Opens a folder, which is made where there is none.
    ///
    /// # Errors
    /// Where another process has it, or the system refuses.
    pub fn open(place: &Path) -> Result<Self, FolderError> {
        let refused = |error| FolderError::Io(place.to_owned(), error);
        let mut builder = DirBuilder::new();
        private_folder(&mut builder).recursive(true).create(place).map_err(refused)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = private(&mut options).open(place.join(LOCK)).map_err(refused)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { place: place.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Taken(place.to_owned())),
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }

    /// The state that was kept last, where there is one.
    ///
    /// # Errors
    /// Where it cannot be read. A damaged state is not replaced by a new card.
    pub fn load(&self) -> Result<Option<State>, FolderError> {
        let file = self.place.join(STATE);
        let bytes = match fs::read(&file) {
            Ok(bytes) => zeroize::Zeroizing::new(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FolderError::Io(file, error)),
        };
        State::from_bytes(&bytes).map(Some).map_err(|error| FolderError::State(file, error))
    }

    /// Keeps a state: when this returns it is on disk, whole.
    ///
    /// # Errors
    /// Where the system refuses; then the state before is still there, or this one is.
    pub fn save(&self, state: &State) -> Result<(), FolderError> {
        let refused = |error| FolderError::State(self.place.join(STATE), error);
        let bytes = state.to_bytes().map_err(refused)?;
        self.publish(STATE, &bytes)
    }

    /// Puts a file beside the card's state, in the place of one of that name.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        self.replace(name, bytes).map_err(|error| FolderError::Io(self.place.join(name), error))
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let next = self.place.join(NEXT);
        match fs::remove_file(&next) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let mut file = private(options.write(true).create_new(true)).open(&next)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&next, self.place.join(name))?;
        File::open(&self.place)?.sync_all()
    }
}

impl Memory for Folder {
    fn write(&mut self, state: &State) -> Result<(), NotWritten> {
        self.save(state).map_err(|_| NotWritten)
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    builder.mode(0o700)
}

#[cfg(not(unix))]
fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

#[cfg(test)]
mod tests;
