use super::{
    Desk,
    desk::{open, terms},
};
use crate::support::{PACK, caller};
use simbind_core::ticket::{Code, CodeKind, Locator, State, TicketRefused, Variant};
use simbind_service::{
    ServiceError,
    ticket::{CounterTerms, Deed, PhoneSecret, ShownOrTyped, Speaker},
};
use std::time::Duration;

/// The right locator with a wrong secret.
fn guess(desk: &Desk, number: u8) -> ShownOrTyped {
    let locator = desk.opened.ticket.locator;
    let code = |kind| Code::new(kind, locator, &[number; 16]);
    match desk.opened.ticket.variant {
        Variant::TwoCodes => ShownOrTyped::Typed {
            access: code(CodeKind::Access),
            password: Some(code(CodeKind::Password)),
        },
        Variant::OneCode => {
            ShownOrTyped::Typed { access: code(CodeKind::AccessAlone), password: None }
        }
        Variant::Terminal => ShownOrTyped::Shown(code(CodeKind::Shown)),
    }
}

#[tokio::test]
async fn wrong_codes_lock_a_ticket_over_restarts_until_the_clerk_gives_new_ones() {
    for variant in Variant::ALL {
        let mut desk = Desk::of(variant).await;
        for number in 0..5 {
            let request = format!("try-{number}");
            let tried = desk.join_with(&request, guess(&desk, number), &desk.secret).await;
            assert!(matches!(tried, Err(ServiceError::NotFound(_))), "{variant:?} {number}");
        }
        desk.engine = desk.world.restarted(PACK).await;
        let right = desk.join_with("j-1", desk.good_code().await, &desk.secret).await;
        let told = right.unwrap_err().to_string();
        assert!(told.contains("too many wrong codes"), "{variant:?}: {told}");
        let request = "recode-1".parse().unwrap();
        desk.opened = desk.engine.recode_ticket(&desk.terminal, request, desk.id()).await.unwrap();
        desk.join_with("j-2", desk.good_code().await, &desk.secret).await.unwrap();
    }
}

#[tokio::test]
async fn one_code_of_two_is_none() {
    let desk = Desk::of(Variant::TwoCodes).await;
    let codes = desk.opened.codes.clone().unwrap();
    let other = |kind| Code::new(kind, desk.opened.ticket.locator, &[9; 16]);
    let table = [
        (codes.access.clone(), None),
        (codes.access.clone(), Some(other(CodeKind::Password))),
        (other(CodeKind::Access), codes.password.clone()),
    ];
    for (place, (access, password)) in table.into_iter().enumerate() {
        let tried = ShownOrTyped::Typed { access, password };
        let request = format!("try-{place}");
        // The same try once more, as after a lost reply, is counted once.
        desk.join_with(&request, tried.clone(), &desk.secret).await.unwrap_err();
        let tried = desk.join_with(&request, tried, &desk.secret).await;
        assert!(matches!(tried, Err(ServiceError::NotFound(_))), "{tried:?}");
    }
    assert_eq!(desk.ticket().await.wrong_codes, 3);
    desk.join().await;
}

#[tokio::test]
async fn what_the_terminal_shows_opens_no_ticket_of_another_variant_and_ends_soon() {
    let desk = Desk::of(Variant::OneCode).await;
    let shown = desk.engine.show_code(&desk.terminal, desk.id()).await.unwrap();
    let tried = desk.join_with("t", ShownOrTyped::Shown(shown.code), &desk.secret).await;
    assert!(matches!(tried, Err(ServiceError::NotFound(_))));

    let desk = Desk::of(Variant::Terminal).await;
    let shown = desk.engine.show_code(&desk.terminal, desk.id()).await.unwrap();
    let left = shown.expires_at.since(desk.engine.now());
    assert!((60..=120).contains(&left.as_secs()), "{left:?}");
    desk.world.clock.move_on(left);
    let late = ShownOrTyped::Shown(shown.code.clone());
    let tried = desk.join_with("t-2", late, &desk.secret).await;
    assert!(matches!(tried, Err(ServiceError::NotFound(_))));
    desk.join().await;
}

#[tokio::test]
async fn a_code_is_one_phones_alone_and_new_ones_end_the_old() {
    let desk = Desk::of(Variant::OneCode).await;
    let (code, other) = (desk.good_code().await, PhoneSecret::new([7; 32]));
    // The one who saw the code was quicker: the person is told, and the clerk gives another.
    desk.join_with("theirs", code.clone(), &other).await.unwrap();
    let told = desk.join_with("ours", code.clone(), &desk.secret).await.unwrap_err();
    assert_eq!(told, ServiceError::from(TicketRefused::OtherPhone));
    let request = "recode-1".parse().unwrap();
    let opened = desk.engine.recode_ticket(&desk.terminal, request, desk.id()).await.unwrap();
    let old = desk.join_with("theirs-2", code, &other).await;
    assert!(matches!(old, Err(ServiceError::NotFound(_))), "{old:?}");
    let thief = Speaker::Phone { through: caller("app"), secret: other };
    let step = desk.step(&thief, "load-1", Deed::Loaded).await;
    assert_eq!(step.unwrap_err(), ServiceError::NotFound("ticket"));
    let codes = opened.codes.unwrap();
    let typed = ShownOrTyped::Typed { access: codes.access, password: None };
    desk.join_with("ours-2", typed, &desk.secret).await.unwrap();
}

#[tokio::test]
async fn an_office_takes_no_codes_after_too_many_wrong_ones_until_the_hour_is_over() {
    let terms = CounterTerms { office_wrong_codes: 4, ..terms(Variant::OneCode) };
    let desk = Desk::open(terms).await;
    let other = open(&desk.engine, &desk.terminal, "open-2", "person-2").await.unwrap();
    for number in 0..4 {
        let locator =
            if number % 2 == 0 { other.ticket.locator } else { desk.opened.ticket.locator };
        let access = Code::new(CodeKind::AccessAlone, locator, &[number; 16]);
        let tried = ShownOrTyped::Typed { access, password: None };
        let request = format!("try-{number}");
        assert!(desk.join_with(&request, tried, &desk.secret).await.is_err());
    }
    let right = desk.join_with("j-1", desk.good_code().await, &desk.secret).await;
    let Err(ServiceError::Busy { retry_after }) = right else { panic!("{right:?}") };
    desk.world.clock.move_on(retry_after);
    desk.join().await;
}

#[tokio::test]
async fn an_unknown_locator_is_answered_as_a_wrong_code_is() {
    let desk = Desk::of(Variant::OneCode).await;
    let access = Code::new(CodeKind::AccessAlone, Locator::from_random([9; 4]), &[1; 16]);
    let unknown = ShownOrTyped::Typed { access, password: None };
    let unknown = desk.join_with("t-1", unknown, &desk.secret).await.unwrap_err();
    let wrong = desk.join_with("t-2", guess(&desk, 1), &desk.secret).await.unwrap_err();
    assert_eq!(unknown, wrong);
}

#[tokio::test]
async fn codes_are_given_again_for_the_same_request_until_a_phone_has_joined() {
    let desk = Desk::of(Variant::TwoCodes).await;
    let again = open(&desk.engine, &desk.terminal, "open-1", "person-1").await.unwrap();
    let first = desk.opened.codes.clone().unwrap();
    assert!(again.codes.unwrap().access.matches(&first.access));
    assert_eq!(again.ticket.id, desk.id());
    let other = open(&desk.engine, &desk.terminal, "open-1", "person-2").await;
    assert!(matches!(other, Err(ServiceError::Exists(_))));
    desk.join().await;
    let later = open(&desk.engine, &desk.terminal, "open-1", "person-1").await.unwrap();
    assert!(later.codes.is_none());
    assert_eq!(later.ticket.state_at(desk.engine.now()), State::Open);
    desk.world.clock.move_on(Duration::from_secs(1));
}

#[tokio::test]
async fn an_iphones_certificate_needs_the_code_that_its_own_terminal_shows() {
    let mut desk = Desk::of(Variant::OneCode).await;
    desk.person = crate::support::Person::new(&desk.world.authority, 1).with_iphone();
    for step in 0..3 {
        desk.take(step).await.unwrap();
    }
    let other = open(&desk.engine, &desk.terminal, "open-2", "person-2").await.unwrap();
    let elsewhere = desk.engine.show_code(&desk.terminal, other.ticket.id).await.unwrap();
    let written =
        |shown| simbind_service::ticket::CertificateRequest { shown, ..desk.certificate() };
    let phone = desk.on_phone();
    let borrowed = Deed::Certificate(written(Some(elsewhere.code)));
    let told = desk.step(&phone, "w-1", borrowed).await.unwrap_err().to_string();
    assert!(told.contains("certificate.shown_code"), "{told}");
    let without = desk.step(&phone, "w-2", Deed::Certificate(written(None))).await;
    assert!(matches!(without, Err(ServiceError::Invalid { .. })), "{without:?}");
    desk.take(3).await.unwrap();
}
