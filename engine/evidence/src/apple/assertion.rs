use super::{AssertionError, Extensions, authenticator::Asserted, object::AssertionObject};
use crate::signature::{KeyType, PublicKey, SignatureScheme, sha256, verify};

/// The most bytes that an assertion may have; real ones have 141 to 250.
pub const MAX_ASSERTION_BYTES: usize = 4 * 1024;

/// An assertion that holds. Only [`verify_assertion`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    counter: u32,
    extensions: Extensions,
}

/// Verifies an assertion of an attested key.
///
/// `client_data_hash` is the SHA-256 of what the app signs. The signature is ECDSA with SHA-256
/// over SHA-256(authenticator data ‖ client data hash): that hash is the message and is hashed
/// again. `previous_counter` is the counter of the last assertion that was accepted, zero after the
/// attestation; whoever keeps it must compare again when it stores the new one, or two checks at
/// once could both pass.
///
/// # Errors
/// [`AssertionError`], the first link that does not hold: the signature, then the app, then the
/// counter.
pub fn verify_assertion(
    cbor: &[u8],
    key: &PublicKey,
    client_data_hash: &[u8],
    app_id: &str,
    previous_counter: u32,
) -> Result<Assertion, AssertionError> {
    if cbor.len() > MAX_ASSERTION_BYTES {
        let (got, max) = (cbor.len(), MAX_ASSERTION_BYTES);
        return Err(AssertionError::TooLarge { got, max });
    }
    if key.key_type() != KeyType::EcP256 {
        return Err(AssertionError::KeyKind);
    }
    let object = AssertionObject::read(cbor)?;
    let asserted = Asserted::read(object.authenticator_data)?;
    let nonce = sha256(&[object.authenticator_data, client_data_hash].concat());
    verify(key, SignatureScheme::EcdsaP256Sha256, &nonce, object.signature)
        .map_err(|_| AssertionError::Signature)?;
    if *asserted.header.app_id_hash != sha256(app_id.as_bytes()) {
        return Err(AssertionError::App);
    }
    let counter = asserted.header.counter;
    if counter <= previous_counter {
        return Err(AssertionError::Counter { counter, previous: previous_counter });
    }
    Ok(Assertion { counter, extensions: asserted.extensions })
}

impl Assertion {
    /// The counter, to be kept: the next assertion's must be above it.
    pub fn counter(&self) -> u32 {
        self.counter
    }

    /// What the system said of the app that ran (iOS 27 and later).
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
}
