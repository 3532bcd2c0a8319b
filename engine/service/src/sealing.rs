//! Sealing of domain values: postcard inside, the kind of value as authenticated context.

use crate::{
    ledger::opened,
    ports::{
        store::ProjectionError,
        vault::{KeyId, Sealed, Vault},
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// The context of a binding.
pub(crate) const BINDING: &[u8] = b"simbind binding 1";
/// The context of an event.
pub(crate) const EVENT: &[u8] = b"simbind event 1";
/// The context of a line's name.
pub(crate) const LINE: &[u8] = b"simbind line 1";
/// The context of a line's history.
pub(crate) const HISTORY: &[u8] = b"simbind history 1";
/// The context of Apple's receipt for a handset's key.
pub(crate) const RECEIPT: &[u8] = b"simbind receipt 1";
/// The context of why somebody did something to a binding.
pub(crate) const WHY: &[u8] = b"simbind why 1";

/// The context of an enrolment ticket.
pub(crate) const TICKET: &[u8] = b"simbind ticket 1";
/// The context of a certificate's issuer and serial number.
pub(crate) const CERTIFICATE: &[u8] = b"simbind certificate 1";

/// Seals a value.
pub(crate) fn seal<T: Serialize>(
    vault: &impl Vault,
    key: KeyId,
    context: &[u8],
    value: &T,
) -> Result<Sealed, ProjectionError> {
    let plain = postcard::to_stdvec(value).map(zeroize::Zeroizing::new);
    let plain = plain.map_err(|_| ProjectionError { what: "a value to seal" })?;
    vault.seal(key, context, &plain).map_err(|_| ProjectionError { what: "a key to seal with" })
}

/// Opens a value; `None` where its person was erased.
pub(crate) fn open<T: DeserializeOwned>(
    vault: &impl Vault,
    context: &[u8],
    sealed: &Sealed,
) -> Result<Option<T>, ProjectionError> {
    let broken = ProjectionError { what: "a sealed value" };
    let opening = vault.open(context, sealed).map_err(|_| broken.clone())?;
    match opened(opening) {
        Some(plain) => postcard::from_bytes(&plain).map(Some).map_err(|_| broken),
        None => Ok(None),
    }
}
