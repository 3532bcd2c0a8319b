//! Packs on a running server.

mod ask;
mod pull;

use super::{CliResult, remote};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum RolloutCommand {
    /// Writes the packs in service into a folder, to be changed there.
    Pull(pull::PullArgs),
}

pub(super) fn run(command: RolloutCommand) -> CliResult {
    match command {
        RolloutCommand::Pull(args) => remote::run(pull::run(args)),
    }
}
