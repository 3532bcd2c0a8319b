use super::{
    start,
    table::{Table, wrong_ids},
};
use prost::bytes::Bytes;
use simbind_proto::v1::{rollout_service_client::RolloutServiceClient, *};
use simbind_tests::{now, to_proto};
use tonic::{Code, Status};

const WHY: &str = "a test";

fn wrong_reasons() -> Vec<String> {
    vec![String::new(), " ".into(), "a\nb".into(), "あ".repeat(501), "x".repeat(100_000)]
}

fn wrong_hashes() -> Vec<Bytes> {
    vec![Bytes::new(), vec![1; 31].into(), vec![1; 33].into(), vec![1; 100_000].into()]
}

fn sources(packs: Vec<PackSource>) -> Option<stage_packs_request::Packs> {
    Some(stage_packs_request::Packs::Sources(PackSources { packs }))
}

/// What the state does not allow is told after every field was found right.
fn right_but_refused<A>(answer: Result<A, Status>) -> Result<(), Status> {
    match answer {
        Err(status) if status.code() == Code::FailedPrecondition => Ok(()),
        Err(status) if status.code() == Code::NotFound => Ok(()),
        other => other.map(|_| ()),
    }
}

#[tokio::test]
async fn every_wrong_field_of_a_change_of_packs_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = RolloutServiceClient::new(server.channel().await.unwrap());
    let pack = PackSource { name: "p.toml".into(), text: "[pack]\n".into() };
    let bundle = |bytes: Vec<u8>| Some(stage_packs_request::Packs::Bundle(bytes.into()));
    Table::of(StagePacksRequest { packs: sources(vec![pack.clone()]), why: WHY.into() })
        .row("packs", "nothing", |r| r.packs = None)
        .row("sources.packs", "none", |r| r.packs = sources(Vec::new()))
        .row("sources.packs", "65", |r| r.packs = sources(vec![pack.clone(); 65]))
        .row("bundle", "empty", |r| r.packs = bundle(Vec::new()))
        .row("bundle", "no bundle", |r| r.packs = bundle(b"{}".to_vec()))
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .each_is_refused(async |request| client.clone().stage_packs(request).await)
        .await;
    let packs_hash = Bytes::from(vec![7; 32]);
    Table::of(ApprovePacksRequest { packs_hash: packs_hash.clone(), why: WHY.into() })
        .values("packs_hash", &wrong_hashes(), |r, v| r.packs_hash = v)
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().approve_packs(request).await)
        })
        .await;
    let stage = RolloutStage::Share.into();
    let why = WHY.to_owned();
    Table::of(AdvanceRolloutRequest {
        packs_hash: packs_hash.clone(),
        stage,
        share_permille: 1,
        why,
    })
    .values("packs_hash", &wrong_hashes(), |r, v| r.packs_hash = v)
    .values("stage", &[0, -1, 4, i32::MAX], |r, v| r.stage = v)
    .values("share_permille", &[0, 1000, u32::MAX], |r, v| r.share_permille = v)
    .row("share_permille", "for all", |r| r.stage = RolloutStage::All.into())
    .row("share_permille", "for none", |r| r.stage = RolloutStage::Shadow.into())
    .values("why", &wrong_reasons(), |r, v| r.why = v)
    .each_is_refused(async |request| {
        right_but_refused(client.clone().advance_rollout(request).await)
    })
    .await;
    Table::of(WithdrawPacksRequest { packs_hash: packs_hash.clone(), why: WHY.into() })
        .values("packs_hash", &wrong_hashes(), |r, v| r.packs_hash = v)
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().withdraw_packs(request).await)
        })
        .await;
    let back = RollBackPacksRequest {
        packs_hash: Bytes::new(),
        why: WHY.into(),
        live_packs_hash: packs_hash.clone(),
    };
    Table::of(back)
        .values("live_packs_hash", &wrong_hashes(), |r, v| r.live_packs_hash = v)
        .values("packs_hash", wrong_hashes().get(1..).unwrap(), |r, v| r.packs_hash = v)
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().roll_back_packs(request).await)
        })
        .await;
    let wrong_numbers = ["x", "-1", "1.5", "氏名", "99999999999999999999"].map(str::to_owned);
    Table::of(ListPackChangesRequest::default())
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_numbers, |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_pack_changes(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_snooze_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = RolloutServiceClient::new(server.channel().await.unwrap());
    let id = |prefix: &str| format!("{prefix}_{}", "0".repeat(32));
    let good = SnoozeRuleRequest {
        binding_id: id("bnd"),
        rule: "jp-national/handset-changed".into(),
        until: Some(to_proto(now())),
        why: WHY.into(),
        decision_id: id("dec"),
    };
    let rules = ["", "x", "/", "a/", "/b", "a/b/c", "a b/c", "氏名/b"].map(str::to_owned);
    Table::of(good)
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("rule", &rules, |r, v| r.rule = v)
        .row("until", "missing", |r| r.until = None)
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .values("decision_id", &wrong_ids(), |r, v| r.decision_id = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().snooze_rule(request).await)
        })
        .await;
    let (binding_id, snooze_id) = (id("bnd"), id("snz"));
    Table::of(EndSnoozeRequest { binding_id, snooze_id, why: WHY.into() })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("snooze_id", &wrong_ids(), |r, v| r.snooze_id = v)
        .values("why", &wrong_reasons(), |r, v| r.why = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().end_snooze(request).await)
        })
        .await;
    Table::of(ListSnoozesRequest { binding_id: id("bnd") })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .each_is_refused(async |request| {
            right_but_refused(client.clone().list_snoozes(request).await)
        })
        .await;
}
