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

#[tokio::test]
async fn a_card_that_is_revoked_while_the_child_is_written_proves_nothing() {
    let scene = Scene::new().await;
    scene.list(vec![]).await;
    scene.world.clock.move_on(HOUR * 26);
    let asked = scene.person.check(&scene.world.engine, "asked").await;
    scene.world.clock.move_on(Duration::from_secs(1));
    let card = simbind_evidence::status::Serial::of_unsigned(&5000_u64.to_be_bytes()).unwrap();
    let now = scene.world.engine.now();
    let entry = CrlEntrySpec::revoked(card, now, Reason::KeyCompromise);
    let told = Told::List(scene.world.authority.listing(now, vec![entry]));
    let engine = Arc::clone(&scene.world.engine);
    scene.world.store.after(async move {
        engine.push_status(&caller("issuer"), told).await.unwrap();
    });
    let id = simbind_service::outcome::step_up_of(asked.id);
    let (by, request) = (caller("bank"), "proof".parse().unwrap());
    let engine = &scene.world.engine;
    let refused = engine.end_step_up(&by, &request, id, scene.person.card_proof(id)).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_card_of_which_its_issuer_is_silent_for_long_proves_nothing() {
    for (days, proves) in [(8, true), (9, false)] {
        let scene = Scene::new().await;
        scene.list(vec![]).await;
        scene.world.clock.move_on(HOUR * 24 * days - HOUR);
        let asked = scene.person.check(&scene.world.engine, "asked").await;
        let id = simbind_service::outcome::step_up_of(asked.id);
        let (by, request) = (caller("bank"), "proof".parse().unwrap());
        let engine = &scene.world.engine;
        let child = engine.end_step_up(&by, &request, id, scene.person.card_proof(id)).await;
        assert_eq!(child.is_ok(), proves, "{child:?}");
    }
}

#[tokio::test]
async fn a_staple_that_lifts_a_lists_hold_counts_in_later_checks_too() {
    let scene = Scene::new().await;
    scene.answer(CertStatus::Good).await;
    scene.world.clock.move_on(Duration::from_secs(600));
    scene.list(vec![scene.held()]).await;
    scene.world.clock.move_on(Duration::from_secs(600));
    assert_eq!(scene.login().await, denied("CERTIFICATE_HELD"));
    let lifted = scene.stapled(CertStatus::Good, Duration::from_secs(1)).await;
    assert_eq!(said(&lifted), allowed());
    assert_eq!(scene.login().await, allowed());
}

#[tokio::test]
async fn held_staples_one_after_another_are_one_write_an_hour() {
    let scene = Scene::new().await;
    scene.stapled(scene.answer_held(), Duration::ZERO).await;
    let entries = async || scene.world.store.all(LedgerKind::State).await.len();
    let before = entries().await;
    for _ in 0..3 {
        scene.world.clock.move_on(Duration::from_secs(60));
        scene.stapled(scene.answer_held(), Duration::ZERO).await;
    }
    assert_eq!(entries().await, before);
}
