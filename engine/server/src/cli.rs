//! The command line.

mod admin;
mod args;
mod demo;
mod evidence;
mod inquiry;
mod packs;
mod reader;
mod registry;
mod remote;
mod rollout;
mod rules;
mod serve;
mod signals;

use args::{Args, Command};
use clap::Parser as _;
use std::process::ExitCode;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error)
            if error.use_stderr() && std::env::args_os().nth(1).is_some_and(|a| a == "reader") =>
        {
            return reader::not_understood(&error);
        }
        Err(error) => return evidence::not_understood(&error, std::env::args_os()),
    };
    let done = match args.command {
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Rules(args) => rules::run(args),
        Command::Evidence(command) => evidence::run(&command),
        Command::Inquiry(args) => inquiry::run(&args),
        Command::Reader(args) => return reader::run(&args),
        Command::Admin(args) => admin::run(args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("simbind: {error}");
            let remote = error.downcast_ref::<remote::RemoteError>();
            remote.map_or(ExitCode::FAILURE, remote::RemoteError::exit_code)
        }
    }
}

/// What ends a command early; told to the person as it is.
pub(crate) type CliResult = Result<ExitCode, Box<dyn std::error::Error>>;
