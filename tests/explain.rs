//! Explanations of facts and of decisions: at a server in this process, and by the command.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sim_sim::{Connections, Report, Scenario, World, clock::WallClock};
use simbind::demo::{self, KnownCallers};
use simbind_proto::v1::{
    CheckKind, ConditionResult, ExplainDecisionRequest, ExplainDecisionResponse,
    ExplainFactsRequest, ExplainFactsResponse, FactValue, Milder, PackSet, PackSource, PackSources,
    RuleTrace, decision::Verdict, decision_service_client::DecisionServiceClient, pack_set::By,
    rule_service_client::RuleServiceClient,
};
use simbind_rules::RuleBook;
use simbind_tests::{Exit, Launch, command};
use std::{fs, path::Path};
use tonic::{Code, Status};

const FACTS: [(&str, &str); 4] = [
    ("binding.key_home", "sim"),
    ("handset.match", "no"),
    ("handset.match_provenance", "carrier_event"),
    ("sim.changed_age", "never"),
];

fn fact(name: &str, value: &str) -> FactValue {
    FactValue { name: name.to_owned(), value: value.to_owned() }
}

fn question(pack: &str) -> ExplainFactsRequest {
    ExplainFactsRequest {
        packs: None,
        pack_id: pack.to_owned(),
        kind: CheckKind::Login.into(),
        facts: FACTS.iter().map(|(name, value)| fact(name, value)).collect(),
    }
}

async fn explain(
    callers: &KnownCallers,
    caller: &str,
    request: ExplainFactsRequest,
) -> Result<ExplainFactsResponse, Status> {
    let mut client = RuleServiceClient::new(callers.channel(caller).unwrap());
    client.explain_facts(request).await.map(tonic::Response::into_inner)
}

fn spoke(rules: &[RuleTrace]) -> impl Iterator<Item = &RuleTrace> {
    rules.iter().filter(|rule| !rule.verdict.is_empty())
}

fn with(facts: &[FactValue], milder: &Milder) -> Vec<FactValue> {
    let mut facts = facts.to_vec();
    for change in &milder.changes {
        facts.retain(|fact| fact.name != change.name);
        facts.push(fact(&change.name, &change.becomes));
    }
    facts
}

async fn facts_are_explained(_: &Report, callers: &KnownCallers) {
    let answer = explain(callers, "analyst", question("")).await.unwrap();
    let book = RuleBook::shipped().unwrap();
    assert_eq!(answer.packs_hash, book.hash().0.to_vec());
    assert_eq!(answer.verdict, "step_up");
    assert!(!answer.step_up_methods.is_empty());
    let moved = spoke(&answer.rules).find(|rule| rule.rule_id == "sim-in-another-handset").unwrap();
    assert_eq!(moved.pack_id, "jp-national");
    assert_eq!(moved.result(), ConditionResult::True);
    assert!(answer.reasons.contains(&moved.reason), "{answer:?}");
    let line = &moved.condition_with_values;
    assert!(line.contains("handset.match ('no') == 'no' {true}"), "{line}");
    let unknown = answer.rules.iter().find(|rule| rule.rule_id == "certificate-revoked").unwrap();
    assert_eq!((unknown.result(), &*unknown.verdict), (ConditionResult::Unknown, ""));
    let tuned = answer.rules.iter().find(|rule| !rule.params.is_empty()).unwrap();
    assert_eq!(tuned.params.first().unwrap().set_by, "jp-national");

    let milder = answer.milder.unwrap();
    assert_eq!(milder.verdict, "allow");
    let facts = with(&question("").facts, &milder);
    let allowed = explain(callers, "auditor", ExplainFactsRequest { facts, ..question("") });
    let allowed = allowed.await.unwrap();
    assert_eq!((&*allowed.verdict, allowed.milder), ("allow", None));

    let own = explain(callers, "analyst", question("docomo")).await.unwrap();
    assert!(own.rules.len() >= answer.rules.len());
    let params = own.rules.iter().flat_map(|rule| &rule.params);
    assert!(params.clone().any(|param| param.set_by == "docomo"), "{:?}", params.count());
}

async fn packs_are_named(_: &Report, callers: &KnownCallers) {
    let by = |by| Some(PackSet { by: Some(by) });
    let in_service = explain(callers, "analyst", question("")).await.unwrap();
    let hash = By::PacksHash(in_service.packs_hash.clone());
    let same = ExplainFactsRequest { packs: by(hash), ..question("") };
    assert_eq!(explain(callers, "analyst", same).await.unwrap(), in_service);
    let text = "[pack]\nid = \"own\"\napplies_to = { country = \"JP\" }\n[[rule]]\nid = \"r\"\n\
                on = [\"login\"]\nwhen = \"handset.match == 'no'\"\nverdict = \"deny\"\n\
                unknown = \"ignore\"\nreason = \"HANDSET_MISMATCH\"\n[[test]]\nname = \"fails\"\n\
                given = { \"handset.match\" = \"yes\" }\nexpect = { verdict = \"deny\" }\n";
    let sources = |text: &str| {
        let pack = PackSource { name: "own.toml".to_owned(), text: text.to_owned() };
        by(By::Sources(PackSources { packs: vec![pack] }))
    };
    let own = ExplainFactsRequest { packs: sources(text), ..question("own") };
    let answer = explain(callers, "analyst", own).await.unwrap();
    assert_eq!((&*answer.verdict, answer.rules.len()), ("deny", 1));
    for (packs, code, says) in [
        (sources("[[rule]]"), Code::InvalidArgument, "own.toml:1:1"),
        (by(By::PacksHash(vec![1; 32].into())), Code::NotFound, "packs"),
    ] {
        let request = ExplainFactsRequest { packs, ..question("") };
        let status = explain(callers, "analyst", request).await.unwrap_err();
        assert_eq!(status.code(), code, "{status:?}");
        assert!(status.message().contains(says), "{status:?}");
    }
    let misspelt = ExplainFactsRequest { facts: vec![fact("handset.mach", "no")], ..question("") };
    let status = explain(callers, "analyst", misspelt).await.unwrap_err();
    assert!(status.message().contains("did you mean `handset.match`?"), "{status:?}");
}

async fn decisions_are_explained(report: &Report, callers: &KnownCallers) {
    let mut client = DecisionServiceClient::new(callers.channel("help-desk").unwrap());
    let (mut refused, mut nearer) = (0, 0);
    for outcome in report.outcomes().iter().filter(|outcome| !outcome.decision_id.is_empty()) {
        let request = ExplainDecisionRequest { decision_id: outcome.decision_id.clone() };
        let ExplainDecisionResponse { decision, rules, facts, milder } =
            client.explain_decision(request).await.unwrap().into_inner();
        let decision = decision.unwrap();
        let fired = spoke(&rules).map(|rule| format!("{}/{}", rule.pack_id, rule.rule_id));
        let recorded = decision.rules.iter().map(|r| format!("{}/{}", r.pack_id, r.rule_id));
        assert_eq!(fired.collect::<Vec<_>>(), recorded.collect::<Vec<_>>());
        assert!(rules.iter().all(|rule| rule.condition_with_values.contains('{')));
        if matches!(decision.verdict, Some(Verdict::Allow(_))) {
            assert_eq!(milder, None);
            continue;
        }
        refused += 1;
        let Some(milder) = milder else { continue };
        nearer += 1;
        for change in &milder.changes {
            assert!(facts.contains(&fact(&change.name, &change.was)), "{change:?}");
        }
        let known = |fact: &FactValue| fact.value != "unknown";
        let request = ExplainFactsRequest {
            packs: Some(PackSet { by: Some(By::PacksHash(decision.packs_hash)) }),
            pack_id: rules.last().map(|rule| rule.pack_id.clone()).unwrap_or_default(),
            kind: decision.kind,
            facts: with(&facts, &milder).into_iter().filter(known).collect(),
        };
        // The lowest pack of a chain may hold no rule: then this is a chain above, no harsher.
        let answer = explain(callers, "analyst", request).await.unwrap();
        assert!(answer.verdict == milder.verdict || answer.verdict == "allow", "{answer:?}");
    }
    assert!(refused > 5 && nearer * 2 > refused, "{nearer} of {refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_s_decisions_and_any_facts_are_explained() {
    let after = async |report: &Report, callers: &KnownCallers| {
        facts_are_explained(report, callers).await;
        packs_are_named(report, callers).await;
        decisions_are_explained(report, callers).await;
    };
    Box::pin(demo::play(60, 22, |_| (), after)).await.unwrap();
}

async fn run(dir: &Path, args: &[&str]) -> Exit {
    command(dir, &[&["rules", "explain"][..], args].concat()).await.unwrap()
}

fn json(exit: &Exit) -> serde_json::Value {
    assert!(exit.status.success(), "{}", exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap()
}

#[tokio::test]
async fn the_command_explains_a_file_of_facts_and_names_what_is_wrong_in_one() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("f.toml", "binding.key_home = \"sim\"\nhandset.match = \"no\"\n");
    write("f.json", "{ \"binding.key_home\": \"sim\", \"handset\": { \"match\": \"no\" } }");
    let shown = run(dir.path(), &["--facts", "f.toml", "--pack", "docomo"]).await;
    assert!(shown.status.success(), "{}", shown.stderr);
    let mut lines = shown.stdout.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with("step_up by ") && first.contains("HANDSET_MISMATCH"), "{first}");
    for part in [
        "these rules spoke:\n",
        "  jp-national/sim-in-another-handset: step_up, HANDSET_MISMATCH; its condition holds\n    \
         binding.key_home ('sim') == 'sim' {true} && handset.match ('no') == 'no' {true}\n",
        "these were silent:\n",
        "; param.carrier_lag set by docomo\n",
        "it would be allow if (",
    ] {
        assert!(shown.stdout.contains(part), "{part}\n{}", shown.stdout);
    }
    let toml = json(&run(dir.path(), &["--facts", "f.toml", "--json"]).await);
    assert_eq!(toml, json(&run(dir.path(), &["--facts", "f.json", "--json"]).await));
    assert_eq!(
        (&toml["verdict"], &toml["milder"]["verdict"]),
        (&"step_up".into(), &"allow".into())
    );
    let tap = json(&run(dir.path(), &["--facts", "f.toml", "--on", "tap", "--json"]).await);
    assert_ne!(tap["rules"], toml["rules"]);

    write("wrong.toml", "handset.mach = \"no\"\n");
    write("broken.toml", "[pack]\n");
    for (args, says) in [
        (&["--facts", "wrong.toml"][..], "did you mean `handset.match`?"),
        (&["--facts", "f.toml", "--pack", "nobody"], "there is no pack `nobody`"),
        (&["--facts", "f.toml", "broken.toml"], "broken.toml:1"),
        (&["--facts", "nowhere.toml"], "nowhere.toml"),
        (&[], "DECISION_ID"),
    ] {
        let refused = run(dir.path(), args).await;
        assert!(!refused.status.success() && refused.stderr.contains(says), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_explains_a_decision_that_a_server_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let world = World::new(5, 30).unwrap();
    fs::write(path("anchors.pem"), world.anchors_pem()).unwrap();
    fs::write(path("roots.pem"), world.attestation_roots_pem()).unwrap();
    fs::write(path("apple-roots.pem"), world.apple_roots_pem()).unwrap();
    let launch = Launch::new(path("data")).trust(&path("anchors.pem"));
    let launch = launch.apple_roots(&path("apple-roots.pem"));
    let server = launch.attestation_roots(&path("roots.pem")).start().await.unwrap();
    let connections = Connections::plaintext(server.channel().await.unwrap());
    let scenario = Scenario::day().unwrap();
    let report = sim_sim::play(&world, &scenario, &connections, &WallClock, |_| ()).await.unwrap();
    let decided = report.outcomes().iter().filter(|outcome| !outcome.decision_id.is_empty());
    let refused = decided.clone().find(|outcome| !outcome.reasons.is_empty()).unwrap();
    let target = server.address().to_string();
    let told = json(&run(dir.path(), &[&refused.decision_id, "--target", &target, "--json"]).await);
    assert_eq!(told["decision_id"], *refused.decision_id);
    assert_eq!(told["reasons"], serde_json::json!(refused.reasons));
    assert!(told["facts"]["handset.match"].is_string(), "{told}");
    let rules = told["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["verdict"].is_string() && rule["reason"].is_string()));
    let shown = run(dir.path(), &[&refused.decision_id, "--target", &target]).await;
    let first = format!("decision {}, support code ", refused.decision_id);
    assert!(shown.stdout.starts_with(&first), "{}", shown.stdout);
    let nothing = "dec_00000000000000000000000000";
    let refused = run(dir.path(), &[nothing, "--target", &target]).await;
    assert!(!refused.status.success(), "{}", refused.stdout);
    server.terminate().await.unwrap();
    let gone = run(dir.path(), &[nothing, "--target", &target]).await;
    assert_eq!(gone.status.code(), Some(3), "{}", gone.stderr);
}
