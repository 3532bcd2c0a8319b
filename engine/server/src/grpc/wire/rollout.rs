//! The rollout of packs.

use super::field::{field, time};
use simbind_core::rollout::{Act, ApprovalStanding, Change, Origin, Stage, Version, Why};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    packs::{ChangeCount, ChangedDecision, ShadowReport},
    rollout::{Advance, RolloutView},
};

/// Why somebody does something.
pub(in crate::grpc) fn why(text: &str) -> Result<Why, ServiceError> {
    field("why", text)
}

/// How far staged packs are brought.
pub(in crate::grpc) fn advance(stage: i32, permille: u32) -> Result<Advance, ServiceError> {
    let to = match wire::RolloutStage::try_from(stage) {
        Ok(wire::RolloutStage::Share) => {
            let share = permille.try_into();
            return share
                .map(Advance::Share)
                .map_err(|error| ServiceError::invalid("share_permille", error));
        }
        Ok(wire::RolloutStage::Shadow) => Advance::Shadow,
        Ok(wire::RolloutStage::All) => Advance::All,
        Ok(wire::RolloutStage::Unspecified) => {
            return Err(ServiceError::invalid("stage", "is missing"));
        }
        Err(_) => return Err(ServiceError::invalid("stage", "is none of the contract")),
    };
    if permille != 0 {
        return Err(ServiceError::invalid("share_permille", "goes with ROLLOUT_STAGE_SHARE only"));
    }
    Ok(to)
}

const fn bundle(origin: Origin) -> u64 {
    match origin {
        Origin::Texts => 0,
        Origin::Bundle(version) => version,
    }
}

fn version(version: &Version) -> wire::PackVersion {
    let Version { packs, origin, by, at, why } = version;
    wire::PackVersion {
        packs_hash: packs.0.to_vec().into(),
        bundle_version: bundle(*origin),
        by: by.to_string(),
        at: Some(time(*at)),
        why: why.as_str().to_owned(),
    }
}

/// How the rollout stands.
pub(in crate::grpc) fn rollout(view: &RolloutView) -> wire::GetRolloutResponse {
    let RolloutView { rollout, approval, shadow } = view;
    let staged = rollout.staged();
    let (stage, share_permille) = match staged.map(|staged| staged.stage) {
        None => (wire::RolloutStage::Unspecified, 0),
        Some(Stage::Shadow) => (wire::RolloutStage::Shadow, 0),
        Some(Stage::Share(share)) => (wire::RolloutStage::Share, u32::from(share.permille())),
    };
    let approved = staged.map(|staged| staged.approved_by.as_slice()).unwrap_or_default();
    wire::GetRolloutResponse {
        live: rollout.live().map(version),
        staged: staged.map(|staged| version(&staged.version)),
        stage: stage.into(),
        share_permille,
        approval_missing: *approval == ApprovalStanding::Missing,
        approved_by: approved.iter().map(ToString::to_string).collect(),
        shadow: shadow.as_ref().map(report),
    }
}

fn report(report: &ShadowReport) -> wire::ShadowReport {
    let ShadowReport { since, checks, differ, by_verdict, by_rule, by_carrier, examples } = report;
    let counts = |rows: &[ChangeCount]| rows.iter().map(count).collect();
    wire::ShadowReport {
        since: Some(time(*since)),
        checks: *checks,
        differ: *differ,
        by_verdict: counts(by_verdict),
        by_rule: counts(by_rule),
        by_carrier: counts(by_carrier),
        examples: examples.iter().map(changed).collect(),
    }
}

fn count(row: &ChangeCount) -> wire::ChangeCount {
    let ChangeCount { name, was, becomes, decisions } = row;
    wire::ChangeCount {
        name: name.clone(),
        was: was.as_str().to_owned(),
        becomes: becomes.as_str().to_owned(),
        decisions: *decisions,
    }
}

fn changed(row: &ChangedDecision) -> wire::ChangedDecision {
    let ChangedDecision { decision, carrier, audience, was, becomes, rules_gone, rules_new } = row;
    wire::ChangedDecision {
        decision_id: decision.to_string(),
        carrier: carrier.as_ref().map(ToString::to_string).unwrap_or_default(),
        audience: audience.clone(),
        was: was.as_str().to_owned(),
        becomes: becomes.as_str().to_owned(),
        rules_gone: rules_gone.clone(),
        rules_new: rules_new.clone(),
    }
}

/// A change of what is in service or staged.
pub(in crate::grpc) fn change(change: &Change) -> wire::PackChange {
    use wire::PackChangeKind as Kind;
    let Change { act, packs, by, at, why } = change;
    let (kind, share, version) = match *act {
        Act::Configured { origin } | Act::Recovered { origin } => {
            (Kind::Configured, 0, bundle(origin))
        }
        Act::Renamed { .. } => (Kind::Renamed, 0, 0),
        Act::Staged { origin } => (Kind::Staged, 0, bundle(origin)),
        Act::Approved => (Kind::Approved, 0, 0),
        Act::Shadowed => (Kind::Shared, 0, 0),
        Act::Shared(share) => (Kind::Shared, u32::from(share.permille()), 0),
        Act::Activated => (Kind::Activated, 0, 0),
        Act::Withdrawn => (Kind::Withdrawn, 0, 0),
        Act::RolledBack { origin } => (Kind::RolledBack, 0, bundle(origin)),
    };
    wire::PackChange {
        kind: kind.into(),
        packs_hash: packs.0.to_vec().into(),
        by: by.to_string(),
        at: Some(time(*at)),
        why: why.as_str().to_owned(),
        share_permille: share,
        bundle_version: version,
    }
}
