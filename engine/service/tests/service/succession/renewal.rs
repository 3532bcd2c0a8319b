use super::{next, renew, renewal, verdict};
use crate::support::{PACK, Person, Phone, World, caller};
use simbind_core::{
    binding::{CardEnd, End, LifecycleReason as Why, Longest, State},
    ids::BindingId,
};
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError,
    pin::{PinReport, Witness},
    ports::store::LedgerKind,
    succession::{Lister, RenewalCursor},
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn renewed(world: &World) -> (Person, BindingId, Person, BindingId) {
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(world).await.unwrap().binding.id;
    let next = next(world, &person, 2);
    world.clock.move_on(DAY);
    let new = renew(world, "renew-1", renewal(old, &next)).await.unwrap().binding.id;
    (person, old, next, new)
}

#[tokio::test]
async fn old_and_new_are_let_in_for_the_overlap_and_then_the_new_one_alone() {
    let world = World::new().await;
    let (mut person, old, mut next, new) = renewed(&world).await;
    let both = async |person: &mut Person, next: &mut Person, at: &str| {
        let with_old = verdict(&world, person, &format!("old-{at}")).await;
        std::mem::swap(&mut person.phone, &mut next.phone);
        let with_new = verdict(&world, next, &format!("new-{at}")).await;
        std::mem::swap(&mut person.phone, &mut next.phone);
        (with_old, with_new.0)
    };
    let ((first, _), second) = both(&mut person, &mut next, "1").await;
    assert_eq!((first, second), (Verdict::Allow, Verdict::Allow));
    assert_eq!(world.engine.sweep().await.unwrap(), 0, "nothing is over");
    world.clock.move_on(30 * DAY);
    let (first, second) = both(&mut person, &mut next, "2").await;
    assert_eq!(first, (Verdict::Deny, "BINDING_SUPERSEDED".into()));
    assert_eq!(second, Verdict::Allow);
    assert_eq!(world.engine.binding(old).await.unwrap().binding.state, State::Active, "stored");
    assert_eq!(world.engine.sweep().await.unwrap(), 1);
    assert_eq!(world.engine.sweep().await.unwrap(), 0);
    let swept = world.engine.binding(old).await.unwrap().binding;
    assert_eq!(swept.state, State::Ended { end: End::Superseded, why: Why::Renewed });
    let new = world.engine.binding(new).await.unwrap().binding;
    assert_eq!((new.state, new.succeeds), (State::Active, Some(old)));
}

#[tokio::test]
async fn the_same_renewal_again_gives_the_same_binding_also_after_a_restart() {
    let world = World::new().await;
    let (_, old, next, new) = renewed(&world).await;
    let written = world.store.all(LedgerKind::State).await.len();
    let again = renew(&world, "renew-1", renewal(old, &next)).await.unwrap().binding.id;
    assert_eq!((again, world.store.all(LedgerKind::State).await.len()), (new, written));
    let restarted = world.restarted(PACK).await;
    let request = "renew-1".parse().unwrap();
    let by = caller("counter");
    let again = restarted.renew(&by, &request, renewal(old, &next)).await.unwrap();
    assert_eq!(again.binding.id, new);
    let other = Person::new(&world.authority, 3);
    let used = renew(&world, "renew-1", renewal(old, &other)).await;
    assert!(matches!(used, Err(ServiceError::Exists(_))), "{used:?}");
    let twice = renew(&world, "renew-2", renewal(old, &other)).await;
    assert!(matches!(twice, Err(ServiceError::Refused(_))), "{twice:?}");
}

#[tokio::test]
async fn renewals_of_one_binding_at_once_make_one_successor() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let (two, three) = (next(&world, &person, 2), next(&world, &person, 3));
    let (one, other) = tokio::join!(
        renew(&world, "r1", renewal(old, &two)),
        renew(&world, "r2", renewal(old, &three))
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
}

#[tokio::test]
async fn a_renewal_launders_no_latch() {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let own = std::mem::replace(&mut person.phone, Phone::plain(66));
    assert_eq!(verdict(&world, &person, "c1").await.0, Verdict::Deny, "a foreign handset");
    let mut next = next(&world, &person, 2);
    renew(&world, "renew-1", renewal(old, &next)).await.unwrap();
    next.phone = own;
    assert_eq!(verdict(&world, &next, "c2").await, (Verdict::Deny, "HANDSET_MISMATCH".into()));
}

#[tokio::test]
async fn two_certificates_side_by_side_have_one_pin_and_its_lock_is_on_both() {
    let world = World::new().await;
    let (mut person, _, mut next, _) = renewed(&world).await;
    let wrong = async |person: &Person, number: &str| {
        let (by, request) = (caller("counter"), number.parse().unwrap());
        let (witness, report) = (Witness::Counter, PinReport::Wrong(1));
        world.engine.report_pin(&by, witness, &request, person.certificate(), report).await
    };
    assert_eq!(wrong(&person, "1").await, Ok(1));
    assert_eq!(wrong(&next, "2").await, Ok(2));
    assert_eq!(wrong(&person, "3").await, Ok(3));
    assert_eq!(verdict(&world, &person, "c1").await.1, "PIN_LOCKED");
    std::mem::swap(&mut person.phone, &mut next.phone);
    assert_eq!(verdict(&world, &next, "c2").await.1, "PIN_LOCKED");
    // What was superseded has no share in it.
    world.clock.move_on(30 * DAY);
    assert_eq!(wrong(&next, "4").await, Ok(4));
    assert_eq!(wrong(&person, "5").await, Ok(4));
    assert_eq!(wrong(&person, "6").await, Ok(5));
    assert_eq!(wrong(&next, "7").await, Ok(5));
}

#[tokio::test]
async fn what_holds_one_of_an_overlap_holds_both_and_what_is_held_is_not_renewed() {
    let world = World::new().await;
    let (_, old, _, new) = renewed(&world).await;
    let by = caller("counter");
    let state = async |id| world.engine.binding(id).await.unwrap().binding.state;
    world.engine.hold(&by, old, Why::Stolen).await.unwrap();
    assert_eq!(
        (state(old).await, state(new).await),
        (State::held(Why::Stolen), State::held(Why::Stolen))
    );
    let third = Person::new(&world.authority, 3);
    let refused = renew(&world, "renew-3", renewal(new, &third)).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
    world.engine.revoke(&by, new, Why::Owner).await.unwrap();
    assert!(matches!(state(old).await, State::Ended { .. }));
}

#[tokio::test]
async fn what_releases_one_of_an_overlap_releases_both_in_one_entry() {
    let two = format!("{PACK}\n[life]\nrelease_persons = 2\n");
    let world = World::with(&two, |_| {}).await;
    let (_, old, _, new) = renewed(&world).await;
    let engine = &world.engine;
    let (desk, second) = (caller("desk"), caller("second"));
    let states = async || {
        let state = async |id| engine.binding(id).await.unwrap().binding.state;
        (state(old).await, state(new).await)
    };
    engine.hold(&desk, old, Why::Stolen).await.unwrap();
    let held = (State::held(Why::Stolen), State::held(Why::Stolen));
    let early = engine.release(&desk, new).await;
    assert!(matches!(early, Err(ServiceError::NotYet { .. })), "{early:?}");
    world.clock.move_on(2 * DAY);
    let written = world.store.all(LedgerKind::State).await.len();
    engine.release(&desk, new).await.unwrap();
    assert_eq!(states().await, held, "it takes two");
    engine.confirm_release(&desk, old).await.unwrap_err();
    engine.confirm_release(&second, old).await.unwrap();
    assert_eq!(states().await, (State::Active, State::Active));
    engine.confirm_release(&second, new).await.unwrap();
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written + 2, "asked, and lifted");
    // A key that may be copied is one certificate's: the other one's release leaves it held.
    engine.hold(&desk, old, Why::CounterRegressed).await.unwrap();
    engine.release(&desk, new).await.unwrap();
    assert_eq!(states().await, (State::held(Why::CounterRegressed), State::Active));
}

#[tokio::test]
async fn a_locked_pin_stays_locked_over_a_renewal() {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    assert_eq!(verdict(&world, &person, "c1").await.0, Verdict::Allow);
    let (bank, request) = (caller("bank"), "wrong-1".parse().unwrap());
    let wrong = PinReport::Wrong(3);
    let certificate = person.certificate();
    let engine = &world.engine;
    engine.report_pin(&bank, Witness::Party, &request, certificate, wrong).await.unwrap();
    let mut next = next(&world, &person, 2);
    renew(&world, "renew-1", renewal(old, &next)).await.unwrap();
    let locked = (Verdict::Deny, "PIN_LOCKED".into());
    assert_eq!(verdict(&world, &person, "c2").await, locked);
    std::mem::swap(&mut person.phone, &mut next.phone);
    assert_eq!(verdict(&world, &next, "c3").await, locked);
}

#[tokio::test]
async fn a_clerk_who_ends_the_old_certificate_leaves_the_new_one() {
    let world = World::new().await;
    let (_, old, _, new) = renewed(&world).await;
    world.engine.revoke(&caller("counter"), old, Why::Clerical).await.unwrap();
    assert_eq!(world.engine.binding(new).await.unwrap().binding.state, State::Active);
}

#[tokio::test]
async fn certificates_that_end_soon_are_listed_by_their_end_and_those_with_a_successor_are_not() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for serial in 1..=3 {
        let person = Person::new(&world.authority, serial);
        ids.push(person.enrol(&world).await.unwrap().binding.id);
    }
    ids.sort_unstable();
    let list = async |after, rows| world.engine.renewals(Lister::Desk, after, rows).await.unwrap();
    assert_eq!(list(None, 10).await, (vec![], None), "years before the end");
    // 2034-11-01: all end with 2034, within 90 days.
    world.clock.move_on(2953 * DAY);
    let (page, next_page) = list(None, 2).await;
    let found: Vec<_> = page.iter().map(|due| due.binding).collect();
    assert_eq!(found, ids[..2]);
    let cursor = next_page.unwrap();
    assert_eq!(cursor, RenewalCursor { ends: page[1].ends, binding: ids[1] });
    let (rest, end) = list(Some(cursor), 2).await;
    assert_eq!((rest[0].binding, rest.len(), end), (ids[2], 1, None));
    let next = Person::new(&world.authority, 9);
    renew(&world, "renew-1", renewal(ids[0], &next)).await.unwrap();
    let (page, _) = list(None, 10).await;
    assert!(page.iter().all(|due| due.binding != ids[0]), "{page:?}");
    assert_eq!(page.len(), 3, "the new certificate of this test ends as soon");
    let issuer = caller("issuer");
    let own = world.engine.renewals(Lister::Issuer(&issuer), None, 10).await.unwrap().0;
    assert_eq!(own.len(), 3);
    let stranger = caller("another-issuer");
    let none = world.engine.renewals(Lister::Issuer(&stranger), None, 10).await.unwrap().0;
    assert_eq!(none, vec![]);
    // Past their end they are over, and the sweep says so.
    world.clock.move_on(90 * DAY);
    assert_eq!(list(None, 10).await.0, vec![]);
    assert_eq!(world.engine.sweep().await.unwrap(), 4);
    let swept = world.engine.binding(ids[2]).await.unwrap().binding.state;
    assert_eq!(swept, State::Ended { end: End::Expired, why: Why::Time });
}

#[tokio::test]
async fn a_certificate_that_is_valid_for_too_long_or_past_the_card_is_not_bound() {
    let years = 14 * 366 * DAY;
    let world = World::with(PACK, |bounds| bounds.certificate_validity = Longest::For(years)).await;
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let next = next(&world, &person, 2);
    let ends = world.engine.binding(old).await.unwrap().binding.certificate.not_after;
    let mut asked = renewal(old, &next);
    asked.card_ends = CardEnd::At(ends.minus(DAY));
    let refused = renew(&world, "renew-1", asked.clone()).await;
    let named = |refused: &Result<_, ServiceError>| matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == "certificate_chain");
    assert!(named(&refused.map(|_| ())));
    asked.card_ends = CardEnd::At(ends);
    let new = renew(&world, "renew-2", asked).await.unwrap().binding;
    assert_eq!(new.card_ends, CardEnd::At(ends));
    let short = World::with(PACK, |bounds| bounds.certificate_validity = Longest::For(DAY)).await;
    let refused = Person::new(&short.authority, 1).enrol(&short).await;
    assert!(named(&refused.map(|_| ())));
}
