//! `simbind reader`: the agent at a card reader.

mod args;
mod exit;
mod print;
mod run;
mod text;

pub(crate) use args::ReaderArgs;

use exit::End;
use std::process::ExitCode;

/// Serves a reader. Ends by itself after one tap where that is asked for, else when it is told to.
pub(super) fn run(args: &ReaderArgs) -> ExitCode {
    let ended = run::run(args).unwrap_or_else(|error| {
        eprintln!("simbind: {error}");
        End::NotStarted
    });
    ended.into()
}

/// Ends a process whose arguments are not understood, with a status that is no verdict's.
pub(super) fn not_understood(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    End::NotStarted.into()
}
