use super::{model_change, next, renew, renewal};
use crate::support::{PACK, Person, World, caller};
use simbind_core::binding::LifecycleReason as Why;
use simbind_service::{ServiceError, Standing};

async fn another(world: &World, of: &Person, serial: u32) -> Result<Standing, ServiceError> {
    let mut device = Person::new(&world.authority, serial);
    device.name.clone_from(&of.name);
    let asked = device.asked(&world.engine, &world.authority);
    let request = format!("enrol-{serial}").parse().unwrap();
    world.engine.enrol(&caller("counter"), &request, asked).await
}

async fn two_at_most() -> World {
    World::with(&format!("{PACK}\n[life]\ndevices = 2\nhandsets = 1\n"), |_| {}).await
}

#[tokio::test]
async fn a_person_has_as_many_bindings_as_packs_say_and_what_is_over_or_succeeded_does_not_count() {
    let world = two_at_most().await;
    let person = Person::new(&world.authority, 1);
    let first = person.enrol(&world).await.unwrap().binding.id;
    let second = another(&world, &person, 2).await.unwrap().binding.id;
    let refused = another(&world, &person, 3).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Refused(why) if why.contains("may have 2")),
        "{refused:?}"
    );
    Person::new(&world.authority, 9).enrol(&world).await.unwrap();
    // A renewal and a model change take no more room.
    let renewed = next(&world, &person, 4);
    let new = renew(&world, "renew-1", renewal(first, &renewed)).await.unwrap().binding.id;
    let replaced = next(&world, &person, 5);
    let asked = model_change(&world, second, &replaced);
    let (by, request) = (caller("counter"), "model-1".parse().unwrap());
    world.engine.replace_handset(&by, &request, asked).await.unwrap();
    assert!(another(&world, &person, 6).await.is_err());
    world.engine.revoke(&by, new, Why::Disposed).await.unwrap();
    another(&world, &person, 6).await.unwrap();
}

#[tokio::test]
async fn of_two_that_come_at_once_into_the_last_place_one_is_bound() {
    let world = two_at_most().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let (two, three, four) = tokio::join!(
        another(&world, &person, 2),
        another(&world, &person, 3),
        another(&world, &person, 4)
    );
    let bound = [two, three, four].into_iter().filter(Result::is_ok).count();
    assert_eq!(bound, 1);
}

#[tokio::test]
async fn a_binding_has_as_many_handsets_as_packs_say() {
    let world = two_at_most().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let by = caller("counter");
    let handset = crate::support::Phone::attested(2).request(&world.engine, &world.authority);
    let refused = world.engine.add_handset(&by, id, handset).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Refused(why) if why.contains("may have 1")),
        "{refused:?}"
    );
    // The same handset attested anew takes no more room.
    let again = person.phone.request(&world.engine, &world.authority);
    world.engine.add_handset(&by, id, again).await.unwrap();
}
