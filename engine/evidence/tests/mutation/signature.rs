//! Public keys, messages and signatures.

use super::{authority::Kind, places::Places, sample::Sample};
use rcgen::{PublicKeyData as _, SigningKey as _};
use simbind_evidence::signature::{PublicKey, SignatureScheme, verify};

/// One of each scheme; the inputs are key, message and signature.
pub(crate) fn made() -> Vec<Sample<Vec<u8>>> {
    let kinds = [
        (Kind::Rsa2048, SignatureScheme::RsaPkcs1Sha256),
        (Kind::P256, SignatureScheme::EcdsaP256Sha256),
        (Kind::P384, SignatureScheme::EcdsaP384Sha384),
    ];
    kinds.into_iter().map(|(kind, scheme)| sample(kind, scheme)).collect()
}

fn sample(kind: Kind, scheme: SignatureScheme) -> Sample<Vec<u8>> {
    let key = kind.draw();
    let message = b"a message of a hundred octets or so that some card signed at some door at ...";
    let signature = key.sign(message).unwrap();
    let inputs = vec![key.subject_public_key_info(), message.to_vec(), signature];
    let verify = move |inputs: &[Vec<u8>]| {
        let [key, message, signature] = inputs else { return None };
        let key = PublicKey::from_spki_der(key).ok()?;
        verify(&key, scheme, message, signature).ok()?;
        Some([key.spki_der(), message].concat())
    };
    let name = format!("{kind:?}");
    Sample { name, inputs, list: false, outside: Places::none(), verify: Box::new(verify) }
}
