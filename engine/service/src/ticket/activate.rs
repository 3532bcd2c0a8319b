use super::write::{Asked, Beside, PhoneSecret, Speaker};
use crate::{
    challenge::Purpose,
    digest::sha256,
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{TicketChange, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    proof::{KeysProof, ProofFields},
};
use simbind_core::{
    binding::{Act as BindingAct, Binding, LifecycleReason, State as BindingState},
    ids::{CallerId, RequestId, TicketId},
    line::LineView,
    ticket::{Act, State, Ticket},
    time::Timestamp,
    transcript::Activation,
};
use simbind_rules::facts::{LineLatch, SimLatch, SimState};

const FIELDS: ProofFields = ProofFields {
    signature: "signature",
    handset: "handset",
    handset_signature: "handset_signature",
    assertion: "app_attest_assertion",
};

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
        proof: &KeysProof,
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
        proof: &KeysProof,
        now: Timestamp,
    ) -> Result<Binding, ServiceError> {
        if pending.state_at(now) != BindingState::Pending {
            let why = "the binding is not pending any more; give the ticket up";
            return Err(ServiceError::Refused(why.into()));
        }
        let purpose = Purpose::Ticket(ticket.id);
        self.challenge_stands("challenge", &proof.challenge, &purpose, now)?;
        belong_together(ticket, pending, proof)?;
        self.not_revoked(&pending.certificate).await?;
        unchanged_since_seen(&self.line_view(pending).await?)?;
        let mut binding = pending.clone();
        binding.state = pending.state.apply(BindingAct::Activate, LifecycleReason::Clerical)?;
        (binding.proven_at, binding.sim_proven_at) = (now, now);
        Ok(binding)
    }
}

/// Both keys signed one message that names certificate, SIM and handset.
fn belong_together(
    ticket: &Ticket,
    binding: &Binding,
    proof: &KeysProof,
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
    proof.holds(&binding.certificate.spki, key, &message.encode(), FIELDS)
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
