//! `simbind evidence`: what files of evidence say, and whether they hold.

mod android_key;
mod args;
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
    }
}
