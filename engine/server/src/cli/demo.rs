use super::{CliResult, args::DemoArgs};
use crate::demo::{self, DemoOptions};
use sim_sim::Scenario;
use std::process::ExitCode;
use tokio::runtime::Runtime;

/// Plays. Where a scenario is named, success means that the run shows what it must.
pub(super) fn run(args: &DemoArgs) -> CliResult {
    let scenario = match &args.scenario {
        Some(path) => Scenario::open(path)?,
        None => Scenario::day()?,
    };
    let options = DemoOptions {
        people: args.people.unwrap_or(scenario.people()),
        seed: args.seed.unwrap_or(scenario.seed()),
        json: args.json,
        keep: args.keep.clone(),
        scenario,
    };
    let report = Runtime::new()?.block_on(async { Box::pin(demo::run(options)).await })?;
    let failed = args.scenario.is_some() && !report.is_as_it_must_be();
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
