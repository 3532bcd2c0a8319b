use super::{
    super::remote::{RemoteError, hex, moment, since},
    ask::Asking,
    report::{short, table},
    step::percent,
};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_proto::v1::{ListPackChangesRequest, PackChange, PackChangeKind};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct ChangesArgs {
    /// The most changes that are listed.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    most: u32,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn run(args: ChangesArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let request = ListPackChangesRequest { page_size: args.most, page_token: String::new() };
    let page = server.rollout().list_pack_changes(request).await?.into_inner();
    let mut out = io::stdout().lock();
    if args.asking.json {
        let rows: Vec<Value> = page.changes.iter().map(value).collect();
        writeln!(out, "{}", json!({ "changes": rows }))?;
    } else {
        let mut rows = table(["when", "what", "packs", "by", "why"]);
        rows.add_rows(page.changes.iter().map(row));
        writeln!(out, "{rows}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn value(change: &PackChange) -> Value {
    json!({
        "kind": name(change.kind()),
        "packs_hash": hex(&change.packs_hash),
        "by": change.by,
        "at": moment(change.at.as_ref()),
        "why": change.why,
        "share_permille": change.share_permille,
        "bundle_version": change.bundle_version,
    })
}

fn row(change: &PackChange) -> [String; 5] {
    let what = match (change.kind(), change.bundle_version) {
        (PackChangeKind::Shared, _) => format!("shared {}", percent(change.share_permille)),
        (kind, 0) => name(kind).to_owned(),
        (kind, version) => format!("{}, bundle {version}", name(kind)),
    };
    let packs = short(&change.packs_hash);
    [since(change.at.as_ref()), what, packs, change.by.clone(), change.why.clone()]
}

const fn name(kind: PackChangeKind) -> &'static str {
    match kind {
        PackChangeKind::Unspecified => "unknown",
        PackChangeKind::Staged => "staged",
        PackChangeKind::Approved => "approved",
        PackChangeKind::Shared => "shared",
        PackChangeKind::Activated => "activated",
        PackChangeKind::Withdrawn => "withdrawn",
        PackChangeKind::RolledBack => "rolled back",
        PackChangeKind::Configured => "configured",
        PackChangeKind::Renamed => "renamed",
    }
}
