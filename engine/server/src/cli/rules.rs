mod backtest;
mod bundle;
mod check;
mod coverage;
mod diff;
mod explain;
mod keygen;
mod test;
mod told;
mod verify;

pub(crate) use backtest::BacktestArgs;
pub(crate) use bundle::BundleArgs;
pub(crate) use diff::DiffArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use keygen::KeygenArgs;
pub(crate) use told::refused;
pub(crate) use verify::{VerifyArgs, read as read_bundle};

use super::{CliResult, args::RulesCommand, rollout};

pub(super) fn run(command: RulesCommand) -> CliResult {
    match command {
        RulesCommand::Check(args) => check::run(&args),
        RulesCommand::Test(args) => test::run(&args),
        RulesCommand::Backtest(args) => backtest::run(&args),
        RulesCommand::Diff(args) => diff::run(&args),
        RulesCommand::Explain(args) => explain::run(&args),
        RulesCommand::Keygen(args) => keygen::run(&args),
        RulesCommand::Bundle(args) => bundle::run(&args),
        RulesCommand::Verify(args) => verify::run(&args),
        RulesCommand::Rollout(command) => rollout::run(command),
    }
}
