//! App Attest: an iPhone's key at enrolment, and Apple's receipt for it.

use crate::{
    digest::sha256,
    engine::Engine,
    error::ServiceError,
    ledger::{KeptReceipt, decode_row, keys},
    ports::{
        store::Store,
        vault::{KeyId, Vault},
    },
    sealing,
};
use simbind_core::{
    app::AppProof,
    binding::{AppAttestKey, AppleEnvironment, Handset},
    ids::{AppId, BindingId},
    time::Timestamp,
};
use simbind_evidence::apple::{self, AppAttestError, AppAttestation, Environment, ExpectedApp};

const ATTESTATION: &str = "handset.app_attest.attestation";

/// The most bytes of a receipt that is kept; Apple's have about 4,000.
pub const MOST_RECEIPT_BYTES: usize = 8 << 10;

/// An iPhone's key as it was verified, with Apple's receipt for it.
pub(crate) struct Vouched {
    pub(crate) key: AppAttestKey,
    pub(crate) receipt: Vec<u8>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Verifies an attestation over a challenge that was found to be ours.
    pub(crate) fn app_attest_key(
        &self,
        attestation: &[u8],
        key_id: &[u8],
        challenge: &[u8],
        now: Timestamp,
    ) -> Result<Vouched, ServiceError> {
        let (app, verified) = self.vouched_app(attestation, key_id, &sha256(challenge), now)?;
        let receipt = verified.receipt().to_vec();
        if receipt.len() > MOST_RECEIPT_BYTES {
            let got = receipt.len();
            let why =
                format!("has a receipt of {got} bytes; at most {MOST_RECEIPT_BYTES} are kept");
            return Err(ServiceError::invalid(ATTESTATION, why));
        }
        let key = AppAttestKey {
            spki: verified.public_key().spki_der().to_vec(),
            app,
            environment: environment(verified.environment()),
            verified_at: now,
        };
        Ok(Vouched { key, receipt })
    }

    /// The attestation says of which app it is by a hash alone: it is one of those on the list, in
    /// the environment that stands there.
    fn vouched_app(
        &self,
        attestation: &[u8],
        key_id: &[u8],
        client_data: &[u8; 32],
        now: Timestamp,
    ) -> Result<(AppId, AppAttestation), ServiceError> {
        let trust = &self.settings.trust;
        for (id, listed) in trust.apps.iter() {
            let AppProof::Apple { environment } = &listed.proof else { continue };
            let expected = ExpectedApp { app_id: id.as_str(), environment: asked(*environment) };
            let roots = &trust.apple_roots;
            match apple::verify_attestation(attestation, key_id, client_data, &expected, roots, now)
            {
                Ok(verified) => return Ok((id.clone(), verified)),
                Err(AppAttestError::App) => {}
                Err(error @ AppAttestError::KeyId) => {
                    return Err(ServiceError::invalid("handset.app_attest.key_id", error));
                }
                Err(error) => return Err(ServiceError::invalid(ATTESTATION, error)),
            }
        }
        Err(ServiceError::invalid(ATTESTATION, "is of an app that is not on the list"))
    }

    /// Apple's receipt for the key of a handset of a binding, as it came with the attestation: with
    /// it Apple can be asked how many keys the device has made. `None` where the handset has no such
    /// key.
    ///
    /// # Errors
    /// Where there is no such binding, or the store cannot be read.
    pub async fn app_attest_receipt(
        &self,
        id: BindingId,
        place: usize,
    ) -> Result<Option<Vec<u8>>, ServiceError> {
        let standing = self.binding(id).await?;
        let Some(handset) = standing.binding.handsets.iter().nth(place) else { return Ok(None) };
        let Some(key) = handset.app_attest() else { return Ok(None) };
        let row = keys::receipt(id, KeyMark::of(id, key))?;
        let snapshot = self.store.read(&[row]).await?;
        let Some(Some(stored)) = snapshot.values.first() else { return Ok(None) };
        Ok(sealing::open(&*self.vault, sealing::RECEIPT, &decode_row(&stored.value)?)?)
    }

    /// A handset's receipt as it is kept: under its person's key.
    pub(crate) fn kept_receipt(
        &self,
        binding: BindingId,
        person: KeyId,
        handset: &Handset,
        receipt: Option<&Vec<u8>>,
    ) -> Result<Option<KeptReceipt>, ServiceError> {
        let (Some(key), Some(receipt)) = (handset.app_attest(), receipt) else { return Ok(None) };
        let sealed = sealing::seal(&*self.vault, person, sealing::RECEIPT, receipt)?;
        Ok(Some(KeptReceipt { key: KeyMark::of(binding, key).0, sealed }))
    }
}

/// Stands for an iPhone's key within its binding, in entries and keys that are not sealed: a hash
/// of both, from which nothing can be learned about either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMark(pub(crate) [u8; 16]);

impl KeyMark {
    /// The mark of a key.
    pub fn of(binding: BindingId, key: &AppAttestKey) -> Self {
        const DOMAIN: &[u8] = b"simbind app attest key";
        let hash = sha256(&[DOMAIN, binding.as_bytes(), &key.spki].concat());
        let mut mark = [0; 16];
        mark.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(mark)
    }
}

const fn asked(environment: AppleEnvironment) -> Environment {
    match environment {
        AppleEnvironment::Production => Environment::Production,
        AppleEnvironment::Development => Environment::Development,
    }
}

const fn environment(environment: Environment) -> AppleEnvironment {
    match environment {
        Environment::Production => AppleEnvironment::Production,
        Environment::Development => AppleEnvironment::Development,
    }
}
