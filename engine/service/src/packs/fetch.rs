//! The texts of packs, for an analyst to change.

use crate::{
    engine::Engine,
    error::ServiceError,
    ports::{store::Store, vault::Vault},
};
use simbind_rules::{PackSource, PacksHash};

/// Which packs are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Those in service.
    InService,
    /// Those with this hash.
    Packs(PacksHash),
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// The texts of packs, and their hash.
    ///
    /// # Errors
    /// Where the ledger knows no packs of that hash, or the store cannot be read.
    pub async fn pack_texts(
        &self,
        named: Named,
    ) -> Result<(Vec<PackSource>, PacksHash), ServiceError> {
        let current = self.packs.in_service();
        let live = current.book.hash();
        let hash = match named {
            Named::InService => live,
            Named::Packs(hash) => hash,
        };
        if hash == live {
            return Ok((current.sources.clone(), hash));
        }
        let sources = super::texts::sources_of(&*self.store, hash).await?;
        Ok((sources.ok_or(ServiceError::NotFound("packs"))?, hash))
    }
}
