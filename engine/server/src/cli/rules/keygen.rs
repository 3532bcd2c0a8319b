use super::super::CliResult;
use clap::Args as ClapArgs;
use ring::rand::SystemRandom;
use serde_json::json;
use simbind_service::bundle::SigningKey;
use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct KeygenArgs {
    /// Where to write the private key; a file that is there is not touched.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &KeygenArgs) -> CliResult {
    let key = SigningKey::generate(&SystemRandom::new())?;
    let shown = args.out.display();
    write_new(&args.out, key.to_pem().as_bytes()).map_err(|error| format!("{shown}: {error}"))?;
    let (public, id) = (key.public().to_string(), key.public().id().to_string());
    let mut out = io::stdout().lock();
    if args.json {
        let all = json!({ "file": args.out, "key_id": id, "public": public });
        writeln!(out, "{all}")?;
    } else {
        writeln!(out, "key {id} is in {shown}; for the server's configuration:")?;
        writeln!(out, "[packs]\nkeys = [{{ public = \"{public}\" }}]")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that only its owner can read, and that was not there.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
