use super::{
    Asking,
    files::{Files, refused},
};
use crate::cli::{
    CliResult,
    remote::{self, RemoteError, hex, since},
};
use clap::Args as ClapArgs;
use serde_json::json;
use simbind_proto::v1::{
    ImportRegistryRequest, RegistryVersion, import_registry_response::Outcome,
};
use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct ImportArgs {
    /// A folder with handsets.csv, readers.csv and trials.csv.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Why, for the record, which keeps it for ever: no personal data.
    #[arg(long, value_name = "TEXT", required_unless_present = "check")]
    why: Option<String>,
    /// Reads the files and ends: no server is asked.
    #[arg(long, conflicts_with = "why")]
    check: bool,
    #[command(flatten)]
    asking: Asking,
}

pub(super) fn run(args: ImportArgs) -> CliResult {
    let files = Files::of(&args.folder)?;
    let json = args.asking.json;
    let registry = match files.read() {
        Ok(registry) => registry,
        Err(problems) => {
            refused(&problems, json)?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let Some(why) = args.why else {
        let size = registry.size();
        let hash = hex(&registry.texts().hash());
        let mut out = io::stdout().lock();
        if json {
            let value = json!({
                "hash": hash, "handsets": size.handsets, "tacs": size.tacs,
                "readers": size.readers, "trials": size.trials,
            });
            writeln!(out, "{value}")?;
        } else {
            let simbind_core::registry::Size { handsets, tacs, readers, trials } = size;
            writeln!(
                out,
                "{handsets} models of handsets with {tacs} TACs, {readers} lines of readers, {trials} trials"
            )?;
            writeln!(out, "hash {hash}")?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    remote::run(send(args.asking, files, why))
}

async fn send(asking: Asking, files: Files, why: String) -> Result<ExitCode, RemoteError> {
    let mut server = asking.connect().await?;
    let request = ImportRegistryRequest {
        handsets: files.handsets.into(),
        readers: files.readers.into(),
        trials: files.trials.into(),
        why,
    };
    let answer = server.import_registry(request).await?.into_inner();
    let outcome = answer.outcome.ok_or(RemoteError::Answer("it says nothing"))?;
    let mut out = io::stdout().lock();
    let (told, version) = match outcome {
        Outcome::Imported(version) => ("imported", version),
        Outcome::Unchanged(version) => ("unchanged", version),
        Outcome::Refused(found) => {
            for problem in &found.problems {
                let place = match (problem.column, &*problem.field) {
                    (0, _) => String::new(),
                    (column, "") => format!("column {column}: "),
                    (column, field) => format!("column {column} ({field}): "),
                };
                let (file, line, what) = (&problem.file, problem.line, &problem.what);
                writeln!(io::stderr(), "{file}:{line}: {place}{what}")?;
            }
            writeln!(io::stderr(), "the server refused the files; nothing has changed")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    if asking.json {
        let value = json!({ "outcome": told, "version": super::show::version(&version) });
        writeln!(out, "{value}")?;
    } else {
        let RegistryVersion { number, hash, at, .. } = &version;
        writeln!(out, "{told}: registry {number}, in force since {}", since(at.as_ref()))?;
        writeln!(out, "hash {}", hex(hash))?;
    }
    Ok(ExitCode::SUCCESS)
}
