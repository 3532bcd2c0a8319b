//! A signature's verification by each of the two libraries, over one message of the size of a
//! certificate's signed part, with the key parsed in each call as our verifiers do it.

use crate::measure::Job;
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{self as aws, KeyPair as _},
};
use std::hint::black_box;

/// The kinds of key that certificates of persons and of handsets have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Rsa2048,
    Rsa4096,
    P256,
    P384,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Rsa2048, Self::Rsa4096, Self::P256, Self::P384];

    /// The library's job that our verifiers use for this kind.
    pub const fn used(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA-2048, ring",
            Self::Rsa4096 => "RSA-4096, ring",
            Self::P256 => "P-256, ring",
            Self::P384 => "P-384, aws-lc-rs",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA-2048",
            Self::Rsa4096 => "RSA-4096",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }
}

/// A public key, a message and the key's signature over it.
pub struct Sample {
    kind: Kind,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Sample {
    pub fn draw(kind: Kind) -> Self {
        let message = vec![0x5A; 1000];
        let random = SystemRandom::new();
        let (key, signature) = match kind {
            Kind::Rsa2048 => rsa(KeySize::Rsa2048, &message, &random),
            Kind::Rsa4096 => rsa(KeySize::Rsa4096, &message, &random),
            Kind::P256 => ec(&aws::ECDSA_P256_SHA256_ASN1_SIGNING, &message, &random),
            Kind::P384 => ec(&aws::ECDSA_P384_SHA384_ASN1_SIGNING, &message, &random),
        };
        Self { kind, key, message, signature }
    }

    /// Verification by ring.
    pub fn ring(&self) -> Job<'_> {
        let algorithm: &dyn ring::signature::VerificationAlgorithm = match self.kind {
            Kind::Rsa2048 | Kind::Rsa4096 => &ring::signature::RSA_PKCS1_2048_8192_SHA256,
            Kind::P256 => &ring::signature::ECDSA_P256_SHA256_ASN1,
            Kind::P384 => &ring::signature::ECDSA_P384_SHA384_ASN1,
        };
        Job::new(format!("{}, ring", self.kind.name()), move || {
            let key = ring::signature::UnparsedPublicKey::new(algorithm, black_box(&self.key));
            key.verify(&self.message, &self.signature).expect("the signature is the key's");
        })
    }

    /// Verification by aws-lc-rs.
    pub fn aws(&self) -> Job<'_> {
        let algorithm: &dyn aws::VerificationAlgorithm = match self.kind {
            Kind::Rsa2048 | Kind::Rsa4096 => &aws::RSA_PKCS1_2048_8192_SHA256,
            Kind::P256 => &aws::ECDSA_P256_SHA256_ASN1,
            Kind::P384 => &aws::ECDSA_P384_SHA384_ASN1,
        };
        Job::new(format!("{}, aws-lc-rs", self.kind.name()), move || {
            let key = aws::UnparsedPublicKey::new(algorithm, black_box(&self.key));
            key.verify(&self.message, &self.signature).expect("the signature is the key's");
        })
    }

    /// Verification by aws-lc-rs with a key that was parsed before.
    pub fn aws_parsed(&self) -> Job<'_> {
        let algorithm: &'static dyn aws::VerificationAlgorithm = match self.kind {
            Kind::Rsa2048 | Kind::Rsa4096 => &aws::RSA_PKCS1_2048_8192_SHA256,
            Kind::P256 => &aws::ECDSA_P256_SHA256_ASN1,
            Kind::P384 => &aws::ECDSA_P384_SHA384_ASN1,
        };
        let key = aws::ParsedPublicKey::new(algorithm, &self.key).expect("the key is one");
        Job::new(format!("{}, aws-lc-rs, key parsed before", self.kind.name()), move || {
            let key = black_box(&key);
            key.verify_sig(&self.message, &self.signature).expect("the signature is the key's");
        })
    }
}

fn rsa(size: KeySize, message: &[u8], random: &SystemRandom) -> (Vec<u8>, Vec<u8>) {
    let pair = aws::RsaKeyPair::generate(size).expect("a key is made");
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&aws::RSA_PKCS1_SHA256, random, message, &mut signature).expect("the key signs");
    (pair.public_key().as_ref().to_vec(), signature)
}

fn ec(
    algorithm: &'static aws::EcdsaSigningAlgorithm,
    message: &[u8],
    random: &SystemRandom,
) -> (Vec<u8>, Vec<u8>) {
    let pair = aws::EcdsaKeyPair::generate(algorithm).expect("a key is made");
    let signature = pair.sign(random, message).expect("the key signs");
    (pair.public_key().as_ref().to_vec(), signature.as_ref().to_vec())
}
