//! Keys that a seed decides.

use super::WorldError;
use rand::RngCore as _;
use rand_chacha::ChaCha20Rng;
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData, SignatureAlgorithm};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair},
};
use simbind_proto::v1;
use std::fmt;

/// The curve of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

/// Signs certificates the same way each time (RFC 6979), so that a world of one seed has the same
/// certificates in each process.
enum Repeatable {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

/// A private key.
pub(crate) struct Key {
    curve: Curve,
    fast: EcdsaKeyPair,
    repeatable: Repeatable,
    point: Vec<u8>,
}

impl Key {
    /// Draws a key.
    pub(crate) fn draw(rng: &mut ChaCha20Rng, curve: Curve) -> Result<Self, WorldError> {
        // A scalar outside the group's order is so rare that a few draws are always enough.
        for _ in 0..8 {
            let mut scalar = [0; 48];
            rng.fill_bytes(&mut scalar);
            if let Some(key) = Self::from_scalar(&scalar, curve) {
                return Ok(key);
            }
        }
        Err(WorldError::Key)
    }

    fn from_scalar(scalar: &[u8; 48], curve: Curve) -> Option<Self> {
        let random = SystemRandom::new();
        match curve {
            Curve::P256 => {
                let scalar = scalar.get(..32)?;
                let signer = p256::ecdsa::SigningKey::from_slice(scalar).ok()?;
                let point = signer.verifying_key().to_encoded_point(false).as_bytes().to_vec();
                let fast = EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_ASN1_SIGNING,
                    scalar,
                    &point,
                    &random,
                );
                Some(Self { curve, fast: fast.ok()?, repeatable: Repeatable::P256(signer), point })
            }
            Curve::P384 => {
                let signer = p384::ecdsa::SigningKey::from_slice(scalar).ok()?;
                let point = signer.verifying_key().to_encoded_point(false).as_bytes().to_vec();
                let fast = EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P384_SHA384_ASN1_SIGNING,
                    scalar,
                    &point,
                    &random,
                );
                Some(Self { curve, fast: fast.ok()?, repeatable: Repeatable::P384(signer), point })
            }
        }
    }

    /// Signs a message, as a SIM or a handset does.
    pub(crate) fn sign_message(&self, message: &[u8]) -> Result<v1::Signature, WorldError> {
        let scheme = match self.curve {
            Curve::P256 => v1::SignatureScheme::EcdsaP256Sha256,
            Curve::P384 => v1::SignatureScheme::EcdsaP384Sha384,
        };
        let value = self.fast.sign(&SystemRandom::new(), message).map_err(|_| WorldError::Key)?;
        Ok(v1::Signature { scheme: scheme.into(), value: value.as_ref().to_vec().into() })
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.curve {
            Curve::P256 => &PKCS_ECDSA_P256_SHA256,
            Curve::P384 => &PKCS_ECDSA_P384_SHA384,
        }
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        use p256::ecdsa::signature::Signer as _;
        Ok(match &self.repeatable {
            Repeatable::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Repeatable::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.curve)
    }
}
