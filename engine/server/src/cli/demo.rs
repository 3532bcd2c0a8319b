use super::{CliResult, args::DemoArgs};
use crate::demo::{self, DemoOptions};
use std::process::ExitCode;
use tokio::runtime::Runtime;

pub(super) fn run(args: &DemoArgs) -> CliResult {
    let DemoArgs { people, seed, json, keep } = args;
    let options = DemoOptions { people: *people, seed: *seed, json: *json, keep: keep.clone() };
    Runtime::new()?.block_on(async { Box::pin(demo::run(options)).await })?;
    Ok(ExitCode::SUCCESS)
}
