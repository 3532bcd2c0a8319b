//! What step-ups make of what issuers say.

use super::*;

#[tokio::test]
async fn a_step_up_does_not_let_a_certificate_in_that_was_revoked_meanwhile() {
    let scene = Scene::new().await;
    scene.list(vec![]).await;
    scene.world.clock.move_on(HOUR * 26);
    let asked = scene.person.check(&scene.world.engine, "asked").await;
    assert!(matches!(asked.verdict, Verdict::StepUp(_)));
    scene.list(vec![scene.revoked()]).await;
    let id = simbind_service::outcome::step_up_of(asked.id);
    let (by, request) = (caller("bank"), "proof".parse().unwrap());
    let engine = &scene.world.engine;
    let child = engine.end_step_up(&by, &request, id, scene.person.card_proof(id)).await;
    assert_eq!(said(&child.unwrap().unwrap()), denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn a_card_that_was_revoked_proves_nothing() {
    let scene = Scene::new().await;
    scene.list(vec![]).await;
    scene.world.clock.move_on(HOUR * 26);
    let asked = scene.person.check(&scene.world.engine, "asked").await;
    let card = simbind_evidence::status::Serial::of_unsigned(&5000_u64.to_be_bytes()).unwrap();
    let entry = CrlEntrySpec::revoked(card, scene.world.engine.now(), Reason::KeyCompromise);
    scene.list(vec![entry]).await;
    let id = simbind_service::outcome::step_up_of(asked.id);
    let (by, request) = (caller("bank"), "proof".parse().unwrap());
    let engine = &scene.world.engine;
    let refused = engine.end_step_up(&by, &request, id, scene.person.card_proof(id)).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("step_up.card.certificate_chain"), "{refused}");
}
