//! Backtests of the demo's day, at a server in this process.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sim_sim::{Connections, Report, Scenario, World, clock::WallClock};
use simbind::demo::{self, KnownCallers};
use simbind_proto::v1::{
    BacktestRequest, BacktestResult, ChangedDecision, PackSet, PackSource, PackSources,
    backtest_response::Part, pack_set::By, rule_service_client::RuleServiceClient,
};
use simbind_rules::RuleBook;
use simbind_tests::{Exit, Launch, command};
use std::{collections::BTreeSet, fs, path::Path};
use tonic::{Code, Status, transport::Channel};

/// A rule beside those of the nation's pack: it asks for a counter where an app would do.
const STRICTER: &str = r#"
[[rule]]
id = "apps-to-the-counter"
on = ["login"]
when = "check.channel == 'app_login' && relying_party.sensitivity == 'view' && binding.platform == 'ios'"
verdict = "step_up"
unknown = "ignore"
step_up = ["counter"]
reason = "HANDSET_UNPROVED"
"#;

type Client = RuleServiceClient<Channel>;

fn analyst(callers: &KnownCallers) -> Client {
    RuleServiceClient::new(callers.channel("analyst").unwrap())
}

/// The packs that ship, with more behind the nation's and without its tests.
fn packs(more: &str) -> PackSet {
    let sources = RuleBook::shipped_sources().into_iter().map(|source| {
        let text = source.text.split("\n[[test]]").next().unwrap_or_default().to_owned();
        let nation = source.text.contains("id = \"jp-national\"");
        PackSource { name: source.name, text: if nation { text + more } else { text } }
    });
    PackSet { by: Some(By::Sources(PackSources { packs: sources.collect() })) }
}

fn by_hash(hash: &[u8]) -> PackSet {
    PackSet { by: Some(By::PacksHash(hash.to_vec().into())) }
}

fn request(packs: PackSet) -> BacktestRequest {
    BacktestRequest { packs: Some(packs), from: None, to: None, most_changes: 10_000_000 }
}

async fn backtest(
    client: &mut Client,
    request: BacktestRequest,
) -> Result<(Vec<ChangedDecision>, BacktestResult), Status> {
    let mut parts = client.backtest(request).await?.into_inner();
    let (mut changes, mut result) = (Vec::new(), None);
    while let Some(part) = parts.message().await? {
        match part.part.unwrap() {
            Part::Progress(progress) => assert!(progress.done <= progress.total),
            Part::Changes(more) => changes.extend(more.decisions),
            Part::Result(last) => result = Some(last),
        }
    }
    Ok((changes, result.unwrap()))
}

async fn try_packs(report: &Report, callers: &KnownCallers) {
    let mut client = analyst(callers);
    let decided = report.outcomes().iter().filter(|outcome| !outcome.decision_id.is_empty());
    let ids: BTreeSet<_> = decided.clone().map(|outcome| &outcome.decision_id).collect();
    for same in [by_hash(&[]), packs("")] {
        let (changes, result) = backtest(&mut client, request(same)).await.unwrap();
        assert!(result.decisions >= ids.len() as u64, "{result:?}");
        assert_eq!((result.changed, result.unreadable, changes.len()), (0, 0, 0));
        assert_eq!(result.same, result.decisions);
    }
    let (changes, result) = backtest(&mut client, request(packs(STRICTER))).await.unwrap();
    assert!(result.changed > 0 && result.changed < result.decisions, "{result:?}");
    assert_eq!(changes.len() as u64, result.changed);
    for changed in &changes {
        assert!(ids.contains(&changed.decision_id), "{changed:?}");
        assert_eq!(changed.rules_new, ["jp-national/apps-to-the-counter"]);
    }
    let again = backtest(&mut client, request(packs(STRICTER))).await.unwrap();
    assert_eq!(again.0, changes, "a backtest leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_packs_change_nothing_and_others_what_they_say() {
    Box::pin(demo::play(60, 21, |_| (), try_packs)).await.unwrap();
}

async fn refusals(_: &Report, callers: &KnownCallers) {
    let mut client = analyst(callers);
    for (packs, code, says) in [
        (packs("[[rule]]"), Code::InvalidArgument, "problem"),
        (by_hash(&[1; 32]), Code::NotFound, "packs"),
        (by_hash(&[1; 31]), Code::InvalidArgument, "packs.packs_hash"),
        (PackSet { by: None }, Code::InvalidArgument, "packs.by"),
    ] {
        let status = backtest(&mut client, request(packs)).await.unwrap_err();
        assert_eq!(status.code(), code, "{status:?}");
        assert!(status.message().contains(says), "{status:?}");
    }
    // One that is not read to its end keeps its turn until it is dropped.
    let all = |most_changes| BacktestRequest { most_changes, ..request(packs(STRICTER)) };
    let held = client.backtest(all(10_000_000)).await.unwrap();
    let second = backtest(&mut client, all(0)).await;
    if let Err(status) = &second {
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert!(status.metadata().contains_key("grpc-retry-pushback-ms"));
    }
    drop(held);
    while let Err(status) = backtest(&mut client, all(0)).await {
        assert_eq!(status.code(), Code::ResourceExhausted);
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_packs_and_a_second_backtest_are_refused_and_a_dropped_one_gives_its_turn_back() {
    Box::pin(demo::play(10, 22, |_| (), refusals)).await.unwrap();
}

/// Runs the command on a pack file that takes the place of the nation's.
async fn ask(dir: &Path, more: &[&str]) -> Exit {
    let args = ["rules", "backtest", "--packs", "packs", "--all", "--labels", "labels", "--json"];
    command(dir, &[&args[..], more].concat()).await.unwrap()
}

fn json(exit: &Exit) -> serde_json::Value {
    assert!(exit.status.success(), "{}", exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_joins_labels_and_says_the_same_of_a_server_and_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let world = World::new(5, 60).unwrap();
    fs::write(path("anchors.pem"), world.anchors_pem()).unwrap();
    fs::write(path("roots.pem"), world.attestation_roots_pem()).unwrap();
    fs::write(path("apple-roots.pem"), world.apple_roots_pem()).unwrap();
    let launch = Launch::new(path("data")).trust(&path("anchors.pem"));
    let launch = launch.apple_roots(&path("apple-roots.pem"));
    let server = launch.attestation_roots(&path("roots.pem")).start().await.unwrap();
    let connections = Connections::plaintext(server.channel().await.unwrap());
    let scenario = Scenario::day().unwrap();
    let report = sim_sim::play(&world, &scenario, &connections, &WallClock, |_| ()).await.unwrap();
    fs::write(path("labels"), report.labels()).unwrap();
    fs::create_dir(path("packs")).unwrap();
    let Some(By::Sources(PackSources { packs })) = packs(STRICTER).by else { panic!("no texts") };
    for PackSource { name, text } in packs {
        fs::write(path("packs").join(name), text).unwrap();
    }
    let target = server.address().to_string();
    let asked = json(&ask(dir.path(), &["--target", &target]).await);
    let labels = |label: &str| report.labels().lines().filter(|l| l.contains(label)).count() as u64;
    let (honest, attack) = (&asked["labelled"]["honest"], &asked["labelled"]["attack"]);
    assert_eq!(
        (&honest["labels"], &attack["labels"]),
        (&labels("honest").into(), &labels("attack").into())
    );
    assert_eq!(honest["newly_denied"], 0);
    assert!(honest["newly_stepped_up"].as_u64().unwrap() > 0, "{asked}");
    assert_eq!(attack["newly_allowed"], 0);
    let example = &asked["examples"][0];
    assert!(example["support_code"].as_str().unwrap().len() == 11, "{example}");
    assert_eq!(example["rules_new"][0], "jp-national/apps-to-the-counter");
    let refused = ask(dir.path(), &["--data", "data"]).await;
    assert!(!refused.status.success() && refused.stderr.contains("in use"), "{}", refused.stderr);
    let (all, none) = (["--from", "1h", "--to", "2100-01-01"], ["--to", "2026-01-01"]);
    let within = json(&ask(dir.path(), &[&["--target", &target][..], &all].concat()).await);
    assert_eq!(within["changed"], asked["changed"]);
    let before = json(&ask(dir.path(), &[&["--target", &target][..], &none].concat()).await);
    assert_eq!(before["decisions"], 0);
    server.terminate().await.unwrap();
    let mut offline = json(&ask(dir.path(), &["--data", "data"]).await);
    offline["seconds"] = asked["seconds"].clone();
    assert_eq!(offline, asked);
}
