use super::SignatureScheme;
use crate::der::{BIT_STRING, DerError, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use aws_lc_rs::signature as aws;
use std::{fmt, sync::Arc};
use thiserror::Error;

/// 1.2.840.113549.1.1.1, rsaEncryption (RFC 8017).
const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
/// 1.2.840.10045.2.1, id-ecPublicKey (RFC 5480).
const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
/// 1.2.840.10045.3.1.7, secp256r1 (RFC 5480).
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
/// 1.3.132.0.34, secp384r1 (RFC 5480).
const P384: &[u8] = &[0x2B, 0x81, 4, 0, 0x22];

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
        let Spki { algorithm, parameters, raw } =
            Spki::read(der).map_err(|_| KeyError::Malformed)?;
        let key_type = match algorithm {
            RSA => rsa(parameters, raw)?,
            EC => ec(parameters, raw)?,
            _ => return Err(KeyError::UnsupportedAlgorithm(dotted(algorithm))),
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

    /// The key itself, the content of the `BIT STRING`: an `RSAPublicKey` or a point.
    pub(crate) fn raw(&self) -> &[u8] {
        self.spki.get(self.raw_at..).unwrap_or_default()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?})", self.key_type)
    }
}

/// The parts of a `SubjectPublicKeyInfo`: the algorithm's object identifier, its parameters as they
/// are encoded, and the key.
struct Spki<'d> {
    algorithm: &'d [u8],
    parameters: &'d [u8],
    raw: &'d [u8],
}

impl<'d> Spki<'d> {
    fn read(der: &'d [u8]) -> Result<Self, DerError> {
        const FIELD: &str = "subjectPublicKeyInfo";
        let mut outer = Reader::new(FIELD, der);
        let mut spki = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let mut identifier = spki.enter(FIELD, SEQUENCE)?;
        let algorithm = identifier.expect(FIELD, OBJECT_IDENTIFIER)?;
        let key = spki.expect(FIELD, BIT_STRING)?;
        spki.finish()?;
        match key.split_first() {
            Some((0, raw)) => Ok(Self { algorithm, parameters: identifier.rest(), raw }),
            _ => Err(DerError::Der { field: FIELD }),
        }
    }
}

fn dotted(oid: &[u8]) -> String {
    x509_parser::der_parser::oid::Oid::new(oid.into()).to_id_string()
}

fn rsa(parameters: &[u8], raw: &[u8]) -> Result<KeyType, KeyError> {
    if !matches!(parameters, [] | [5, 0]) {
        return Err(KeyError::Malformed);
    }
    let modulus = modulus(raw).map_err(|_| KeyError::Malformed)?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let high_zeros = modulus.first().map_or(0, |octet| octet.leading_zeros());
    let bits = (modulus.len() * 8).saturating_sub(usize::try_from(high_zeros).unwrap_or(0));
    if !(2048..=4096).contains(&bits) {
        return Err(KeyError::RsaSize { bits });
    }
    parses(&aws::RSA_PKCS1_2048_8192_SHA256, raw)?;
    Ok(KeyType::Rsa { bits })
}

/// The modulus of an `RSAPublicKey` (RFC 8017 appendix A.1.1), which must be positive.
fn modulus(raw: &[u8]) -> Result<&[u8], DerError> {
    const FIELD: &str = "rsaPublicKey";
    let mut outer = Reader::new(FIELD, raw);
    let mut key = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    let modulus = key.expect(FIELD, INTEGER)?;
    key.expect(FIELD, INTEGER)?;
    key.finish()?;
    let positive = modulus.first().is_some_and(|octet| *octet < 0x80);
    if positive { Ok(modulus) } else { Err(DerError::Range { field: FIELD }) }
}

fn ec(parameters: &[u8], raw: &[u8]) -> Result<KeyType, KeyError> {
    let mut reader = Reader::new("parameters", parameters);
    let Ok(curve) = reader.expect("parameters", OBJECT_IDENTIFIER) else {
        return Err(KeyError::UnsupportedCurve("explicit parameters".into()));
    };
    reader.finish().map_err(|_| KeyError::Malformed)?;
    let (key_type, length) = match curve {
        P256 => (KeyType::EcP256, 65),
        P384 => (KeyType::EcP384, 97),
        _ => return Err(KeyError::UnsupportedCurve(dotted(curve))),
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
