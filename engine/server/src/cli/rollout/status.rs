use super::{
    super::remote::{RemoteError, hex, moment, since},
    ask::Asking,
    report::{shadow_text, shadow_value},
    step::percent,
};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_proto::v1::{GetRolloutRequest, GetRolloutResponse, PackVersion, RolloutStage};
use std::{
    fmt::Write as _,
    io::{self, Write as _},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn run(args: StatusArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let standing = server.rollout().get_rollout(GetRolloutRequest {}).await?.into_inner();
    let mut out = io::stdout().lock();
    if args.asking.json {
        writeln!(out, "{}", value(&standing))?;
    } else {
        write!(out, "{}", text(&standing))?;
    }
    Ok(ExitCode::SUCCESS)
}

const fn stage_name(stage: RolloutStage) -> &'static str {
    match stage {
        RolloutStage::Unspecified => "none",
        RolloutStage::Shadow => "shadow",
        RolloutStage::Share => "share",
        RolloutStage::All => "all",
    }
}

fn version_value(version: &PackVersion) -> Value {
    json!({
        "packs_hash": hex(&version.packs_hash),
        "bundle_version": version.bundle_version,
        "by": version.by,
        "at": moment(version.at.as_ref()),
        "why": version.why,
    })
}

fn value(standing: &GetRolloutResponse) -> Value {
    json!({
        "live": standing.live.as_ref().map(version_value),
        "staged": standing.staged.as_ref().map(version_value),
        "stage": stage_name(standing.stage()),
        "share_permille": standing.share_permille,
        "approval_missing": standing.approval_missing,
        "approved_by": standing.approved_by,
        "shadow": standing.shadow.as_ref().map(shadow_value),
    })
}

fn text(standing: &GetRolloutResponse) -> String {
    let mut text = String::new();
    if let Some(live) = &standing.live {
        let _ = writeln!(text, "in service  {}", version_text(live));
    }
    let Some(staged) = &standing.staged else {
        text.push_str("staged      none\n");
        return text;
    };
    let _ = writeln!(text, "staged      {}", version_text(staged));
    let stage = match standing.stage() {
        RolloutStage::Share => {
            format!("decides for {} of the certificates", percent(standing.share_permille))
        }
        RolloutStage::All => "decides for all".to_owned(),
        RolloutStage::Shadow | RolloutStage::Unspecified => {
            "shadow: evaluated without effect".to_owned()
        }
    };
    let _ = writeln!(text, "stage       {stage}");
    let approval = match (&*standing.approved_by, standing.approval_missing) {
        (_, true) => "a second person has to approve".to_owned(),
        ([], false) => "not needed".to_owned(),
        (people, false) => format!("by {}", people.join(", ")),
    };
    let _ = writeln!(text, "approval    {approval}");
    if let Some(shadow) = &standing.shadow {
        let _ = write!(text, "shadow      {}", shadow_text(shadow));
    }
    text
}

fn version_text(version: &PackVersion) -> String {
    let (packs, at) = (hex(&version.packs_hash), since(version.at.as_ref()));
    let bundle = match version.bundle_version {
        0 => String::new(),
        number => format!("bundle {number}, "),
    };
    format!("{packs}\n            {bundle}since {at} by {}: {}", version.by, version.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_with_approval_and_a_bundle_is_told_in_full() {
        let version = |byte: u8, bundle_version| PackVersion {
            packs_hash: vec![byte; 32].into(),
            bundle_version,
            by: "analyst".to_owned(),
            at: None,
            why: "fraud at night".to_owned(),
        };
        let mut standing = GetRolloutResponse {
            live: Some(version(1, 0)),
            staged: Some(version(2, 9)),
            stage: RolloutStage::Share.into(),
            share_permille: 125,
            approval_missing: false,
            approved_by: vec!["second".to_owned()],
            shadow: None,
        };
        let told = text(&standing);
        for part in ["in service  0101", "staged      0202", "bundle 9", "12.5 %", "by second"] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        standing.approval_missing = true;
        assert!(text(&standing).contains("a second person has to approve"));
        standing.staged = None;
        assert!(text(&standing).contains("staged      none"));
    }
}
