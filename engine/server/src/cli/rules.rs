use super::{CliResult, args::RulesCommand};

pub(super) fn run(command: RulesCommand) -> CliResult {
    match command {
        RulesCommand::Check(_) | RulesCommand::Test(_) => {
            Err("there are no rule packs in this build".into())
        }
    }
}
