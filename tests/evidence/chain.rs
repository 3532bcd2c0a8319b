//! `simbind evidence chain` over certificates, lists and answers of our own making.

use crate::{
    evidence,
    made::{AT, Party},
    told,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::SigningKey as _;
use serde_json::{Value, json};
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority,
    signature::SignatureScheme,
    status::{
        CertStatus, Reason, Serial,
        encode::{CrlEntrySpec, CrlSpec, OcspSpec, ResponderName, Signer, encode_crl, encode_ocsp},
    },
};
use std::fs;
use tempfile::TempDir;

/// 2026-09-30T12:00:00Z, half a day before all is judged.
const SAID: Timestamp = Timestamp::from_secs(1_790_769_600);
const SERIAL: u64 = 0x4711;
const RESPONDER: u64 = 77;
const BASE: &[&str] = &["chain", "chain.pem", "--roots", "roots.pem", "--at", AT];

fn responder_serial() -> Serial {
    Serial::of_unsigned(&RESPONDER.to_be_bytes()).unwrap()
}

fn serial() -> Serial {
    Serial::of_unsigned(&SERIAL.to_be_bytes()).unwrap()
}

/// `chain.pem`, `roots.pem`, and lists and answers of the root.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let root = Party::authority("root", 1);
    let person = root.issue(&Party::leaf("Hanako Suzuki", SERIAL));
    file("chain.pem", person.pem().as_bytes());
    let certificate = root.self_signed();
    file("roots.pem", certificate.pem().as_bytes());
    file("cut.der", &person.der()[..person.der().len() - 1]);

    let issuer = Authority::from_der(certificate.der()).unwrap();
    let sign = |message: &[u8]| root.key.sign(message).unwrap();
    let signer = Signer::new(SignatureScheme::EcdsaP256Sha256, &sign);
    let mut list = CrlSpec::empty(&issuer, SAID);
    file("good.crl", &encode_crl(&list, signer));
    list.entries = vec![CrlEntrySpec::held(serial(), SAID)];
    file("held.crl", &encode_crl(&list, signer));
    list.entries = vec![CrlEntrySpec::revoked(serial(), SAID, Reason::KeyCompromise)];
    file("revoked.crl", &encode_crl(&list, signer));
    let stale = CrlSpec::empty(&issuer, Timestamp::from_secs(1_700_000_000));
    file("stale.crl", &encode_crl(&stale, signer));
    let revoked = CertStatus::Revoked { since: SAID, reason: Reason::Superseded };
    for (name, status) in [
        ("good.ocsp", CertStatus::Good),
        ("held.ocsp", CertStatus::Held { since: SAID }),
        ("revoked.ocsp", revoked),
        ("unknown.ocsp", CertStatus::Unknown),
    ] {
        file(name, &encode_ocsp(&OcspSpec::about(&issuer, serial(), status, SAID), signer));
    }
    list.entries = vec![CrlEntrySpec::revoked(responder_serial(), SAID, Reason::KeyCompromise)];
    file("responder.crl", &encode_crl(&list, signer));
    let mut responder = Party::leaf("responder", RESPONDER);
    responder.params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::OcspSigning];
    let delegate = root.issue(&responder).der().to_vec();
    let mut spec = OcspSpec::about(&issuer, serial(), CertStatus::Good, SAID);
    spec.responder = ResponderName::by_key(&Authority::from_der(&delegate).unwrap());
    spec.certificates = vec![delegate];
    let sign = |message: &[u8]| responder.key.sign(message).unwrap();
    let signer = Signer::new(SignatureScheme::EcdsaP256Sha256, &sign);
    file("delegated.ocsp", &encode_ocsp(&spec, signer));
    file("text", b"nothing of the kind");
    dir
}

#[tokio::test]
async fn a_certificate_is_accepted_and_its_name_is_not_shown_unasked() {
    let dir = folder();
    let (told, status) = told(dir.path(), BASE).await;
    assert_eq!((&told["accepted"], status), (&json!(true), 0), "{told}");
    let fields = &told["fields"];
    assert_eq!(fields["chain"], "accept");
    assert_eq!((&fields["crl_status"], &fields["ocsp_status"]), (&Value::Null, &Value::Null));
    assert_eq!(fields["certificates"][0]["subject"], Value::Null);
    assert_eq!(fields["certificates"][0]["serial_hex"], "4711");
    let hidden = evidence(dir.path(), BASE).await.stdout;
    assert!(hidden.starts_with("chain: accepted\n") && !hidden.contains("Hanako"), "{hidden}");
    let shown = evidence(dir.path(), &[BASE, &["--names"]].concat()).await.stdout;
    assert!(shown.contains("✓ 0: Common Name: Hanako Suzuki\n"), "{shown}");
}

#[tokio::test]
async fn lists_and_answers_decide_whether_it_still_counts() {
    let dir = folder();
    let cases: &[(&[&str], Value)] = &[
        (&["--crl", "good.crl"], Value::Null),
        (&["--crl", "held.crl"], json!("held")),
        (&["--crl", "revoked.crl"], json!("revoked")),
        (&["--crl", "stale.crl"], json!("status_unknown")),
        (&["--ocsp", "good.ocsp"], Value::Null),
        (&["--ocsp", "held.ocsp"], json!("held")),
        (&["--ocsp", "revoked.ocsp"], json!("revoked")),
        (&["--ocsp", "unknown.ocsp"], json!("status_unknown")),
        (&["--crl", "good.crl", "--ocsp", "good.ocsp"], Value::Null),
        (&["--crl", "revoked.crl", "--ocsp", "good.ocsp"], json!("revoked")),
        (&["--crl", "good.crl", "--ocsp", "held.ocsp"], json!("held")),
        (&["--policy-oid", "1.2.3.4"], json!("policy")),
        (&["--ocsp", "delegated.ocsp"], Value::Null),
        (&["--ocsp", "delegated.ocsp", "--crl", "good.crl"], Value::Null),
        (&["--ocsp", "delegated.ocsp", "--crl", "responder.crl"], json!("status_unknown")),
    ];
    for (args, reason) in cases {
        let (told, status) = told(dir.path(), &[BASE, args].concat()).await;
        assert_eq!(told["reason"], *reason, "{args:?} {told}");
        assert_eq!(status, i32::from(!reason.is_null()), "{args:?}");
    }
}

#[tokio::test]
async fn a_list_in_pem_is_read_or_told_and_never_passed_over() {
    let dir = folder();
    let pem = |name: &str| {
        let list = BASE64_STANDARD.encode(fs::read(dir.path().join(name)).unwrap());
        format!("-----BEGIN X509 CRL-----\n{list}\n-----END X509 CRL-----\n")
    };
    let (good, revoked) = (pem("good.crl"), pem("revoked.crl"));
    let cases = [
        (format!("{good}{revoked}"), "revoked", 1),
        (format!("\u{FEFF}{revoked}{good}"), "revoked", 1),
        (format!("{good} {revoked}"), "unreadable", 2),
        (format!("{good}\u{FEFF}{revoked}"), "unreadable", 2),
        (format!("{good}{}", revoked.replace("X509 CRL", "CRL")), "unreadable", 2),
    ];
    for (text, reason, code) in cases {
        fs::write(dir.path().join("lists.pem"), &text).unwrap();
        let (told, status) = told(dir.path(), &[BASE, &["--crl", "lists.pem"]].concat()).await;
        assert_eq!((&told["reason"], status), (&json!(reason), code), "{told}\n{text}");
    }
}

#[tokio::test]
async fn what_is_no_certificate_list_or_answer_is_unreadable() {
    let dir = folder();
    let wrong: &[&[&str]] = &[
        &["chain", "cut.der", "--roots", "roots.pem"],
        &["chain", "text", "--roots", "roots.pem"],
        &["chain", "chain.pem", "--roots", "text"],
        &["chain", "chain.pem", "--roots", "roots.pem", "--crl", "text"],
        &["chain", "chain.pem", "--roots", "roots.pem", "--crl", "good.ocsp"],
        &["chain", "chain.pem", "--roots", "roots.pem", "--ocsp", "text"],
        &["chain", "chain.pem", "--roots", "roots.pem", "--policy-oid", "1"],
        &["chain", "chain.pem"],
    ];
    for args in wrong {
        let exit = evidence(dir.path(), args).await;
        assert_eq!(exit.status.code(), Some(2), "{args:?} {} {}", exit.stdout, exit.stderr);
    }
    let late = ["chain", "chain.pem", "--roots", "roots.pem", "--at", "2035-01-02"];
    let (told, status) = told(dir.path(), &late).await;
    assert_eq!((&told["reason"], status), (&json!("expired"), 1), "{told}");
}
