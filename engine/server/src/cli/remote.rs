//! Commands that ask a running server: where it is, as whom, and what went wrong.

mod args;
mod error;
mod text;

pub(crate) use args::{Files, MOST_BYTES, RemoteArgs, endpoint};
pub(crate) use error::RemoteError;
pub(crate) use text::{hex, moment, since};

use super::CliResult;
use std::{future::Future, process::ExitCode};
use tokio::runtime::Builder;

/// Runs a command that asks a server.
pub(crate) fn run(asking: impl Future<Output = Result<ExitCode, RemoteError>>) -> CliResult {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(Box::pin(asking))?)
}
