//! What is verified: chains, attestations, answers, logins.

use crate::{
    bare::Kind,
    measure::Job,
    party::{NOW, Party, chain},
};
use rcgen::{ExtendedKeyUsagePurpose, PublicKeyData as _};
use simbind_evidence::{
    android::{
        self, AttestationRoots, ExpectedAttestation, StatusList,
        encode::{KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description},
    },
    apple::{
        AppAttestRoots, Environment, ExpectedApp, Extensions,
        encode::{
            NONCE_OID, asserted_data, assertion_object, attestation_object, attested_data, key_id,
            nonce, nonce_extension,
        },
        verify_assertion, verify_attestation,
    },
    certificate::{Authority, ChainPolicy, TrustAnchors, verify_chain},
    signature::{PublicKey, verify},
    status::{
        CertStatus, Nonce, Serial,
        encode::{OcspSpec, ResponderName, Signer, encode_ocsp},
        verify_ocsp,
    },
};
use simbind_service::chains::Chains;
use std::hint::black_box;

const APP: &str = "0123456789.example.app";
const HASH: [u8; 32] = [0xC1; 32];

/// Chains of persons' certificates, cold and cached.
pub fn chains() -> Vec<Job<'static>> {
    let mut jobs = Vec::new();
    for kind in [Kind::Rsa2048, Kind::P384] {
        let root = Party::authority("root", 1, kind);
        let between = Party::authority("between", 2, kind);
        let person = Party::leaf("person", 3, kind);
        for (name, parties) in [
            ("no intermediate", vec![&person, &root]),
            ("1 intermediate", vec![&person, &between, &root]),
        ] {
            let chain = chain(&parties);
            let signatures = vec![kind.used(); chain.len()];
            let anchors = TrustAnchors::from_der([root.self_signed()]).expect("an anchor");
            let policy = ChainPolicy::default();
            let (cache, cached) = (Chains::new(1000), chain.clone());
            let (trusted, demands) = (anchors.clone(), policy.clone());
            let name = format!("chain, {}, {name}", kind.name());
            jobs.push(Job::new(format!("{name}, cached"), move || {
                let found = cache.verify(black_box(&cached), (&trusted, &demands), NOW);
                found.expect("the chain holds");
            }));
            let verify = move || {
                verify_chain(black_box(&chain), &anchors, &policy, NOW).expect("the chain holds");
            };
            jobs.push(Job::new(name, verify).over(&signatures));
        }
    }
    jobs
}

/// Android chains of three to five certificates, the root's among them.
pub fn android() -> Vec<Job<'static>> {
    let description = encode_key_description(&KeyDescriptionSpec {
        challenge: b"a challenge".to_vec(),
        packages: vec!["jp.example.simbind".into()],
        signer_digests: vec![[0x11; 32]],
        ..KeyDescriptionSpec::default()
    });
    let mut jobs = Vec::new();
    for (kind, between) in [
        (Kind::P256, 1_u64),
        (Kind::P256, 2),
        (Kind::P256, 3),
        (Kind::Rsa2048, 1),
        (Kind::Rsa2048, 3),
    ] {
        let leaf = Party::leaf("Android Keystore Key", 1, kind);
        let leaf = leaf.with(KEY_DESCRIPTION_OID, description.clone());
        let root = Party::authority("root", 1, kind);
        let middle: Vec<_> =
            (0..between).map(|n| Party::authority(&format!("a{n}"), n + 2, kind)).collect();
        let mut parties = vec![&leaf];
        parties.extend(&middle);
        parties.push(&root);
        let mut chain = chain(&parties);
        let signatures = vec![kind.used(); chain.len()];
        chain.push(root.self_signed());
        let roots = AttestationRoots::from_der([root.self_signed()]).expect("a root");
        let name = format!("Android, {}, {} certificates", kind.name(), chain.len());
        let verify = move || {
            let expected = ExpectedAttestation { challenge: b"a challenge", apps: &[] };
            let chain = black_box(&chain);
            android::verify(chain, &roots, &StatusList::default(), &expected, NOW)
                .expect("the chain holds");
        };
        jobs.push(Job::new(name, verify).over(&signatures));
    }
    jobs
}

/// App Attest, with the kinds of keys that Apple has: the authorities' on P-384.
pub fn app_attest() -> Vec<Job<'static>> {
    let root = Party::authority("App Attest Root", 1, Kind::P384);
    let between = Party::authority("App Attest CA", 2, Kind::P384);
    let leaf = Party::leaf("credential", 7, Kind::P256);
    let point = leaf.key.der_bytes().to_vec();
    let data = attested_data(APP, Environment::Production, &point, &Extensions::default());
    let leaf = leaf.with(NONCE_OID, nonce_extension(&nonce(&data, &HASH)));
    let object = attestation_object(&chain(&[&leaf, &between, &root]), &[7; 4000], &data);
    let roots = AppAttestRoots::from_der([root.self_signed()]).expect("a root");
    let id = key_id(&point);
    let attestation = move || {
        let app = ExpectedApp { app_id: APP, environment: Environment::Production };
        verify_attestation(black_box(&object), &id, &HASH, &app, &roots, NOW)
            .expect("the attestation holds");
    };
    let data = asserted_data(APP, 5, &Extensions::default());
    let object = assertion_object(&leaf.sign(&nonce(&data, &HASH)), &data);
    let key = PublicKey::from_spki_der(&leaf.key.subject_public_key_info()).expect("a key");
    let assertion = move || {
        verify_assertion(black_box(&object), &key, &HASH, APP, 4).expect("the assertion holds");
    };
    vec![
        Job::new("App Attest, attestation", attestation).over(&[Kind::P384.used(); 2]),
        Job::new("App Attest, assertion", assertion).over(&[Kind::P256.used()]),
    ]
}

/// OCSP answers by the issuer and by a delegate.
pub fn ocsp() -> Vec<Job<'static>> {
    let mut jobs = Vec::new();
    for kind in [Kind::Rsa2048, Kind::P256, Kind::P384] {
        let party = Party::authority("issuer", 1, kind);
        let issuer = Authority::from_der(&party.self_signed()).expect("an authority");
        let mut delegate = Party::leaf("responder", 5, kind);
        delegate.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        let certificate = party.issue(&delegate);
        for (form, signer, signatures) in [("direct", &party, 1), ("delegated", &delegate, 2)] {
            let serial = Serial::of_unsigned(&[0x12, 0x34]).expect("a serial");
            let mut spec = OcspSpec::about(&issuer, serial.clone(), CertStatus::Good, NOW);
            if form == "delegated" {
                let responder = Authority::from_der(&certificate).expect("a certificate");
                spec.responder = ResponderName::by_key(&responder);
                spec.certificates = vec![certificate.clone()];
            }
            let sign = |message: &[u8]| signer.sign(message);
            let der = encode_ocsp(&spec, Signer::new(signer.scheme(), &sign));
            let issuer = issuer.clone();
            let verify = move || {
                let answer =
                    verify_ocsp(black_box(&der), &issuer, &serial, Nonce::NotAsked, NOW);
                answer.expect("the answer holds");
            };
            let name = format!("OCSP, {}, {form}", kind.name());
            jobs.push(Job::new(name, verify).over(&vec![kind.used(); signatures]));
        }
    }
    jobs
}

/// The signatures of a repeated login: the certificate's and the handset's over one transcript.
pub fn logins() -> Vec<Job<'static>> {
    let kinds = [Kind::Rsa2048, Kind::P256, Kind::P384];
    let jobs = kinds.into_iter().map(|kind| {
        let signed = [kind, Kind::P256].map(|kind| {
            let party = Party::leaf("person", 1, kind);
            let key = PublicKey::from_spki_der(&party.key.subject_public_key_info());
            (key.expect("a key"), party.sign(&[0x5A; 300]))
        });
        let both = move || {
            for (key, signature) in &signed {
                verify(key, key.scheme(), black_box(&[0x5A; 300]), signature).expect("a signature");
            }
        };
        let name = format!("login, {} and a handset's P-256", kind.name());
        Job::new(name, both).over(&[kind.used(), Kind::P256.used()])
    });
    jobs.collect()
}
