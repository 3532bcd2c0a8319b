use super::{CliResult, args::DemoArgs};
use crate::demo::{self, DemoOptions};
use std::process::ExitCode;
use tokio::runtime::Runtime;

pub(super) fn run(args: &DemoArgs) -> CliResult {
    let options = DemoOptions { people: args.people, seed: args.seed, json: args.json };
    Runtime::new()?.block_on(async { Box::pin(demo::run(options)).await })?;
    Ok(ExitCode::SUCCESS)
}
