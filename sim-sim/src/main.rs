//! The command `sim-sim`: plays people and attackers, or makes load, against a server.

mod cli;

use clap::Parser as _;
use std::{io::Write as _, process::ExitCode};

fn main() -> ExitCode {
    match cli::run(&cli::Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sim-sim: {error}");
            ExitCode::from(2)
        }
    }
}
