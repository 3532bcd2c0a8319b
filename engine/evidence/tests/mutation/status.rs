//! Revocation lists and OCSP answers.

use super::{
    authority::{Kind, NOW, Party},
    places::Places,
    published::{cases, certificates, named, readable, time},
    sample::Sample,
};
use rcgen::{ExtendedKeyUsagePurpose, SigningKey as _};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority,
    signature::SignatureScheme,
    status::{
        CertStatus, CrlSubject, Nonce, Reason, Serial, VerifiedCrl, VerifiedOcsp,
        encode::{CrlEntrySpec, CrlSpec, OcspSpec, ResponderName, Signer, encode_crl, encode_ocsp},
        verify_crl, verify_ocsp,
    },
};
use std::path::Path;

const KINDS: [(Kind, SignatureScheme); 3] = [
    (Kind::Rsa2048, SignatureScheme::RsaPkcs1Sha256),
    (Kind::P256, SignatureScheme::EcdsaP256Sha256),
    (Kind::P384, SignatureScheme::EcdsaP384Sha384),
];

fn crl(name: String, der: Vec<u8>, issuer: Authority, at: Timestamp) -> Sample<VerifiedCrl> {
    let verify = move |inputs: &[Vec<u8>]| verify_crl(inputs.first()?, &issuer, at).ok();
    let outside = Places::none();
    Sample { name, inputs: vec![der], list: false, outside, verify: Box::new(verify) }
}

/// Lists of our own making, empty and with entries.
pub(crate) fn lists() -> Vec<Sample<VerifiedCrl>> {
    let mut samples = Vec::new();
    for (kind, scheme) in KINDS {
        let party = Party::authority("issuer", 1, kind);
        let issuer = Authority::from_der(&party.self_signed()).unwrap();
        let sign = |message: &[u8]| party.key.sign(message).unwrap();
        for entries in [0_u8, 3] {
            let mut spec = CrlSpec::empty(&issuer, NOW);
            let entry = |number: u8| {
                let serial = Serial::of_unsigned(&[9, number]).unwrap();
                match number {
                    0 => CrlEntrySpec::held(serial, NOW),
                    _ => CrlEntrySpec::revoked(serial, NOW, Reason::KeyCompromise),
                }
            };
            spec.entries = (0..entries).map(entry).collect();
            let der = encode_crl(&spec, Signer::new(scheme, &sign));
            samples.push(crl(format!("{kind:?}, {entries} entries"), der, issuer.clone(), NOW));
        }
    }
    samples
}

/// What is asked of an answer: the issuer, the serial, and the nonce if one was sent.
struct Asked {
    issuer: Authority,
    serial: Serial,
    nonce: Option<Vec<u8>>,
    at: Timestamp,
}

fn ocsp(name: String, der: Vec<u8>, asked: Asked, outside: Places) -> Sample<VerifiedOcsp> {
    let verify = move |inputs: &[Vec<u8>]| {
        let Asked { issuer, serial, nonce, at } = &asked;
        let nonce = nonce.as_deref().map_or(Nonce::NotAsked, Nonce::Asked);
        verify_ocsp(inputs.first()?, issuer, serial, nonce, *at).ok()
    };
    Sample { name, inputs: vec![der], list: false, outside, verify: Box::new(verify) }
}

/// Answers of our own making, by the issuer and by a delegate, with and without a nonce.
pub(crate) fn answers() -> Vec<Sample<VerifiedOcsp>> {
    let mut samples = Vec::new();
    for (kind, scheme) in KINDS {
        let party = Party::authority("issuer", 1, kind);
        let issuer = Authority::from_der(&party.self_signed()).unwrap();
        let mut delegate = Party::leaf("responder", 5, kind);
        delegate.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        let certificate = party.issue(&delegate);
        let serial = Serial::of_unsigned(&[0x12, 0x34]).unwrap();
        let revoked = CertStatus::Revoked { since: NOW, reason: Reason::KeyCompromise };
        for (form, signer, status, nonce) in [
            ("direct", &party, CertStatus::Good, None),
            ("direct, nonce", &party, CertStatus::Held { since: NOW }, Some(vec![7; 32])),
            ("delegated", &delegate, revoked, None),
            ("delegated, nonce", &delegate, CertStatus::Good, Some(vec![8; 16])),
        ] {
            let mut spec = OcspSpec::about(&issuer, serial.clone(), status, NOW);
            spec.nonce.clone_from(&nonce);
            if form.starts_with("delegated") {
                let responder = Authority::from_der(&certificate).unwrap();
                spec.responder = ResponderName::by_key(&responder);
                spec.certificates = vec![certificate.clone()];
            }
            let sign = |message: &[u8]| signer.key.sign(message).unwrap();
            let der = encode_ocsp(&spec, Signer::new(scheme, &sign));
            let issuer = issuer.clone();
            let asked = Asked { issuer, serial: serial.clone(), nonce, at: NOW };
            samples.push(ocsp(format!("{kind:?}, {form}"), der, asked, Places::none()));
        }
    }
    samples
}

/// Published lists, of those that are accepted.
pub(crate) fn published_lists(folder: &Path) -> Vec<Sample<VerifiedCrl>> {
    let read = |case: &Value| {
        let (der, issuer, _) = files(folder, case)?;
        let sample = crl(name(case), der, issuer, at(case));
        (sample.verify)(&sample.inputs).is_some().then_some(sample)
    };
    of_kind(folder, "crl").iter().filter_map(|it| readable(&it["name"], || read(it))).collect()
}

/// Published answers, of those that are accepted.
pub(crate) fn published_answers(folder: &Path) -> Vec<Sample<VerifiedOcsp>> {
    let read = |case: &Value| {
        let (der, issuer, subject) = files(folder, case)?;
        let serial = CrlSubject::of_certificate(&subject).unwrap().serial().clone();
        let nonce = case["nonce_hex"].as_str().map(|nonce| hex::decode(nonce).unwrap());
        let asked = Asked { issuer, serial, nonce, at: at(case) };
        let sample = ocsp(name(case), der, asked, Places::none());
        (sample.verify)(&sample.inputs).is_some().then_some(sample)
    };
    of_kind(folder, "ocsp").iter().filter_map(|it| readable(&it["name"], || read(it))).collect()
}

fn of_kind(folder: &Path, kind: &str) -> Vec<Value> {
    let files = cases(folder);
    let cases = files.iter().filter_map(|file| file["cases"].as_array()).flatten();
    cases.filter(|case| case["kind"] == kind).cloned().collect()
}

fn name(case: &Value) -> String {
    case["file"].as_str().unwrap().to_owned()
}

fn at(case: &Value) -> Timestamp {
    case["verify_at"].as_str().map_or(NOW, time)
}

/// The answer or list, its issuer, and the certificate in question.
fn files(folder: &Path, case: &Value) -> Option<(Vec<u8>, Authority, Vec<u8>)> {
    let file = |key: &str| {
        let there = case[key].as_str().is_some_and(|name| name != "-");
        if there { named(folder, &case[key]) } else { None }
    };
    let certificate = |key| Some(certificates(&file(key)?).swap_remove(0));
    let issuer = Authority::from_der(&certificate("issuer")?).unwrap();
    let bytes = file("file")?;
    let der = if bytes.starts_with(b"-----BEGIN") {
        use rustls_pki_types::{CertificateRevocationListDer, pem::PemObject as _};
        CertificateRevocationListDer::from_pem_slice(&bytes).unwrap().to_vec()
    } else {
        bytes
    };
    Some((der, issuer, certificate("certificate").unwrap_or_default()))
}
