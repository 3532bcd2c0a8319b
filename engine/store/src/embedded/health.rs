//! Whether the store can still write. Once it cannot, it never can again.

use simbind_service::ports::store::StoreError;
use std::sync::OnceLock;

#[derive(Default)]
pub(super) struct Health(OnceLock<String>);

impl Health {
    /// Says that writing has failed. The first reason stays.
    pub(super) fn fail(&self, why: impl Into<String>) {
        let why = why.into();
        tracing::error!(%why, "the store cannot write any more");
        let _ = self.0.set(why);
    }

    /// Whether writing is possible.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.0.get().map_or(Ok(()), |why| Err(StoreError::Unavailable { why: why.clone() }))
    }

    /// Why something was not answered.
    pub(super) fn reason(&self) -> StoreError {
        self.check().err().unwrap_or_else(closed)
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unavailable { why: "it is closed".into() }
}
