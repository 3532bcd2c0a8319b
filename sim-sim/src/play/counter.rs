//! Steps of the counter: a person gets a new phone with a new SIM and certificate, by a ticket.

mod booth;
mod compare;
mod durations;
mod walk;

pub use compare::{CompareError, Compared, compare};
pub use walk::Walk;

use super::actor::{ActError, Actor, Shared};
use crate::{
    report::{Outcome, Verdict},
    story::{Hand, counter::Act},
    world::handset::Handset,
};
use booth::{Booth, Secret};
use simbind_proto::v1;
use std::time::Duration;
use tonic::Code;

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: &Act) -> Result<(), ActError> {
    std::mem::swap(&mut actor.person.sim, &mut actor.person.next_sim);
    std::mem::swap(&mut actor.person.handsets.bound, &mut actor.person.handsets.other);
    let request = actor.next_request();
    let mut booth = Booth::at(shared, &actor.person, request);
    booth.open(v1::CounterVariant::Unspecified).await?;
    match act {
        Act::Issue => {
            actor.binding_id = issued(actor, &mut booth).await?;
            Ok(())
        }
        Act::IssueInterrupted => {
            let lost = booth.join(actor.index, 1).await?;
            booth.see_sim(&actor.person).await?;
            booth.load(&lost, &actor.person.sim).await?;
            // The app is installed again: its secret is gone, and so are the person's codes.
            booth.recode().await?;
            actor.binding_id = issued(actor, &mut booth).await?;
            Ok(())
        }
        attack => {
            let result = attempt(actor, shared, &mut booth, attack).await;
            outcome(actor, result)
        }
    }
}

/// The whole way of an owner, whatever was done before.
async fn issued(actor: &mut Actor, booth: &mut Booth<'_>) -> Result<String, ActError> {
    let phone = booth.join(actor.index, 2).await?;
    booth.see_sim(&actor.person).await?;
    let person = &mut actor.person;
    booth.load(&phone, &person.sim).await?;
    booth.write(&phone, &mut person.sim, &person.handsets.bound).await?;
    booth.set_pin(&phone, &person.sim).await?;
    booth.attest(&phone, &actor.person.handsets.bound).await?;
    let person = &mut actor.person;
    booth.activate(&phone, &person.sim, &mut person.handsets.bound).await
}

/// What a thief tries; the binding, where it is made.
async fn attempt(
    actor: &mut Actor,
    shared: &Shared<'_>,
    booth: &mut Booth<'_>,
    attack: &Act,
) -> Result<String, ActError> {
    let mut foreign = actor.handset(Hand::Foreign).clone();
    match attack {
        Act::SeenCodes => {
            // Whoever looked over the shoulder is quicker; the clerk hears it and gives new codes.
            let theirs = booth.join(actor.index, 7).await?;
            booth.see_sim(&actor.person).await?;
            booth.recode().await?;
            booth.join(actor.index, 2).await?;
            let sim = &mut actor.person.sim;
            booth.load(&theirs, sim).await?;
            booth.write(&theirs, sim, &foreign).await?;
            booth.set_pin(&theirs, sim).await?;
            booth.attest(&theirs, &foreign).await?;
            booth.activate(&theirs, sim, &mut foreign).await
        }
        Act::GuessedCodes => {
            let mut theirs = Err(tonic::Status::not_found("never tried").into());
            for number in 0..6 {
                theirs = booth.guess(actor.index, number).await;
                if theirs.is_ok() {
                    break;
                }
            }
            let theirs = theirs?;
            booth.load(&theirs, &actor.person.sim).await?;
            Ok(String::new())
        }
        Act::OtherAttestation => {
            all_but_attested(actor, booth, &foreign).await?;
            let phone = booth.secret();
            // The phone that signs is not the one whose key was attested.
            booth.activate(&phone, &actor.person.sim, &mut actor.person.handsets.bound).await
        }
        Act::OtherOffice => {
            let phone = booth.join(actor.index, 2).await?;
            booth.see_sim(&actor.person).await?;
            booth.load(&phone, &actor.person.sim).await?;
            // Whoever sits at a terminal of another office has the number of the ticket, and would
            // write a certificate of their own.
            booth.move_to_another_office();
            booth.recode().await?;
            booth.write(&phone, &mut actor.person.next_sim.clone(), &foreign).await?;
            Ok(String::new())
        }
        Act::OtherSim => {
            let bound = actor.person.handsets.bound.clone();
            all_but_attested(actor, booth, &bound).await?;
            let phone = booth.secret();
            let (sim, mut claimed) = (&actor.person.sim, actor.person.next_sim.clone());
            claimed.iccid.clone_from(&sim.iccid);
            claimed.certificate_sha256.clone_from(&sim.certificate_sha256);
            booth.activate(&phone, &claimed, &mut actor.person.handsets.bound).await
        }
        _ => {
            let bound = actor.person.handsets.bound.clone();
            all_but_attested(actor, booth, &bound).await?;
            reissued(actor, shared).await?;
            let phone = booth.secret();
            booth.activate(&phone, &actor.person.sim, &mut actor.person.handsets.bound).await
        }
    }
}

async fn all_but_attested(
    actor: &mut Actor,
    booth: &mut Booth<'_>,
    attested: &Handset,
) -> Result<Secret, ActError> {
    let phone = booth.join(actor.index, 2).await?;
    booth.see_sim(&actor.person).await?;
    let sim = &mut actor.person.sim;
    booth.load(&phone, sim).await?;
    booth.write(&phone, sim, attested).await?;
    booth.set_pin(&phone, sim).await?;
    booth.attest(&phone, attested).await?;
    Ok(phone)
}

/// The line's SIM is issued anew while the ticket is open.
async fn reissued(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    use crate::story::{EventPlan, Happening, LineBy, Speaker};
    let happening = Happening::Reissued { cause: v1::ReissueCause::Lost, tells_new: false };
    let plan = EventPlan {
        speaker: Speaker::Serving,
        happening,
        ago: Duration::ZERO,
        line: LineBy::Iccid,
        copies: 1,
    };
    super::event::send(actor, shared, &plan).await
}

/// A ticket that is refused stops a thief as a refused check does; one that goes through lets in.
fn outcome(actor: &mut Actor, result: Result<String, ActError>) -> Result<(), ActError> {
    let verdict = match result {
        Ok(_) => Verdict::Allow,
        Err(ActError::Call(status)) if is_refusal(status.code()) => {
            Verdict::RefusedAtEnrolment(status.message().to_owned())
        }
        Err(error) => return Err(error),
    };
    let step = actor.outcomes.len();
    let (person, kind) = (actor.index, actor.kind);
    actor.outcomes.push(Outcome { person, step, ..Outcome::of(kind, verdict) });
    Ok(())
}

const fn is_refusal(code: Code) -> bool {
    matches!(code, Code::InvalidArgument | Code::FailedPrecondition | Code::NotFound)
}
