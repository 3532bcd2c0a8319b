use super::{Desk, desk::terms};
use crate::support::{PACK, Person, Phone, caller};
use simbind_core::{
    binding::{Longest, Place, State as BindingState},
    line::EventKind,
    ticket::{State, Variant},
};
use simbind_rules::{Fact, Verdict};
use simbind_service::{
    ServiceError,
    check::HandsetWord,
    ticket::{Deed, TerminalTerms},
};
use std::time::Duration;

fn refused(error: &ServiceError, why: &str) {
    let told = error.to_string();
    assert!(matches!(error, ServiceError::Refused(_)) && told.contains(why), "{told}");
}

#[tokio::test]
async fn each_variant_goes_from_the_identity_check_to_a_login() {
    for variant in Variant::ALL {
        let desk = Desk::of(variant).await;
        for step in 0..Desk::STEPS {
            desk.take(step).await.unwrap();
        }
        let ticket = desk.ticket().await;
        assert_eq!(ticket.progress.state, State::Activated, "{variant:?}");
        let standing = desk.engine.binding(ticket.binding).await.unwrap();
        assert_eq!(standing.binding.state, BindingState::Active);
        assert_eq!(standing.binding.person, desk.opened.ticket.person);
        let decided = desk.person.check(&desk.engine, "login-1").await;
        assert_eq!(decided.verdict, Verdict::Allow, "{variant:?}");
    }
}

#[tokio::test]
async fn an_iphone_writes_by_a_code_that_it_read_and_asserts() {
    let mut desk = Desk::of(Variant::Terminal).await;
    desk.person = Person::new(&desk.world.authority, 1).with_iphone();
    for step in 0..Desk::STEPS {
        desk.take(step).await.unwrap();
    }
    let decided = desk.person.check(&desk.engine, "login-1").await;
    assert_eq!(decided.verdict, Verdict::Allow);
    let receipt = desk.engine.app_attest_receipt(desk.ticket().await.binding, 0).await.unwrap();
    assert_eq!(receipt.as_ref(), Some(&desk.person.iphone().receipt));
}

#[tokio::test]
async fn a_binding_is_pending_until_it_is_proved_and_denied_before() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let ticket = desk.ticket().await;
    let pending = desk.engine.binding(ticket.binding).await.unwrap();
    assert_eq!(pending.binding.state, BindingState::Pending);
    let decided = desk.person.check(&desk.engine, "login-1").await;
    assert_eq!(decided.verdict, Verdict::Deny);
    desk.activate("activate-1").await.unwrap();
    let decided = desk.person.check(&desk.engine, "login-2").await;
    assert_eq!(decided.verdict, Verdict::Allow);
}

#[tokio::test]
async fn each_step_can_be_repeated_and_a_restart_may_come_between_any_two() {
    for variant in Variant::ALL {
        let mut desk = Desk::of(variant).await;
        for step in 0..Desk::STEPS {
            desk.take(step).await.unwrap();
            desk.engine = desk.world.restarted(PACK).await;
            let before = desk.ticket().await;
            if step < Desk::STEPS - 1 {
                desk.take(step).await.unwrap();
            } else {
                // The ticket gives no challenge any more; the same request needs none.
                let proof = simbind_service::proof::KeysProof {
                    challenge: vec![1],
                    signature: desk.person.signs(b""),
                    handset: HandsetWord::Nothing,
                };
                desk.activate_with("activate-1", &proof).await.unwrap();
            }
            assert_eq!(desk.ticket().await, before, "{variant:?}, step {step}");
        }
        assert_eq!(desk.ticket().await.progress.state, State::Activated);
    }
}

#[tokio::test]
async fn nothing_is_activated_while_a_step_is_missing() {
    for missing in [2, 3, 4, 5] {
        let desk = Desk::of(Variant::OneCode).await;
        for step in (0..Desk::STEPS - 1).filter(|step| *step != missing) {
            let _ = desk.take(step).await;
        }
        let error = desk.activate("activate-1").await.unwrap_err();
        refused(&error, "first");
    }
}

#[tokio::test]
async fn what_does_not_belong_together_is_not_activated() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let good = desk.proof().await;
    let message = desk.message(&good.challenge, desk.person.iccid);
    let stranger = Person::new(&desk.world.authority, 2);
    let elsewhere = desk.message(&good.challenge, stranger.iccid);
    let table = [
        ("signature", stranger.signs(&message), good.handset.clone()),
        ("signature", desk.person.signs(&elsewhere), good.handset.clone()),
        ("handset_signature", good.signature.clone(), Phone::attested(1).prove(&message)),
        ("handset_signature", good.signature.clone(), desk.person.phone.prove(&elsewhere)),
        ("handset", good.signature.clone(), HandsetWord::Nothing),
        ("handset", good.signature.clone(), HandsetWord::Assertion(vec![1])),
    ];
    for (place, (field, signature, handset)) in table.into_iter().enumerate() {
        let challenge = good.challenge.clone();
        let proof = simbind_service::proof::KeysProof { challenge, signature, handset };
        let error = desk.activate_with(&format!("bad-{place}"), &proof).await.unwrap_err();
        assert!(
            matches!(&error, ServiceError::Invalid { field: named, .. } if *named == field),
            "{place}: {error}"
        );
    }
    desk.activate_with("activate-1", &good).await.unwrap();
}

#[tokio::test]
async fn a_challenge_of_another_ticket_or_an_old_one_proves_nothing() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let proof = desk.proof().await;
    let other = desk.engine.enrolment_challenge().unwrap().bytes.to_vec();
    let message = desk.message(&other, desk.person.iccid);
    let borrowed = simbind_service::proof::KeysProof {
        signature: desk.person.signs(&message),
        handset: desk.person.phone.prove(&message),
        challenge: other,
    };
    let error = desk.activate_with("a-1", &borrowed).await.unwrap_err();
    assert!(error.to_string().contains("was not issued for this"), "{error}");
    desk.world.clock.move_on(Duration::from_secs(3601));
    let error = desk.activate_with("a-2", &proof).await.unwrap_err();
    assert!(error.to_string().contains("has ended"), "{error}");
    desk.activate("a-3").await.unwrap();
}

#[tokio::test]
async fn an_attestation_for_another_challenge_is_none_for_a_ticket() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.join().await;
    let elsewhere = desk.person.phone.request(&desk.engine, &desk.world.authority);
    let error = desk.step(&desk.on_phone(), "h-1", Deed::Handset(elsewhere)).await.unwrap_err();
    assert!(error.to_string().contains("was not issued for this"), "{error}");
}

#[tokio::test]
async fn a_sim_that_its_carrier_replaced_between_the_steps_is_not_activated() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    desk.world.clock.move_on(Duration::from_secs(120));
    let reissued =
        EventKind::SimReissued { new_iccid: None, cause: simbind_core::line::ReissueCause::Lost };
    desk.world.tell("e-1", &desk.person, reissued).await.unwrap();
    let error = desk.activate("activate-1").await.unwrap_err();
    assert!(matches!(error, ServiceError::Refused(_)), "{error}");
    assert_eq!(desk.ticket().await.progress.state, State::Open);
    // The clerk sees the SIM again: it is the one that the line has now.
    desk.world.clock.move_on(Duration::from_secs(120));
    desk.step(&desk.at_terminal(), "sim-2", desk.sim()).await.unwrap();
    desk.activate("activate-2").await.unwrap();
}

#[tokio::test]
async fn a_sim_that_its_carrier_replaced_in_the_instant_in_which_it_was_seen_is_not_activated() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let cause = simbind_core::line::ReissueCause::Lost;
    let reissued = EventKind::SimReissued { new_iccid: None, cause };
    desk.world.tell("e-1", &desk.person, reissued).await.unwrap();
    let error = desk.activate("activate-1").await.unwrap_err();
    assert!(matches!(error, ServiceError::Refused(_)), "{error}");
}

#[tokio::test]
async fn where_a_person_was_identified_is_a_fact_of_the_binding() {
    let mut counter = terms(Variant::OneCode);
    let home = TerminalTerms { office: None, place: Place::HomeCard };
    counter.terminals.insert(caller("terminal-1"), home);
    let desk = Desk::open(counter).await;
    for step in 0..Desk::STEPS {
        desk.take(step).await.unwrap();
    }
    let decided = desk.person.check(&desk.engine, "login-1").await;
    let facts = simbind_rules::Facts::from_bytes(&decided.facts).unwrap();
    let told = facts.text(Fact::BindingIdentified);
    assert_eq!(told.as_deref(), Some("home_card"));
    let other = Person::new(&desk.world.authority, 2);
    let enrolled = other.enrol(&desk.world).await.unwrap();
    assert_eq!(enrolled.binding.identified.place, Place::Counter);
}

#[tokio::test]
async fn another_sim_takes_back_what_was_bound_and_the_steps_on_it_are_done_anew() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let first = desk.ticket().await.binding;
    let mut sim = desk.person.asked(&desk.engine, &desk.world.authority).sim;
    sim.iccid = Person::new(&desk.world.authority, 7).iccid;
    desk.step(&desk.at_terminal(), "sim-2", Deed::Sim(sim)).await.unwrap();
    let ended = desk.engine.binding(first).await.unwrap();
    assert!(matches!(ended.binding.state, BindingState::Ended { .. }));
    refused(&desk.activate("activate-1").await.unwrap_err(), "first");
    desk.step(&desk.at_terminal(), "sim-3", desk.sim()).await.unwrap();
    for (speaker, request, deed) in [
        (desk.on_phone(), "load-2", Deed::Loaded),
        (desk.at_terminal(), "write-2", Deed::Certificate(desk.certificate())),
        (desk.on_phone(), "pin-2", Deed::PinSet),
    ] {
        desk.step(&speaker, request, deed).await.unwrap();
    }
    let activated = desk.activate("activate-2").await.unwrap();
    assert_ne!(activated.standing.binding.id, first);
    assert_eq!(activated.standing.binding.state, BindingState::Active);
}

#[tokio::test]
async fn a_certificate_that_is_bound_already_is_not_bound_by_a_ticket() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.person.enrol(&desk.world).await.unwrap();
    for step in 0..5 {
        desk.take(step).await.unwrap();
    }
    let error = desk.take(5).await.unwrap_err();
    assert!(matches!(error, ServiceError::Exists(_)), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_valid_for_too_long_is_not_written_by_a_ticket() {
    let day = Duration::from_secs(86_400);
    let desk = Desk::with(|bounds| bounds.certificate_validity = Longest::For(day)).await;
    for step in 0..3 {
        desk.take(step).await.unwrap();
    }
    let error = desk.take(3).await.unwrap_err();
    let named = matches!(&error, ServiceError::Invalid { field, .. } if field == "certificate.certificate_chain");
    assert!(named, "{error}");
}
