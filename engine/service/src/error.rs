use crate::ports::{
    clock::NoEntropy,
    store::{ProjectionError, StoreError},
    vault::VaultError,
};
use simbind_core::time::Timestamp;
use std::{borrow::Cow, time::Duration};
use thiserror::Error;

/// Why a use case did not do what was asked. A refusal of a check is no error: it is a decision.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ServiceError {
    /// The caller's field is wrong.
    #[error("{field}: {why}")]
    Invalid {
        /// The field, as the contract names it.
        field: Cow<'static, str>,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It exists, with another content.
    #[error("{0}")]
    Exists(&'static str),
    /// The state does not allow it.
    #[error("{0}")]
    Refused(String),
    /// The state does not allow it yet.
    #[error("{why}")]
    NotYet {
        /// Why.
        why: String,
        /// From when on it does.
        from: Timestamp,
    },
    /// The caller may not.
    #[error("{0}")]
    Forbidden(String),
    /// Too much at once.
    #[error("too much at once; try again later")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of ours.
    #[error("unavailable: {why}")]
    Unavailable {
        /// Why, without personal data.
        why: String,
    },
}

impl ServiceError {
    /// A wrong field.
    pub fn invalid(field: impl Into<Cow<'static, str>>, why: impl ToString) -> Self {
        Self::Invalid { field: field.into(), why: why.to_string() }
    }

    pub(crate) fn unavailable(why: impl ToString) -> Self {
        Self::Unavailable { why: why.to_string() }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy { retry_after: Duration::from_millis(200) },
            other => Self::unavailable(other),
        }
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        Self::unavailable(error)
    }
}

impl From<ProjectionError> for ServiceError {
    fn from(error: ProjectionError) -> Self {
        Self::unavailable(error)
    }
}

impl From<NoEntropy> for ServiceError {
    fn from(error: NoEntropy) -> Self {
        Self::unavailable(error)
    }
}
