//! `simbind evidence`: what files of evidence say, and whether they hold.

mod android_key;
mod app_attest;
mod args;
mod chain;
mod files;
mod moment;
mod outcome;
mod summary;
mod tree;

pub(crate) use args::EvidenceCommand;

use super::CliResult;
use std::{ffi::OsString, process::ExitCode};

/// Ends a process whose arguments are not understood, or that was asked for help. Where evidence
/// was to be told as JSON, this is too.
pub(super) fn not_understood(
    error: &clap::Error,
    args: impl IntoIterator<Item = OsString>,
) -> ExitCode {
    let args: Vec<_> = args.into_iter().skip(1).collect();
    let is_ours = args.first().is_some_and(|command| command == "evidence");
    if error.use_stderr() && is_ours && args.iter().any(|arg| arg == "--json") {
        outcome::tell_unreadable(&error.to_string())
    } else {
        error.exit()
    }
}

pub(super) fn run(command: &EvidenceCommand) -> CliResult {
    match command {
        EvidenceCommand::AndroidKey(args) => {
            outcome::tell("android-key", args.common.json, android_key::examine(args))
        }
        EvidenceCommand::AppAttest(args) => {
            outcome::tell("app-attest", args.json, app_attest::examine(args))
        }
        EvidenceCommand::Chain(args) => {
            outcome::tell("chain", args.common.json, chain::examine(args))
        }
    }
}
