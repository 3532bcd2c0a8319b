//! Packs on a running server: fetched, staged, brought into service, and taken back.

mod ask;
mod changes;
mod hash;
mod pull;
mod report;
mod snooze;
mod stage;
mod status;
mod step;

use super::{CliResult, remote};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum RolloutCommand {
    /// Writes the packs in service into a folder, to be changed there.
    Pull(pull::PullArgs),
    /// Stages packs: they are evaluated beside those in service, without effect.
    Stage(stage::StageArgs),
    /// Shows the packs in service, those staged, and how their answers differ.
    Status(status::StatusArgs),
    /// Approves the staged packs as a second person.
    Approve(step::StepArgs),
    /// Lets the staged packs decide for a share of the certificates.
    Share(step::ShareArgs),
    /// Puts the staged packs in service for all.
    Activate(step::StepArgs),
    /// Takes the staged packs away.
    Withdraw(step::StepArgs),
    /// Puts packs that were in service before in service again, for all.
    Rollback(step::RollbackArgs),
    /// Lists the changes of packs, newest first.
    Changes(changes::ChangesArgs),
    /// Lets a rule speak no louder than its floor for one binding, for a time.
    Snooze(snooze::SnoozeArgs),
    /// Lists the snoozes of a binding.
    Snoozes(snooze::SnoozesArgs),
    /// Ends a snooze before its time.
    EndSnooze(snooze::EndArgs),
}

pub(super) fn run(command: RolloutCommand) -> CliResult {
    match command {
        RolloutCommand::Pull(args) => remote::run(pull::run(args)),
        RolloutCommand::Stage(args) => remote::run(stage::run(args)),
        RolloutCommand::Status(args) => remote::run(status::run(args)),
        RolloutCommand::Approve(args) => remote::run(step::approve(args)),
        RolloutCommand::Share(args) => remote::run(step::share(args)),
        RolloutCommand::Activate(args) => remote::run(step::activate(args)),
        RolloutCommand::Withdraw(args) => remote::run(step::withdraw(args)),
        RolloutCommand::Rollback(args) => remote::run(step::rollback(args)),
        RolloutCommand::Changes(args) => remote::run(changes::run(args)),
        RolloutCommand::Snooze(args) => remote::run(snooze::snooze(args)),
        RolloutCommand::Snoozes(args) => remote::run(snooze::list(args)),
        RolloutCommand::EndSnooze(args) => remote::run(snooze::end_snooze(args)),
    }
}
