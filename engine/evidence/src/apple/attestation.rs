use super::{
    AppAttestError, AppAttestRoots, Environment, Extensions,
    authenticator::Attested,
    chain::{self, NONCE},
    object::AttestationObject,
};
use crate::{
    der::{DerError, OCTET_STRING, Reader, SEQUENCE, Tag},
    signature::{KeyType, PublicKey, sha256},
};
use simbind_core::time::Timestamp;
use std::{fmt, time::Duration};
use x509_parser::certificate::X509Certificate;

/// The most bytes that an attestation object may have; real ones have about 5,600.
pub const MAX_ATTESTATION_BYTES: usize = 64 * 1024;

/// Which app must have asked for the key, and by which of Apple's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedApp<'a> {
    /// The app's id: the team's ten characters, a dot, and the bundle identifier.
    pub app_id: &'a str,
    /// The environment that the key must be of.
    pub environment: Environment,
}

/// An attestation that holds. Only [`verify_attestation`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct AppAttestation {
    public_key: PublicKey,
    key_id: [u8; 32],
    app_id_hash: [u8; 32],
    environment: Environment,
    extensions: Extensions,
    receipt: Box<[u8]>,
    fingerprints: Vec<[u8; 32]>,
    valid_from: Timestamp,
    valid_until: Timestamp,
}

/// Verifies an attestation object by Apple's procedure ("Validating apps that connect to your
/// server") at the given time.
///
/// `key_id` are the 32 octets of the key's identifier. `client_data_hash` is what the app gives to
/// Apple's interface: the SHA-256 of the challenge (Apple's own published sample gives the
/// challenge itself). The receipt is kept as it is and vouched for by nothing here.
///
/// # Errors
/// [`AppAttestError`], the first link that does not hold.
pub fn verify_attestation(
    cbor: &[u8],
    key_id: &[u8],
    client_data_hash: &[u8],
    app: &ExpectedApp<'_>,
    roots: &AppAttestRoots,
    at: Timestamp,
) -> Result<AppAttestation, AppAttestError> {
    if cbor.len() > MAX_ATTESTATION_BYTES {
        let (got, max) = (cbor.len(), MAX_ATTESTATION_BYTES);
        return Err(AppAttestError::TooLarge { got, max });
    }
    let object = AttestationObject::read(cbor)?;
    let walked = chain::walk(&object.certificates, &roots.0, at)?;
    let leaf = walked.leaf()?;
    let nonce = sha256(&[object.authenticator_data, client_data_hash].concat());
    if nonce_of(leaf)? != nonce {
        return Err(AppAttestError::Nonce);
    }
    let public_key = PublicKey::from_spki_der(leaf.public_key().raw)
        .ok()
        .filter(|key| key.key_type() == KeyType::EcP256)
        .ok_or(AppAttestError::KeyKind)?;
    let own_key_id = sha256(public_key.raw());
    if key_id != own_key_id {
        return Err(AppAttestError::KeyId);
    }
    let attested = Attested::read(object.authenticator_data)?;
    let environment = check(&attested, &public_key, &own_key_id, app)?;
    Ok(AppAttestation {
        public_key,
        key_id: own_key_id,
        app_id_hash: *attested.header.app_id_hash,
        environment,
        extensions: attested.extensions,
        receipt: object.receipt.into(),
        fingerprints: object.certificates.iter().map(|der| sha256(der)).collect(),
        valid_from: walked.not_before,
        valid_until: walked.not_after.plus(Duration::from_secs(1)),
    })
}

/// The nonce of the leaf: `SEQUENCE { [1] EXPLICIT OCTET STRING }` and nothing else.
fn nonce_of<'c>(leaf: &X509Certificate<'c>) -> Result<&'c [u8], AppAttestError> {
    const FIELD: &str = "nonce";
    const FIRST: Tag = Tag { class: 2, constructed: true, number: 1 };
    let extension = leaf
        .extensions()
        .iter()
        .find(|extension| extension.oid.as_bytes() == NONCE)
        .ok_or(AppAttestError::NoNonce)?;
    let read = |der: &'c [u8]| -> Result<&'c [u8], DerError> {
        let mut outer = Reader::new(FIELD, der);
        let mut sequence = outer.enter(FIELD, SEQUENCE)?;
        let mut tagged = sequence.enter(FIELD, FIRST)?;
        let nonce = tagged.expect(FIELD, OCTET_STRING)?;
        tagged.finish()?;
        sequence.finish()?;
        outer.finish()?;
        Ok(nonce)
    };
    read(extension.value).map_err(AppAttestError::MalformedNonce)
}

/// Checks what the authenticator data say; tells the environment.
fn check(
    attested: &Attested<'_>,
    key: &PublicKey,
    key_id: &[u8; 32],
    app: &ExpectedApp<'_>,
) -> Result<Environment, AppAttestError> {
    if attested.point != key.raw() {
        return Err(AppAttestError::OtherKey);
    }
    if attested.credential_id != key_id {
        return Err(AppAttestError::CredentialId);
    }
    if *attested.header.app_id_hash != sha256(app.app_id.as_bytes()) {
        return Err(AppAttestError::App);
    }
    match attested.header.counter {
        0 => {}
        counter => return Err(AppAttestError::Counter { counter }),
    }
    let found =
        Environment::of_aaguid(attested.aaguid).ok_or(AppAttestError::UnknownEnvironment)?;
    if found == app.environment { Ok(found) } else { Err(AppAttestError::Environment { found }) }
}

/// Shows nothing that names the device or its key.
impl fmt::Debug for AppAttestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppAttestation")
            .field("environment", &self.environment)
            .field("extensions", &self.extensions)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

impl AppAttestation {
    /// The attested key, EC on P-256, which assertions are verified with.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The key's identifier: SHA-256 of its uncompressed point.
    pub fn key_id(&self) -> &[u8; 32] {
        &self.key_id
    }

    /// SHA-256 of the app's id.
    pub fn app_id_hash(&self) -> &[u8; 32] {
        &self.app_id_hash
    }

    /// The environment that Apple attested the key in.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// What the system said of the app that ran (iOS 27 and later).
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Apple's receipt, as it came. It is not verified here: it may be another key's, or empty.
    pub fn receipt(&self) -> &[u8] {
        &self.receipt
    }

    /// SHA-256 of the chain's certificates, leaf first.
    pub fn chain_fingerprints(&self) -> &[[u8; 32]] {
        &self.fingerprints
    }

    /// The first instant at which the chain holds.
    pub fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// The first instant at which the chain no longer holds. Leaves live for days to months: keep
    /// the verdict of the enrolment, and do not verify an old attestation again.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }
}
