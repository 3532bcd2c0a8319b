//! App Attest, revocation lists and OCSP answers.

use crate::Outcome;
use crate::fixtures::{APP, APP_ATTEST, NOW, STATUS, parts};
use simbind_evidence::{
    apple::{
        AppAttestRoots, Environment, ExpectedApp, ReceiptRoots, read_receipt, verify_assertion,
        verify_attestation, verify_receipt,
    },
    certificate::Authority,
    signature::PublicKey,
    status::{Nonce, Serial, StatusRules, read_crl, read_ocsp, verify_crl_of_any_age, verify_ocsp},
};

/// An attestation object. Only the key that was attested is verified, whatever receipt is beside
/// it.
pub fn attestation(bytes: &[u8]) -> Outcome {
    let fixtures = parts(APP_ATTEST);
    let [root, key_id, hash, spki, ..] = fixtures.as_slice() else { return Outcome::Refused };
    let Ok(roots) = AppAttestRoots::from_der([root]) else { return Outcome::Refused };
    let app = ExpectedApp { app_id: APP, environment: Environment::Production };
    let outcome = verify_attestation(bytes, key_id, hash, &app, &roots, NOW);
    if let Ok(read) = &outcome {
        assert_eq!(read.public_key().spki_der(), *spki, "a key that nobody attested");
        assert!(read.receipt().len() <= bytes.len(), "a receipt out of nothing");
    }
    Outcome::of(&outcome)
}

/// An assertion. The only one that is taken is the one that was signed.
pub fn assertion(bytes: &[u8]) -> Outcome {
    let fixtures = parts(APP_ATTEST);
    let [_, _, hash, spki, known, ..] = fixtures.as_slice() else { return Outcome::Refused };
    let Ok(key) = PublicKey::from_spki_der(spki) else { return Outcome::Refused };
    let outcome = verify_assertion(bytes, &key, hash, APP, 4);
    assert!(outcome.is_err() || bytes == *known, "an assertion that nobody signed");
    Outcome::of(&outcome)
}

/// A receipt. What is verified reads the same unverified, and is what was signed.
pub fn receipt(bytes: &[u8]) -> Outcome {
    let fixtures = parts(APP_ATTEST);
    let [_, _, hash, _, _, root, ..] = fixtures.as_slice() else { return Outcome::Refused };
    let Ok(roots) = ReceiptRoots::from_der([root]) else { return Outcome::Refused };
    let (read, outcome) = (read_receipt(bytes), verify_receipt(bytes, &roots, NOW));
    if let Ok(read) = &read {
        assert!(read.app_id().len() + read.client_hash().len() <= bytes.len());
    }
    if let Ok(verified) = &outcome {
        assert_eq!(read.as_ref(), Ok(verified.receipt()), "it reads as another");
        assert_eq!(verified.receipt().client_hash(), *hash, "a receipt that nobody signed");
        assert_eq!(verified.receipt().app_id(), APP, "a receipt that nobody signed");
    }
    Outcome::of(&outcome)
}

/// A revocation list. The only ones that are taken are those that were signed.
pub fn crl(bytes: &[u8]) -> Outcome {
    let fixtures = parts(STATUS);
    let [issuer, serial, lists @ ..] = fixtures.as_slice() else { return Outcome::Refused };
    let Ok(issuer) = Authority::from_der(issuer) else { return Outcome::Refused };
    let (read, outcome) =
        (read_crl(bytes), verify_crl_of_any_age(bytes, &issuer, StatusRules::default(), NOW));
    if let Ok(read) = &read {
        assert!(read.entries() <= bytes.len(), "more entries than bytes");
    }
    if let Ok(list) = &outcome {
        assert!(lists.contains(&bytes), "a list that nobody signed");
        assert_eq!(read.map(|read| read.entries()), Ok(list.len()), "it reads as another");
        let _ = list.of_serial(serial);
    }
    Outcome::of(&outcome)
}

/// An OCSP answer. The only ones that are taken are those that were signed.
pub fn ocsp(bytes: &[u8]) -> Outcome {
    let fixtures = parts(STATUS);
    let [issuer, serial, answers @ ..] = fixtures.as_slice() else { return Outcome::Refused };
    let Ok(issuer) = Authority::from_der(issuer) else { return Outcome::Refused };
    if let Ok(read) = read_ocsp(bytes) {
        assert!(read.answers() <= bytes.len(), "more answers than bytes");
    }
    let Some(serial) = Serial::of_unsigned(serial) else { return Outcome::Refused };
    let outcome = verify_ocsp(bytes, &issuer, &serial, Nonce::NotAsked, NOW);
    if let Ok(answer) = &outcome {
        assert!(answers.contains(&bytes), "an answer that nobody signed");
        assert!(NOW < answer.valid_until(), "not valid now");
    }
    Outcome::of(&outcome)
}
