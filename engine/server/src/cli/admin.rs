use super::{
    CliResult,
    args::{AdminCommand, DevCertsArgs},
};
use crate::dev_certs::{DEFAULT_CALLERS, make, write};
use simbind_core::ids::CallerId;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};
use time::OffsetDateTime;

pub(super) fn run(command: AdminCommand) -> CliResult {
    match command {
        AdminCommand::DevCerts(args) => dev_certs(args),
        AdminCommand::Registry(command) => super::registry::run(command),
        AdminCommand::Compat(args) => super::registry::compat(args),
    }
}

fn dev_certs(args: DevCertsArgs) -> CliResult {
    let callers: Vec<CallerId> = if args.caller.is_empty() {
        DEFAULT_CALLERS.iter().map(|name| name.parse()).collect::<Result<_, _>>()?
    } else {
        args.caller
    };
    let set = make(&callers, OffsetDateTime::now_utc())?;
    let written = write(&args.dir, &set)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::json!({ "files": written }))?;
    } else {
        for path in &written {
            writeln!(out, "{}", path.display())?;
        }
        let config = args.dir.join("simbind.toml");
        writeln!(out, "start with: simbind serve --config {}", config.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
