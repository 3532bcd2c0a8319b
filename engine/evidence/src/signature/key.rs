use super::SignatureScheme;
use aws_lc_rs::signature as aws;
use std::{fmt, sync::Arc};
use thiserror::Error;
use x509_parser::{
    der_parser::asn1_rs::{Any, FromDer, Tag},
    oid_registry::{
        OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION,
    },
    public_key::RSAPublicKey,
    x509::SubjectPublicKeyInfo,
};

/// A public key of a kind that we verify with: RSA of 2048 to 4096 bits, EC on P-256 or P-384.
/// A point is on its curve; the encoding has nothing after it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    key_type: KeyType,
    spki: Arc<[u8]>,
    /// Where the key itself begins in `spki`: an `RSAPublicKey` or an uncompressed point.
    raw_at: usize,
}

/// The type of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// RSA, with the bits of its modulus (2048 to 4096).
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// Elliptic curve, NIST P-256.
    EcP256,
    /// Elliptic curve, NIST P-384.
    EcP384,
}

/// Why bytes are not a public key that we verify with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not a DER `SubjectPublicKeyInfo`, or bytes after it, or a point off its curve.
    #[error("the public key is malformed")]
    Malformed,
    /// An algorithm other than RSA and EC, named by its object identifier.
    #[error("keys of algorithm {0} are not supported")]
    UnsupportedAlgorithm(String),
    /// A curve other than P-256 and P-384: its object identifier, or "explicit parameters".
    #[error("keys on curve {0} are not supported")]
    UnsupportedCurve(String),
    /// An RSA modulus outside 2048 to 4096 bits.
    #[error("an RSA key of {bits} bits is not supported; 2048 to 4096 are")]
    RsaSize {
        /// Bits of the modulus.
        bits: usize,
    },
}

impl PublicKey {
    /// Reads a DER `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
    ///
    /// # Errors
    /// [`KeyError`] where it is malformed or of a kind that is not supported.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, spki) = SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError::Malformed)?;
        if !rest.is_empty() || spki.subject_public_key.unused_bits != 0 {
            return Err(KeyError::Malformed);
        }
        let algorithm = &spki.algorithm;
        let raw: &[u8] = &spki.subject_public_key.data;
        let key_type = if algorithm.algorithm == OID_PKCS1_RSAENCRYPTION {
            rsa(algorithm.parameters.as_ref(), raw)?
        } else if algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
            ec(algorithm.parameters.as_ref(), raw)?
        } else {
            return Err(KeyError::UnsupportedAlgorithm(algorithm.algorithm.to_id_string()));
        };
        let raw_at = der.len().checked_sub(raw.len()).ok_or(KeyError::Malformed)?;
        Ok(Self { key_type, spki: der.into(), raw_at })
    }

    /// The type of the key.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The one scheme that this key signs with.
    pub fn scheme(&self) -> SignatureScheme {
        match self.key_type {
            KeyType::Rsa { .. } => SignatureScheme::RsaPkcs1Sha256,
            KeyType::EcP256 => SignatureScheme::EcdsaP256Sha256,
            KeyType::EcP384 => SignatureScheme::EcdsaP384Sha384,
        }
    }

    /// The DER `SubjectPublicKeyInfo`, as it was read.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of the DER `SubjectPublicKeyInfo`: the identity of the key.
    pub fn spki_sha256(&self) -> [u8; 32] {
        super::sha256(&self.spki)
    }

    pub(super) fn raw(&self) -> &[u8] {
        self.spki.get(self.raw_at..).unwrap_or_default()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?})", self.key_type)
    }
}

fn rsa(parameters: Option<&Any<'_>>, raw: &[u8]) -> Result<KeyType, KeyError> {
    if parameters.is_some_and(|any| any.tag() != Tag::Null || !any.data.is_empty()) {
        return Err(KeyError::Malformed);
    }
    let (rest, key) = RSAPublicKey::from_der(raw).map_err(|_| KeyError::Malformed)?;
    let zeros = key.modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = key.modulus.get(zeros..).unwrap_or_default();
    let high_zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = (modulus.len() * 8).saturating_sub(usize::try_from(high_zeros).unwrap_or(0));
    if !rest.is_empty() {
        return Err(KeyError::Malformed);
    }
    if !(2048..=4096).contains(&bits) {
        return Err(KeyError::RsaSize { bits });
    }
    parses(&aws::RSA_PKCS1_2048_8192_SHA256, raw)?;
    Ok(KeyType::Rsa { bits })
}

fn ec(parameters: Option<&Any<'_>>, raw: &[u8]) -> Result<KeyType, KeyError> {
    let parameters = parameters.ok_or(KeyError::Malformed)?;
    let Ok(curve) = parameters.as_oid() else {
        return Err(KeyError::UnsupportedCurve("explicit parameters".into()));
    };
    let (key_type, length) = if curve == OID_EC_P256 {
        (KeyType::EcP256, 65)
    } else if curve == OID_NIST_EC_P384 {
        (KeyType::EcP384, 97)
    } else {
        return Err(KeyError::UnsupportedCurve(curve.to_id_string()));
    };
    if raw.len() != length || raw.first() != Some(&4) {
        return Err(KeyError::Malformed);
    }
    match key_type {
        KeyType::EcP384 => parses(&aws::ECDSA_P384_SHA384_ASN1, raw)?,
        _ => parses(&aws::ECDSA_P256_SHA256_ASN1, raw)?,
    }
    Ok(key_type)
}

/// Whether the library takes the key: for a point, that it lies on its curve.
fn parses(algorithm: &'static dyn aws::VerificationAlgorithm, raw: &[u8]) -> Result<(), KeyError> {
    aws::ParsedPublicKey::new(algorithm, raw).map(drop).map_err(|_| KeyError::Malformed)
}
