use super::{BundleError, Contents, SignerId, SigningKey, TrustedKeys};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The largest bundle, in bytes.
pub const MOST_BYTES: usize = 4 << 20;

const FORMAT: u8 = 1;

/// Says what is signed, so that a signature for one purpose is none for another.
const PAYLOAD_TYPE: &str = "application/vnd.simbind.packs.v1+json";

/// A bundle whose signature was verified under a trusted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    contents: Contents,
    signer: SignerId,
}

/// The file: these keys, in this order, without spaces, and a line end.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    simbind_bundle: u8,
    key_id: String,
    payload: String,
    signature: String,
}

impl Envelope {
    fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut bytes = serde_json::to_vec(self).map_err(malformed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn malformed(why: impl ToString) -> BundleError {
    BundleError::Malformed(why.to_string())
}

/// The bytes that are signed: DSSE's pre-authentication encoding, `DSSEv1`, then type and payload,
/// each behind its length (<https://github.com/secure-systems-lab/dsse>, protocol.md).
fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (PAYLOAD_TYPE.len(), payload.len());
    let mut bytes = format!("DSSEv1 {type_length} {PAYLOAD_TYPE} {length} ").into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Bundle {
    /// Verifies and reads a bundle. One that differs in a single byte from what was signed is
    /// refused.
    ///
    /// # Errors
    /// [`BundleError`]: what is wrong with it.
    pub fn open(bytes: &[u8], keys: &TrustedKeys) -> Result<Self, BundleError> {
        if bytes.len() > MOST_BYTES {
            return Err(BundleError::TooLarge(bytes.len()));
        }
        let envelope: Envelope = serde_json::from_slice(bytes).map_err(malformed)?;
        if envelope.simbind_bundle != FORMAT {
            return Err(malformed(format!("its format is {}", envelope.simbind_bundle)));
        }
        if envelope.to_bytes()? != bytes {
            return Err(BundleError::NotCanonical);
        }
        let signer = SignerId::from_hex(&envelope.key_id)
            .ok_or_else(|| malformed("key_id is not 16 lower-case hexadecimal digits"))?;
        let payload = STANDARD.decode(&envelope.payload);
        let payload = payload.map_err(|_| malformed("the payload is not base64"))?;
        let signature = STANDARD.decode(&envelope.signature);
        let signature = signature.map_err(|_| malformed("the signature is not base64"))?;
        let key = keys.get(signer).ok_or(BundleError::UnknownKey(signer))?;
        if !key.verifies(&signed_bytes(&payload), &signature) {
            return Err(BundleError::Signature(signer));
        }
        Ok(Self { contents: Contents::from_json(&payload)?, signer })
    }

    /// Signs contents: the file's bytes.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`] where it would have more than 4 MiB.
    pub fn seal(contents: &Contents, key: &SigningKey) -> Result<Vec<u8>, BundleError> {
        let payload = contents.to_json()?;
        let envelope = Envelope {
            simbind_bundle: FORMAT,
            key_id: key.public().id().to_string(),
            payload: STANDARD.encode(&payload),
            signature: STANDARD.encode(key.sign(&signed_bytes(&payload))?),
        };
        let bytes = envelope.to_bytes()?;
        if bytes.len() > MOST_BYTES { Err(BundleError::TooLarge(bytes.len())) } else { Ok(bytes) }
    }

    /// What it holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Takes out what it holds.
    pub fn into_contents(self) -> Contents {
        self.contents
    }

    /// Which key signed it.
    pub const fn signer(&self) -> SignerId {
        self.signer
    }

    /// Whether it may follow the newest version that is known (0: none): versions only go up.
    ///
    /// # Errors
    /// [`BundleError::OldVersion`].
    pub const fn follows(&self, known: u64) -> Result<(), BundleError> {
        let version = self.contents.version().get();
        if version > known { Ok(()) } else { Err(BundleError::OldVersion { version, known }) }
    }
}
