//! Packs that change while logins go on, over real sockets and a real disk. `SIMBIND_RELOADS` says
//! how many changes are made; a thousand are made before a release.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use prost::bytes::Bytes;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, decision_service_client::DecisionServiceClient,
    rollout_service_client::RolloutServiceClient, stage_packs_request::Packs, *,
};
use simbind_tests::{Authority, Launch, Person, Server, now, to_proto};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tonic::transport::Channel as Connection;

const PACK: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }

[[rule]]
id = "foreign-handset"
on = ["login", "tap"]
when = "handset.latch == 'foreign'"
verdict = "deny"
reason = "HANDSET_MISMATCH"
"#;

const ASKS: &str = r#"
[[rule]]
id = "everybody"
on = ["login", "tap"]
when = "pin.failures >= 0"
verdict = "step_up"
floor = "allow"
step_up = ["card", "counter"]
reason = "SIM_REISSUED"
"#;

const WHY: &str = "a test";
/// Changes in the test command: an activation and a rollback in each round.
const CHANGES: usize = 100;

type Rollout = RolloutServiceClient<Connection>;

async fn stage(client: &mut Rollout, text: String) -> Bytes {
    let pack = PackSource { name: "nation.toml".into(), text };
    let packs = Some(Packs::Sources(PackSources { packs: vec![pack] }));
    let staged = client.stage_packs(StagePacksRequest { packs, why: WHY.into() }).await.unwrap();
    let StagePacksResponse { diagnostics, packs_hash, .. } = staged.into_inner();
    assert!(!packs_hash.is_empty(), "{diagnostics:?}");
    packs_hash
}

async fn advance(client: &mut Rollout, packs: &Bytes, stage: RolloutStage, share: u32) -> Bytes {
    let request = AdvanceRolloutRequest {
        packs_hash: packs.clone(),
        stage: stage.into(),
        share_permille: share,
        why: WHY.into(),
    };
    client.advance_rollout(request).await.unwrap().into_inner().live_packs_hash
}

async fn activate(client: &mut Rollout) -> Bytes {
    let staged = stage(client, format!("{PACK}{ASKS}")).await;
    assert_eq!(advance(client, &staged, RolloutStage::All, 0).await, staged);
    staged
}

async fn roll_back(client: &mut Rollout, live_packs_hash: Bytes) -> Bytes {
    let why = WHY.into();
    let request = RollBackPacksRequest { packs_hash: Bytes::new(), why, live_packs_hash };
    client.roll_back_packs(request).await.unwrap().into_inner().live_packs_hash
}

/// One login, and how long its check took.
async fn log_in(
    client: &mut CheckServiceClient<Connection>,
    person: &Person,
    request: &str,
) -> (Decision, Duration) {
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = client.issue_challenge(draw).await.unwrap().into_inner();
    let login = person.login(request, &drawn).unwrap();
    let began = Instant::now();
    let answer = client.check_login(login).await.unwrap().into_inner();
    (answer.decision.unwrap(), began.elapsed())
}

/// Logs in until told to stop; each decision, and how long it took.
async fn log_in_on_and_on(
    channel: Connection,
    person: Person,
    going: Arc<AtomicBool>,
) -> Vec<(Decision, Duration)> {
    let mut client = CheckServiceClient::new(channel);
    let mut decided = Vec::new();
    while going.load(Ordering::SeqCst) || decided.len() < 5 {
        let request = format!("login-{}", decided.len());
        decided.push(log_in(&mut client, &person, &request).await);
    }
    decided
}

/// A server with the pack in service, and the authority that it trusts.
async fn start(dir: &Path, pack: &str) -> (Server, Authority) {
    let authority = Authority::new().unwrap();
    let anchors = dir.join("anchors.pem");
    authority.write(&anchors).unwrap();
    fs::create_dir(dir.join("packs")).unwrap();
    fs::write(dir.join("packs/nation.toml"), pack).unwrap();
    let config = dir.join("simbind.toml");
    fs::write(&config, "[packs]\ndir = \"packs\"\n").unwrap();
    let launch = Launch::new(dir.join("data")).config(&config).trust(&anchors);
    (launch.start().await.unwrap(), authority)
}

fn quantile(sorted: &[Duration], permille: usize) -> Duration {
    let at = sorted.len().saturating_sub(1) * permille / 1000;
    sorted.get(at).copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_that_change_under_load_fail_no_login_and_each_decision_names_one_of_them() {
    let changes = std::env::var("SIMBIND_RELOADS").ok().and_then(|count| count.parse().ok());
    let changes: usize = changes.unwrap_or(CHANGES);
    let dir = tempfile::tempdir().unwrap();
    let (server, authority) = start(dir.path(), PACK).await;
    let channel = server.channel().await.unwrap();
    let going = Arc::new(AtomicBool::new(true));
    let mut callers = Vec::new();
    for number in 1..=8 {
        let person = Person::make(&authority, number).unwrap();
        let mut counter = BindingServiceClient::new(channel.clone());
        person.enrol(&mut counter).await.unwrap();
        let channel = server.channel().await.unwrap();
        callers.push(tokio::spawn(log_in_on_and_on(channel, person, Arc::clone(&going))));
    }
    let mut client = Rollout::new(channel.clone());
    let live = client.get_rollout(GetRolloutRequest {}).await.unwrap().into_inner().live;
    let first = live.unwrap().packs_hash;
    let mut second = Bytes::new();
    let began = Instant::now();
    for _ in 0..changes / 2 {
        second = activate(&mut client).await;
        assert_eq!(roll_back(&mut client, second.clone()).await, first);
    }
    let took = began.elapsed();
    going.store(false, Ordering::SeqCst);
    let mut decisions = DecisionServiceClient::new(channel);
    let mut by_packs: BTreeMap<Bytes, usize> = BTreeMap::new();
    let mut times = Vec::new();
    for caller in callers {
        for (decision, time) in caller.await.unwrap() {
            times.push(time);
            let first = decision.packs_hash == first;
            assert_eq!(matches!(decision.verdict, Some(Verdict::Allow(_))), first, "{decision:?}");
            let request = ReplayDecisionRequest { decision_id: decision.decision_id };
            let replayed = decisions.replay_decision(request).await.unwrap().into_inner();
            assert_eq!(replayed.result(), ReplayResult::Same);
            *by_packs.entry(decision.packs_hash).or_default() += 1;
        }
    }
    assert_eq!(by_packs.keys().collect::<Vec<_>>().len(), 2, "{by_packs:?}");
    assert!(by_packs.contains_key(&first) && by_packs.contains_key(&second));
    times.sort_unstable();
    eprintln!(
        "{changes} changes in {took:?}; {} logins, of which {:?} by each; p50 {:?}, p99 {:?}, most {:?}",
        times.len(),
        by_packs.values().collect::<Vec<_>>(),
        quantile(&times, 500),
        quantile(&times, 990),
        quantile(&times, 1000),
    );
}

#[tokio::test]
async fn a_share_and_a_snooze_stay_when_the_server_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (server, authority) = start(dir.path(), &format!("{PACK}{ASKS}")).await;
    let channel = server.channel().await.unwrap();
    let person = Person::make(&authority, 1).unwrap();
    let mut counter = BindingServiceClient::new(channel.clone());
    person.enrol(&mut counter).await.unwrap();
    let mut checks = CheckServiceClient::new(channel.clone());
    let (asked, _) = log_in(&mut checks, &person, "login-1").await;
    assert!(matches!(asked.verdict, Some(Verdict::StepUp(_))), "{asked:?}");
    let mut rollout = Rollout::new(channel);
    let snooze = SnoozeRuleRequest {
        binding_id: asked.binding_id.clone(),
        rule: "nation/everybody".into(),
        until: Some(to_proto(now().plus(Duration::from_secs(3600)))),
        why: WHY.into(),
        decision_id: asked.decision_id,
    };
    let snoozed = rollout.snooze_rule(snooze).await.unwrap().into_inner().snooze;
    let (allowed, _) = log_in(&mut checks, &person, "login-2").await;
    assert!(matches!(allowed.verdict, Some(Verdict::Allow(_))), "{allowed:?}");
    assert_eq!(allowed.snoozed_rules, ["nation/everybody"]);
    let staged = stage(&mut rollout, format!("{PACK}{ASKS}# another\n")).await;
    advance(&mut rollout, &staged, RolloutStage::Share, 999).await;
    let before = rollout.get_rollout(GetRolloutRequest {}).await.unwrap().into_inner();
    let (shared, _) = log_in(&mut checks, &person, "login-3").await;

    let server = server.kill_and_restart().await.unwrap();
    let channel = server.channel().await.unwrap();
    let mut rollout = Rollout::new(channel.clone());
    let after = rollout.get_rollout(GetRolloutRequest {}).await.unwrap().into_inner();
    assert_eq!((after.live, after.staged), (before.live, before.staged));
    assert_eq!((after.stage, after.share_permille), (RolloutStage::Share.into(), 999));
    let listed = ListSnoozesRequest { binding_id: asked.binding_id };
    let listed = rollout.list_snoozes(listed).await.unwrap().into_inner().snoozes;
    assert_eq!(listed, Vec::from_iter(snoozed));
    let mut checks = CheckServiceClient::new(channel);
    let (allowed, _) = log_in(&mut checks, &person, "login-4").await;
    assert!(matches!(allowed.verdict, Some(Verdict::Allow(_))), "{allowed:?}");
    assert_eq!(allowed.packs_hash, shared.packs_hash, "a certificate keeps its place");
}
