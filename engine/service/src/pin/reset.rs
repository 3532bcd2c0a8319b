//! A PIN is reset.

use crate::{
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{PinAct, PinEntry, StateEntry, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    sealing,
    succession::{OwnerProof, Wanted},
};
use simbind_core::{
    binding::{Refused, State},
    ids::{BindingId, CallerId, RequestId},
    transcript::OwnerAct,
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// Resets the PIN of a binding: nothing counts any more, and the reset is dated. The same request
    /// once more changes nothing.
    ///
    /// # Errors
    /// Where there is no such binding, it has ended, or the proof does not hold.
    pub async fn reset_pin(
        &self,
        by: &CallerId,
        request: &RequestId,
        id: BindingId,
        proof: &OwnerProof,
    ) -> Result<Standing, ServiceError> {
        let digest = crate::digest::of(&("reset", id))?;
        for _ in 0..TRIES {
            let mut standing = self.binding(id).await?;
            if self.pin_reported(by, request, digest).await?.is_some() {
                return Ok(standing);
            }
            let now = self.now();
            if let State::Ended { .. } = standing.binding.state_at(now) {
                return Err(Refused::Ended.into());
            }
            let sim = standing.binding.sim.clone();
            let wanted =
                Wanted { act: OwnerAct::ResetPin, sim: &sim, certificate: None, handset_key: None };
            let shown = self.owner(by, &standing.binding, proof, &wanted).await?;
            // The PIN of an overlap is one.
            let beside = self.beside(&standing.binding).await?;
            standing.binding.pin_reset_at = Some(now);
            let sealed =
                sealing::seal(&*self.vault, standing.key, sealing::BINDING, &standing.binding)?;
            let entry = StateEntry::Pin(PinEntry {
                binding: id,
                act: match shown.challenge {
                    None => PinAct::ResetAtCounter { sealed },
                    Some(challenge) => PinAct::ResetByCard { sealed, challenge },
                },
                by: by.clone(),
                request: request.clone(),
                digest,
                beside,
            });
            let mut expect = vec![
                (keys::binding(id)?, Expected::Version(standing.version)),
                (keys::pin_report(by, request)?, Expected::Absent),
            ];
            if let Some(challenge) = &shown.challenge {
                expect.push(self.unused("owner.card.challenge", challenge).await?);
            }
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { version, ..standing }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}
