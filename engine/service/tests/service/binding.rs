use crate::support::{PACK, Person, Phone, World, caller, imei};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::RequestId,
};
use simbind_service::{
    ServiceError,
    ledger::{BindingChange, StateEntry, decode_state},
    ports::store::LedgerKind,
};
use std::time::Duration;

#[tokio::test]
async fn the_same_enrolment_again_gives_the_same_binding_and_writes_nothing() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let asked = person.asked(&world.engine, &world.authority);
    let request: RequestId = "r1".parse().unwrap();
    let by = caller("counter");
    let first = world.engine.enrol(&by, &request, asked.clone()).await.unwrap();
    let written = world.store.all(LedgerKind::State).await.len();
    let again = world.engine.enrol(&by, &request, asked.clone()).await.unwrap();
    assert_eq!(first.binding, again.binding);
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    // The same number for another request, and another caller's request of the same number.
    let other = Person::new(&world.authority, 2).asked(&world.engine, &world.authority);
    let refused = world.engine.enrol(&by, &request, other.clone()).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Exists(_)), "{refused:?}");
    world.engine.enrol(&caller("counter-2"), &request, other).await.unwrap();
}

#[tokio::test]
async fn enrolments_of_one_request_at_once_make_one_binding() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let asked = person.asked(&world.engine, &world.authority);
    let (request, by) = ("r1".parse().unwrap(), caller("counter"));
    let enrol = || world.engine.enrol(&by, &request, asked.clone());
    let (one, two, three) = tokio::join!(enrol(), enrol(), enrol());
    let id = one.unwrap().binding.id;
    assert_eq!((two.unwrap().binding.id, three.unwrap().binding.id), (id, id));
}

#[tokio::test]
async fn a_live_certificate_is_bound_once_and_again_after_its_binding_ended() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let first = person.enrol(&world).await.unwrap().binding.id;
    let by = caller("counter");
    let again = |request: &str| {
        let asked = person.asked(&world.engine, &world.authority);
        let request: RequestId = request.parse().unwrap();
        let (engine, by) = (&world.engine, &by);
        async move { engine.enrol(by, &request, asked).await }
    };
    assert!(matches!(again("r2").await, Err(ServiceError::Exists(_))));
    world.engine.hold(&by, first, Why::Lost).await.unwrap();
    assert!(matches!(again("r3").await, Err(ServiceError::Exists(_))), "held is not over");
    world.engine.revoke(&by, first, Why::Owner).await.unwrap();
    let second = again("r4").await.unwrap().binding.id;
    assert_ne!(first, second);
    let (bindings, next) =
        world.engine.bindings_of(&person.name.parse().unwrap(), None, 10).await.unwrap();
    let mut ids: Vec<_> = bindings.iter().map(|standing| standing.binding.id).collect();
    ids.sort();
    assert_eq!((ids, next), (vec![first.min(second), first.max(second)], None));
}

#[tokio::test]
async fn a_binding_is_held_released_and_revoked_and_then_changes_no_more() {
    let world = World::new().await;
    let id = Person::new(&world.authority, 1).enrol(&world).await.unwrap().binding.id;
    let (engine, by) = (&world.engine, caller("counter"));
    let held = engine.hold(&by, id, Why::Lost).await.unwrap();
    assert_eq!(held.binding.state, State::held(Why::Lost));
    let written = world.store.all(LedgerKind::State).await.len();
    let again = engine.hold(&by, id, Why::Lost).await.unwrap();
    assert_eq!(again.binding, held.binding, "once more is the same");
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    let from = held.binding.held.unwrap().since.plus(Duration::from_secs(86_400));
    let early = engine.release(&by, id).await.unwrap_err();
    assert!(matches!(&early, ServiceError::NotYet { from: told, .. } if *told == from));
    world.clock.move_on(Duration::from_secs(86_400));
    let released = engine.release(&by, id).await.unwrap();
    assert_eq!(released.binding.state, State::Active);
    let again = engine.release(&by, id).await.unwrap();
    assert_eq!(again.version, released.version, "once more changes nothing");
    let ended = engine.revoke(&by, id, Why::Owner).await.unwrap();
    let again = engine.revoke(&by, id, Why::Owner).await.unwrap();
    assert_eq!(again.version, ended.version, "once more changes nothing");
    for ended in [
        engine.hold(&by, id, Why::Lost).await,
        engine.release(&by, id).await,
        engine.revoke(&by, id, Why::Disposed).await,
        engine.confirm_release(&by, id).await,
        engine.add_handset(&by, id, Phone::attested(2).request(engine, &world.authority)).await,
    ] {
        assert!(matches!(ended, Err(ServiceError::Refused(_))), "{ended:?}");
    }
    let restarted = world.restarted(crate::support::PACK).await;
    let after = restarted.binding(id).await.unwrap().binding;
    assert!(matches!(after.state, State::Ended { .. }));
}

#[tokio::test]
async fn another_handset_is_added_once_and_attested_anew_it_takes_its_own_place() {
    let world = World::with(&format!("{PACK}\n[life]\nhandsets = 8\n"), |_| {}).await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let (engine, by) = (&world.engine, caller("counter"));
    // One without a key would make the key's signature optional for all.
    let plain = Phone::plain(2).request(engine, &world.authority);
    assert!(matches!(engine.add_handset(&by, id, plain).await, Err(ServiceError::Refused(_))));
    let second = || Phone::attested(2).request(engine, &world.authority);
    let added = engine.add_handset(&by, id, second()).await.unwrap();
    assert_eq!(added.binding.handsets.count(), 2);
    let anew = engine.add_handset(&by, id, second()).await.unwrap().binding;
    assert_eq!(anew.handsets.count(), 2);
    for serial in 3..=8 {
        let request = Phone::attested(serial).request(engine, &world.authority);
        engine.add_handset(&by, id, request).await.unwrap();
    }
    let ninth = Phone::attested(9).request(engine, &world.authority);
    assert!(matches!(engine.add_handset(&by, id, ninth).await, Err(ServiceError::Refused(_))));
    let standing = engine.binding(id).await.unwrap();
    assert!(standing.binding.handsets.with_imei(imei(8)).is_some());
}

#[tokio::test]
async fn what_is_held_takes_no_handset() {
    let world = World::new().await;
    let id = Person::new(&world.authority, 1).enrol(&world).await.unwrap().binding.id;
    let (engine, by) = (&world.engine, caller("counter"));
    engine.hold(&by, id, Why::Owner).await.unwrap();
    let another = || Phone::attested(2).request(engine, &world.authority);
    let refused = engine.add_handset(&by, id, another()).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
    assert_eq!(engine.binding(id).await.unwrap().binding.handsets.count(), 1);
    engine.release(&by, id).await.unwrap();
    let added = engine.add_handset(&by, id, another()).await.unwrap();
    assert_eq!(added.binding.handsets.count(), 2);
}

#[tokio::test]
async fn an_unknown_carrier_or_a_chain_of_nobody_is_no_enrolment() {
    let world = World::new().await;
    let before = world.store.all(LedgerKind::State).await.len();
    let person = Person::new(&world.authority, 1);
    let by = caller("counter");
    let mut asked = person.asked(&world.engine, &world.authority);
    asked.sim.serving.carrier = "nobody".parse().unwrap();
    let refused = world.engine.enrol(&by, &"r1".parse().unwrap(), asked).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Invalid { field, .. } if field == "serving.carrier_id")
    );
    let stranger = Person::new(&crate::support::World::new().await.authority, 2);
    let mut asked = person.asked(&world.engine, &world.authority);
    asked.chain = stranger.chain;
    let refused = world.engine.enrol(&by, &"r2".parse().unwrap(), asked).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Invalid { field, .. } if field == "certificate_chain")
    );
    assert_eq!(world.store.all(LedgerKind::State).await.len(), before, "nothing is written");
}

#[tokio::test]
async fn a_persons_bindings_made_at_once_are_sealed_with_one_key() {
    use simbind_service::ports::vault::Vault as _;
    let world = World::new().await;
    let (one, mut two) = (Person::new(&world.authority, 1), Person::new(&world.authority, 2));
    let person = one.name.clone();
    let request = |person: &Person| person.asked(&world.engine, &world.authority);
    let (first, mut second) = (request(&one), request(&two));
    second.person = person.parse().unwrap();
    let second = two.proves(second);
    two.name.clone_from(&person);
    let by = caller("counter");
    let (r1, r2) = ("r1".parse().unwrap(), "r2".parse().unwrap());
    let (made, also) =
        tokio::join!(world.engine.enrol(&by, &r1, first), world.engine.enrol(&by, &r2, second));
    let (made, also) = (made.unwrap().binding.id, also.unwrap().binding.id);
    let sealed = world.key_of(made).await;
    assert_eq!(sealed, world.key_of(also).await);
    world.vault().destroy(sealed).await.unwrap();
    for id in [made, also] {
        assert!(matches!(world.engine.binding(id).await, Err(ServiceError::NotFound(_))));
    }
}

#[tokio::test]
async fn where_a_pack_wants_two_another_caller_confirms_a_release_also_after_a_restart() {
    let world = World::new().await;
    let id = Person::new(&world.authority, 1).enrol(&world).await.unwrap().binding.id;
    let two = format!("{}\n[life]\nrelease_persons = 2\n", crate::support::PACK);
    let engine = world.restarted(&two).await;
    let (first, second) = (caller("city-hall"), caller("ward-office"));
    engine.hold(&caller("hotline"), id, Why::Stolen).await.unwrap();
    world.clock.move_on(Duration::from_secs(86_400));
    assert!(matches!(engine.confirm_release(&second, id).await, Err(ServiceError::Refused(_))));
    let asked = engine.release(&first, id).await.unwrap().binding;
    assert_eq!(asked.state, State::held(Why::Stolen));
    let engine = world.restarted(&two).await;
    assert!(matches!(engine.confirm_release(&first, id).await, Err(ServiceError::Refused(_))));
    let released = engine.confirm_release(&second, id).await.unwrap().binding;
    assert_eq!(released.state, State::Active);
    let mut kinds = Vec::new();
    for kept in world.store.all(LedgerKind::State).await {
        if let StateEntry::BindingChanged { change, .. } = decode_state(&kept.entry).unwrap() {
            kinds.push(change);
        }
    }
    let of_release = [BindingChange::Held, BindingChange::ReleaseAsked, BindingChange::Released];
    assert_eq!(kinds, of_release);
}
