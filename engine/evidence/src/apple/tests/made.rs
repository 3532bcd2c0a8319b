//! Roots, iPhones and their keys, made here.

use crate::{
    apple::{
        AppAttestError, AppAttestRoots, AppAttestation, Assertion, AssertionError, Environment,
        ExpectedApp, Extensions, encode, verify_assertion, verify_attestation,
    },
    signature::{PublicKey, sha256},
    testca::{NOW, Party},
};
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};

pub(super) const APP: &str = "0123456789.example.app";
pub(super) const CHALLENGE: &[u8] = b"a challenge";

/// Where the parts of an attestation's authenticator data begin.
pub(super) const FLAGS: usize = 32;
pub(super) const COUNTER: usize = 33;
pub(super) const AAGUID: usize = 37;
pub(super) const CREDENTIAL_ID: usize = 55;
pub(super) const KEY: usize = 87;

/// An attestation in parts, of which a test changes some.
pub(super) struct Phone {
    pub(super) root: Party,
    pub(super) intermediate: Party,
    pub(super) leaf: Party,
    pub(super) data: Vec<u8>,
    /// The leaf's nonce extension. None: as it should be.
    pub(super) nonce: Option<Nonce>,
    pub(super) key_id: Vec<u8>,
}

/// What stands in place of the nonce's extension.
pub(super) enum Nonce {
    Absent,
    /// This function of the right nonce.
    Content(fn(&[u8; 32]) -> Vec<u8>),
    /// The right content, in another extension.
    Under(&'static [u64]),
}

impl Phone {
    pub(super) fn new() -> Self {
        Self::with(Environment::Production, &Extensions::default())
    }

    pub(super) fn with(environment: Environment, extensions: &Extensions) -> Self {
        let leaf = Party::leaf("credential", 7);
        let point = point(&leaf.key);
        Self {
            root: Party::authority("App Attest Root", 1),
            intermediate: Party::authority("App Attest CA", 2),
            data: encode::attested_data(APP, environment, &point, extensions),
            nonce: None,
            key_id: encode::key_id(&point).to_vec(),
            leaf,
        }
    }

    pub(super) fn certificates(&self) -> Vec<Vec<u8>> {
        let nonce = encode::nonce(&self.data, &sha256(CHALLENGE));
        let right = encode::nonce_extension(&nonce);
        let leaf = same(&self.leaf);
        let leaf = match &self.nonce {
            None => leaf.with_extension(encode::NONCE_OID, right, false),
            Some(Nonce::Absent) => leaf,
            Some(Nonce::Content(of)) => leaf.with_extension(encode::NONCE_OID, of(&nonce), false),
            Some(Nonce::Under(oid)) => leaf.with_extension(oid, right, false),
        };
        vec![self.intermediate.issue(&leaf), self.root.issue(&self.intermediate)]
    }

    pub(super) fn object(&self) -> Vec<u8> {
        self.object_with(&self.certificates())
    }

    pub(super) fn object_with(&self, certificates: &[Vec<u8>]) -> Vec<u8> {
        encode::attestation_object(certificates, b"receipt", &self.data)
    }

    pub(super) fn verify(&self) -> Result<AppAttestation, AppAttestError> {
        self.verify_object(&self.object())
    }

    pub(super) fn verify_object(&self, object: &[u8]) -> Result<AppAttestation, AppAttestError> {
        let app = ExpectedApp { app_id: APP, environment: Environment::Production };
        let hash = sha256(CHALLENGE);
        verify_attestation(object, &self.key_id, &hash, &app, &self.roots(), NOW)
    }

    pub(super) fn roots(&self) -> AppAttestRoots {
        AppAttestRoots::from_der([self.root.self_signed()]).unwrap()
    }

    pub(super) fn public_key(&self) -> PublicKey {
        PublicKey::from_spki_der(&self.leaf.key.subject_public_key_info()).unwrap()
    }

    /// A key of another kind.
    pub(super) fn root_key(&self) -> PublicKey {
        PublicKey::from_spki_der(&self.root.key.subject_public_key_info()).unwrap()
    }

    /// An assertion over these authenticator data and the challenge.
    pub(super) fn assertion(&self, data: &[u8]) -> Vec<u8> {
        encode::assertion_object(&self.sign(&encode::nonce(data, &sha256(CHALLENGE))), data)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.leaf.key.sign(message).unwrap()
    }

    pub(super) fn check(&self, cbor: &[u8], previous: u32) -> Result<Assertion, AssertionError> {
        verify_assertion(cbor, &self.public_key(), &sha256(CHALLENGE), APP, previous)
    }
}

/// Authenticator data of an assertion with this counter.
pub(super) fn asserted(counter: u32) -> Vec<u8> {
    encode::asserted_data(APP, counter, &Extensions::default())
}

pub(super) fn point(key: &KeyPair) -> Vec<u8> {
    key.der_bytes().to_vec()
}

/// The party once more; keys cannot be cloned.
pub(super) fn same(party: &Party) -> Party {
    let key = KeyPair::from_pem(&party.key.serialize_pem()).unwrap();
    Party { params: party.params.clone(), key }
}
