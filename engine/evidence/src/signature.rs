//! Public keys and signatures over them.

#[cfg(any(test, feature = "test-util"))]
pub mod count;
mod key;

pub use key::{KeyError, KeyType, PublicKey};

use aws_lc_rs::signature as aws;
use thiserror::Error;

/// A signature algorithm that callers may choose. It must fit the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2).
    RsaPkcs1Sha256,
    /// ECDSA on P-256 with SHA-256, the signature as a DER `ECDSA-Sig-Value` (RFC 3279 2.2.3).
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384, the signature as a DER `ECDSA-Sig-Value` (RFC 3279 2.2.3).
    EcdsaP384Sha384,
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The scheme is for another type of key.
    #[error("the signature scheme does not fit the key")]
    SchemeMismatch,
    /// The signature is malformed or is not this key's over this message.
    #[error("the signature does not verify")]
    Invalid,
}

/// Verifies a signature.
///
/// # Errors
/// [`SignatureError::SchemeMismatch`] where the scheme does not fit the key, otherwise
/// [`SignatureError::Invalid`] where the signature is not the key's over `message`.
pub fn verify(
    key: &PublicKey,
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    if scheme != key.scheme() {
        return Err(SignatureError::SchemeMismatch);
    }
    let digest = match scheme {
        SignatureScheme::RsaPkcs1Sha256 | SignatureScheme::EcdsaP256Sha256 => Digest::Sha256,
        SignatureScheme::EcdsaP384Sha384 => Digest::Sha384,
    };
    if verify_with_digest(key, digest, message, signature) {
        Ok(())
    } else {
        Err(SignatureError::Invalid)
    }
}

/// The digest of a certificate's signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

/// Verifies a signature: the one place that does. Authorities combine curves and digests more freely
/// than our own schemes do (Google signs with P-384 and SHA-256, among others).
///
/// ring verifies RSA and P-256. aws-lc-rs verifies P-384, for which ring takes three and a half
/// times as long, and the two combinations with SHA-512 that ring does not have.
pub(crate) fn verify_with_digest(
    key: &PublicKey,
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> bool {
    use ring::signature as ring;
    #[cfg(any(test, feature = "test-util"))]
    count::one();
    let bytes = key.raw();
    let by_ring = |algorithm| ring_verify(algorithm, bytes, message, signature);
    let by_aws = |algorithm| aws_verify(algorithm, bytes, message, signature);
    match (key.key_type(), digest) {
        (KeyType::Rsa { .. }, Digest::Sha256) => by_ring(&ring::RSA_PKCS1_2048_8192_SHA256),
        (KeyType::Rsa { .. }, Digest::Sha384) => by_ring(&ring::RSA_PKCS1_2048_8192_SHA384),
        (KeyType::Rsa { .. }, Digest::Sha512) => by_ring(&ring::RSA_PKCS1_2048_8192_SHA512),
        (KeyType::EcP256, Digest::Sha256) => by_ring(&ring::ECDSA_P256_SHA256_ASN1),
        (KeyType::EcP256, Digest::Sha384) => by_ring(&ring::ECDSA_P256_SHA384_ASN1),
        (KeyType::EcP256, Digest::Sha512) => by_aws(&aws::ECDSA_P256_SHA512_ASN1),
        (KeyType::EcP384, Digest::Sha256) => by_aws(&aws::ECDSA_P384_SHA256_ASN1),
        (KeyType::EcP384, Digest::Sha384) => by_aws(&aws::ECDSA_P384_SHA384_ASN1),
        (KeyType::EcP384, Digest::Sha512) => by_aws(&aws::ECDSA_P384_SHA512_ASN1),
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().unwrap_or_default()
}

fn ring_verify(
    algorithm: &'static dyn ring::signature::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    ring::signature::UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
}

fn aws_verify(
    algorithm: &'static dyn aws::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    aws::UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests;
