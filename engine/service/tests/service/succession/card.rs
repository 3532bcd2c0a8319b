use super::{next, renewal, sim_change, verdict};
use crate::support::{PACK, Person, Phone, World, caller};
use simbind_core::{
    binding::{LifecycleReason as Why, Place, Sim, State},
    ids::{BindingId, Iccid, Msisdn},
    line::{EventKind, ReissueCause},
    transcript::{OwnerAct, OwnerMessage},
};
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError, Standing,
    succession::{NewSim, OwnerProof, ReproofRequest, SimChange},
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };

async fn suspended(world: &World) -> (Person, BindingId) {
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let id = person.enrol(world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    world.tell("e1", &person, REISSUED).await.unwrap();
    world.clock.move_on(HOUR);
    (person, id)
}

fn message<'a>(
    challenge: &'a [u8],
    id: BindingId,
    iccid: Iccid,
    carrier: &'a simbind_core::ids::CarrierId,
) -> OwnerMessage<'a> {
    OwnerMessage {
        challenge,
        act: OwnerAct::Reprove,
        binding: id,
        iccid,
        carrier,
        certificate: None,
        handset_key: None,
    }
}

/// The card's word for a new proof of a binding, drawn by a relying party.
fn word(world: &World, by: &str, person: &Person, id: BindingId, iccid: Iccid) -> OwnerProof {
    let challenge = world.engine.owner_challenge(&caller(by)).unwrap().bytes.to_vec();
    let carrier = "docomo".parse().unwrap();
    person.card_signs(challenge.clone(), &message(&challenge, id, iccid, &carrier).encode())
}

async fn reprove(
    world: &World,
    request: &str,
    id: BindingId,
    iccid: Iccid,
    owner: OwnerProof,
) -> Result<Standing, ServiceError> {
    let asked = ReproofRequest { binding: id, sim: NewSim::SameLine(iccid), owner };
    world.engine.reprove(&caller("bank"), &request.parse().unwrap(), asked).await
}

#[tokio::test]
async fn the_card_takes_a_suspension_back_once_and_the_same_request_finds_its_answer() {
    let world = World::new().await;
    let (mut person, id) = suspended(&world).await;
    let new = Person::new(&world.authority, 7).iccid;
    let owner = word(&world, "bank", &person, id, new);
    let proved = reprove(&world, "r1", id, new, owner.clone()).await.unwrap().binding;
    assert_eq!((proved.state, proved.sim.iccid), (State::Active, new));
    let again = reprove(&world, "r1", id, new, owner.clone()).await.unwrap().binding;
    assert_eq!(again, proved, "a lost reply");
    let replayed = reprove(&world, "r2", id, new, owner).await.unwrap_err();
    let named = "owner.card.challenge";
    assert!(
        matches!(&replayed, ServiceError::Invalid { field, .. } if field == named),
        "{replayed:?}"
    );
    person.iccid = new;
    world.clock.move_on(HOUR);
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        assert_eq!(person.check(&engine, "c1").await.verdict, Verdict::Allow);
    }
}

#[tokio::test]
async fn a_word_for_another_sim_binding_change_or_caller_proves_nothing() {
    let world = World::new().await;
    let (person, id) = suspended(&world).await;
    let other = Person::new(&world.authority, 7);
    let stranger = Person::new(&world.authority, 8).with_card(&world.authority);
    let theirs = BindingId::from_bytes([9; 16]);
    let own = |proof: OwnerProof| (person.iccid, proof);
    let rows = [
        (other.iccid, word(&world, "bank", &person, id, person.iccid)),
        own(word(&world, "bank", &person, theirs, person.iccid)),
        own(word(&world, "shop", &person, id, person.iccid)),
        own(word(&world, "bank", &stranger, id, person.iccid)),
    ];
    for (row, (iccid, owner)) in rows.into_iter().enumerate() {
        let refused = reprove(&world, &format!("r{row}"), id, iccid, owner).await;
        assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{row}: {refused:?}");
    }
    world.clock.move_on(Duration::from_secs(7200));
    let state = world.engine.binding(id).await.unwrap().binding.state;
    assert_eq!(state, State::Suspended { why: Why::SimReissued });
}

#[tokio::test]
async fn who_brings_the_cards_word_takes_no_name_of_the_line_away() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let mut asked = person.asked(&world.engine, &world.authority);
    let number: Option<Msisdn> = Some("+819012345678".parse().unwrap());
    asked.sim.msisdn = number;
    let bound = asked.sim.clone();
    let asked = person.proves(asked);
    let (by, request) = (caller("counter"), "enrol-1".parse().unwrap());
    let id = world.engine.enrol(&by, &request, asked).await.unwrap().binding.id;
    let told = async |request: &str, msisdn: Option<Msisdn>| {
        let sim = NewSim::Line(Box::new(Sim { msisdn, ..bound.clone() }));
        let owner = word(&world, "bank", &person, id, person.iccid);
        let asked = ReproofRequest { binding: id, sim, owner };
        world.engine.reprove(&caller("bank"), &request.parse().unwrap(), asked).await
    };
    let kept = told("r1", None).await.unwrap().binding;
    assert_eq!(kept.sim.msisdn, number);
    let other = told("r2", Some("+819099999999".parse().unwrap())).await;
    assert!(
        matches!(&other, Err(ServiceError::Invalid { field, .. }) if field == "sim.msisdn"),
        "{other:?}"
    );
    // The same for another SIM of the carrier.
    let mut next = next(&world, &person, 2);
    next.iccid = Person::new(&world.authority, 7).iccid;
    let challenge = world.engine.owner_challenge(&caller("bank")).unwrap().bytes.to_vec();
    let signed = OwnerMessage {
        act: OwnerAct::ReplaceSim,
        certificate: Some(next.certificate()),
        ..message(&challenge, id, next.iccid, &bound.serving.carrier)
    };
    let owner = person.card_signs(challenge.clone(), &signed.encode());
    let sim = Sim { iccid: next.iccid, msisdn: None, ..bound.clone() };
    let asked = SimChange { owner, ..sim_change(id, &next, sim) };
    let request = "r3".parse().unwrap();
    let new = world.engine.replace_sim(&caller("bank"), &request, asked).await.unwrap().binding;
    assert_eq!((new.sim.iccid, new.sim.msisdn), (next.iccid, number));
}

#[tokio::test]
async fn what_the_card_cannot_see_stays_broken() {
    let world = World::new().await;
    let (mut person, id) = suspended(&world).await;
    let own = std::mem::replace(&mut person.phone, Phone::plain(66));
    assert_eq!(verdict(&world, &person, "c1").await.0, Verdict::Deny, "a foreign handset");
    person.phone = own;
    let owner = word(&world, "bank", &person, id, person.iccid);
    reprove(&world, "r1", id, person.iccid, owner).await.unwrap();
    world.clock.move_on(HOUR);
    let (still, why) = verdict(&world, &person, "c2").await;
    assert_eq!((still, &*why), (Verdict::Deny, "HANDSET_MISMATCH"));
    let reproved = world.reprove("r2", id, person.iccid).await.unwrap().binding;
    assert_eq!(reproved.foreign_handset_at, None, "a counter sees the handset");
}

#[tokio::test]
async fn what_is_held_takes_a_counter() {
    let world = World::new().await;
    let (person, id) = suspended(&world).await;
    world.engine.hold(&caller("counter"), id, Why::Stolen).await.unwrap();
    let owner = word(&world, "bank", &person, id, person.iccid);
    let refused = reprove(&world, "r1", id, person.iccid, owner).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn the_owner_renews_at_home_with_the_card_and_nobody_else_with_the_old_phone() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let next = next(&world, &person, 2);
    let challenge = world.engine.owner_challenge(&caller("bank")).unwrap().bytes.to_vec();
    let carrier = "docomo".parse().unwrap();
    let signed = OwnerMessage {
        act: OwnerAct::Renew,
        certificate: Some(next.certificate()),
        ..message(&challenge, old, person.iccid, &carrier)
    };
    let by_card = person.card_signs(challenge.clone(), &signed.encode());
    let thief = Person::new(&world.authority, 3);
    let (by, stolen) = (caller("bank"), |request: &str| request.parse().unwrap());
    // The word is for that certificate alone.
    let mut other = renewal(old, &thief);
    other.owner = by_card.clone();
    let refused = world.engine.renew(&by, &stolen("r1"), other).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
    let mut asked = renewal(old, &next);
    asked.owner = by_card;
    let new = world.engine.renew(&by, &stolen("r2"), asked).await.unwrap().binding;
    assert_eq!(new.identified.place, Place::HomeCard);
}
