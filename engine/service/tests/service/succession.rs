//! What follows one binding by another.

mod card;
mod loan;
mod renewal;
mod replace;
mod room;

use crate::support::{Person, World, caller};
use simbind_core::{
    binding::{CardEnd, CounterPolicy, Sim},
    ids::BindingId,
};
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError, Standing,
    succession::{HandsetChange, OwnerProof, RenewRequest, SimChange},
};

pub(crate) fn ticket() -> OwnerProof {
    OwnerProof::Ticket { reference: "ticket-1".parse().unwrap() }
}

/// A person's next certificate, on the same SIM, with no phone yet.
pub(crate) fn next(world: &World, person: &Person, serial: u32) -> Person {
    let mut next = Person::new(&world.authority, serial);
    next.name.clone_from(&person.name);
    next.iccid = person.iccid;
    next
}

pub(crate) fn renewal(old: BindingId, next: &Person) -> RenewRequest {
    RenewRequest {
        binding: old,
        chain: next.chain.clone(),
        owner: ticket(),
        card_ends: CardEnd::Unsaid,
    }
}

pub(crate) async fn renew(
    world: &World,
    request: &str,
    asked: RenewRequest,
) -> Result<Standing, ServiceError> {
    world.engine.renew(&caller("counter"), &request.parse().unwrap(), asked).await
}

/// The next person's own phone, in the place of the first handset.
pub(crate) fn model_change(world: &World, old: BindingId, next: &Person) -> HandsetChange {
    let enrolment = next.asked(&world.engine, &world.authority);
    HandsetChange {
        binding: old,
        chain: next.chain.clone(),
        handset: enrolment.handset,
        place: 0,
        sim: None,
        key_home: enrolment.key_home,
        counter: CounterPolicy::None,
        owner: ticket(),
        card_ends: CardEnd::Unsaid,
    }
}

pub(crate) fn sim_change(old: BindingId, next: &Person, sim: Sim) -> SimChange {
    SimChange {
        binding: old,
        chain: next.chain.clone(),
        sim,
        counter: CounterPolicy::None,
        owner: ticket(),
        card_ends: CardEnd::Unsaid,
    }
}

pub(crate) async fn verdict(world: &World, person: &Person, request: &str) -> (Verdict, String) {
    let decision = person.check(&world.engine, request).await;
    (decision.verdict, decision.reasons.first().cloned().unwrap_or_default())
}
