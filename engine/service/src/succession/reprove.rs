//! A binding is proved again, by a counter or by the physical card.

use super::owner::{OwnerProof, Wanted, keep_line};
use crate::{
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{ReproofEntry, StateEntry, keys},
    lifecycle::source,
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    sealing,
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::Sim,
    ids::{BindingId, CallerId, Iccid, RequestId},
    transcript::OwnerAct,
};

/// The SIM that was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum NewSim {
    /// On the line that is bound.
    SameLine(Iccid),
    /// With a line of its own: another carrier, another contract.
    Line(Box<Sim>),
}

/// A new proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReproofRequest {
    /// The binding.
    pub binding: BindingId,
    /// The SIM that was seen.
    pub sim: NewSim,
    /// How the owner was identified.
    pub owner: OwnerProof,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Clears what broke, and takes a suspension back. A counter has seen person, SIM and handset
    /// together; the card has named the SIM, and what broke of the handset or of who holds the line
    /// stays. The same request gives the first answer again.
    ///
    /// # Errors
    /// Where there is no such binding, the owner is not proved, or the state does not allow it.
    pub async fn reprove(
        &self,
        by: &CallerId,
        request: &RequestId,
        asked: ReproofRequest,
    ) -> Result<Standing, ServiceError> {
        let digest = crate::digest::of(&asked)?;
        if let Some(made) = self.made_before(by, request, digest).await? {
            return self.binding(made).await;
        }
        let source = source(by)?;
        let id = asked.binding;
        for _ in 0..TRIES {
            let mut standing = self.binding(id).await?;
            let binding = &mut standing.binding;
            let mut sim = match &asked.sim {
                NewSim::SameLine(iccid) => {
                    Sim { iccid: *iccid, arrived: Vec::new(), ..binding.sim.clone() }
                }
                NewSim::Line(sim) => {
                    let mut sim = Sim::clone(sim);
                    self.serve_by_configuration("sim.serving", &mut sim.serving)?;
                    sim
                }
            };
            keep_line(&asked.owner, &binding.sim, &mut sim)?;
            let wanted =
                Wanted { act: OwnerAct::Reprove, sim: &sim, certificate: None, handset_key: None };
            let shown = self.owner(by, binding, &asked.owner, &wanted).await?;
            binding.reprove(shown.seen, sim, &source, self.now())?;
            let sealed = sealing::seal(&*self.vault, standing.key, sealing::BINDING, binding)?;
            let mut expect = vec![
                (keys::request(by, request)?, Expected::Absent),
                (keys::binding(id)?, Expected::Version(standing.version)),
            ];
            if let Some(challenge) = &shown.challenge {
                expect.push(self.unused("owner.card.challenge", challenge).await?);
            }
            let entry = StateEntry::Reproved(ReproofEntry {
                binding: id,
                by: by.clone(),
                request: request.clone(),
                digest,
                sealed,
                card: shown.challenge,
            });
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { version, ..standing }),
                Err(StoreError::Conflict) => {
                    if self.made_before(by, request, digest).await?.is_some() {
                        return self.binding(id).await;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}
