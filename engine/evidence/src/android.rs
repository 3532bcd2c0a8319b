//! Android Key Attestation: a handset's secure hardware says, in a certificate chain, which key it
//! holds, for whom it made it and in what state the device is.
//!
//! Genuine chains break RFC 5280, so the chain is walked by explicit code, in the one order it may
//! have, to a root *key*. Two faults of genuine chains are let pass and reported
//! ([`Irregularity`]): a batch certificate that is no authority, and `ecdsa-with-SHA256` with NULL
//! parameters. Every other fault refuses the chain.

mod chain;
mod description;
#[cfg(any(test, feature = "test-util"))]
pub mod encode;
mod error;
mod ids;
mod read;
mod roots;
mod status;
mod verdict;
mod verify;

pub use crate::der::DerError as DescriptionError;
pub(crate) use chain::KEY_DESCRIPTION;
pub use chain::{Irregularity, MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES};
pub use description::{
    Application, AuthorizationList, BootState, KeyDescription, Origin, Package, RootOfTrust,
    SecurityLevel,
};
pub use error::AttestationError;
pub use ids::{AttestedIds, PersonalText};
pub use roots::AttestationRoots;
pub use status::{ListedReason, Listing, Status, StatusList, StatusListError};
pub use verdict::{AttestationPolicy, Weakness};
pub use verify::{ExpectedApp, ExpectedAttestation, KeyAttestation, verify};

#[cfg(test)]
mod tests;
