use super::write::{Asked, Beside, PhoneSecret, Speaker};
use crate::{
    challenge::{Purpose, Returned},
    check::{HandsetWord, Signed},
    digest::sha256,
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{TicketChange, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{Act as BindingAct, Binding, HandsetKey, LifecycleReason, State as BindingState},
    ids::{CallerId, RequestId, TicketId},
    line::LineView,
    ticket::{Act, State, Ticket},
    time::Timestamp,
    transcript::Activation,
};
use simbind_evidence::{
    apple::verify_assertion,
    signature::{self, PublicKey},
};
use simbind_rules::facts::{ChallengeState, LineLatch, SimLatch, SimState};

/// The proof that certificate, SIM and handset belong together.
#[derive(Clone, Debug)]
pub struct ActivateRequest {
    /// The ticket's challenge.
    pub challenge: Vec<u8>,
    /// The certificate key's signature.
    pub signature: Signed,
    /// The handset's word.
    pub handset: HandsetWord,
}

/// A ticket that is over, and its binding.
#[derive(Clone, Debug)]
pub struct Activated {
    /// The ticket.
    pub ticket: Ticket,
    /// The binding.
    pub standing: Standing,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Activates a ticket's binding. The same request gives the same binding again.
    ///
    /// # Errors
    /// Where a step is missing, a signature does not verify, the binding is not pending any more,
    /// the SIM or its line changed since it was seen, or the certificate was revoked.
    pub async fn activate_ticket(
        &self,
        (through, secret): (&CallerId, &PhoneSecret),
        request: RequestId,
        id: TicketId,
        proof: &ActivateRequest,
    ) -> Result<Activated, ServiceError> {
        let asked = Asked { request, digest: crate::digest::of(&("activate", id))? };
        let speaker = Speaker::Phone { through: through.clone(), secret: secret.clone() };
        for _ in 0..TRIES {
            let kept = self.kept_ticket(id).await?;
            self.may_see(&speaker, &kept.ticket)?;
            let mut ticket = kept.ticket.clone();
            let now = self.now();
            let before = self.changed_before(through, &asked).await?;
            if before.is_some() && ticket.progress.state == State::Activated {
                let standing = self.binding(ticket.binding).await?;
                return Ok(Activated { ticket, standing });
            }
            ticket.end_at(Act::Activate, now)?;
            let standing = self.binding(ticket.binding).await?;
            let binding = self.proved(&ticket, &standing.binding, proof, now).await?;
            let expect = vec![(keys::binding(binding.id)?, Expected::Version(standing.version))];
            let beside = Beside { bindings: vec![binding.clone()], expect, receipt: None };
            let change = TicketChange::Activated;
            match self.write_ticket(through, Some(&asked), change, (&kept, &ticket), beside).await {
                Ok(()) => {
                    let standing = self.binding(ticket.binding).await?;
                    return Ok(Activated { ticket, standing });
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// The binding as it is once all is proved.
    async fn proved(
        &self,
        ticket: &Ticket,
        pending: &Binding,
        proof: &ActivateRequest,
        now: Timestamp,
    ) -> Result<Binding, ServiceError> {
        if pending.state_at(now) != BindingState::Pending {
            let why = "the binding is not pending any more; give the ticket up";
            return Err(ServiceError::Refused(why.into()));
        }
        self.ticket_challenge_stands(ticket, &proof.challenge, now)?;
        belong_together(ticket, pending, proof)?;
        self.not_revoked(&pending.certificate).await?;
        unchanged_since_seen(&self.line_view(pending).await?)?;
        let mut binding = pending.clone();
        binding.state = pending.state.apply(BindingAct::Activate, LifecycleReason::Clerical)?;
        (binding.proven_at, binding.sim_proven_at) = (now, now);
        Ok(binding)
    }

    fn ticket_challenge_stands(
        &self,
        ticket: &Ticket,
        challenge: &[u8],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let wrong = |why| Err(ServiceError::invalid("challenge", why));
        match self.enrolment.recognise(challenge, &Purpose::Ticket(ticket.id), now) {
            Returned::Good { .. } => Ok(()),
            Returned::Bad(ChallengeState::Expired) => wrong("has ended"),
            Returned::Bad(_) => wrong("was not issued for this ticket"),
        }
    }
}

/// Both keys signed one message that names certificate, SIM and handset.
fn belong_together(
    ticket: &Ticket,
    binding: &Binding,
    proof: &ActivateRequest,
) -> Result<(), ServiceError> {
    let unreadable = || ServiceError::unavailable("a key of a ticket's binding cannot be read");
    let key = binding.handsets.first().key();
    let spki = key.spki().ok_or_else(unreadable)?;
    let message = Activation {
        challenge: &proof.challenge,
        ticket: ticket.id,
        certificate: &binding.certificate.id,
        iccid: binding.sim.iccid,
        handset_key: &sha256(spki),
    };
    let message = message.encode();
    let certificate =
        PublicKey::from_spki_der(&binding.certificate.spki).map_err(|_| unreadable())?;
    let Signed { scheme, value } = &proof.signature;
    signature::verify(&certificate, *scheme, &message, value)
        .map_err(|error| ServiceError::invalid("signature", error))?;
    let handset = PublicKey::from_spki_der(spki).map_err(|_| unreadable())?;
    match (key, &proof.handset) {
        (HandsetKey::Attested(_), HandsetWord::Signature(Signed { scheme, value })) => {
            signature::verify(&handset, *scheme, &message, value)
                .map_err(|error| ServiceError::invalid("handset_signature", error))
        }
        (HandsetKey::AppAttest(own), HandsetWord::Assertion(assertion)) => {
            let (hash, app) = (sha256(&message), own.app.as_str());
            verify_assertion(assertion, &handset, &hash, app, 0)
                .map(|_| ())
                .map_err(|error| ServiceError::invalid("app_attest_assertion", error))
        }
        _ => Err(ServiceError::invalid("handset", "is not what the handset that was seen gives")),
    }
}

/// The carrier told of no change of the SIM or its line since the SIM was seen.
fn unchanged_since_seen(line: &LineView) -> Result<(), ServiceError> {
    let same = line.sim_latch == SimLatch::Clear
        && line.sim_state == SimState::Active
        && matches!(line.line_latch, LineLatch::Clear | LineLatch::PortedIn);
    if same {
        return Ok(());
    }
    let why = "the carrier told of a change of the SIM or its line since the SIM was seen";
    Err(ServiceError::Refused(why.into()))
}
