use super::{
    CliResult,
    args::{AdminCommand, DevCertsArgs, RefusalsKeyArgs},
};
use crate::{
    dev_certs::{DEFAULT_CALLERS, make, write},
    serve::refusals,
};
use simbind_core::ids::CallerId;
use simbind_service::refusals::ListSigner;
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
        AdminCommand::RefusalsKey(args) => refusals_key(&args),
    }
}

fn refusals_key(args: &RefusalsKeyArgs) -> CliResult {
    let path = args.data.join(refusals::KEY_FILE);
    let shown = path.display();
    let text = refusals::read(&path).map_err(|error| format!("{shown}: {error}"))?;
    let text = text.ok_or_else(|| format!("{shown}: a server makes it at its first start"))?;
    let signer = ListSigner::from_pem(&text).map_err(|error| format!("{shown}: {error}"))?;
    let public = signer.public().to_string();
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::json!({ "public": public }))?;
    } else {
        writeln!(out, "{public}")?;
    }
    Ok(ExitCode::SUCCESS)
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
