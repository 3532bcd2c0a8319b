use super::{
    super::{
        remote::{RemoteError, hex},
        rules::{read_bundle, refused},
    },
    ask::{Asking, Server},
    report::short,
};
use crate::cli::packs::{self, Done, Set};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_proto::v1::{
    Diagnostic, DiagnosticLevel, PackSource, PackSources, StagePacksRequest, StagePacksResponse,
    stage_packs_request::Packs,
};
use simbind_service::packs::check;
use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct StageArgs {
    /// Pack files or folders of them. Each takes the place of the pack of its id among those in
    /// service; the others stay as they are.
    #[arg(value_name = "PATH", required_unless_present = "bundle", conflicts_with = "bundle")]
    paths: Vec<PathBuf>,
    /// A signed bundle, in the place of all packs in service.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Stages exactly the named packs: those in service that are not named are dropped.
    #[arg(long, requires = "paths")]
    all: bool,
    /// Why, for the record, which keeps it for ever: no personal data.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn run(args: StageArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let (packs, done) = match &args.bundle {
        Some(file) => {
            let bundle = read_bundle(file).map_err(RemoteError::Request)?;
            (Packs::Bundle(bundle.into()), Vec::new())
        }
        None => {
            let Set { shown, sent, done } = gathered(&args, &server).await?;
            if let Err(problems) = check(&shown) {
                let told = refused(&problems, &shown, args.asking.json);
                return told.map_err(|error| RemoteError::Request(error.to_string()));
            }
            let wire = |s: simbind_rules::PackSource| PackSource { name: s.name, text: s.text };
            let packs = sent.into_iter().map(wire).collect();
            (Packs::Sources(PackSources { packs }), done)
        }
    };
    let request = StagePacksRequest { packs: Some(packs), why: args.why };
    let staged = server.rollout().stage_packs(request).await?.into_inner();
    print(&staged, &done, args.asking.json)
}

/// The packs to stage: the files in the place of their packs in service, or the files alone.
async fn gathered(args: &StageArgs, server: &Server) -> Result<Set, RemoteError> {
    let files = packs::exactly(&args.paths);
    let files = files.map_err(|error| RemoteError::Request(error.to_string()))?;
    if args.all {
        return Ok(Set::exactly(files));
    }
    let in_service = server.packs(Vec::new()).await?.packs.into_iter();
    let in_service =
        in_service.map(|PackSource { name, text }| simbind_rules::PackSource { name, text });
    Ok(Set::over(in_service.collect(), files))
}

fn print(
    staged: &StagePacksResponse,
    done: &[Done],
    as_json: bool,
) -> Result<ExitCode, RemoteError> {
    let refused = staged.packs_hash.is_empty();
    let code = if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", value(staged, done))?;
        return Ok(code);
    }
    let mut err = io::stderr().lock();
    for found in &staged.diagnostics {
        writeln!(err, "{}", diagnostic(found))?;
    }
    if refused {
        writeln!(err, "the server refused the packs; nothing has changed")?;
        return Ok(code);
    }
    for done in done {
        match done {
            Done::Same(_) => {}
            Done::Replaced(id) => writeln!(out, "{id}: in the place of the one in service")?,
            Done::Added(id) => writeln!(out, "{id}: added")?,
        }
    }
    writeln!(out, "staged {}: evaluated without effect", hex(&staged.packs_hash))?;
    let next = if staged.approval_needed { "approve" } else { "activate" };
    if staged.approval_needed {
        writeln!(out, "a second person has to approve them before they have any effect")?;
    }
    writeln!(
        out,
        "next: simbind rules status; simbind rules {next} {} --why …",
        short(&staged.packs_hash)
    )?;
    Ok(code)
}

fn diagnostic(found: &Diagnostic) -> String {
    let Diagnostic { name, line, column, message, suggestion, .. } = found;
    let meant = if suggestion.is_empty() {
        String::new()
    } else {
        format!("; did you mean `{suggestion}`?")
    };
    format!("{name}:{line}:{column}: {}: {message}{meant}", level(found))
}

fn level(found: &Diagnostic) -> &'static str {
    match found.level() {
        DiagnosticLevel::Warning => "warning",
        DiagnosticLevel::Error | DiagnosticLevel::Unspecified => "error",
    }
}

fn value(staged: &StagePacksResponse, done: &[Done]) -> Value {
    let found: Vec<Value> = staged
        .diagnostics
        .iter()
        .map(|found| {
            json!({
                "level": level(found),
                "name": found.name,
                "line": found.line,
                "column": found.column,
                "text": found.text,
                "message": found.message,
                "suggestion": found.suggestion,
            })
        })
        .collect();
    let of = |kind: fn(&Done) -> Option<&String>| done.iter().filter_map(kind).collect::<Vec<_>>();
    json!({
        "ok": !staged.packs_hash.is_empty(),
        "diagnostics": found,
        "packs_hash": hex(&staged.packs_hash),
        "approval_needed": staged.approval_needed,
        "replaced": of(|d| if let Done::Replaced(id) = d { Some(id) } else { None }),
        "added": of(|d| if let Done::Added(id) = d { Some(id) } else { None }),
    })
}
