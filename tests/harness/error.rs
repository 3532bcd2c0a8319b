use std::{io, path::PathBuf, process::ExitStatus};
use thiserror::Error;

/// Why the harness could not do what a test asked for.
#[derive(Debug, Error)]
pub enum HarnessError {
    /// The binary was not built.
    #[error(
        "there is no {0}: run `cargo build --workspace --bins` first, or set SIMBIND_BIN and SIM_SIM_BIN"
    )]
    NoBinary(PathBuf),
    /// The process ended before it was ready.
    #[error("simbind ended before it was ready: {status}\n{stderr}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
    /// The process was not ready in time.
    #[error("simbind was not ready in time\n{0}")]
    NotReady(String),
    /// The process did not end in time.
    #[error("simbind did not end in time\n{0}")]
    NotEnded(String),
    /// The ready line has no address.
    #[error("no address in `{0}`")]
    NoAddress(String),
    /// A command of ours failed.
    #[error("{0}")]
    Command(String),
    /// A step of the reader stack failed.
    #[error("the reader stack failed at `{0}`\n{1}")]
    Stack(String, String),
    /// A test certificate could not be made.
    #[error("{0}")]
    Certificate(#[from] rcgen::Error),
    /// A test key could not be made or used.
    #[error("a test key cannot be made or used")]
    Key,
    /// A made-up identifier is none.
    #[error(transparent)]
    Identifier(#[from] simbind_core::ids::IdError),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The connection could not be made.
    #[error("{0}")]
    Transport(#[from] tonic::transport::Error),
}
