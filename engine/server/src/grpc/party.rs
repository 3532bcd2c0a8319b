//! Who a caller speaks for, by its certificate and the configuration.

use crate::{
    callers::Identity,
    config::{Carrier, Config, Reader, RelyingParty},
};
use simbind_core::ids::{CallerId, CarrierId, ReaderId};
use simbind_service::ServiceError;

/// The parties of the configuration.
#[derive(Debug)]
pub struct Parties {
    relying_parties: Vec<RelyingParty>,
    readers: Vec<Reader>,
    carriers: Vec<Carrier>,
    anyone: CallerId,
}

impl Parties {
    /// The parties of a configuration; `anyone` is the caller's name where nobody is told apart.
    pub fn new(config: &Config, anyone: CallerId) -> Self {
        Self {
            relying_parties: config.relying_parties.clone(),
            readers: config.readers.clone(),
            carriers: config.carriers.clone(),
            anyone,
        }
    }

    /// The caller's name in records.
    pub(super) fn caller(&self, identity: &Identity) -> CallerId {
        identity.name().unwrap_or(&self.anyone).clone()
    }

    /// The relying party that the caller is.
    pub(super) fn relying_party(&self, identity: &Identity) -> Result<&RelyingParty, ServiceError> {
        let mut parties = self.relying_parties.iter();
        parties.find(|party| identity.speaks_for(&party.caller)).ok_or_else(|| {
            ServiceError::Forbidden(
                "the configuration names no relying party of this caller".into(),
            )
        })
    }

    /// The reader of that name, if the caller is its host.
    pub(super) fn reader(
        &self,
        identity: &Identity,
        id: &ReaderId,
    ) -> Result<&Reader, ServiceError> {
        let mut readers = self.readers.iter();
        readers
            .find(|reader| reader.id == *id && identity.speaks_for(&reader.caller))
            .ok_or_else(|| ServiceError::invalid("reader_id", "is no reader of this caller's"))
    }

    /// Whether the caller may speak for a carrier: as that carrier, or for it as its host.
    pub(super) fn speaks_for(
        &self,
        identity: &Identity,
        carrier: &CarrierId,
    ) -> Result<(), ServiceError> {
        let own = |each: &&Carrier| identity.speaks_for(&each.caller);
        let mut speakers = self.carriers.iter().filter(own);
        if speakers.any(|speaker| speaker.id == *carrier || speaker.mvnos.contains(carrier)) {
            return Ok(());
        }
        Err(ServiceError::invalid("carrier_id", "is not one that this caller may speak for"))
    }
}
