//! The keys of a binding's iPhones, and their counters.

use crate::{
    app_attest::KeyMark,
    error::ServiceError,
    ledger::{AssertionRow, decode_row},
    ports::store::{Position, ProjectionError, Stored},
};
use simbind_core::{
    binding::{AppAttestKey, Binding},
    check::Counter,
    ids::{BindingId, ChallengeId},
};
use simbind_evidence::signature::PublicKey;

/// A key of an iPhone of a binding.
#[derive(Debug)]
pub(crate) struct AssertingKey {
    /// The handset's place.
    pub(crate) place: usize,
    pub(crate) key: AppAttestKey,
    /// The key, parsed.
    pub(crate) public_key: PublicKey,
    pub(crate) mark: KeyMark,
    /// The last counter that was accepted, and the entry that wrote it.
    last: Option<(AssertionRow, Position)>,
}

impl AssertingKey {
    /// The last counter, as a check under this challenge sees it.
    pub(super) fn last_for(&self, challenge: Option<ChallengeId>, counter: u32) -> Counter {
        match self.last {
            None => Counter::Unseen,
            Some((row, _)) => {
                let own = challenge.is_some_and(|id| *id.as_bytes() == row.challenge);
                if own && row.counter == counter {
                    Counter::SeenInThisCheck
                } else {
                    Counter::Seen(row.counter.into())
                }
            }
        }
    }

    /// Takes the counter from its row.
    pub(super) fn read(&mut self, row: Option<&Stored>) -> Result<(), ServiceError> {
        self.last = row
            .map(|row| Ok((decode_row(&row.value)?, row.version)))
            .transpose()
            .map_err(|error: ProjectionError| ServiceError::from(error))?;
        Ok(())
    }

    /// The entry that wrote the last counter.
    pub(crate) fn version(&self) -> Option<Position> {
        self.last.map(|(_, version)| version)
    }
}

/// The keys that App Attest vouched for, before their counters are read.
pub(super) fn keys_of(id: BindingId, binding: &Binding) -> Result<Vec<AssertingKey>, ServiceError> {
    let vouched = binding.handsets.iter().enumerate();
    vouched
        .filter_map(|(place, handset)| handset.app_attest().map(|key| (place, key)))
        .map(|(place, key)| {
            let public_key = PublicKey::from_spki_der(&key.spki).map_err(|_| {
                ServiceError::unavailable(format!("the handset key of {id} cannot be read"))
            })?;
            let mark = KeyMark::of(id, key);
            Ok(AssertingKey { place, key: key.clone(), public_key, mark, last: None })
        })
        .collect()
}
