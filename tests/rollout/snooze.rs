use crate::world::World;
use simbind_proto::v1::{
    Channel, Decision, IssueChallengeRequest, binding_service_client::BindingServiceClient,
    check_service_client::CheckServiceClient,
};
use simbind_tests::Person;

/// A rule that speaks of every login, with the mildest floor.
const RULE: &str = r#"
[[rule]]
id = "everyone"
on = ["login"]
when = "check.channel == 'app_login'"
verdict = "step_up"
floor = "allow"
step_up = ["card"]
reason = "BROWSER_NEEDS_APP"
"#;

async fn login(world: &World, person: &Person, id: &str) -> Decision {
    let mut bank = CheckServiceClient::new(world.channel("bank"));
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
    let login = person.login(id, &drawn).unwrap();
    bank.check_login(login).await.unwrap().into_inner().decision.unwrap()
}

fn speaks(decision: &Decision) -> bool {
    decision.rules.iter().any(|rule| rule.pack_id == "docomo" && rule.rule_id == "everyone")
}

#[tokio::test]
async fn a_rule_is_snoozed_for_one_binding_and_speaks_again_when_it_is_ended() {
    let world = World::start("").await;
    let people = [1, 2].map(|n| Person::make(&world.authority, n).unwrap());
    let mut counter = BindingServiceClient::new(world.channel("city-hall"));
    let mut bindings = Vec::new();
    for person in &people {
        let enrolled = person.enrol(&mut counter).await.unwrap();
        bindings.push(enrolled.binding_id);
    }
    world.pull().await;
    world.edit_with("docomo", RULE);
    // Its tests hold without that rule.
    world.edit_with("aqua-mobile", "");
    world.done("analyst", "stage packs/docomo.toml packs/aqua-mobile.toml --why x").await;
    world.done("analyst", &format!("activate {} --why x", world.staged().await)).await;

    let first = login(&world, &people[0], "first").await;
    assert!(speaks(&first), "{first:?}");
    let (binding, decision) = (&bindings[0], &first.decision_id);
    let snooze = |rule: &str, until: &str| {
        format!("snooze {binding} {rule} --until {until} --decision {decision} --why known")
    };
    world.refused("analyst", &snooze("docomo/everyone", "31d"), "30 days", 1).await;
    world.refused("analyst", &snooze("docomo/everyone", "soon"), "no span like 7d", 1).await;
    world.refused("analyst", &snooze("docomo/no-such", "7d"), "", 1).await;
    let told = world.done("analyst", &snooze("docomo/everyone", "7d")).await;
    assert!(told.contains("docomo/everyone is snoozed"), "{told}");
    let id = told.split(':').next().unwrap();

    let second = login(&world, &people[0], "second").await;
    assert!(!speaks(&second), "{second:?}");
    assert_eq!(second.snoozed_rules, ["docomo/everyone"]);
    assert!(speaks(&login(&world, &people[1], "other").await), "another binding");
    let listed = world.done("analyst", &format!("snoozes {binding} --json")).await;
    assert!(listed.contains(id) && listed.contains("\"why\":\"known\""), "{listed}");

    world.done("second", &format!("end-snooze {binding} {id} --why over")).await;
    assert!(speaks(&login(&world, &people[0], "third").await));
}
