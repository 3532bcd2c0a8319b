use crate::world::World;

#[tokio::test]
async fn a_change_of_the_nations_pack_takes_a_second_person() {
    let world = World::start("national_approval = \"two\"\n").await;
    let before = world.live().await;
    world.pull().await;
    world.edit("jp-national");
    let told = world.done("analyst", "stage packs/jp-national.toml --all --why law").await;
    assert!(told.contains("a second person has to approve"), "{told}");
    let staged = world.staged().await;
    for step in ["share {} --percent 5", "activate {}"] {
        let line = format!("{} --why go", step.replace("{}", &staged));
        world.refused("analyst", &line, "a second person has to approve", 1).await;
        world.refused("second", &line, "a second person has to approve", 1).await;
    }
    let approve = format!("approve {} --why read", &staged[..32]);
    world.refused("analyst", &approve, "cannot approve", 1).await;
    assert_eq!(world.status().await["approval_missing"], true);
    world.done("second", &approve).await;
    let status = world.status().await;
    assert_eq!(status["approval_missing"], false);
    assert_eq!(status["approved_by"][0], "second");
    assert_eq!(world.live().await, before);
    world.done("analyst", &format!("activate {staged} --why go")).await;
    assert_eq!(world.live().await, staged);
}

#[tokio::test]
async fn a_change_of_an_mvnos_pack_takes_one() {
    let world = World::start("national_approval = \"two\"\n").await;
    world.pull().await;
    world.edit("iij");
    world.done("analyst", "stage packs/iij.toml --why friday").await;
    let staged = world.staged().await;
    world.done("analyst", &format!("activate {staged} --why friday")).await;
    assert_eq!(world.live().await, staged);
}
