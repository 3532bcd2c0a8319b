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
};
use simbind_core::{
    binding::{Refused, State},
    ids::{BindingId, CallerId, RequestId},
};

/// What shows that the person may have the PIN reset.
#[derive(Clone, Debug)]
pub enum ResetProof {
    /// A counter saw the person. The caller was found to be a counter.
    Counter,
}

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
        proof: ResetProof,
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
            let ResetProof::Counter = proof;
            standing.binding.pin_reset_at = Some(now);
            let sealed =
                sealing::seal(&*self.vault, standing.key, sealing::BINDING, &standing.binding)?;
            let entry = StateEntry::Pin(PinEntry {
                binding: id,
                act: PinAct::ResetAtCounter { sealed },
                by: by.clone(),
                request: request.clone(),
                digest,
            });
            let expect = vec![
                (keys::binding(id)?, Expected::Version(standing.version)),
                (keys::pin_report(by, request)?, Expected::Absent),
            ];
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { version, ..standing }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}
