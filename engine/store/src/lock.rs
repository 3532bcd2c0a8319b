//! Keeping other processes out of a folder or file.

use crate::error::OpenError;
use std::{
    fs::{File, TryLockError},
    path::Path,
};

/// A lock on an open file. The system gives it free when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Keeps out whoever takes the lock, and nobody who shares it.
    pub(crate) fn share(file: File, path: &Path, held: &Path) -> Result<Self, OpenError> {
        match file.try_lock_shared() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: held.into() }),
            Err(TryLockError::Error(error)) => Err(OpenError::io("lock", path)(error)),
        }
    }

    /// Locks a file; `held` is what the error names where another has it.
    pub(crate) fn take(file: File, path: &Path, held: &Path) -> Result<Self, OpenError> {
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: held.into() }),
            Err(TryLockError::Error(error)) => Err(OpenError::io("lock", path)(error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone does not do it while a process that is being started has a copy.
        let _ = self.0.unlock();
    }
}
