//! What a signature covers, and the signature.

use super::StatusError;
use crate::{
    der::{BIT_STRING, DerError, OBJECT_IDENTIFIER, Reader, SEQUENCE},
    signature::{Digest, KeyType, PublicKey, verify_with_digest},
};

/// 1.2.840.10045.4.3, to which ECDSA adds 2, 3, 4 for its digests (RFC 5758).
const ECDSA: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3];
/// 1.2.840.113549.1.1, to which RSA adds 11, 12, 13 for its digests (RFC 8017).
const RSA: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1];

/// The three parts that begin a certificate, a list, and a basic OCSP response.
pub(super) struct Signed<'d> {
    /// What is signed, with its tag and length.
    message: &'d [u8],
    /// The content of what is signed.
    pub(super) content: Reader<'d>,
    /// The content of the algorithm's identifier.
    pub(super) algorithm: &'d [u8],
    signature: &'d [u8],
}

impl<'d> Signed<'d> {
    pub(super) fn read(reader: &mut Reader<'d>, field: &'static str) -> Result<Self, DerError> {
        let before = reader.rest();
        let content = reader.enter(field, SEQUENCE)?;
        let after = reader.rest().len();
        let message = before.get(..before.len().saturating_sub(after)).unwrap_or_default();
        let algorithm = reader.expect("signatureAlgorithm", SEQUENCE)?;
        match reader.expect("signature", BIT_STRING)?.split_first() {
            Some((0, signature)) => Ok(Self { message, content, algorithm, signature }),
            _ => Err(DerError::Der { field: "signature" }),
        }
    }

    /// That the signature is this key's.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), StatusError> {
        let (is_rsa, digest) =
            algorithm(self.algorithm).ok_or(StatusError::UnsupportedAlgorithm)?;
        let fits = matches!(key.key_type(), KeyType::Rsa { .. }) == is_rsa;
        if fits && verify_with_digest(key, digest, self.message, self.signature) {
            Ok(())
        } else {
            Err(StatusError::BadSignature)
        }
    }
}

/// Whether it is RSA, and the digest. RSA may have NULL parameters (RFC 4055 section 5), ECDSA has
/// none (RFC 5758 section 3.2).
fn algorithm(identifier: &[u8]) -> Option<(bool, Digest)> {
    let mut reader = Reader::new("signatureAlgorithm", identifier);
    let oid = reader.expect("signatureAlgorithm", OBJECT_IDENTIFIER).ok()?;
    match (oid.strip_prefix(&ECDSA), oid.strip_prefix(&RSA), reader.rest()) {
        (Some([2]), _, []) => Some((false, Digest::Sha256)),
        (Some([3]), _, []) => Some((false, Digest::Sha384)),
        (Some([4]), _, []) => Some((false, Digest::Sha512)),
        (_, Some([11]), [] | [5, 0]) => Some((true, Digest::Sha256)),
        (_, Some([12]), [] | [5, 0]) => Some((true, Digest::Sha384)),
        (_, Some([13]), [] | [5, 0]) => Some((true, Digest::Sha512)),
        _ => None,
    }
}
