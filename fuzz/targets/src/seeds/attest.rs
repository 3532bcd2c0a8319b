//! App Attest, revocation lists and OCSP answers.

use super::{Made, party::Party};
use crate::fixtures::{APP, NOW, joined};
use anyhow::Result;
use rcgen::{ExtendedKeyUsagePurpose, PublicKeyData as _, SigningKey as _};
use simbind_evidence::{
    apple::{
        Environment, Extensions, ReceiptKind,
        encode::{
            self, NONCE_OID, RECEIPT_SIGNER_OID, ReceiptSpec, asserted_data, assertion_object,
            attestation_object, attested_data, key_id, nonce, nonce_extension, receipt_content,
        },
    },
    certificate::Authority,
    signature::SignatureScheme,
    status::{
        CertStatus, Reason, Serial,
        encode::{
            CrlEntrySpec, CrlSpec, OcspSpec, ResponderName, Signer, encode_crl, encode_ocsp,
            encode_ocsp_word,
        },
    },
};
use std::time::Duration;

const HASH: [u8; 32] = [0xC1; 32];

pub(super) fn make(made: &mut Made) -> Result<()> {
    app_attest(made)?;
    status(made)
}

fn app_attest(made: &mut Made) -> Result<()> {
    let root = Party::authority("App Attest Root", 1)?;
    let (between, leaf) = (Party::authority("App Attest CA", 2)?, Party::leaf("credential", 7)?);
    let point = leaf.key.der_bytes().to_vec();
    let newer =
        Extensions { validation_category: Some(4), bundle_version: Some("1.2.3".to_owned()) };
    let data = attested_data(APP, Environment::Production, &point, &newer);
    let leaf = leaf.with(NONCE_OID, nonce_extension(&nonce(&data, &HASH)), false);
    let attested = between.issue(&leaf)?;
    let certificates = [attested.clone(), root.issue(&between)?];
    let (receipt, receipt_root) = receipt(attested)?;
    made.seed("attestation", "newer", attestation_object(&certificates, &receipt, &data));
    made.seed("receipt", "with_root", receipt);

    let data = asserted_data(APP, 5, &Extensions::default());
    let assertion = assertion_object(&leaf.key.sign(&nonce(&data, &HASH))?, &data);
    made.seed("assertion", "fifth", assertion.clone());
    let (spki, id) = (leaf.key.subject_public_key_info(), key_id(&point));
    let root = root.self_signed()?;
    let all: [&[u8]; 6] = [&root, &id, &HASH, &spki, &assertion, &receipt_root];
    made.fixture("app_attest.bin", joined(&all));
    Ok(())
}

/// A receipt with three certificates, and its root.
fn receipt(attested: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>)> {
    let root = Party::authority("Receipt Root", 1)?;
    let between = Party::authority("Receipt CA", 2)?;
    let signer = Party::leaf("Receipt Signing", 3)?.with(RECEIPT_SIGNER_OID, vec![5, 0], false);
    let content = receipt_content(&ReceiptSpec {
        kind: ReceiptKind::Receipt,
        app_id: APP.to_owned(),
        attested,
        client_hash: HASH.to_vec(),
        environment: Environment::Production,
        created: NOW,
        expires: NOW.plus(Duration::from_secs(86_400)),
        risk_metric: Some(3),
    });
    let copy = root.self_signed()?;
    let certificates = [between.issue(&signer)?, root.issue(&between)?, copy.clone()];
    Ok((encode::receipt(&content, &certificates, &signer.key.sign(&content)?), copy))
}

fn status(made: &mut Made) -> Result<()> {
    let party = Party::authority("issuer", 1)?;
    let certificate = party.self_signed()?;
    let issuer = Authority::from_der(&certificate)?;
    let by_issuer = |message: &[u8]| party.key.sign(message).unwrap_or_default();
    let mut fixtures = vec![certificate, vec![0x12, 0x34]];
    for (name, count) in [("empty", 0_u8), ("three", 3)] {
        let mut spec = CrlSpec::empty(&issuer, NOW);
        for number in 0..count {
            let Some(serial) = Serial::of_unsigned(&[0x12, 0x33 + number]) else { continue };
            spec.entries.push(match number {
                0 => CrlEntrySpec::held(serial, NOW),
                _ => CrlEntrySpec::revoked(serial, NOW, Reason::KeyCompromise),
            });
        }
        let der = encode_crl(&spec, Signer::new(SignatureScheme::EcdsaP384Sha384, &by_issuer));
        made.seed("crl", name, der.clone());
        fixtures.push(der);
    }
    let mut delegate = Party::leaf("responder", 5)?;
    delegate.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    let beside = party.issue(&delegate)?;
    let by_delegate = |message: &[u8]| delegate.key.sign(message).unwrap_or_default();
    let revoked = CertStatus::Revoked { since: NOW, reason: Reason::KeyCompromise };
    for (name, status) in [("direct", CertStatus::Good), ("delegated", revoked)] {
        let Some(serial) = Serial::of_unsigned(&[0x12, 0x34]) else { continue };
        let mut spec = OcspSpec::about(&issuer, serial, status, NOW);
        spec.nonce = Some(vec![7; 32]);
        let der = if name == "delegated" {
            spec.responder = ResponderName::by_key(&Authority::from_der(&beside)?);
            spec.certificates = vec![beside.clone()];
            encode_ocsp(&spec, Signer::new(SignatureScheme::EcdsaP256Sha256, &by_delegate))
        } else {
            encode_ocsp(&spec, Signer::new(SignatureScheme::EcdsaP384Sha384, &by_issuer))
        };
        made.seed("ocsp", name, der.clone());
        fixtures.push(der);
    }
    made.seed("ocsp", "later", encode_ocsp_word(3));
    let fixtures: Vec<&[u8]> = fixtures.iter().map(Vec::as_slice).collect();
    made.fixture("status.bin", joined(&fixtures));
    Ok(())
}
