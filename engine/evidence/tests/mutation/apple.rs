//! App Attest: attestations, assertions and receipts.

use super::{
    authority::{Kind, NOW, Party, chain},
    places::Places,
    published::{cases, named, readable, time},
    sample::Sample,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{PublicKeyData as _, SigningKey as _};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    apple::{
        AppAttestRoots, AppAttestation, Assertion, Environment, ExpectedApp, Extensions,
        ReceiptKind, ReceiptRoots, VerifiedReceipt,
        encode::{self, ReceiptSpec},
        verify_assertion, verify_attestation, verify_receipt,
    },
    signature::PublicKey,
};
use std::{path::Path, time::Duration};

const APP: &str = "0123456789.example.app";
const CLIENT_DATA: [u8; 32] = [0xC1; 32];

/// All that is verified of an attestation: all but its receipt, which is kept unverified.
#[derive(PartialEq)]
pub(crate) struct Attested {
    key: PublicKey,
    key_id: [u8; 32],
    app_id_hash: [u8; 32],
    environment: Environment,
    extensions: Extensions,
    fingerprints: Vec<[u8; 32]>,
    valid: (Timestamp, Timestamp),
}

impl From<AppAttestation> for Attested {
    fn from(read: AppAttestation) -> Self {
        Self {
            key: read.public_key().clone(),
            key_id: *read.key_id(),
            app_id_hash: *read.app_id_hash(),
            environment: read.environment(),
            extensions: read.extensions().clone(),
            fingerprints: read.chain_fingerprints().to_vec(),
            valid: (read.valid_from(), read.valid_until()),
        }
    }
}

/// The inputs are the object, the key's id and the client data hash.
fn attestation(
    name: String,
    inputs: [Vec<u8>; 3],
    (app_id, environment): (String, Environment),
    roots: AppAttestRoots,
    at: Timestamp,
) -> Option<Sample<Attested>> {
    let read = move |inputs: &[Vec<u8>]| {
        let [object, key_id, hash] = inputs else { return None };
        let app = ExpectedApp { app_id: &app_id, environment };
        verify_attestation(object, key_id, hash, &app, &roots, at).ok()
    };
    let genuine = read(&inputs)?;
    let outside = Places::where_is(0, &inputs[0], genuine.receipt());
    let verify = Box::new(move |inputs: &[Vec<u8>]| read(inputs).map(Attested::from));
    Some(Sample { name, inputs: inputs.to_vec(), list: false, outside, verify })
}

/// Attestations of our own making, of each environment and with what newer systems add.
pub(crate) fn attestations() -> Vec<Sample<Attested>> {
    let newer = Extensions { bundle_version: Some("1.2.3".into()), ..Extensions::default() };
    let kinds = [
        (Environment::Production, Extensions::default()),
        (Environment::Development, Extensions::default()),
        (Environment::Production, newer),
    ];
    let made = kinds.into_iter().filter_map(|(environment, extensions)| {
        let root = Party::authority("App Attest Root", 1, Kind::P384);
        let between = Party::authority("App Attest CA", 2, Kind::P384);
        let leaf = Party::leaf("credential", 7, Kind::P256);
        let point = leaf.key.der_bytes().to_vec();
        let data = encode::attested_data(APP, environment, &point, &extensions);
        let nonce = encode::nonce_extension(&encode::nonce(&data, &CLIENT_DATA));
        let leaf = leaf.with(encode::NONCE_OID, nonce, false);
        let certificates = chain(&[&leaf, &between, &root], false);
        let object = encode::attestation_object(&certificates, b"a receipt, not verified", &data);
        let inputs = [object, encode::key_id(&point).to_vec(), CLIENT_DATA.to_vec()];
        let roots = AppAttestRoots::from_der([root.self_signed()]).unwrap();
        let name = format!("attestation, {environment:?}, {extensions:?}");
        attestation(name, inputs, (APP.to_owned(), environment), roots, NOW)
    });
    made.collect()
}

fn decoded(field: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(field.as_str().unwrap()).unwrap()
}

fn client_data_hash(json: &Value) -> Vec<u8> {
    hex::decode(json["client_data_hash_hex"].as_str().unwrap()).unwrap()
}

fn name(json: &Value) -> String {
    json["name"].as_str().unwrap().to_owned()
}

fn of_kind(folder: &Path, kind: &str) -> Vec<Value> {
    cases(folder).into_iter().filter(|json| json["kind"] == kind).collect()
}

/// Attestations of real devices, of those that are accepted.
pub(crate) fn published_attestations(folder: &Path) -> Vec<Sample<Attested>> {
    let read = |json: &Value| {
        let roots = named(folder, &json["trust_anchors"]).unwrap_or_else(|| {
            std::fs::read(folder.join("apple-app-attestation-root-ca.pem")).unwrap()
        });
        let roots = AppAttestRoots::from_pem(&roots).unwrap();
        let object = decoded(&json["attestation_base64"]);
        let inputs = [object, decoded(&json["key_id_base64"]), client_data_hash(json)];
        let wanted = [&json["policy_environment"], &json["environment"]];
        let environment = match wanted.into_iter().find_map(Value::as_str) {
            Some("development") => Environment::Development,
            _ => Environment::Production,
        };
        let app = (json["app_id"].as_str().unwrap().to_owned(), environment);
        attestation(name(json), inputs, app, roots, time(json["verify_at"].as_str().unwrap()))
    };
    let all = of_kind(folder, "attestation");
    all.iter().filter_map(|json| readable(&json["name"], || read(json))).collect()
}

/// The inputs are the object and the client data hash.
fn assertion(
    name: String,
    inputs: [Vec<u8>; 2],
    key: PublicKey,
    app_id: String,
    previous: u32,
) -> Sample<Assertion> {
    let verify = move |inputs: &[Vec<u8>]| {
        let [object, hash] = inputs else { return None };
        verify_assertion(object, &key, hash, &app_id, previous).ok()
    };
    let outside = Places::none();
    Sample { name, inputs: inputs.to_vec(), list: false, outside, verify: Box::new(verify) }
}

/// Assertions of our own making.
pub(crate) fn assertions() -> Vec<Sample<Assertion>> {
    let newer = Extensions { bundle_version: Some("1.2.3".into()), ..Extensions::default() };
    let made = [Extensions::default(), newer].into_iter().map(|extensions| {
        let key = Kind::P256.draw();
        let data = encode::asserted_data(APP, 5, &extensions);
        let signature = key.sign(&encode::nonce(&data, &CLIENT_DATA)).unwrap();
        let object = encode::assertion_object(&signature, &data);
        let spki = PublicKey::from_spki_der(&key.subject_public_key_info()).unwrap();
        let name = format!("assertion, {extensions:?}");
        assertion(name, [object, CLIENT_DATA.to_vec()], spki, APP.to_owned(), 4)
    });
    made.collect()
}

/// Assertions of real devices, of those that are accepted.
pub(crate) fn published_assertions(folder: &Path) -> Vec<Sample<Assertion>> {
    let read = |json: &Value| {
        let key = PublicKey::from_spki_der(&decoded(&json["public_key_spki_base64"])).unwrap();
        let previous = u32::try_from(json["previous_counter"].as_u64().unwrap_or(0)).unwrap();
        let inputs = [decoded(&json["assertion_base64"]), client_data_hash(json)];
        let app_id = json["app_id"].as_str().unwrap().to_owned();
        assertion(name(json), inputs, key, app_id, previous)
    };
    let all = of_kind(folder, "assertion");
    let samples = all.iter().filter_map(|json| readable(&json["name"], || Some(read(json))));
    samples.filter(|sample| (sample.verify)(&sample.inputs).is_some()).collect()
}

fn receipt(
    name: String,
    bytes: Vec<u8>,
    roots: ReceiptRoots,
    at: Timestamp,
    outside: Places,
) -> Sample<VerifiedReceipt> {
    let verify = move |inputs: &[Vec<u8>]| verify_receipt(inputs.first()?, &roots, at).ok();
    Sample { name, inputs: vec![bytes], list: false, outside, verify: Box::new(verify) }
}

/// Receipts of our own making, with and without their root's certificate.
pub(crate) fn receipts() -> Vec<Sample<VerifiedReceipt>> {
    let made = [false, true].map(|with_root| {
        let root = Party::authority("Receipt Root", 1, Kind::P384);
        let between = Party::authority("Receipt CA", 2, Kind::P256);
        let signer = Party::leaf("Receipt Signing", 3, Kind::P256);
        let signer = signer.with(encode::RECEIPT_SIGNER_OID, vec![5, 0], false);
        let content = encode::receipt_content(&ReceiptSpec {
            kind: ReceiptKind::Receipt,
            app_id: APP.to_owned(),
            attested: Kind::P256.draw().subject_public_key_info(),
            client_hash: CLIENT_DATA.to_vec(),
            environment: Environment::Production,
            created: NOW,
            expires: NOW.plus(Duration::from_secs(86_400)),
            risk_metric: Some(3),
        });
        let certificates = chain(&[&signer, &between, &root], with_root);
        let signature = signer.key.sign(&content).unwrap();
        let bytes = encode::receipt(&content, &certificates, &signature);
        let roots = ReceiptRoots::from_der([root.self_signed()]).unwrap();
        let outside =
            if with_root { Places::where_is(0, &bytes, &certificates[2]) } else { Places::none() };
        let name = format!("receipt, {} certificates", certificates.len());
        receipt(name, bytes, roots, NOW, outside)
    });
    made.into()
}
