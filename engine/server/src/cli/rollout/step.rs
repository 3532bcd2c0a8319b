//! One step of a rollout: approved, for a share, for all, withdrawn, back.

use super::{
    super::remote::{RemoteError, hex},
    ask::Asking,
    hash::{PacksName, StagedName},
};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_proto::v1::{
    AdvanceRolloutRequest, ApprovePacksRequest, GetRolloutRequest, RollBackPacksRequest,
    RolloutStage, WithdrawPacksRequest,
};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct StepArgs {
    /// The staged packs: the first digits of their hash, at least 32.
    #[arg(value_name = "HASH")]
    packs: StagedName,
    /// Why, for the record, which keeps it for ever: no personal data.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ShareArgs {
    #[command(flatten)]
    step: StepArgs,
    #[command(flatten)]
    share: Share,
}

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
struct Share {
    /// Thousandths of the certificates; 0 for none, back in shadow.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=999))]
    permille: Option<u32>,
    /// Hundredths of the certificates; 0 for none, back in shadow.
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u32).range(0..=99))]
    percent: Option<u32>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RollbackArgs {
    /// Packs that were in service: the first digits of their hash, at least 8. Those before the
    /// ones in service where none are named.
    #[arg(value_name = "HASH")]
    packs: Option<PacksName>,
    /// Why, for the record, which keeps it for ever: no personal data.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn approve(args: StepArgs) -> Result<ExitCode, RemoteError> {
    let StepArgs { packs, why, asking } = args;
    let server = asking.connect().await?;
    let packs_hash = packs.staged(&server).await?;
    let packs = hex(&packs_hash);
    let request = ApprovePacksRequest { packs_hash: packs_hash.into(), why };
    server.rollout().approve_packs(request).await?;
    told(&asking, &format!("{packs}: approved"), json!({ "packs_hash": packs }))
}

pub(super) async fn share(args: ShareArgs) -> Result<ExitCode, RemoteError> {
    let Share { permille, percent } = args.share;
    let permille = permille.or(percent.map(|p| p * 10)).unwrap_or_default();
    advance(args.step, permille).await
}

pub(super) async fn activate(args: StepArgs) -> Result<ExitCode, RemoteError> {
    advance(args, 1000).await
}

async fn advance(args: StepArgs, permille: u32) -> Result<ExitCode, RemoteError> {
    let StepArgs { packs, why, asking } = args;
    let server = asking.connect().await?;
    let packs_hash = packs.staged(&server).await?;
    let packs = hex(&packs_hash);
    let (stage, share_permille, now) = match permille {
        0 => (RolloutStage::Shadow, 0, "evaluated without effect".to_owned()),
        1000 => (RolloutStage::All, 0, "in service".to_owned()),
        n => (RolloutStage::Share, n, format!("deciding for {} of the certificates", percent(n))),
    };
    let stage = stage.into();
    let request =
        AdvanceRolloutRequest { packs_hash: packs_hash.into(), stage, share_permille, why };
    let live = server.rollout().advance_rollout(request).await?.into_inner().live_packs_hash;
    let all = json!({
        "packs_hash": packs,
        "share_permille": permille,
        "live_packs_hash": hex(&live),
    });
    told(&asking, &format!("{packs}: {now}"), all)
}

/// Thousandths as people write them.
pub(super) fn percent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{} %", permille / 10),
        tenth => format!("{}.{tenth} %", permille / 10),
    }
}

pub(super) async fn withdraw(args: StepArgs) -> Result<ExitCode, RemoteError> {
    let StepArgs { packs, why, asking } = args;
    let server = asking.connect().await?;
    let packs_hash = packs.staged(&server).await?;
    let packs = hex(&packs_hash);
    let request = WithdrawPacksRequest { packs_hash: packs_hash.into(), why };
    server.rollout().withdraw_packs(request).await?;
    told(&asking, &format!("{packs}: withdrawn"), json!({ "packs_hash": packs }))
}

pub(super) async fn rollback(args: RollbackArgs) -> Result<ExitCode, RemoteError> {
    let RollbackArgs { packs, why, asking } = args;
    let server = asking.connect().await?;
    let packs_hash = match packs {
        Some(packs) => packs.known(&server).await?,
        None => Vec::new(),
    };
    let standing = server.rollout().get_rollout(GetRolloutRequest {}).await?.into_inner();
    let live_packs_hash = standing.live.unwrap_or_default().packs_hash;
    let left = hex(&live_packs_hash);
    let request = RollBackPacksRequest { packs_hash: packs_hash.into(), why, live_packs_hash };
    let live = server.rollout().roll_back_packs(request).await?.into_inner().live_packs_hash;
    let live = hex(&live);
    let text = format!("{left}: left\n{live}: in service again");
    told(&asking, &text, json!({ "left_packs_hash": left, "live_packs_hash": live }))
}

pub(super) fn told(asking: &Asking, text: &str, all: Value) -> Result<ExitCode, RemoteError> {
    let mut out = io::stdout().lock();
    if asking.json {
        writeln!(out, "{all}")?
    } else {
        writeln!(out, "{text}")?
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn thousandths_are_written_as_percent() {
        let written: Vec<String> = [1, 10, 125, 990, 999].into_iter().map(percent).collect();
        assert_eq!(written, ["0.1 %", "1 %", "12.5 %", "99 %", "99.9 %"]);
    }
}
