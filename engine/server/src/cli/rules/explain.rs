//! `simbind rules explain`: why packs answer as they do, to a recorded decision or to facts.

mod facts;
mod print;

use super::{
    super::{
        CliResult, packs,
        remote::{self, MOST_BYTES, RemoteArgs, RemoteError},
    },
    told::refused,
};
use crate::grpc::explained_facts;
use clap::{Args as ClapArgs, ValueEnum};
use print::Told;
use simbind_proto::v1::{ExplainDecisionRequest, decision_service_client::DecisionServiceClient};
use simbind_rules::{CheckKind, RuleBook};
use simbind_service::explain::Answer;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// With --facts, pack files or folders of them, and the packs that ship where none are named;
    /// without, the id of a decision that the server explains.
    #[arg(value_name = "DECISION_ID|PATH", required_unless_present = "facts")]
    what: Vec<String>,
    /// Explains facts, without a server: a file of TOML or JSON with names of facts and their
    /// values, as in a pack's tests; - is standard input.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// The pack whose chain is asked; the nation's if not given.
    #[arg(long, value_name = "ID", requires = "facts")]
    pack: Option<String>,
    /// The kind of check; a login if not given.
    #[arg(long, value_name = "KIND", requires = "facts", value_enum)]
    on: Option<On>,
    #[command(flatten)]
    server: RemoteArgs,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum On {
    Login,
    Tap,
}

impl From<On> for CheckKind {
    fn from(on: On) -> Self {
        match on {
            On::Login => Self::Login,
            On::Tap => Self::Tap,
        }
    }
}

pub(super) fn run(args: &ExplainArgs) -> CliResult {
    match &args.facts {
        Some(file) => explain_facts(args, file),
        None => remote::run(explain_decision(args)),
    }
}

fn explain_facts(args: &ExplainArgs, file: &Path) -> CliResult {
    let kind = args.on.map_or(CheckKind::Login, CheckKind::from);
    let facts = facts::read(file, kind)?;
    let paths: Vec<PathBuf> = args.what.iter().map(PathBuf::from).collect();
    let sources = packs::read(&paths)?;
    let book = match RuleBook::compile(&sources) {
        Ok(book) => book,
        Err(problems) => return refused(&problems, &sources, args.json),
    };
    let Some(answer) = Answer::of(&book, args.pack.as_deref(), kind, &facts) else {
        let ids: Vec<_> = book.packs().iter().map(|pack| pack.id.as_str()).collect();
        let id = args.pack.as_deref().unwrap_or_default();
        return Err(format!("there is no pack `{id}`; there are {}", ids.join(", ")).into());
    };
    print::print(&Told::from(explained_facts(answer)), args.json)?;
    Ok(ExitCode::SUCCESS)
}

async fn explain_decision(args: &ExplainArgs) -> Result<ExitCode, RemoteError> {
    let [decision_id] = args.what.as_slice() else {
        return Err(RemoteError::Request("one decision is explained at a time".to_owned()));
    };
    let client = DecisionServiceClient::new(args.server.connect().await?);
    let mut client = client.max_decoding_message_size(MOST_BYTES);
    let request = ExplainDecisionRequest { decision_id: decision_id.clone() };
    let answer = client.explain_decision(request).await?.into_inner();
    let printed = print::print(&Told::from(answer), args.json);
    printed.map_err(|error| RemoteError::Request(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
