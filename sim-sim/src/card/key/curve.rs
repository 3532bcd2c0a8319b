//! Keys on a curve, by a library that is fast enough for scenarios with a million signatures.

use super::{Algorithm, KeyError};
use aws_lc_rs::{
    agreement::{self, ECDH_P256, ECDH_P384},
    digest::{self, Digest, SHA256, SHA384},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm,
    },
};
use zeroize::Zeroizing;

/// Which curve, and the digest that goes with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    const fn scalar_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    const fn algorithms(
        self,
    ) -> (&'static agreement::Algorithm, &'static EcdsaSigningAlgorithm, &'static digest::Algorithm)
    {
        match self {
            Self::P256 => (&ECDH_P256, &ECDSA_P256_SHA256_ASN1_SIGNING, &SHA256),
            Self::P384 => (&ECDH_P384, &ECDSA_P384_SHA384_ASN1_SIGNING, &SHA384),
        }
    }
}

/// A private key on a curve.
pub(super) struct CurveKey {
    pub(super) curve: Curve,
    pub(super) scalar: Zeroizing<Vec<u8>>,
    /// Uncompressed.
    pub(super) point: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl CurveKey {
    /// The key of a scalar, of which only the head may be used.
    pub(super) fn new(curve: Curve, scalar: &[u8]) -> Result<Self, KeyError> {
        let scalar = scalar.get(..curve.scalar_length()).ok_or(KeyError::NotAKey)?;
        let (agreement, signing, _) = curve.algorithms();
        // The library gives a point to keys of agreement alone.
        let agreed = agreement::PrivateKey::from_private_key(agreement, scalar);
        let point = agreed.map_err(|_| KeyError::NotAKey)?.compute_public_key();
        let point = point.map_err(|_| KeyError::NotAKey)?.as_ref().to_vec();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(signing, scalar, &point);
        let pair = pair.map_err(|_| KeyError::NotAKey)?;
        Ok(Self { curve, scalar: Zeroizing::new(scalar.to_vec()), point, pair })
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self.curve {
            Curve::P256 => Algorithm::P256,
            Curve::P384 => Algorithm::P384,
        }
    }

    /// Signs a digest.
    pub(super) fn sign(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let (_, _, hash) = self.curve.algorithms();
        let digest = Digest::import_less_safe(digest, hash).ok()?;
        Some(self.pair.sign_digest(&digest).ok()?.as_ref().to_vec())
    }
}
