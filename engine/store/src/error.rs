//! Why a store does not open.

use crate::ledger::Damage;
use simbind_service::ports::store::{LedgerKind, Position, ProjectionError, StoreError};
use std::{io, path::PathBuf};
use thiserror::Error;

/// Why a store did not open. Nothing was changed, but for bytes after the last commit mark.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the folder or file.
    #[error("{} is in use by another process", path.display())]
    Locked {
        /// The folder or file.
        path: PathBuf,
    },
    /// The system refused a file operation.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A ledger is not what was written: bytes changed, or files or parts of them are missing.
    #[error(transparent)]
    Damaged(#[from] Box<Damage>),
    /// An entry of a ledger cannot be projected: it is of a newer format.
    #[error("entry {} of the {ledger:?} ledger cannot be projected", at.0)]
    Projection {
        /// Which ledger.
        ledger: LedgerKind,
        /// Which entry.
        at: Position,
        /// What the projection said.
        source: ProjectionError,
    },
    /// The index could not be made, not even anew.
    #[error("the index cannot be made")]
    Index(#[source] StoreError),
    /// A thread could not be started, or a setting is out of its range.
    #[error("cannot start: {0}")]
    Start(&'static str),
}

impl OpenError {
    /// Names what was tried when the system refused.
    pub(crate) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
