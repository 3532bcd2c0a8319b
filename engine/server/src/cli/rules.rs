mod check;
mod test;
mod told;

use super::{CliResult, args::RulesCommand};

pub(super) fn run(command: RulesCommand) -> CliResult {
    match command {
        RulesCommand::Check(args) => check::run(&args),
        RulesCommand::Test(args) => test::run(&args),
    }
}
