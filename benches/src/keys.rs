//! P-256 keys of SIMs, handsets and authorities.

use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use simbind_proto::v1;

/// A private key.
pub struct Keys {
    pair: EcdsaKeyPair,
    point: Vec<u8>,
    random: SystemRandom,
}

impl Keys {
    /// A new key.
    pub fn draw() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key is made");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
        let pair = pair.expect("the key is one");
        let point = pair.public_key().as_ref().to_vec();
        Self { pair, point, random }
    }

    /// A signature over a message.
    pub fn signature(&self, message: &[u8]) -> v1::Signature {
        let value = self.pair.sign(&self.random, message).expect("the key signs");
        v1::Signature {
            scheme: v1::SignatureScheme::EcdsaP256Sha256.into(),
            value: value.as_ref().to_vec().into(),
        }
    }

    /// The public key, as certificates hold it.
    pub fn spki(&self) -> Vec<u8> {
        self.subject_public_key_info()
    }
}

impl PublicKeyData for Keys {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Keys {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.signature(message).value.to_vec())
    }
}
