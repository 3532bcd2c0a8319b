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
