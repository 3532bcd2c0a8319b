//! The private keys on a card.

mod curve;
mod random;

use curve::{Curve, CurveKey};
use rand::RngCore;
use random::Drawn;
use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, PublicKeyData,
    SignatureAlgorithm,
};
use rsa::{
    pkcs1::EncodeRsaPublicKey as _,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
    traits::PublicKeyParts as _,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use thiserror::Error;
use zeroize::Zeroizing;

/// The sort of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSA of 2048 bits, PKCS#1 v1.5: it signs a `DigestInfo`, which the card pads.
    Rsa2048,
    /// ECDSA on P-256: it signs a digest of 32 octets.
    P256,
    /// ECDSA on P-384: it signs a digest of 48 octets.
    P384,
}

impl Algorithm {
    /// The octet that stands for it in the applet's own commands.
    pub const fn octet(self) -> u8 {
        match self {
            Self::Rsa2048 => 1,
            Self::P256 => 2,
            Self::P384 => 3,
        }
    }

    /// The algorithm of an octet.
    pub const fn from_octet(octet: u8) -> Option<Self> {
        match octet {
            1 => Some(Self::Rsa2048),
            2 => Some(Self::P256),
            3 => Some(Self::P384),
            _ => None,
        }
    }

    /// Whether so many octets can be signed at once. PKCS#1 pads with at least 11.
    pub(super) const fn takes(self, length: usize) -> bool {
        match self {
            Self::Rsa2048 => 1 <= length && length <= 256 - 11,
            Self::P256 => length == 32,
            Self::P384 => length == 48,
        }
    }
}

/// Why there is no key, or it did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The bytes are no private key of this sort.
    #[error("this is not a private key that a card can hold")]
    NotAKey,
    /// What was to be signed does not fit the key.
    #[error("this cannot be signed with the key")]
    NotSignable,
}

/// A private key. Copies share it; it is wiped with the last of them. `Debug` shows its sort.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct PrivateKey(Arc<Kind>);

enum Kind {
    Rsa(rsa::PrivateKey),
    Curve(CurveKey),
}

/// A key as it is kept: RSA as PKCS#8, the others as their scalar.
#[derive(Serialize, Deserialize)]
struct Stored {
    algorithm: Algorithm,
    secret: Zeroizing<Vec<u8>>,
}

impl PrivateKey {
    /// Draws a key. RSA takes seconds in a build without optimisation.
    ///
    /// # Errors
    /// Where none was found.
    pub fn generate(algorithm: Algorithm, random: &mut dyn RngCore) -> Result<Self, KeyError> {
        if algorithm == Algorithm::Rsa2048 {
            let key = rsa::PrivateKey::new(&mut Drawn(random), 2048);
            return Ok(Self::new(Kind::Rsa(key.map_err(|_| KeyError::NotAKey)?)));
        }
        // A scalar outside the group's order is so rare that a few draws are always enough.
        (0..8)
            .find_map(|_| {
                let mut scalar = Zeroizing::new([0; 48]);
                random.fill_bytes(scalar.as_mut());
                Self::from_scalar(algorithm, scalar.as_ref()).ok()
            })
            .ok_or(KeyError::NotAKey)
    }

    /// A key on a curve from a scalar, big-endian, as long as the curve's or longer.
    ///
    /// # Errors
    /// Where the scalar is not one of the curve's group, or the algorithm has no curve.
    pub fn from_scalar(algorithm: Algorithm, scalar: &[u8]) -> Result<Self, KeyError> {
        let curve = match algorithm {
            Algorithm::Rsa2048 => return Err(KeyError::NotAKey),
            Algorithm::P256 => Curve::P256,
            Algorithm::P384 => Curve::P384,
        };
        Ok(Self::new(Kind::Curve(CurveKey::new(curve, scalar)?)))
    }

    /// An RSA key of 2048 bits from its PKCS#8 in DER.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = rsa::PrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::NotAKey)?;
        if key.size() != 256 {
            return Err(KeyError::NotAKey);
        }
        Ok(Self::new(Kind::Rsa(key)))
    }

    fn new(kind: Kind) -> Self {
        Self(Arc::new(kind))
    }

    /// The key's sort.
    pub fn algorithm(&self) -> Algorithm {
        match &*self.0 {
            Kind::Rsa(_) => Algorithm::Rsa2048,
            Kind::Curve(key) => key.algorithm(),
        }
    }

    /// The public half.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        let bits = match &*self.0 {
            Kind::Rsa(key) => {
                let der = key.to_public_key().to_pkcs1_der();
                der.map_err(|_| KeyError::NotAKey)?.as_bytes().to_vec()
            }
            Kind::Curve(key) => key.point.clone(),
        };
        Ok(PublicKey { algorithm: self.algorithm(), bits })
    }

    /// Signs: a `DigestInfo` for RSA (anything of 1 to 245 octets is padded and signed, as the
    /// JPKI cards do), the digest for the curves. ECDSA's value is DER; its nonce is the library's
    /// own, and the randomness blinds RSA alone.
    ///
    /// # Errors
    /// Where the input is not of the length that the key signs.
    pub fn sign(&self, input: &[u8], random: &mut dyn RngCore) -> Result<Vec<u8>, KeyError> {
        if !self.algorithm().takes(input.len()) {
            return Err(KeyError::NotSignable);
        }
        match &*self.0 {
            Kind::Rsa(key) => {
                let padding = rsa::Pkcs1v15Sign::new_unprefixed();
                key.sign_with_rng(&mut Drawn(random), padding, input).ok()
            }
            Kind::Curve(key) => key.sign(input),
        }
        .ok_or(KeyError::NotSignable)
    }
}

impl From<PrivateKey> for Stored {
    fn from(key: PrivateKey) -> Self {
        let secret = match &*key.0 {
            // A key that does not encode is kept as nothing, which is not read back.
            Kind::Rsa(key) => {
                key.to_pkcs8_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default()
            }
            Kind::Curve(key) => key.scalar.to_vec(),
        };
        Self { algorithm: key.algorithm(), secret: Zeroizing::new(secret) }
    }
}

impl TryFrom<Stored> for PrivateKey {
    type Error = KeyError;

    fn try_from(Stored { algorithm, secret }: Stored) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::Rsa2048 => Self::from_pkcs8_der(&secret),
            Algorithm::P256 | Algorithm::P384 => Self::from_scalar(algorithm, &secret),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?})", self.algorithm())
    }
}

/// PKCS#1's `RSAPublicKey` around a modulus of 256 octets: before it, and behind it with 65537.
const RSA_HEAD: &[u8] = &[0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00];
const RSA_TAIL: &[u8] = &[0x02, 0x03, 0x01, 0x00, 0x01];

/// A public key, as a certificate takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    bits: Vec<u8>,
}

impl PublicKey {
    /// The key's sort.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What a card answers when it made the key: the point, or the modulus alone, which fills an
    /// answer. The exponent is then 65537.
    pub(super) fn to_answer(&self) -> Option<&[u8]> {
        match self.algorithm {
            Algorithm::Rsa2048 => {
                let modulus = self.bits.strip_prefix(RSA_HEAD)?.strip_suffix(RSA_TAIL)?;
                (modulus.len() == 256).then_some(modulus)
            }
            Algorithm::P256 | Algorithm::P384 => Some(&self.bits),
        }
    }

    /// Reads what a card answered. A point is not looked at: who certifies it asks for proof.
    pub fn from_answer(algorithm: Algorithm, answer: &[u8]) -> Option<Self> {
        let (length, bits) = match algorithm {
            Algorithm::Rsa2048 => (256, [RSA_HEAD, answer, RSA_TAIL].concat()),
            Algorithm::P256 => (65, answer.to_vec()),
            Algorithm::P384 => (97, answer.to_vec()),
        };
        (answer.len() == length).then_some(Self { algorithm, bits })
    }

    /// What stands in `subjectPublicKey`: PKCS#1's `RSAPublicKey`, or the uncompressed point.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.algorithm {
            Algorithm::Rsa2048 => &PKCS_RSA_SHA256,
            Algorithm::P256 => &PKCS_ECDSA_P256_SHA256,
            Algorithm::P384 => &PKCS_ECDSA_P384_SHA384,
        }
    }
}
