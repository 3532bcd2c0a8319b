use super::{
    Desk,
    desk::{open, terms},
};
use crate::support::{PACK, caller};
use simbind_core::{
    binding::{End, LifecycleReason, State as BindingState},
    line::{EventKind, SuspensionCause},
    ticket::{Ender, State, Variant},
};
use simbind_service::{
    ServiceError,
    ingest::{Message, Tidings},
    ticket::{CounterTerms, Deed, OfficeTerms, QueueFor, Speaker, TerminalTerms},
};
use std::time::Duration;

fn stands(office: &str) -> TerminalTerms {
    TerminalTerms {
        office: Some(office.parse().unwrap()),
        place: simbind_core::binding::Place::Counter,
    }
}

/// Terminals 1 and 2 of the ward, 3 of its branch, 4 of another town.
fn offices() -> CounterTerms {
    let mut terms = terms(Variant::OneCode);
    let places = [("terminal-1", "ward"), ("terminal-2", "ward"), ("terminal-3", "branch")];
    for (name, office) in places.into_iter().chain([("terminal-4", "town")]) {
        terms.terminals.insert(caller(name), stands(office));
    }
    let ward = OfficeTerms { variant: None, resumed_by: ["branch".parse().unwrap()].into() };
    terms.offices.insert("ward".parse().unwrap(), ward);
    terms
}

#[tokio::test]
async fn a_ticket_goes_on_at_another_terminal_of_its_office_or_where_configuration_allows() {
    let mut desk = Desk::open(offices()).await;
    desk.join().await;
    for (name, may) in [("terminal-2", true), ("terminal-3", true), ("terminal-4", false)] {
        let terminal = desk.engine.terminal(&caller(name)).unwrap();
        let early = desk.step(&Speaker::Terminal(terminal.clone()), "sim-0", desk.sim()).await;
        assert!(early.is_err(), "{name} has not resumed it");
        let request = format!("resume-{name}").parse().unwrap();
        let resumed = desk.engine.resume_ticket(&terminal, request, desk.id()).await;
        assert_eq!(resumed.is_ok(), may, "{name}: {resumed:?}");
        let seen = desk.engine.ticket(desk.id(), Some(&terminal)).await;
        assert_eq!(seen.is_ok(), may, "{name}");
    }
    let first = desk.step(&desk.at_terminal(), "sim-1", desk.sim()).await.unwrap_err();
    assert!(first.to_string().contains("another terminal"), "{first}");
    desk.terminal = desk.engine.terminal(&caller("terminal-3")).unwrap();
    for step in 0..Desk::STEPS {
        desk.take(step).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_ends_by_itself_and_its_pending_binding_with_it() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.all_but_activated().await;
    let proof = desk.proof().await;
    desk.world.clock.move_on(Duration::from_secs(24 * 3600));
    // Reading it is enough; the sweep only tidies up.
    let error = desk.activate_with("a-1", &proof).await.unwrap_err();
    assert!(error.to_string().contains("expired"), "{error}");
    let ticket = desk.ticket().await;
    assert_eq!(ticket.state_at(desk.engine.now()), State::Expired);
    assert_eq!(desk.engine.end_overdue_tickets(10).await.unwrap(), 1);
    assert_eq!(desk.engine.end_overdue_tickets(10).await.unwrap(), 0);
    let binding = desk.engine.binding(ticket.binding).await.unwrap().binding;
    assert!(matches!(binding.state, BindingState::Ended { .. }), "{:?}", binding.state);
    // The certificate is free again.
    desk.person.enrol(&desk.world).await.unwrap();
}

#[tokio::test]
async fn what_the_line_held_or_ended_goes_with_its_ticket_and_no_correction_brings_it_back() {
    let lost = EventKind::LineSuspended { cause: SuspensionCause::Lost };
    for kind in [lost, EventKind::ContractEnded] {
        let desk = Desk::of(Variant::OneCode).await;
        desk.all_but_activated().await;
        let pending = desk.ticket().await.binding;
        desk.world.clock.move_on(Duration::from_secs(60));
        desk.world.tell("e-1", &desk.person, kind.clone()).await.unwrap();
        let give_up = "g-1".parse().unwrap();
        desk.engine.give_up_ticket(&desk.at_terminal(), give_up, desk.id()).await.unwrap();
        let told = desk.world.message("docomo", "e-2", &desk.person, kind);
        let corrected = "e-1".parse().unwrap();
        let taken_back = Message { tidings: Tidings::Correction { corrected }, ..told };
        desk.engine.ingest(&taken_back).await.unwrap();
        let binding = desk.engine.binding(pending).await.unwrap().binding;
        let why = LifecycleReason::GivenUp;
        assert_eq!(binding.state, BindingState::Ended { end: End::Revoked, why });
        assert_eq!(binding.held, None, "what is over is not on hold");
    }
}

#[tokio::test]
async fn the_sweep_is_bounded_and_ends_only_what_is_overdue() {
    let desk = Desk::of(Variant::OneCode).await;
    for number in 2..6 {
        desk.world.clock.move_on(Duration::from_secs(1));
        let request = format!("open-{number}");
        open(&desk.engine, &desk.terminal, &request, &request).await.unwrap();
    }
    desk.world.clock.move_on(Duration::from_secs(24 * 3600 - 2));
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended.push(desk.engine.end_overdue_tickets(2).await.unwrap());
    }
    assert_eq!(ended, [2, 1, 0]);
}

#[tokio::test]
async fn clerk_and_person_give_a_ticket_up_and_it_takes_nothing_after() {
    for ender in [Ender::Clerk, Ender::Person] {
        let desk = Desk::of(Variant::OneCode).await;
        desk.all_but_activated().await;
        let speaker = match ender {
            Ender::Clerk => desk.at_terminal(),
            Ender::Person => desk.on_phone(),
        };
        let give_up = || desk.engine.give_up_ticket(&speaker, "g-1".parse().unwrap(), desk.id());
        let ticket = give_up().await.unwrap();
        assert_eq!(ticket.progress.state, State::GivenUp(ender));
        assert_eq!(give_up().await.unwrap(), ticket);
        let binding = desk.engine.binding(ticket.binding).await.unwrap().binding;
        assert!(matches!(binding.state, BindingState::Ended { .. }));
        let late = desk.step(&desk.on_phone(), "load-9", Deed::Loaded).await.unwrap_err();
        assert!(late.to_string().contains("given up"), "{late}");
        let join = desk.join_with("j-9", desk.good_code().await, &desk.secret).await;
        assert!(matches!(join, Err(ServiceError::NotFound(_))));
        desk.person.enrol(&desk.world).await.unwrap();
    }
}

#[tokio::test]
async fn steps_are_told_by_those_whose_they_are() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.join().await;
    let (terminal, phone) = (desk.at_terminal(), desk.on_phone());
    let table = [
        (&terminal, Deed::Loaded),
        (&terminal, Deed::PinSet),
        (&terminal, desk.handset().await),
        (&phone, desk.sim()),
        (&phone, Deed::Certificate(desk.certificate())),
    ];
    for (speaker, deed) in table {
        let told = desk.step(speaker, "r-1", deed).await;
        assert!(
            matches!(&told, Err(ServiceError::Invalid { field, .. }) if field == "step"),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn the_queue_shows_open_tickets_oldest_first_and_page_by_page() {
    let desk = Desk::open(offices()).await;
    for number in 2..6 {
        desk.world.clock.move_on(Duration::from_secs(60));
        let request = format!("open-{number}");
        open(&desk.engine, &desk.terminal, &request, &request).await.unwrap();
    }
    desk.engine
        .give_up_ticket(&desk.at_terminal(), "g-1".parse().unwrap(), desk.id())
        .await
        .unwrap();
    let whose = QueueFor::Terminal(desk.terminal.clone(), None);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = desk.engine.ticket_queue(&whose, after, 3).await.unwrap();
        seen.extend(page.tickets.iter().map(|ticket| ticket.opened_at));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 4);
    assert!(seen.is_sorted());
    let branch = desk.engine.terminal(&caller("terminal-3")).unwrap();
    let ward = Some("ward".parse().unwrap());
    let theirs = QueueFor::Terminal(branch, ward.clone());
    assert_eq!(desk.engine.ticket_queue(&theirs, None, 9).await.unwrap().tickets.len(), 4);
    let town = desk.engine.terminal(&caller("terminal-4")).unwrap();
    let refused = desk.engine.ticket_queue(&QueueFor::Terminal(town, ward), None, 9).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })));
}

#[tokio::test]
async fn an_office_has_a_bounded_number_of_open_tickets() {
    let terms = CounterTerms { open_tickets: 2, ..terms(Variant::OneCode) };
    let desk = Desk::open(terms).await;
    open(&desk.engine, &desk.terminal, "open-2", "person-2").await.unwrap();
    let full = open(&desk.engine, &desk.terminal, "open-3", "person-3").await;
    assert!(matches!(full, Err(ServiceError::Busy { .. })), "{full:?}");
    // Another office has room, and what ends makes room.
    let other = desk.engine.terminal(&caller("terminal-9")).unwrap();
    open(&desk.engine, &other, "open-1", "person-4").await.unwrap();
    let give_up = "g-1".parse().unwrap();
    desk.engine.give_up_ticket(&desk.at_terminal(), give_up, desk.id()).await.unwrap();
    open(&desk.engine, &desk.terminal, "open-3", "person-3").await.unwrap();
}

#[tokio::test]
async fn a_request_id_of_one_step_is_not_taken_for_another() {
    let desk = Desk::of(Variant::OneCode).await;
    desk.join().await;
    desk.step(&desk.on_phone(), "r-1", Deed::Loaded).await.unwrap();
    let other = desk.step(&desk.on_phone(), "r-1", Deed::PinSet).await;
    assert!(matches!(other, Err(ServiceError::Exists(_))), "{other:?}");
}

#[tokio::test]
async fn tickets_are_the_same_after_the_index_is_made_anew() {
    let desk = Desk::of(Variant::TwoCodes).await;
    desk.all_but_activated().await;
    let before = desk.ticket().await;
    let rebuilt = desk.world.restarted(PACK).await;
    assert_eq!(rebuilt.ticket(desk.id(), None).await.unwrap(), before);
}

#[tokio::test]
async fn nothing_of_a_person_or_a_code_is_in_debug() {
    let desk = Desk::of(Variant::TwoCodes).await;
    desk.all_but_activated().await;
    let told = format!("{:?} {:?} {:?}", desk.opened, desk.ticket().await, desk.secret);
    let codes = desk.opened.codes.as_ref().unwrap();
    for hidden in ["person-1", "check-1", &**codes.access.to_text(), "171, 171"] {
        assert!(!told.contains(hidden), "{hidden} in {told}");
    }
}
