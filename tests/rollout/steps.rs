use crate::world::World;
use std::fs;

#[tokio::test]
async fn packs_are_staged_shared_put_in_service_and_taken_back() {
    let world = World::start("").await;
    let before = world.live().await;
    world.pull().await;
    world.edit("aqua-mobile");

    let told = world.done("analyst", "stage packs/aqua-mobile.toml --why friday").await;
    assert!(told.contains("aqua-mobile: in the place of the one in service"), "{told}");
    let staged = world.staged().await;
    assert!(told.contains(&format!("staged {staged}")), "{told}");
    let status = world.done("analyst", "status").await;
    for part in [&*before, &*staged, "shadow: evaluated without effect", "by analyst: friday"] {
        assert!(status.contains(part), "{part} is not in\n{status}");
    }
    assert_eq!(world.live().await, before, "staging has no effect");

    let short = &staged[..32];
    world.done("analyst", &format!("share {short} --permille 125 --why look")).await;
    assert_eq!(world.status().await["share_permille"], 125);
    assert_eq!(world.live().await, before);
    world.done("analyst", &format!("share {short} --percent 0 --why stop")).await;
    assert_eq!(world.status().await["stage"], "shadow");
    world.done("analyst", &format!("share {short} --percent 50 --why on")).await;
    assert_eq!(world.status().await["share_permille"], 500);
    world.done("second", &format!("activate {short} --why good")).await;
    assert_eq!(world.live().await, staged);

    world.done("analyst", "pull after").await;
    let count = |folder| fs::read_dir(world.path(folder)).unwrap().count();
    assert_eq!(count("after"), count("packs"), "the other packs stay in service");
    world.done("analyst", &format!("pull earlier --packs {}", &before[..8])).await;
    let read = |folder| fs::read_to_string(world.path(folder).join("aqua-mobile.toml")).unwrap();
    assert_eq!(read("after"), read("packs"));
    assert!(read("after").contains("no-browser") && !read("earlier").contains("no-browser"));

    world.done("second", "rollback --why oops").await;
    assert_eq!(world.live().await, before);
    world.done("analyst", &format!("rollback {short} --why no-oops")).await;
    assert_eq!(world.live().await, staged);

    let changes = world.done("analyst", "changes").await;
    let whats = ["rolled back", "activated", "shared 12.5 %", "staged", "configured"];
    let mut at = 0;
    for what in whats {
        at += changes[at..].find(what).unwrap_or_else(|| panic!("no {what} in\n{changes}"));
    }
    assert!(changes.contains("second") && changes.contains("oops"), "{changes}");
}

#[tokio::test]
async fn what_is_in_service_stays_so_over_a_restart() {
    let world = World::start("").await;
    world.pull().await;
    world.edit("iij");
    world.done("analyst", "stage packs/iij.toml --why friday").await;
    let staged = world.staged().await;
    world.done("analyst", &format!("activate {} --why go", &staged[..40])).await;
    let world = world.restarted().await;
    assert_eq!(world.live().await, staged);
}

#[tokio::test]
async fn a_pack_that_is_wrong_never_leaves_the_machine() {
    let world = World::start("").await;
    world.pull().await;
    let file = world.path("packs/iij.toml");
    let text = fs::read_to_string(&file).unwrap();
    for (wrong, words) in [
        (text.replace("feed.silence >", "feed.silense >"), "did you mean `feed.silence`?"),
        (text.replacen("verdict = \"allow\" }", "verdict = \"deny\" }", 1), "expected deny"),
    ] {
        assert_ne!(wrong, text);
        fs::write(&file, wrong).unwrap();
        let stage = "stage packs/iij.toml --why friday";
        world.refused("analyst", stage, words, 1).await;
        // Only this machine knows where the file lies.
        world.refused("analyst", stage, "--> packs/iij.toml:", 1).await;
        assert!(world.status().await["staged"].is_null());
    }
}

#[tokio::test]
async fn all_stages_the_named_packs_alone() {
    let world = World::start("").await;
    world.pull().await;
    let line = "stage packs/jp-national.toml packs/docomo.toml --why less";
    world.refused("analyst", line, "these packs are in service", 1).await;
    world.done("analyst", &format!("{line} --all")).await;
    let staged = world.staged().await;
    world.done("analyst", &format!("activate {staged} --why less")).await;
    world.done("analyst", "pull after").await;
    assert_eq!(fs::read_dir(world.path("after")).unwrap().count(), 2);
}

#[tokio::test]
async fn steps_that_do_not_fit_are_refused_in_one_sentence() {
    let world = World::start("").await;
    let before = world.live().await;
    let none = "ab".repeat(16);
    world.refused("analyst", &format!("activate {none} --why x"), "no packs are staged", 1).await;
    world.refused("analyst", "rollback --why x", "no packs were in service before", 1).await;
    world.refused("analyst", "rollback 12345678 --why x", "no packs here begin with", 1).await;
    let nowhere = format!("pull earlier --packs {}", "a1".repeat(32));
    world.refused("analyst", &nowhere, "no such packs", 1).await;
    world.pull().await;
    world.edit("iij");
    world.done("analyst", "stage packs/iij.toml --why x").await;
    world.refused("analyst", &format!("activate {none} --why x"), "the staged packs are", 1).await;
    world.refused("docomo", "status", "this caller may not do that", 4).await;
    world.refused("analyst", "activate 12345678 --why x", "32 to 64 hexadecimal digits", 2).await;
    let staged = world.staged().await;
    world.done("analyst", &format!("withdraw {staged} --why x")).await;
    assert!(world.status().await["staged"].is_null());
    assert_eq!(world.live().await, before);
}
